#include "core/improve/weight_matrix.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <functional>
#include <numeric>

#include "core/model/proto_helpers.h"

namespace quantwright {

namespace {

std::int64_t product_of(const Shape& sizes) {
    return std::accumulate(sizes.begin(), sizes.end(), std::int64_t(1), std::multiplies<>());
}

/// One for every spatial axis where the attribute is not there.
std::vector<std::int64_t> per_axis(const onnx::NodeProto& node, const char* name, std::size_t axes) {
    auto values = ints_attribute(node, name);
    values.resize(axes, values.empty() ? 1 : values.back());
    return values;
}

/// What is added in front of each spatial axis, where the sizes are known.
std::vector<std::int64_t> pads_in_front(const onnx::NodeProto& node, bool transposed, const Shape& in,
                                        const Shape& out, const Shape& kernel,
                                        const std::vector<std::int64_t>& strides,
                                        const std::vector<std::int64_t>& dilations) {
    const std::string how = string_attribute(node, "auto_pad", "NOTSET");
    const bool by_size = transposed && !ints_attribute(node, "output_shape").empty();
    if (how == "VALID" || (how == "NOTSET" && !by_size)) {
        auto pads = how == "VALID" ? std::vector<std::int64_t>() : ints_attribute(node, "pads");
        pads.resize(2 * in.size(), 0);
        pads.resize(in.size());
        return pads;
    }
    const auto added = ints_attribute(node, "output_padding");
    std::vector<std::int64_t> pads;
    for (std::size_t axis = 0; axis < in.size(); ++axis) {
        const std::int64_t reach = (kernel[axis] - 1) * dilations[axis] + 1;
        const std::int64_t total =
            transposed
                ? strides[axis] * (in[axis] - 1) + (axis < added.size() ? added[axis] : 0) + reach - out[axis]
                : (out[axis] - 1) * strides[axis] + reach - in[axis];
        const bool more_in_front = transposed ? how != "SAME_UPPER" : how == "SAME_LOWER";
        const std::int64_t all = std::max<std::int64_t>(total, 0);
        pads.push_back(more_in_front ? all - all / 2 : all / 2);
    }
    return pads;
}

}  // namespace

std::optional<WeightMatrix> WeightMatrix::of(const Prepared& prepared, int layer) {
    const Layer& facts = prepared.layers[static_cast<std::size_t>(layer)];
    if (facts.weight.empty() || facts.composite || facts.weight_channel_axis < 0)
        return std::nullopt;
    const Graph& graph = prepared.model->graph();
    const GraphNode& node = graph[facts.nodes.front()];
    if (node.inputs.size() < 2 || !node.inputs[0] || !node.inputs[1] ||
        graph[*node.inputs[0]].is_initializer || graph[*node.inputs[1]].name != facts.weight ||
        node.outputs.empty() || !node.outputs[0])
        return std::nullopt;
    WeightMatrix result;
    result.m_input = *node.inputs[0];
    const TensorType& input = prepared.tensor_types[static_cast<std::size_t>(result.m_input)];
    const TensorType& output = prepared.tensor_types[static_cast<std::size_t>(*node.outputs[0])];
    const Tensor weight = prepared.model->weight(facts.weight);
    if (input.type != ElementType::float32 || weight.type != ElementType::float32)
        return std::nullopt;
    result.m_input_shape = input.shape;
    result.m_weight_shape = weight.shape;
    const std::string& op = node.proto->op_type();
    const bool taken =
        op == "Conv" || op == "ConvTranspose"
            ? result.take_convolution(prepared, *node.proto, op == "ConvTranspose", output.shape)
        : op == "Gemm" || op == "MatMul" ? result.take_product(*node.proto)
                                         : false;
    if (!taken || result.m_positions <= 0 || result.m_rows <= 0 || result.m_columns <= 0)
        return std::nullopt;
    return result;
}

bool WeightMatrix::take_convolution(const Prepared&, const onnx::NodeProto& node, bool transposed,
                                    const Shape& out) {
    const std::size_t rank = m_weight_shape.size();
    if (rank < 3 || m_input_shape.size() != rank || out.size() != rank)
        return false;
    m_convolution = true;
    m_transposed = transposed;
    m_groups = std::max<std::int64_t>(int_attribute(node, "group", 1), 1);
    m_kernel_shape.assign(m_weight_shape.begin() + 2, m_weight_shape.end());
    m_in.assign(m_input_shape.begin() + 2, m_input_shape.end());
    m_out.assign(out.begin() + 2, out.end());
    m_kernel = product_of(m_kernel_shape);
    const std::int64_t channels = m_input_shape[1] / m_groups;
    if (transposed) {
        m_rows = m_weight_shape[1];
        m_group_step = channels * m_rows * m_kernel;
        m_channel_step = m_rows * m_kernel;
        m_row_step = m_kernel;
    } else {
        m_rows = m_weight_shape[0] / m_groups;
        m_group_step = m_rows * channels * m_kernel;
        m_channel_step = m_kernel;
        m_row_step = channels * m_kernel;
    }
    m_columns = channels * m_kernel;
    m_positions = out[0] * product_of(m_out);
    m_strides = per_axis(node, "strides", rank - 2);
    m_dilations = per_axis(node, "dilations", rank - 2);
    m_pads = pads_in_front(node, transposed, m_in, m_out, m_kernel_shape, m_strides, m_dilations);
    return true;
}

bool WeightMatrix::take_product(const onnx::NodeProto& node) {
    if (m_weight_shape.size() != 2 || m_input_shape.empty())
        return false;
    const bool gemm = node.op_type() == "Gemm";
    // Scaled products are rare; their scale would have to be part of the weight.
    if (gemm && (float_attribute(node, "alpha", 1) != 1 || float_attribute(node, "beta", 1) != 1))
        return false;
    const bool transposed = gemm && int_attribute(node, "transB", 0) != 0;
    m_input_transposed = gemm && int_attribute(node, "transA", 0) != 0;
    m_rows = m_weight_shape[transposed ? 0 : 1];
    m_columns = m_weight_shape[transposed ? 1 : 0];
    m_row_step = transposed ? m_columns : 1;
    m_channel_step = transposed ? 1 : m_rows;
    m_positions = product_of(m_input_shape) / std::max<std::int64_t>(m_columns, 1);
    return m_positions * m_columns == product_of(m_input_shape);
}

std::int64_t WeightMatrix::source(std::int64_t position, std::int64_t kernel) const {
    std::int64_t index = 0, step = 1;
    for (std::size_t axis = m_in.size(); axis-- > 0;) {
        const std::int64_t at = position % m_out[axis], k = kernel % m_kernel_shape[axis];
        position /= m_out[axis];
        kernel /= m_kernel_shape[axis];
        std::int64_t from = 0;
        if (m_transposed) {
            const std::int64_t reach = at + m_pads[axis] - k * m_dilations[axis];
            if (reach % m_strides[axis] != 0)
                return -1;
            from = reach / m_strides[axis];
        } else {
            from = at * m_strides[axis] - m_pads[axis] + k * m_dilations[axis];
        }
        if (from < 0 || from >= m_in[axis])
            return -1;
        index += from * step;
        step *= m_in[axis];
    }
    return index;
}

void WeightMatrix::gather(std::span<const float> input, const std::vector<std::int64_t>& chosen, float* out,
                          std::size_t stride) const {
    if (!m_convolution) {
        for (std::int64_t k = 0; k < m_columns; ++k)
            for (std::size_t j = 0; j < chosen.size(); ++j)
                out[static_cast<std::size_t>(k) * stride + j] = input[static_cast<std::size_t>(
                    m_input_transposed ? k * m_positions + chosen[j] : chosen[j] * m_columns + k)];
        return;
    }
    const std::int64_t each = product_of(m_out), plane = product_of(m_in), channels = m_columns / m_kernel;
    std::vector<std::int64_t> sources(chosen.size());
    for (std::int64_t kernel = 0; kernel < m_kernel; ++kernel) {
        for (std::size_t j = 0; j < chosen.size(); ++j) {
            const std::int64_t from = source(chosen[j] % each, kernel);
            sources[j] = from < 0 ? -1 : chosen[j] / each * m_groups * channels * plane + from;
        }
        for (std::int64_t channel = 0; channel < m_groups * channels; ++channel) {
            const float* values = input.data() + channel * plane;
            float* to = out + static_cast<std::size_t>(channel * m_kernel + kernel) * stride;
            for (std::size_t j = 0; j < chosen.size(); ++j)
                to[j] = sources[j] < 0 ? 0.0f : values[sources[j]];
        }
    }
}

}  // namespace quantwright
