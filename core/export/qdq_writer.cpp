#include "core/export/qdq_writer.h"

#include "core/export/block_forms.h"
#include "core/model/proto_helpers.h"
#include "core/number/kernels.h"
#include "core/rewrite/half_forms.h"
#include "core/rewrite/quantized_constants.h"

namespace quantwright {

namespace {

/// A product that reads floats beside its quantized weight.
bool reads_floats(const Resolved& resolved, int layer) {
    const Layer& one = resolved.prepared->layers[static_cast<std::size_t>(layer)];
    return (one.op == "MatMul" || one.op == "Gemm") && !one.inputs.empty() &&
           !resolved.tensors[static_cast<std::size_t>(one.inputs.front())];
}

/// ONNX Runtime (1.31) joins DequantizeLinear and the product that reads it to a kernel that
/// rounds the activations to 8 bits as well, 2.3 dB on a ViT: what the user chose is weights alone. It looks
/// for an axis counted from the front, so the axis is counted from the end here, which means the same; and
/// for scalars, so one scale is written once per channel.
void keep_activations_float(onnx::GraphProto& graph, const ResolvedWeight& weight, int channel_axis,
                            const Shape& shape) {
    onnx::NodeProto& node = *graph.mutable_node(graph.node_size() - 1);
    const Parameters& parameters = weight.parameters;
    const bool one_scale = parameters.axis < 0;
    const int axis = one_scale ? channel_axis : parameters.axis;
    set_attribute(node, "axis", axis - static_cast<std::int64_t>(shape.size()));
    if (!one_scale)
        return;
    const std::int64_t channels = shape[static_cast<std::size_t>(channel_axis)];
    const auto count = static_cast<std::size_t>(channels);
    const std::vector<std::int32_t> zero_points(count, parameters.zero_point.front());
    for (auto& initializer : *graph.mutable_initializer()) {
        if (initializer.name() == node.input(1))
            initializer = proto_from(
                node.input(1), make_tensor({channels}, std::vector<float>(count, parameters.scale.front())));
        else if (initializer.name() == node.input(2))
            initializer = proto_from(node.input(2),
                                     make_tensor(weight.storage, {channels},
                                                 pack(zero_points, weight.storage, storage_offset(weight))));
    }
}

}  // namespace

bool needs_newest(ElementType codes) {
    return codes == ElementType::int16 || codes == ElementType::uint16 || codes == ElementType::int4 ||
           codes == ElementType::uint4;
}

QdqWriter::QdqWriter(const Resolved& resolved, Dialect dialect)
    : m_resolved(resolved),
      m_dialect(dialect),
      m_names(resolved.prepared->model->graph()),
      m_dynamic(resolved, m_names, [this](onnx::GraphProto& graph, int layer, const std::string& to) {
          weight(graph, layer, to);
      }) {}

const char* QdqWriter::domain_for(ElementType codes) const {
    return needs_newest(codes) && !m_dialect.newest ? k_microsoft_domain : "";
}

void QdqWriter::activation(onnx::GraphProto& graph, const ResolvedTensor& tensor, const std::string& from,
                           const std::string& to) {
    const std::string& name = tensor_name(tensor.tensor);
    const auto [scale, zero_point] = parameters_of(graph, tensor);
    const char* domain = domain_for(tensor.parameters.format->storage);
    const std::string codes = m_names.fresh(name + "_quantized");
    auto& quantize = *graph.add_node();
    quantize = make_node("QuantizeLinear", name + "_QuantizeLinear", {from, scale, zero_point}, {codes});
    quantize.set_domain(domain);
    const std::string inside = clipped(graph, tensor, codes);
    auto& dequantize = *graph.add_node();
    dequantize = make_node("DequantizeLinear", name + "_DequantizeLinear", {inside, scale, zero_point}, {to});
    dequantize.set_domain(domain);
}

/// QuantizeLinear saturates at the ends of its type; fewer codes are said as PyTorch says them.
std::string QdqWriter::clipped(onnx::GraphProto& graph, const ResolvedTensor& tensor,
                               const std::string& codes) {
    const Parameters& parameters = tensor.parameters;
    const Format& format = *parameters.format;
    if (format.bits != 8 || (parameters.qmin == format.qmin && parameters.qmax == format.qmax))
        return codes;
    const std::string low = m_names.fresh(codes + "_min"), high = m_names.fresh(codes + "_max");
    add_codes(graph, low, {}, {parameters.qmin}, format.storage, 0);
    add_codes(graph, high, {}, {parameters.qmax}, format.storage, 0);
    std::string to = m_names.fresh(codes + "_clipped");
    add_node(graph, "Clip", {codes, low, high}, to);
    return to;
}

std::pair<std::string, std::string> QdqWriter::parameters_of(onnx::GraphProto& graph,
                                                             const ResolvedTensor& tensor) {
    const auto& owner = m_resolved.tensors[static_cast<std::size_t>(tensor.scale_owner)];
    const bool shared = owner && owner->parameters == tensor.parameters;
    const TensorId id = shared ? tensor.scale_owner : tensor.tensor;
    const auto [entry, is_new] = m_written.try_emplace(id);
    auto& [scale, zero_point] = entry->second;
    if (is_new) {
        scale = m_names.fresh(tensor_name(id) + "_scale");
        zero_point = m_names.fresh(tensor_name(id) + "_zero_point");
        write_parameters(graph, scale, zero_point, tensor.parameters, tensor.parameters.format->storage);
    }
    return entry->second;
}

void QdqWriter::weight(onnx::GraphProto& graph, int layer, const std::string& to) {
    const ResolvedWeight& weight = *m_resolved.layers[static_cast<std::size_t>(layer)].weight;
    if (weight.parameters.blocked() && !m_dialect.newest)
        return write_blocks_as_rows(graph, m_resolved, layer, to, m_names);
    write_quantized_weight(graph, m_resolved, layer, to);
    graph.mutable_node(graph.node_size() - 1)->set_domain(domain_for(weight.storage));
    const int channel_axis = m_resolved.prepared->layers[static_cast<std::size_t>(layer)].weight_channel_axis;
    if (channel_axis >= 0 && reads_floats(m_resolved, layer))
        keep_activations_float(graph, weight, channel_axis,
                               m_resolved.prepared->model->weight(weight.initializer).shape);
}

void QdqWriter::bias(onnx::GraphProto& graph, int layer, const std::string& to) {
    write_quantized_bias(graph, m_resolved, layer, to);
}

bool QdqWriter::special_node(onnx::GraphProto& graph, int layer, const onnx::NodeProto& node) {
    if (m_resolved.layers[static_cast<std::size_t>(layer)].mode == LayerMode::dynamic) {
        m_dynamic.write(graph, layer, node);
        return true;
    }
    if (!m_dialect.matmul_nbits || !fits_matmul_nbits(m_resolved, layer))
        return false;
    write_matmul_nbits(graph, m_resolved, layer, node, m_names);
    return true;
}

void QdqWriter::to_half(onnx::GraphProto& graph, const std::string& from, const std::string& to) {
    write_to_half(graph, from, to);
}

void QdqWriter::from_half(onnx::GraphProto& graph, const std::string& from, const std::string& to) {
    write_from_half(graph, from, to);
}

void QdqWriter::half_constant(onnx::GraphProto& graph, const Tensor& values, const std::string& to) {
    write_half_constant(graph, values, to);
}

void QdqWriter::half_node(onnx::GraphProto& graph, const onnx::NodeProto& node) {
    *graph.add_node() = node;
}

}  // namespace quantwright
