#include "tests/support/reference_statistics.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "core/runtime/session.h"

namespace quantwright::testing {

Result<std::map<std::string, Tensor>> activations_of(const Prepared& prepared,
                                                     const std::vector<Tensor>& inputs) {
    onnx::ModelProto proto = prepared.model->proto();
    const Graph& graph = prepared.model->graph();
    std::map<std::string, Tensor> values;
    proto.mutable_graph()->clear_output();
    for (std::size_t i = 0; i < graph.tensors().size(); ++i) {
        const GraphTensor& tensor = graph.tensors()[i];
        if (tensor.producer && prepared.tensor_types[i].type == ElementType::float32)
            proto.mutable_graph()->add_output()->set_name(tensor.name);
    }
    const auto session = Session::create(proto, prepared.model.get(), {1, Optimizations::off, {}});
    if (!session)
        return fail(session);
    const auto outputs = (*session)->run(inputs);
    if (!outputs)
        return fail(outputs);
    for (std::size_t i = 0; i < outputs->size(); ++i)
        values[(*session)->output_names()[i]] = (*outputs)[i];
    for (std::size_t i = 0; i < inputs.size(); ++i)
        values[(*session)->input_names()[i]] = inputs[i];
    return values;
}

std::map<std::string, Tensor> all_activations(const Prepared& prepared, const std::vector<Tensor>& inputs) {
    auto values = activations_of(prepared, inputs);
    if (!values) {
        std::fprintf(stderr, "all_activations: %s\n", values.error().detail.c_str());
        std::abort();
    }
    return *std::move(values);
}

std::shared_ptr<const Statistics> statistics_from(const Prepared& prepared,
                                                  const std::vector<std::map<std::string, Tensor>>& samples) {
    auto statistics = std::make_shared<Statistics>();
    statistics->model_sha256 = prepared.original->sha256();
    statistics->images = static_cast<std::int64_t>(samples.size());
    std::map<std::string, TensorStatistics> tensors;
    for (const auto& sample : samples)
        for (const auto& [name, value] : sample) {
            if (value.type != ElementType::float32)
                continue;
            TensorStatistics& tensor = tensors[name];
            tensor.name = name;
            for (const float x : value.floats()) {
                ++tensor.count;
                if (!std::isfinite(x)) {
                    ++tensor.not_finite;
                    continue;
                }
                const bool first = tensor.count - tensor.not_finite == 1;
                tensor.range.min = first ? x : std::min(tensor.range.min, x);
                tensor.range.max = first ? x : std::max(tensor.range.max, x);
                tensor.mean += (x - tensor.mean) / static_cast<double>(tensor.count - tensor.not_finite);
            }
            tensor.histogram.add(value.floats());
        }
    for (auto& [name, tensor] : tensors)
        statistics->tensors.push_back(std::move(tensor));
    return statistics;
}

std::shared_ptr<const Statistics> reference_statistics(const Prepared& prepared,
                                                       const std::vector<std::vector<Tensor>>& samples) {
    std::vector<std::map<std::string, Tensor>> values;
    for (const auto& sample : samples)
        values.push_back(all_activations(prepared, sample));
    return statistics_from(prepared, values);
}

}  // namespace quantwright::testing
