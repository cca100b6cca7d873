// Elementwise operators on codes, and those that only move codes about.
#include <algorithm>
#include <array>

#include "core/export/qoperator_writer.h"
#include "core/model/proto_helpers.h"

namespace quantwright {

namespace {

/// Operators whose ONNX Runtime kernels take 8-bit data in every opset from 13 on, and give some of their
/// first input's elements unchanged.
bool moves_codes(const onnx::NodeProto& node) {
    static const std::array ops = {"DepthToSpace",   "Expand",   "Flatten",      "Gather",
                                   "GatherElements", "GatherND", "Identity",     "MaxPool",
                                   "Reshape",        "Slice",    "SpaceToDepth", "Split",
                                   "Squeeze",        "Tile",     "Transpose",    "Unsqueeze"};
    const std::string& op = node.op_type();
    if (op == "Resize")
        // Interpolated 8-bit data are cut off, not rounded; cropping fills with a float number.
        return string_attribute(node, "mode", "nearest") == "nearest" &&
               string_attribute(node, "coordinate_transformation_mode", "half_pixel") != "tf_crop_and_resize";
    return std::find(ops.begin(), ops.end(), op) != ops.end() && (op != "MaxPool" || node.output_size() == 1);
}

constexpr std::array k_one_input = {"Sigmoid", "LeakyRelu", "GlobalAveragePool", "AveragePool"};

/// The pooling kernel on codes knows no dilations, and counts cells in another way with ceil_mode.
bool is_plain_pool(const onnx::NodeProto& node) {
    const auto dilations = ints_attribute(node, "dilations");
    return int_attribute(node, "ceil_mode", 0) == 0 &&
           std::all_of(dilations.begin(), dilations.end(), [](std::int64_t one) { return one == 1; });
}

void append(std::vector<std::string>& names, std::vector<std::string> more) {
    names.insert(names.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace

bool QOperatorWriter::has_integer_operator(const Node& node) {
    static const std::array others = {"Conv", "Gemm", "MatMul", "Add", "Mul", "Concat", "Relu", "Clip"};
    const auto is_one_of = [&](const auto& ops) {
        return std::find(ops.begin(), ops.end(), node.op_type()) != ops.end();
    };
    return node.domain().empty() && (is_one_of(others) || is_one_of(k_one_input) || moves_codes(node));
}

bool QOperatorWriter::elementwise(const Node& node) {
    const auto a = m_index.bytes_behind(node.input(0)), b = m_index.bytes_behind(node.input(1));
    const auto ending = m_index.ending_of(node.output(0));
    if (!a || !b || !ending || a->type != b->type || a->type != ending->codes.type)
        return false;
    Names inputs = parts(*a);
    append(inputs, parts(*b));
    append(inputs, target(ending->codes));
    const std::string written = begin(*ending);
    add_contrib(node.op_type() == "Add" ? "QLinearAdd" : "QLinearMul", node.name(), std::move(inputs),
                written);
    finish(*ending, written);
    return true;
}

bool QOperatorWriter::one_input(const Node& node) {
    if (std::find(k_one_input.begin(), k_one_input.end(), node.op_type()) == k_one_input.end())
        return false;
    const auto data = m_index.bytes_behind(node.input(0));
    const auto ending = m_index.ending_of(node.output(0));
    if (!data || !ending || data->type != ending->codes.type ||
        (node.op_type() == "AveragePool" && !is_plain_pool(node)))
        return false;
    Names inputs = parts(*data);
    append(inputs, target(ending->codes));
    const std::string written = begin(*ending);
    Node& made = add_contrib("QLinear" + node.op_type(), node.name(), std::move(inputs), written);
    for (const auto& attribute : node.attribute())
        if (attribute.name() != "dilations")
            *made.add_attribute() = attribute;
    finish(*ending, written);
    return true;
}

bool QOperatorWriter::concatenation(const Node& node) {
    const auto ending = m_index.ending_of(node.output(0));
    if (!ending)
        return false;
    bool plain = true;
    Names tensors, inputs = target(ending->codes);
    for (const std::string& input : node.input()) {
        const auto data = m_index.bytes_behind(input);
        if (!data || data->type != ending->codes.type)
            return false;
        plain = plain && data->same_meaning(ending->codes);
        tensors.push_back(data->tensor);
        append(inputs, parts(*data));
    }
    const std::string written = begin(*ending);
    if (plain)
        add("Concat", node.name(), std::move(tensors), written);
    else
        add_contrib("QLinearConcat", node.name(), std::move(inputs), written);
    *m_new.mutable_node()->rbegin()->mutable_attribute() = node.attribute();
    finish(*ending, written);
    return true;
}

/// A Relu or Clip between two pairs.
bool QOperatorWriter::activation(const Node& node, int position) {
    const auto data = m_index.bytes_behind(node.input(0));
    const auto ending = m_index.ending_at(position);
    if (!data || !ending || data->type != ending->codes.type)
        return false;
    std::string written = begin(*ending);
    if (!data->same_meaning(ending->codes) || !ending->clips())
        requantize(*data, ending->codes, node.name(), written);
    else
        written = data->tensor;
    finish(*ending, written);
    return true;
}

bool QOperatorWriter::passive(const Node& node) {
    const auto data = m_index.bytes_behind(node.input_size() > 0 ? node.input(0) : std::string());
    if (!data || !moves_codes(node))
        return false;
    std::vector<std::optional<Ending>> endings;
    for (const std::string& output : node.output()) {
        endings.push_back(m_index.ending_of(output));
        const bool unread = output.empty() || !m_index.is_read(output);
        if (!unread && (!endings.back() || endings.back()->codes.type != data->type))
            return false;
    }
    Node moved = node;
    moved.set_input(0, data->tensor);
    std::vector<std::string> written(endings.size());
    for (std::size_t i = 0; i < endings.size(); ++i) {
        if (!endings[i])
            continue;
        written[i] = begin(*endings[i]);
        const bool same = endings[i]->codes.same_meaning(*data);
        moved.set_output(static_cast<int>(i), same ? written[i] : m_index.fresh_name(written[i] + "_moved"));
    }
    *m_new.add_node() = moved;
    for (std::size_t i = 0; i < endings.size(); ++i) {
        if (!endings[i])
            continue;
        const std::string& output = moved.output(static_cast<int>(i));
        if (output != written[i]) {
            Codes from = *data;
            from.tensor = output;
            requantize(from, endings[i]->codes, m_index.fresh_name(written[i] + "_requantize"), written[i]);
        }
        finish(*endings[i], written[i]);
    }
    return true;
}

}  // namespace quantwright
