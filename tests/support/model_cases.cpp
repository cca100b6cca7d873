#include "tests/support/model_cases.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cmath>
#include <fstream>

#include "core/model/proto_helpers.h"
#include "core/number/convert.h"
#include "core/number/metrics.h"
#include "tests/support/reference_statistics.h"

namespace quantwright::testing {

namespace {

/// Whole networks: what cli.md calls snr_db, of the file and of the simulation.
constexpr double k_snr_apart = 0.3;

bool floating(ElementType type) {
    using enum ElementType;
    return type == float32 || type == float16 || type == bfloat16 || type == float64;
}

Tensor as_float(const Tensor& tensor) {
    return tensor.type == ElementType::float32 ? tensor : convert(tensor, ElementType::float32);
}

std::optional<Tensor> read_tensor(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    onnx::TensorProto proto;
    if (!file || !proto.ParseFromIstream(&file))
        return {};
    Tensor tensor = tensor_from(proto);
    if (tensor.type == ElementType::undefined)
        return {};
    return make_tensor(tensor.type, tensor.shape,
                       std::vector<std::byte>(tensor.bytes.begin(), tensor.bytes.end()));
}

bool has_nan(const Tensor& tensor) {
    const auto values = tensor.floats();
    return std::any_of(values.begin(), values.end(), [](float x) { return std::isnan(x); });
}

/// Dropout that trains, and random numbers: two runs have nothing in common.
Result<bool> repeats(const ModelCase& one) {
    const auto session = Session::create(*one.prepared->model);
    if (!session)
        return fail(session);
    const auto again = (*session)->run(one.inputs);
    if (!again)
        return fail(again);
    ErrorSums error;
    for (std::size_t i = 0; i < again->size(); ++i)
        if (const auto found = one.floats.find((*session)->output_names()[i]);
            found != one.floats.end() && (*again)[i].type == ElementType::float32)
            error.add(found->second.floats(), (*again)[i].floats());
    return error.snr_db().value_or(999) >= 60;
}

}  // namespace

Values backend_inputs(const std::filesystem::path& folder, const Model& model) {
    const auto& graph = model.proto().graph();
    Values given;
    for (int i = 0; i < graph.input_size(); ++i)
        if (const auto tensor =
                read_tensor(folder / "test_data_set_0" / ("input_" + std::to_string(i) + ".pb")))
            given[graph.input(i).name()] = *tensor;
    return given;
}

Result<std::shared_ptr<const Model>> with_constants(const Model& model, const Values& given) {
    onnx::ModelProto proto = model.proto();
    auto& graph = *proto.mutable_graph();
    if (model.inputs().size() < 2)
        return std::shared_ptr<const Model>();
    for (std::size_t i = 1; i < model.inputs().size(); ++i) {
        const std::string& name = model.inputs()[i].name;
        const auto tensor = given.find(name);
        if (tensor == given.end())
            return std::shared_ptr<const Model>();
        *graph.add_initializer() = proto_from(name, tensor->second);
        auto& inputs = *graph.mutable_input();
        inputs.erase(
            std::remove_if(inputs.begin(), inputs.end(), [&](const auto& one) { return one.name() == name; }),
            inputs.end());
    }
    proto.set_ir_version(std::max<std::int64_t>(proto.ir_version(), 4));
    return Model::from_proto(std::move(proto));
}

std::optional<ModelCase> open_case(const std::shared_ptr<const Model>& model, const Values& given,
                                   std::string& reason) {
    const auto refuse = [&](const std::string& why) {
        reason = why;
        return std::optional<ModelCase>();
    };
    ModelCase result;
    result.model = model;
    PrepareOptions options;
    for (const ValueInfo& input : model->inputs())
        if (const auto found = given.find(input.name); found != given.end())
            options.input_shapes[input.name] = found->second.shape;
    const auto prepared = prepare(model, options);
    if (!prepared)
        return refuse(std::string(name_of(prepared.error().code)));
    result.prepared = *prepared;
    for (const ValueInfo& input : (*prepared)->model->inputs()) {
        const auto found = given.find(input.name);
        if (found == given.end())
            return refuse("no data for an input");
        result.inputs.push_back(found->second);
    }
    const auto floats = activations_of(**prepared, result.inputs);
    if (!floats)
        return refuse(std::string(name_of(floats.error().code)));
    result.floats = *floats;
    for (const auto& [name, value] : *floats)
        if (value.type == ElementType::float32 && has_nan(value))
            return refuse("NaN");
    const auto repeated = repeats(result);
    if (!repeated)
        return refuse(std::string(name_of(repeated.error().code)));
    if (!*repeated)
        return refuse("no two runs are alike");
    result.statistics = statistics_from(**prepared, {result.floats});
    return result;
}

std::optional<double> snr(const ModelCase& one, const Values& values) {
    ErrorSums sums;
    for (const ValueInfo& output : one.prepared->model->outputs()) {
        const auto a = one.floats.find(output.name);
        const auto b = values.find(output.name);
        if (a != one.floats.end() && b != values.end() && floating(a->second.type))
            sums.add(as_float(a->second).floats(), as_float(b->second).floats());
    }
    return sums.snr_db();
}

Result<Values> run_file(const onnx::ModelProto& file, const ModelCase& one, Optimizations optimizations) {
    const auto session = Session::create(file, one.prepared->model.get(), {1, optimizations, {}});
    if (!session)
        return fail(session);
    const auto run = (*session)->run(one.inputs);
    if (!run)
        return fail(run);
    Values values;
    for (std::size_t i = 0; i < run->size(); ++i)
        values[(*session)->output_names()[i]] = (*run)[i];
    return values;
}

bool half(const Resolved& resolved) {
    return std::any_of(resolved.layers.begin(), resolved.layers.end(),
                       [](const ResolvedLayer& layer) { return layer.mode == LayerMode::fp16; });
}

bool no_worse(std::optional<double> simulated, std::optional<double> file) {
    return !file || (simulated && *file >= *simulated - k_snr_apart);
}

bool same(const ModelCase& one, const Resolved& resolved, const Values& a, const Values& b) {
    const auto x = snr(one, a), y = snr(one, b);
    if (x.has_value() == y.has_value() && (!x || std::abs(*x - *y) <= k_snr_apart))
        return true;
    if (half(resolved) && no_worse(x, y))
        return true;
    const Graph& graph = one.prepared->model->graph();
    for (const ValueInfo& output : one.prepared->model->outputs()) {
        const auto left = a.find(output.name), right = b.find(output.name);
        if (left == a.end() || right == b.end() || !floating(left->second.type))
            continue;
        const Tensor first = as_float(left->second), second = as_float(right->second);
        double largest = 0, difference = 0, step = 0;
        for (std::size_t i = 0; i < first.floats().size(); ++i) {
            const double p = first.floats()[i], q = second.floats()[i];
            largest = std::max(largest, std::isfinite(p) ? std::abs(p) : 0);
            difference = std::max(difference, p == q ? 0 : std::abs(p - q));
        }
        if (const auto id = graph.find_tensor(output.name))
            if (const auto& tensor = resolved.tensors[static_cast<std::size_t>(*id)])
                step = tensor->parameters.scale.front();
        // An output in half precision has steps of its own.
        const double precision = left->second.type == ElementType::bfloat16 ? 1.0 / 128 : 1e-3;
        if (!(difference <= std::max(step * 1.0001, largest * precision)))
            return false;
    }
    return true;
}

}  // namespace quantwright::testing
