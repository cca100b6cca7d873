#include "core/simulate/simulation_writer.h"

#include "core/model/proto_helpers.h"
#include "core/number/kernels.h"
#include "core/rewrite/half_forms.h"
#include "core/rewrite/quantized_constants.h"
#include "core/simulate/operators.h"

namespace quantwright {

namespace {

void add_values(onnx::GraphProto& graph, const std::string& name, const Shape& shape,
                const std::vector<std::int32_t>& codes, const Parameters& parameters) {
    *graph.add_initializer() = proto_from(name, make_tensor(shape, dequantize(codes, shape, parameters)));
}

}  // namespace

void SimulationWriter::activation(onnx::GraphProto& graph, const ResolvedTensor& tensor,
                                  const std::string& from, const std::string& to) {
    const std::size_t slot = slots.size();
    slots.push_back(tensor.parameters);
    slots_of[tensor.tensor] = slot;
    auto& node = *graph.add_node();
    node = make_node(k_fake_quantize, to + "_fake_quantize", {from}, {to});
    node.set_domain(k_simulation_domain);
    set_attribute(node, "slot", static_cast<std::int64_t>(slot));
}

void SimulationWriter::weight(onnx::GraphProto& graph, int layer, const std::string& to) {
    const auto& weight = *m_resolved.layers[static_cast<std::size_t>(layer)].weight;
    // Older opsets have no DequantizeLinear for 4 bits and blocks; the values are the same.
    if (m_as_codes && weight.parameters.format->bits == 8 && !weight.parameters.blocked())
        return write_quantized_weight(graph, m_resolved, layer, to);
    add_values(graph, to, m_resolved.prepared->model->weight(weight.initializer).shape,
               weight_codes(m_resolved, layer), weight.parameters);
}

void SimulationWriter::bias(onnx::GraphProto& graph, int layer, const std::string& to) {
    if (m_as_codes)
        return write_quantized_bias(graph, m_resolved, layer, to);
    const auto codes = bias_codes(m_resolved, layer);
    add_values(graph, to, {static_cast<std::int64_t>(codes.size())}, codes,
               *m_resolved.layers[static_cast<std::size_t>(layer)].bias);
}

bool SimulationWriter::special_node(onnx::GraphProto& graph, int layer, const onnx::NodeProto& node) {
    const ResolvedLayer& resolved = m_resolved.layers[static_cast<std::size_t>(layer)];
    if (resolved.mode != LayerMode::dynamic)
        return false;
    const std::string& initializer = resolved.weight->initializer;
    const std::string values = initializer + "_dynamic_" + std::to_string(layer);
    weight(graph, layer, values);
    onnx::NodeProto written = node;
    for (auto& input : *written.mutable_input())
        if (input == initializer)
            input = values;
    // MatMul with the constant on the left is the one case where the data are not the first input.
    const int data = node.input(0) == initializer ? 1 : 0;
    written.set_input(data, dynamic_of(graph, node.input(data)));
    *graph.add_node() = std::move(written);
    return true;
}

void SimulationWriter::to_half(onnx::GraphProto& graph, const std::string& from, const std::string& to) {
    write_to_half(graph, from, to);
}

void SimulationWriter::from_half(onnx::GraphProto& graph, const std::string& from, const std::string& to) {
    write_from_half(graph, from, to);
}

void SimulationWriter::half_constant(onnx::GraphProto& graph, const Tensor& values, const std::string& to) {
    write_half_constant(graph, values, to);
}

void SimulationWriter::half_node(onnx::GraphProto& graph, const onnx::NodeProto& node) {
    *graph.add_node() = node;
}

/// One DynamicQuantizeLinear for all that read the tensor this way.
const std::string& SimulationWriter::dynamic_of(onnx::GraphProto& graph, const std::string& name) {
    auto& quantized = m_dynamic[name];
    if (quantized.empty()) {
        quantized = name + "_dynamic";
        auto& node = *graph.add_node();
        node = make_node(k_dynamic_fake_quantize, name + "_dynamic_fake_quantize", {name}, {quantized});
        node.set_domain(k_simulation_domain);
    }
    return quantized;
}

}  // namespace quantwright
