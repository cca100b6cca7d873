// Tensors and constants that hold infinities: no integer code stands for one, and a product with a weight or
// factor that is rounded to zero would be NaN.
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "core/plan/resolve_parts.h"

namespace quantwright {

namespace {

std::optional<InfiniteTensor> observed(const Resolved& resolved, const std::vector<TensorId>& ids) {
    if (!resolved.statistics)
        return std::nullopt;
    for (const TensorId id : ids) {
        const std::string& name = resolved.prepared->model->graph()[id].name;
        const TensorStatistics* tensor = resolved.statistics->find(name);
        // Where the model brings a pair, its ends are what infinities were trained as.
        if (tensor && tensor->not_finite > 0 && !given_activation(resolved, id))
            return InfiniteTensor{name, tensor->not_finite};
    }
    return std::nullopt;
}

}  // namespace

std::optional<InfiniteTensor> infinite_input(const Resolved& resolved, const Layer& layer) {
    return observed(resolved, layer.inputs);
}

std::optional<InfiniteTensor> infinite_output(const Resolved& resolved, const Layer& layer) {
    return observed(resolved, layer.outputs);
}

std::optional<InfiniteTensor> infinite_constant(const Prepared& prepared, const Layer& layer) {
    const Graph& graph = prepared.model->graph();
    // Later nodes of a layer are its activation: an infinite bound of a Clip is no value.
    for (const auto& input : graph[layer.nodes.front()].inputs) {
        if (!input || !graph[*input].is_initializer || graph[*input].name == layer.weight ||
            prepared.tensor_types[static_cast<std::size_t>(*input)].type != ElementType::float32)
            continue;
        const Tensor values = prepared.model->weight(graph[*input].name);
        const auto floats = values.floats();
        const auto count = std::count_if(floats.begin(), floats.end(), [](float x) { return std::isinf(x); });
        if (count > 0)
            return InfiniteTensor{graph[*input].name, count};
    }
    return std::nullopt;
}

bool multiplies(const Prepared& prepared, const Layer& layer) {
    constexpr std::array<std::string_view, 7> products = {"Conv", "ConvTranspose", "Gemm",  "MatMul",
                                                          "Mul",  "Div",           "Einsum"};
    return std::any_of(layer.nodes.begin(), layer.nodes.end(), [&](NodeId node) {
        const std::string& op = prepared.model->graph()[node].proto->op_type();
        return std::find(products.begin(), products.end(), op) != products.end();
    });
}

}  // namespace quantwright
