#include "core/export/dynamic_forms.h"

#include <algorithm>

#include "core/model/proto_helpers.h"

namespace quantwright {

namespace {

bool all_equal(const std::vector<std::int32_t>& values) {
    return std::all_of(values.begin(), values.end(), [&](std::int32_t v) { return v == values.front(); });
}

std::string input_or_nothing(const onnx::NodeProto& node, int index) {
    return index < node.input_size() ? node.input(index) : std::string();
}

bool is_transposed(const onnx::NodeProto& node) {
    return node.op_type() == "Gemm" && int_attribute(node, "transB", 0) != 0;
}

/// One value per output channel, to be added to a convolution's result.
Shape channels_shape(std::int64_t channels, std::size_t rank) {
    Shape shape(rank, 1);
    shape[1] = channels;
    return shape;
}

}  // namespace

const ResolvedWeight& DynamicForms::weight_of(int layer) const {
    return *m_resolved.layers[static_cast<std::size_t>(layer)].weight;
}

Tensor DynamicForms::bias_of(int layer, const std::string& name) const {
    const Layer& one = m_resolved.prepared->layers[static_cast<std::size_t>(layer)];
    return !name.empty() && name == one.bias ? bias_values(m_resolved, layer)
                                             : m_resolved.prepared->model->weight(name);
}

void DynamicForms::write(onnx::GraphProto& graph, int layer, const onnx::NodeProto& node) {
    const Parameters& parameters = weight_of(layer).parameters;
    // ConvInteger takes one zero point for the whole weight (ONNX Runtime 1.31 refuses a vector).
    if (node.op_type() == "Conv" && all_equal(parameters.zero_point) && !parameters.blocked())
        return convolution(graph, layer, node);
    const bool is_product = node.op_type() == "MatMul" || node.op_type() == "Gemm";
    if (!is_product || parameters.blocked())
        return fake_quantized(graph, layer, node);
    if (m_resolved.target->dynamic_matmul)
        return fused_product(graph, layer, node);
    product(graph, layer, node);
}

const DynamicForms::Codes& DynamicForms::quantized(onnx::GraphProto& graph, const std::string& activation) {
    const auto [found, is_new] = m_activations.try_emplace(activation);
    Codes& codes = found->second;
    if (is_new) {
        codes = {m_names.fresh(activation + "_dynamic_quantized"),
                 m_names.fresh(activation + "_dynamic_scale"),
                 m_names.fresh(activation + "_dynamic_zero_point")};
        *graph.add_node() = make_node("DynamicQuantizeLinear", activation + "_DynamicQuantizeLinear",
                                      {activation}, {codes.values, codes.scale, codes.zero_point});
    }
    return codes;
}

DynamicForms::Codes DynamicForms::weight_codes_of(onnx::GraphProto& graph, int layer, bool transpose) {
    const ResolvedWeight& weight = weight_of(layer);
    auto& written = m_weights[weight.initializer];
    for (const Written& one : written)
        if (one.transposed == transpose && weight_of(one.layer).parameters == weight.parameters &&
            weight_of(one.layer).storage == weight.storage &&
            weight_of(one.layer).improved == weight.improved)
            return one.names;

    const Parameters& parameters = weight.parameters;
    Shape shape = m_resolved.prepared->model->weight(weight.initializer).shape;
    auto codes = weight_codes(m_resolved, layer);
    if (transpose) {
        codes = transposed(codes, shape[0], shape[1]);
        std::swap(shape[0], shape[1]);
    }
    // The integer kernels take bytes: 4-bit codes are stored as such.
    const ElementType storage = parameters.format->qmin < 0 && weight.storage != ElementType::uint8
                                    ? ElementType::int8
                                    : ElementType::uint8;
    const std::int32_t offset = storage_offset(weight);
    const std::string& name = weight.initializer;
    Codes names{m_names.fresh(name + "_quantized"), m_names.fresh(name + "_scale"),
                m_names.fresh(name + "_zero_point")};
    add_codes(graph, names.values, shape, codes, storage, offset);
    const auto channels = static_cast<std::int64_t>(parameters.scale.size());
    Shape scale_shape;
    if (parameters.per_channel())
        scale_shape = shape.size() > 2 ? channels_shape(channels, shape.size()) : Shape{channels};
    add_constant(graph, names.scale, make_tensor(scale_shape, parameters.scale));
    if (all_equal(parameters.zero_point))
        add_codes(graph, names.zero_point, {}, {parameters.zero_point.front()}, storage, offset);
    else
        add_codes(graph, names.zero_point, {channels}, parameters.zero_point, storage, offset);
    written.push_back({layer, transpose, names});
    return names;
}

void DynamicForms::rescale(onnx::GraphProto& graph, const std::string& sums, const Codes& activation,
                           const Codes& weight, const std::string& bias, const onnx::NodeProto& node) {
    // The shape of nodes that ONNX Runtime joins into one kernel: sums * (scale * scale) + bias.
    const std::string& to = node.output(0);
    const std::string values = m_names.fresh(to + "_float");
    set_attribute(add_node(graph, "Cast", {sums}, values), "to",
                  static_cast<std::int64_t>(onnx::TensorProto::FLOAT));
    const std::string scale = m_names.fresh(to + "_scale");
    add_node(graph, "Mul", {activation.scale, weight.scale}, scale);
    if (bias.empty()) {
        add_node(graph, "Mul", {values, scale}, to);
        return;
    }
    const std::string scaled = m_names.fresh(to + "_scaled");
    add_node(graph, "Mul", {values, scale}, scaled);
    add_node(graph, "Add", {scaled, bias}, to);
}

void DynamicForms::convolution(onnx::GraphProto& graph, int layer, const onnx::NodeProto& node) {
    const Codes data = quantized(graph, node.input(0));
    const Codes weight = weight_codes_of(graph, layer, false);
    const std::string& to = node.output(0);
    const std::string sums = m_names.fresh(to + "_integer");
    auto& integer = add_node(graph, "ConvInteger",
                             {data.values, weight.values, data.zero_point, weight.zero_point}, sums);
    *integer.mutable_attribute() = node.attribute();
    const std::string given = input_or_nothing(node, 2);
    std::string bias;
    if (!given.empty()) {
        const Model& model = *m_resolved.prepared->model;
        const std::size_t rank = model.weight(weight_of(layer).initializer).shape.size();
        bias = m_names.fresh(to + "_bias");
        const Tensor values = bias_of(layer, given);
        if (values.type == ElementType::float32) {
            const auto floats = values.floats();
            add_constant(graph, bias,
                         make_tensor(channels_shape(static_cast<std::int64_t>(floats.size()), rank),
                                     std::vector<float>(floats.begin(), floats.end())));
        } else {
            const std::string shape = m_names.fresh(bias + "_shape");
            add_constant(graph, shape,
                         make_tensor({static_cast<std::int64_t>(rank)}, channels_shape(-1, rank)));
            add_node(graph, "Reshape", {given, shape}, bias);
        }
    }
    rescale(graph, sums, data, weight, bias, node);
}

void DynamicForms::product(onnx::GraphProto& graph, int layer, const onnx::NodeProto& node) {
    const Codes data = quantized(graph, node.input(0));
    const Codes weight = weight_codes_of(graph, layer, is_transposed(node));
    const std::string sums = m_names.fresh(node.output(0) + "_integer");
    add_node(graph, "MatMulInteger", {data.values, weight.values, data.zero_point, weight.zero_point}, sums);
    rescale(graph, sums, data, weight, input_or_nothing(node, 2), node);
}

void DynamicForms::fused_product(onnx::GraphProto& graph, int layer, const onnx::NodeProto& node) {
    const Codes weight = weight_codes_of(graph, layer, is_transposed(node));
    const std::string bias = input_or_nothing(node, 2);
    const auto columns =
        m_resolved.prepared->model->weight(weight_of(layer).initializer).shape[is_transposed(node) ? 0 : 1];
    const Tensor values = bias_of(layer, bias);
    const bool takes_bias = values.type == ElementType::float32 && values.shape == Shape{columns};
    const std::string& to = node.output(0);
    std::vector<std::string> inputs{node.input(0), weight.values, weight.scale, weight.zero_point};
    if (takes_bias)
        inputs.push_back(bias);
    const bool adds = !bias.empty() && !takes_bias;
    const std::string result = adds ? m_names.fresh(to + "_unbiased") : to;
    add_node(graph, "DynamicQuantizeMatMul", std::move(inputs), result).set_domain(k_microsoft_domain);
    if (adds)
        add_node(graph, "Add", {result, bias}, to);
}

/// Where there is no integer kernel: the same numbers through DequantizeLinear.
void DynamicForms::fake_quantized(onnx::GraphProto& graph, int layer, const onnx::NodeProto& node) {
    const std::string& from = node.input(0);
    const Codes codes = quantized(graph, from);
    std::string& data = m_dequantized[from];
    if (data.empty()) {
        data = m_names.fresh(from + "_dynamic_dequantized");
        add_node(graph, "DequantizeLinear", {codes.values, codes.scale, codes.zero_point}, data);
    }
    const std::string weight = m_names.fresh(weight_of(layer).initializer + "_dequantized");
    m_write_weight(graph, layer, weight);
    onnx::NodeProto written = node;
    written.set_input(0, data);
    written.set_input(1, weight);
    *graph.add_node() = std::move(written);
}

}  // namespace quantwright
