#include "core/rewrite/quantized_constants.h"

#include "core/model/proto_helpers.h"
#include "core/number/kernels.h"

namespace quantwright {

namespace {

void add(onnx::GraphProto& graph, const std::string& name, const Shape& shape,
         const std::vector<std::int32_t>& codes, ElementType storage, std::int32_t offset) {
    *graph.add_initializer() = proto_from(name, make_tensor(storage, shape, pack(codes, storage, offset)));
}

void add_dequantized(onnx::GraphProto& graph, const std::string& to, const Shape& shape,
                     const std::vector<std::int32_t>& codes, const Parameters& parameters,
                     ElementType storage, std::int32_t offset) {
    add(graph, to + "_quantized", shape, codes, storage, offset);
    write_parameters(graph, to + "_scale", to + "_zero_point", parameters, storage, offset);
    auto& node = *graph.add_node();
    node = make_node("DequantizeLinear", to + "_DequantizeLinear",
                     {to + "_quantized", to + "_scale", to + "_zero_point"}, {to});
    if (parameters.per_channel())
        set_attribute(node, "axis", static_cast<std::int64_t>(parameters.axis));
}

}  // namespace

void write_parameters(onnx::GraphProto& graph, const std::string& scale, const std::string& zero_point,
                      const Parameters& parameters, ElementType storage, std::int32_t offset) {
    const Shape shape =
        parameters.per_channel() ? Shape{static_cast<std::int64_t>(parameters.scale.size())} : Shape{};
    *graph.add_initializer() = proto_from(scale, make_tensor(shape, parameters.scale));
    add(graph, zero_point, shape, parameters.zero_point, storage, offset);
}

void write_quantized_weight(onnx::GraphProto& graph, const Resolved& resolved, int layer,
                            const std::string& to) {
    const ResolvedWeight& weight = *resolved.layers[static_cast<std::size_t>(layer)].weight;
    const Shape shape = resolved.prepared->model->weight(weight.initializer).shape;
    const std::int32_t offset =
        weight.storage == ElementType::uint8 && weight.parameters.format->qmin < 0 ? 128 : 0;
    add_dequantized(graph, to, shape, weight_codes(resolved, layer), weight.parameters, weight.storage,
                    offset);
}

void write_quantized_bias(onnx::GraphProto& graph, const Resolved& resolved, int layer,
                          const std::string& to) {
    const auto codes = bias_codes(resolved, layer);
    add_dequantized(graph, to, {static_cast<std::int64_t>(codes.size())}, codes,
                    *resolved.layers[static_cast<std::size_t>(layer)].bias, ElementType::int32, 0);
}

}  // namespace quantwright
