#include "core/prepare/layer_cost.h"

#include <onnx/onnx_pb.h>

#include "core/model/proto_helpers.h"
#include "core/prepare/working_graph.h"

namespace quantwright {

namespace {

std::int64_t product(const Shape& shape, std::size_t from) {
    std::int64_t result = 1;
    for (std::size_t i = from; i < shape.size(); ++i)
        result *= shape[i];
    return result;
}

/// Multiply-accumulates: per output element what one output channel's weight holds; ConvTranspose spreads
/// each input element instead.
std::int64_t macs_of(const onnx::NodeProto& node, const Shape& input, const Shape& weight,
                     const Shape& output) {
    if (is_op(node, "Conv") && weight.size() > 1)
        return element_count(output) * product(weight, 1);
    if (is_op(node, "ConvTranspose") && weight.size() > 1)
        return element_count(input) * product(weight, 1);
    if (is_op(node, "Gemm") && input.size() == 2)
        return element_count(output) * (int_attribute(node, "transA", 0) != 0 ? input[0] : input[1]);
    if (is_op(node, "MatMul") && !input.empty())
        return element_count(output) * input.back();
    return 0;
}

}  // namespace

void add_cost(Layer& layer, const Prepared& prepared) {
    const Graph& graph = prepared.model->graph();
    const auto shape = [&](const std::optional<TensorId>& id) {
        return id ? prepared.tensor_types[static_cast<std::size_t>(*id)].shape : Shape{};
    };
    for (const std::string& name : {layer.weight, layer.bias})
        if (!name.empty())
            layer.parameters += element_count(shape(graph.find_tensor(name)));
    const GraphNode& node = graph[layer.nodes.front()];
    if (node.inputs.size() >= 2 && !node.outputs.empty())
        layer.macs =
            macs_of(*node.proto, shape(node.inputs[0]), shape(node.inputs[1]), shape(node.outputs[0]));
}

}  // namespace quantwright
