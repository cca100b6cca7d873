// How far preparing moved the outputs.
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/prepare/float_values.h"
#include "core/prepare/given_pairs.h"
#include "core/prepare/prepare.h"
#include "core/prepare/reference.h"
#include "core/runtime/session.h"

namespace quantwright {

namespace {

using Outputs = std::map<std::string, Tensor>;

Result<Outputs> run(const onnx::ModelProto& model, const Model& weights,
                    const std::map<std::string, Tensor>& inputs) {
    SessionOptions settings;
    settings.optimizations = Optimizations::off;
    const auto session = Session::create(model, &weights, settings);
    if (!session)
        return fail(session);
    std::vector<Tensor> ordered;
    for (const std::string& name : (*session)->input_names()) {
        const auto found = inputs.find(name);
        ordered.push_back(found == inputs.end() ? Tensor{} : found->second);
    }
    auto values = (*session)->run(ordered);
    if (!values)
        return fail(values);
    Outputs outputs;
    for (std::size_t i = 0; i < values->size(); ++i)
        outputs[(*session)->output_names()[i]] = std::move((*values)[i]);
    return outputs;
}

double difference(double a, double b) {
    if (a == b || (std::isnan(a) && std::isnan(b)))
        return 0;
    const double result = std::abs(a - b);
    return std::isnan(result) ? std::numeric_limits<double>::infinity() : result;
}

double difference(const Tensor& a, const Tensor& b) {
    if (a.type != b.type || a.shape != b.shape)
        return std::numeric_limits<double>::infinity();
    const auto before = doubles_of(a), after = doubles_of(b);
    if (!before || !after)  // whole numbers, booleans: the same or not
        return std::equal(a.bytes.begin(), a.bytes.end(), b.bytes.begin(), b.bytes.end())
                   ? 0
                   : std::numeric_limits<double>::infinity();
    double largest = 0;
    for (std::size_t i = 0; i < before->size(); ++i)
        largest = std::max(largest, difference((*before)[i], (*after)[i]));
    return largest;
}

}  // namespace

Result<double> max_difference(const Prepared& prepared, const std::vector<Tensor>& inputs) {
    const auto& names = prepared.original->inputs();
    if (inputs.size() != names.size())
        return fail(
            ErrorCode::runtime_failed, prepared.original->path().string(),
            std::to_string(inputs.size()) + " inputs given, " + std::to_string(names.size()) + " wanted");
    std::map<std::string, Tensor> by_name;
    for (std::size_t i = 0; i < inputs.size(); ++i)
        by_name[names[i].name] = inputs[i];
    const auto original = reference_model(prepared);
    const auto before = run(original->proto(), *original, by_name);
    if (!before)
        return fail(before);
    const auto after = prepared.given.empty() ? run(prepared.model->proto(), *prepared.model, by_name)
                                              : run(with_given_pairs(prepared), *prepared.model, by_name);
    if (!after)
        return fail(after);
    double largest = 0;
    for (const auto& [name, value] : *before) {
        const auto found = after->find(name);
        if (found == after->end())
            return fail(ErrorCode::runtime_failed, name, "the prepared model has no such output");
        largest = std::max(largest, difference(value, found->second));
    }
    return largest;
}

}  // namespace quantwright
