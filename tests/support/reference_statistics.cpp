#include "tests/support/reference_statistics.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "core/runtime/session.h"

namespace quantwright::testing {

std::map<std::string, Tensor> all_activations(const Prepared& prepared, const std::vector<Tensor>& inputs) {
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
    if (!session) {
        std::fprintf(stderr, "all_activations: %s\n", session.error().detail.c_str());
        std::abort();
    }
    const auto outputs = (*session)->run(inputs);
    if (!outputs) {
        std::fprintf(stderr, "all_activations: %s\n", outputs.error().detail.c_str());
        std::abort();
    }
    for (std::size_t i = 0; i < outputs->size(); ++i)
        values[(*session)->output_names()[i]] = (*outputs)[i];
    for (std::size_t i = 0; i < inputs.size(); ++i)
        values[(*session)->input_names()[i]] = inputs[i];
    return values;
}

std::shared_ptr<const Statistics> reference_statistics(const Prepared& prepared,
                                                       const std::vector<std::vector<Tensor>>& samples) {
    auto statistics = std::make_shared<Statistics>();
    statistics->model_sha256 = prepared.original->sha256();
    statistics->images = static_cast<std::int64_t>(samples.size());
    std::map<std::string, TensorStatistics> tensors;
    for (const auto& sample : samples)
        for (const auto& [name, value] : all_activations(prepared, sample)) {
            const auto floats = value.floats();
            const auto [low, high] = std::minmax_element(floats.begin(), floats.end());
            TensorStatistics& tensor = tensors[name];
            const bool first = tensor.name.empty();
            tensor.name = name;
            tensor.range = first ? Range{*low, *high}
                                 : Range{std::min(tensor.range.min, *low), std::max(tensor.range.max, *high)};
            tensor.count += static_cast<std::int64_t>(floats.size());
            tensor.histogram.add(floats);
        }
    for (auto& [name, tensor] : tensors)
        statistics->tensors.push_back(std::move(tensor));
    return statistics;
}

}  // namespace quantwright::testing
