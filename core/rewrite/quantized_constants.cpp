#include "core/rewrite/quantized_constants.h"

#include "core/model/proto_helpers.h"
#include "core/number/kernels.h"

namespace quantwright {

namespace {

void add(onnx::GraphProto& graph, const std::string& name, const Shape& shape,
         const std::vector<std::int32_t>& codes, ElementType storage, std::int32_t offset) {
    *graph.add_initializer() = proto_from(name, make_tensor(storage, shape, pack(codes, storage, offset)));
}

/// Scalars per tensor, vectors per channel.
Shape scale_shape(const Parameters& parameters) {
    return parameters.axis >= 0 ? Shape{static_cast<std::int64_t>(parameters.scale.size())} : Shape{};
}

void add_dequantized(onnx::GraphProto& graph, const Graph& taken, const std::string& to, const Shape& shape,
                     const std::vector<std::int32_t>& codes, const Parameters& parameters,
                     ElementType storage, std::int32_t offset) {
    const std::string quantized = free_name(taken, to + "_quantized"),
                      scale = free_name(taken, to + "_scale"),
                      zero_point = free_name(taken, to + "_zero_point");
    add(graph, quantized, shape, codes, storage, offset);
    const Shape scales = parameters.blocked() ? blocked_shape(shape, parameters.axis, parameters.block_size)
                                              : scale_shape(parameters);
    write_parameters(graph, scale, zero_point, parameters, scales, storage, offset);
    auto& node = *graph.add_node();
    node = make_node("DequantizeLinear", to + "_DequantizeLinear", {quantized, scale, zero_point}, {to});
    if (parameters.axis >= 0)
        set_attribute(node, "axis", static_cast<std::int64_t>(parameters.axis));
    if (parameters.blocked())
        set_attribute(node, "block_size", static_cast<std::int64_t>(parameters.block_size));
}

}  // namespace

std::string free_name(const Graph& graph, const std::string& wanted) {
    std::string name = wanted;
    for (int i = 2; graph.find_tensor(name); ++i)
        name = std::string(wanted).append("_").append(std::to_string(i));
    return name;
}

void write_parameters(onnx::GraphProto& graph, const std::string& scale, const std::string& zero_point,
                      const Parameters& parameters, const Shape& shape, ElementType storage,
                      std::int32_t offset) {
    *graph.add_initializer() = proto_from(scale, make_tensor(shape, parameters.scale));
    add(graph, zero_point, shape, parameters.zero_point, storage, offset);
}

void write_parameters(onnx::GraphProto& graph, const std::string& scale, const std::string& zero_point,
                      const Parameters& parameters, ElementType storage, std::int32_t offset) {
    write_parameters(graph, scale, zero_point, parameters, scale_shape(parameters), storage, offset);
}

void write_quantized_weight(onnx::GraphProto& graph, const Resolved& resolved, int layer,
                            const std::string& to) {
    const ResolvedWeight& weight = *resolved.layers[static_cast<std::size_t>(layer)].weight;
    const Shape shape = resolved.prepared->model->weight(weight.initializer).shape;
    const std::int32_t offset =
        weight.storage == ElementType::uint8 && weight.parameters.format->qmin < 0 ? 128 : 0;
    add_dequantized(graph, resolved.prepared->model->graph(), to, shape, weight_codes(resolved, layer),
                    weight.parameters, weight.storage, offset);
}

void write_quantized_bias(onnx::GraphProto& graph, const Resolved& resolved, int layer,
                          const std::string& to) {
    const auto codes = bias_codes(resolved, layer);
    add_dequantized(graph, resolved.prepared->model->graph(), to, {static_cast<std::int64_t>(codes.size())},
                    codes, *resolved.layers[static_cast<std::size_t>(layer)].bias, ElementType::int32, 0);
}

}  // namespace quantwright
