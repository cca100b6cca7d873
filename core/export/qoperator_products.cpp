// Convolutions and matrix products on codes: int32 sums, requantized in the same kernel.
#include <algorithm>
#include <cmath>

#include "core/export/qoperator_writer.h"
#include "core/model/proto_helpers.h"
#include "core/prepare/size_arithmetic.h"

namespace quantwright {

namespace {

/// As core/plan: room for the products beside the bias in an int32 sum.
constexpr double k_bias_limit = 1 << 30;

/// ONNX Runtime has kernels for unsigned data with weights of either sign, and for signed data with signed
/// weights.
bool has_kernel(const Codes& data, const Codes& weight) {
    return data.is_byte() && weight.is_byte() && data.per_tensor() &&
           (data.type == ElementType::uint8 || weight.type == ElementType::int8);
}

/// QLinearConv and its like read and write one type.
bool fits(const std::optional<Ending>& ending, const Codes& data) {
    return ending && ending->codes.type == data.type;
}

void append(std::vector<std::string>& names, std::vector<std::string> more) {
    names.insert(names.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace

std::optional<Shape> QOperatorWriter::shape_in_file(const std::string& tensor) const {
    const auto id = m_prepared.model->graph().find_tensor(tensor);
    if (!id)
        return std::nullopt;
    Shape shape = m_prepared.tensor_types[static_cast<std::size_t>(*id)].shape;
    const auto is_open = [](const auto& input) {
        const auto& sizes = input.type().tensor_type().shape().dim();
        return std::any_of(sizes.begin(), sizes.end(),
                           [](const auto& size) { return !size.has_dim_value(); });
    };
    if (std::none_of(m_model.graph().input().begin(), m_model.graph().input().end(), is_open))
        return shape;
    const auto known = m_prepared.sizes->shapes.find(tensor);
    const bool is_known = known != m_prepared.sizes->shapes.end() &&
                          static_cast<std::size_t>(known->second.dim_size()) == shape.size();
    for (std::size_t i = 0; i < shape.size(); ++i)
        if (!is_known || !known->second.dim(static_cast<int>(i)).has_dim_value())
            shape[i] = -1;
    return shape;
}

std::string QOperatorWriter::integer_bias(const std::string& bias, const Codes& data, const Codes& weight) {
    std::vector<float> scale;
    for (const float one : weight.scale)
        scale.push_back(data.scale.front() * one);  // in float, as the kernels multiply
    const auto given = m_index.codes_behind(bias);
    if (given && given->type == ElementType::int32 && given->scale == scale && given->one_zero_point() &&
        given->zero_point.front() == 0)
        return given->tensor;

    std::vector<double> values;
    if (given && given->type == ElementType::int32) {
        const Tensor codes = m_index.constant(given->tensor);
        for (std::size_t c = 0; c < codes.as<std::int32_t>().size(); ++c) {
            const std::size_t k = given->scale.size() > 1 ? c : 0;
            values.push_back((double(codes.as<std::int32_t>()[c]) - given->zero_point[k]) * given->scale[k]);
        }
    } else if (const Tensor floats = m_index.constant(bias); floats.type == ElementType::float32) {
        if (floats.shape.size() != 1)
            return {};
        values.assign(floats.floats().begin(), floats.floats().end());
    }
    if (values.empty() || (scale.size() > 1 && scale.size() != values.size()))
        return {};
    std::vector<std::byte> bytes(values.size() * sizeof(std::int32_t));
    for (std::size_t c = 0; c < values.size(); ++c) {
        const double code = std::nearbyint(values[c] / scale[scale.size() > 1 ? c : 0]);
        if (!(std::abs(code) <= k_bias_limit))
            return {};
        const auto stored = static_cast<std::int32_t>(code);
        std::copy_n(reinterpret_cast<const std::byte*>(&stored), sizeof stored,
                    bytes.begin() + static_cast<std::ptrdiff_t>(c * sizeof stored));
    }
    return add_constant(
        bias + "_int32",
        make_tensor(ElementType::int32, {static_cast<std::int64_t>(values.size())}, std::move(bytes)));
}

bool QOperatorWriter::convolution(const Node& node) {
    const auto data = m_index.bytes_behind(node.input(0));
    const auto weight = m_index.codes_behind(node.input(1));
    const auto ending = m_index.ending_of(node.output(0));
    if (!data || !weight || !has_kernel(*data, *weight) || !fits(ending, *data))
        return false;
    // QLinearConv: output channels only, one zero point for them all.
    if ((!weight->per_tensor() && weight->axis != 0) || !weight->one_zero_point())
        return false;
    Names inputs = parts(*data);
    append(inputs, parts(*weight));
    append(inputs, target(ending->codes));
    if (node.input_size() > 2 && !node.input(2).empty()) {
        inputs.push_back(integer_bias(node.input(2), *data, *weight));
        if (inputs.back().empty())
            return false;
    }
    const std::string written = begin(*ending);
    add("QLinearConv", node.name(), std::move(inputs), written);
    *m_new.mutable_node()->rbegin()->mutable_attribute() = node.attribute();
    finish(*ending, written);
    return true;
}

bool QOperatorWriter::gemm(const Node& node) {
    const auto data = m_index.bytes_behind(node.input(0));
    const auto weight = m_index.codes_behind(node.input(1));
    if (!data || !weight || !has_kernel(*data, *weight) || float_attribute(node, "alpha", 1) != 1)
        return false;
    const bool transposed = int_attribute(node, "transB", 0) != 0;
    if (!weight->per_tensor() && weight->axis != (transposed ? 0 : 1))
        return false;
    std::string bias;
    if (node.input_size() > 2 && !node.input(2).empty()) {
        if (float_attribute(node, "beta", 1) != 1)
            return false;
        bias = integer_bias(node.input(2), *data, *weight);
        if (bias.empty())
            return false;
    }
    auto ending = m_index.ending_of(node.output(0));
    if (!fits(ending, *data))
        ending.reset();  // the sums leave the kernel as float
    const std::string written = ending ? begin(*ending) : node.output(0);
    Names inputs = parts(*data);
    append(inputs, parts(*weight));
    if (ending && bias.empty() && !transposed && int_attribute(node, "transA", 0) == 0) {
        append(inputs, target(ending->codes));
        add("QLinearMatMul", node.name(), std::move(inputs), written);
    } else {
        inputs.push_back(bias);
        if (ending)
            append(inputs, target(ending->codes));
        else if (bias.empty())
            inputs.pop_back();
        Node& product = add_contrib("QGemm", node.name(), std::move(inputs), written);
        for (const char* attribute : {"transA", "transB"})
            if (find_attribute(node, attribute))
                set_attribute(product, attribute, int_attribute(node, attribute, 0));
    }
    if (ending)
        finish(*ending, written);
    return true;
}

/// MatMul, with the Add of a constant vector behind it where there is one.
bool QOperatorWriter::matrix_product(const Node& node, int position) {
    const auto data = m_index.bytes_behind(node.input(0));
    const auto weight = m_index.codes_behind(node.input(1));
    if (!data || !weight || !has_kernel(*data, *weight))
        return false;
    const auto shape = m_index.constant_shape(weight->tensor);
    const bool matrix = shape && shape->size() == 2;
    if (!weight->per_tensor() && !(matrix && weight->axis == 1))
        return false;

    std::string bias;
    const int next = m_index.sole_reader(node.output(0));
    const Node* last = &node;
    if (matrix && next >= 0 && m_model.graph().node(next).op_type() == "Add" &&
        layer_of(next) == layer_of(position)) {
        const Node& sum = m_model.graph().node(next);
        const std::string& other = sum.input(sum.input(0) == node.output(0) ? 1 : 0);
        if (m_index.constant_shape(other) == Shape{shape->back()} &&
            m_index.constant(other).type == ElementType::float32) {
            bias = other;
            last = &sum;
        }
    }
    const auto take_sum = [&] {
        if (!bias.empty())
            m_taken[static_cast<std::size_t>(next)] = true;
    };
    const auto ending = m_index.ending_of(last->output(0));
    if (fits(ending, *data) && bias.empty()) {
        const std::string written = begin(*ending);
        Names inputs = parts(*data);
        append(inputs, parts(*weight));
        append(inputs, target(ending->codes));
        add("QLinearMatMul", node.name(), std::move(inputs), written);
        finish(*ending, written);
        return true;
    }
    if (fits(ending, *data) && gemm_of_rows(node, *data, *weight, bias, *ending)) {
        take_sum();
        return true;
    }
    // A float reader, or a bias beyond int32: integer sums, a float result.
    Names inputs = {data->tensor,       weight->tensor,        data->scale_name,
                    weight->scale_name, data->zero_point_name, weight->zero_point_name};
    if (!bias.empty())
        inputs.push_back(bias);
    add_contrib("MatMulIntegerToFloat", node.name(), std::move(inputs), last->output(0));
    take_sum();
    return true;
}

/// QGemm takes matrices: all but the last dimension of the data become one.
bool QOperatorWriter::gemm_of_rows(const Node& node, const Codes& data, const Codes& weight,
                                   const std::string& bias, const Ending& ending) {
    const auto shape = shape_in_file(node.output(0));
    const Shape weight_shape = *m_index.constant_shape(weight.tensor);
    // One open size follows from the others.
    if (!shape || shape->size() < 2 || std::count(shape->begin(), shape->end(), -1) > 1)
        return false;
    const std::string codes = integer_bias(bias, data, weight);
    if (codes.empty())
        return false;
    Codes rows = data;
    const bool reshapes = shape->size() > 2;
    if (reshapes) {
        std::string& name = m_rows[data.tensor];
        if (name.empty()) {
            name = m_index.fresh_name(data.tensor + "_rows");
            const std::string to =
                add_constant(name + "_shape", make_tensor({2}, Shape{-1, weight_shape.front()}));
            add("Reshape", m_index.fresh_name(name + "_Reshape"), {data.tensor, to}, name);
        }
        rows.tensor = name;
    }
    Ending end = ending;
    if (reshapes)
        end.codes.tensor = m_index.fresh_name(ending.codes.tensor + "_rows");
    const std::string written = begin(end);
    Names inputs = parts(rows);
    append(inputs, parts(weight));
    inputs.push_back(codes);
    append(inputs, target(ending.codes));
    add_contrib("QGemm", node.name(), std::move(inputs), written);
    finish(end, written);
    if (reshapes) {
        const std::string& name = ending.codes.tensor;
        const auto rank = static_cast<std::int64_t>(shape->size());
        const std::string to = add_constant(name + "_shape", make_tensor({rank}, Shape(*shape)));
        add("Reshape", m_index.fresh_name(name + "_Reshape"), {end.codes.tensor, to}, name);
    }
    return true;
}

}  // namespace quantwright
