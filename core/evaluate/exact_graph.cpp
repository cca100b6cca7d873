#include "core/evaluate/exact_graph.h"

#include <cmath>
#include <cstring>

#include "core/model/proto_helpers.h"

namespace quantwright {

namespace {

/// Largest sum of |w| whose products with differences of 8-bit codes are exact in float32.
constexpr std::int64_t k_exact_weight_sum = (std::int64_t(1) << 24) / 255;

template <class T>
std::vector<std::int32_t> widened_as(const Tensor& tensor) {
    const auto values = tensor.as<T>();
    return {values.begin(), values.end()};
}

/// Elements of an int8 or uint8 tensor; empty for another type.
std::vector<std::int32_t> widened(const Tensor& tensor) {
    if (tensor.type == ElementType::uint8)
        return widened_as<std::uint8_t>(tensor);
    if (tensor.type == ElementType::int8)
        return widened_as<std::int8_t>(tensor);
    return {};
}

template <class T>
Tensor tensor_of(ElementType type, const Shape& shape, const std::vector<T>& values) {
    std::vector<std::byte> bytes(values.size() * sizeof(T));
    std::memcpy(bytes.data(), values.data(), bytes.size());
    return make_tensor(type, shape, std::move(bytes));
}

/// The whole-number weight of a convolution as a sum of weights, none of which has an output channel with a
/// greater sum than is exact.
std::vector<std::vector<std::int16_t>> exact_parts(const std::vector<std::int32_t>& codes,
                                                   const std::vector<std::int32_t>& zero_point,
                                                   std::size_t channels) {
    std::vector<std::vector<std::int16_t>> parts;
    const std::size_t size = codes.size() / channels;
    for (std::size_t c = 0; c < channels; ++c) {
        const std::int32_t zero = zero_point[zero_point.size() > 1 ? c : 0];
        std::size_t part = 0;
        std::int64_t sum = 0;
        for (std::size_t i = c * size; i < (c + 1) * size; ++i) {
            const std::int32_t value = codes[i] - zero;
            sum += std::abs(value);
            if (sum > k_exact_weight_sum) {
                ++part;
                sum = std::abs(value);
            }
            if (parts.size() <= part)
                parts.emplace_back(codes.size());
            parts[part][i] = static_cast<std::int16_t>(value);
        }
    }
    return parts;
}

}  // namespace

std::string operand_of(const onnx::NodeProto& node, int index) {
    return index < node.input_size() ? node.input(index) : std::string();
}

ExactGraph::ExactGraph(const Model& model, onnx::ModelProto& result)
    : m_model(model), m_graph(*result.mutable_graph()) {
    for (const auto& value : m_graph.input())
        m_taken.insert(value.name());
    for (const auto& initializer : m_graph.initializer())
        m_taken.insert(initializer.name());
    for (const auto& node : m_graph.node())
        m_taken.insert(node.output().begin(), node.output().end());
}

ExactGraph::Node& ExactGraph::add(std::string_view op, Names inputs, const std::string& output) {
    Node& node = *m_graph.add_node();
    node = make_node(op, {}, std::move(inputs), {output});
    return node;
}

std::string ExactGraph::emit(std::string_view op, Names inputs, const std::string& output) {
    std::string name = output.empty() ? fresh("exact") : output;
    add(op, std::move(inputs), name);
    return name;
}

std::string ExactGraph::cast(const std::string& value, int type, const std::string& output) {
    std::string name = output.empty() ? fresh("exact") : output;
    set_attribute(add("Cast", {value}, name), "to", static_cast<std::int64_t>(type));
    return name;
}

std::string ExactGraph::constant(const std::string& wanted, const Tensor& value) {
    std::string name = fresh(wanted);
    *m_graph.add_initializer() = proto_from(name, value);
    return name;
}

std::string ExactGraph::number(double value) {
    return constant("exact_number", tensor_of<double>(ElementType::float64, {}, {value}));
}

std::string ExactGraph::fresh(const std::string& wanted) {
    std::string name = wanted;
    while (!m_taken.insert(name).second)
        name = wanted + "_" + std::to_string(++m_count);
    return name;
}

std::string ExactGraph::codes(const std::string& values, const std::string& zero_point, int type) {
    std::string result = cast(values, type);
    return zero_point.empty() ? result : emit("Sub", {result, cast(zero_point, type)});
}

std::string ExactGraph::dequantized(const std::string& values, const std::string& scale,
                                    const std::string& zero) {
    return emit("Mul", {codes(values, zero, k_double), cast(scale, k_double)});
}

std::string ExactGraph::scales(const std::string& a, const std::string& b) {
    return emit("Mul", {cast(a, k_double), cast(b, k_double)});
}

std::string ExactGraph::per_channel(const std::string& values, std::size_t spatial) {
    Shape shape(spatial + 1, 1);
    shape.front() = -1;
    const auto rank = static_cast<std::int64_t>(shape.size());
    return emit("Reshape", {values, constant("exact_shape", make_tensor({rank}, std::move(shape)))});
}

void ExactGraph::to_float(const std::string& sums, const std::string& a, const std::string& b,
                          const std::string& bias, const std::string& output) {
    std::string result = emit("Mul", {sums, scales(a, b)});
    if (!bias.empty())
        result = emit("Add", {result, cast(bias, k_double)});
    cast(result, k_float, output);
}

bool ExactGraph::is_zero_point(const std::string& name) const {
    const ElementType type = name.empty() ? ElementType::undefined : m_model.weight(name).type;
    return type == ElementType::int8 || type == ElementType::uint8;
}

void ExactGraph::requantize(const std::string& value, const std::string& scale, const std::string& zero_point,
                            const std::string& output) {
    // Adding 1.5 * 2^52 leaves a double no bits below the point: the sum is rounded, half to even. (The
    // operator Round is missing before opset 11.)
    const std::string shift = number(std::ldexp(1.5, 52));
    const std::string steps = emit("Div", {value, cast(scale, k_double)});
    const std::string rounded = emit("Sub", {emit("Add", {steps, shift}), shift});
    const std::string shifted = emit("Add", {rounded, cast(zero_point, k_double)});
    const bool is_signed = m_model.weight(zero_point).type == ElementType::int8;
    const std::string above = emit("Max", {shifted, number(is_signed ? -128 : 0)});
    const std::string inside = emit("Min", {above, number(is_signed ? 127 : 255)});
    cast(inside, is_signed ? onnx::TensorProto::INT8 : onnx::TensorProto::UINT8, output);
}

std::string ExactGraph::convolved(const Node& node, const std::string& data, int weight_at,
                                  int zero_point_at) {
    const Tensor weight = m_model.weight(node.input(weight_at));
    const std::string zero_name = operand_of(node, zero_point_at);
    const auto codes = widened(weight);
    const auto zero_point =
        zero_name.empty() ? std::vector<std::int32_t>{0} : widened(m_model.weight(zero_name));
    if (codes.empty() || zero_point.empty() || weight.shape.size() < 3)
        return {};
    const auto channels = static_cast<std::size_t>(weight.shape.front());
    if (zero_point.size() > 1 && zero_point.size() != channels)
        return {};
    std::string sums;
    for (const auto& part : exact_parts(codes, zero_point, channels)) {
        const std::string name =
            constant(node.input(weight_at) + "_exact", tensor_of(ElementType::int16, weight.shape, part));
        const std::string floats = cast(name, k_float), result = fresh("exact");
        *add("Conv", {data, floats}, result).mutable_attribute() = node.attribute();
        const std::string one = cast(result, k_double);
        sums = sums.empty() ? one : emit("Add", {sums, one});
    }
    return sums;
}

}  // namespace quantwright
