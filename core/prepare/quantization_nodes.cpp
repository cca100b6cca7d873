#include "core/prepare/quantization_nodes.h"

#include <algorithm>
#include <cmath>

#include "core/model/proto_helpers.h"
#include "core/number/format.h"

namespace quantwright {

namespace {

bool is_of_pair(const onnx::NodeProto& node, const char* op) {
    return node.op_type() == op && (is_standard(node) || node.domain() == "com.microsoft");
}

template <class T>
std::vector<std::int32_t> widened(const Tensor& tensor) {
    const auto values = tensor.as<T>();
    return {values.begin(), values.end()};
}

/// Two codes per byte, the first in the low half.
std::vector<std::int32_t> unpacked(const Tensor& tensor, bool is_signed) {
    std::vector<std::int32_t> codes(static_cast<std::size_t>(element_count(tensor.shape)));
    for (std::size_t i = 0; i < codes.size(); ++i) {
        const auto byte = std::to_integer<std::int32_t>(tensor.bytes[i / 2]);
        const std::int32_t nibble = i % 2 == 0 ? byte & 15 : byte >> 4;
        codes[i] = is_signed && nibble > 7 ? nibble - 16 : nibble;
    }
    return codes;
}

const Format* format_stored_as(ElementType type) {
    for (const Format& format : formats())
        if (format.is_integer && format.storage == type)
            return &format;
    return nullptr;
}

bool is_usable(const std::vector<float>& scales) {
    return !scales.empty() && std::all_of(scales.begin(), scales.end(),
                                          [](float scale) { return std::isfinite(scale) && scale > 0; });
}

/// Type of the codes: the zero point's, else what the node says, else what is read.
ElementType code_type(const onnx::NodeProto& node, const Tensor& zero_point, ElementType codes) {
    if (zero_point.type != ElementType::undefined)
        return zero_point.type;
    if (codes != ElementType::undefined)
        return codes;
    const auto named = static_cast<ElementType>(int_attribute(node, "output_dtype", 0));
    return quantizes(node) && named != ElementType::undefined ? named : ElementType::uint8;
}

}  // namespace

bool quantizes(const onnx::NodeProto& node) {
    return is_of_pair(node, "QuantizeLinear");
}

bool dequantizes(const onnx::NodeProto& node) {
    return is_of_pair(node, "DequantizeLinear");
}

std::optional<std::vector<std::int32_t>> codes_of(const Tensor& tensor) {
    switch (tensor.type) {
        case ElementType::int8:
            return widened<std::int8_t>(tensor);
        case ElementType::uint8:
            return widened<std::uint8_t>(tensor);
        case ElementType::int16:
            return widened<std::int16_t>(tensor);
        case ElementType::uint16:
            return widened<std::uint16_t>(tensor);
        case ElementType::int32:
            return widened<std::int32_t>(tensor);
        case ElementType::int4:
            return unpacked(tensor, true);
        case ElementType::uint4:
            return unpacked(tensor, false);
        default:
            return std::nullopt;
    }
}

std::optional<Parameters> parameters_of(const WorkingGraph& graph, const onnx::NodeProto& node,
                                        ElementType codes, std::size_t rank) {
    const Tensor scale = graph.constant(input_of(node, 1));
    const Tensor zero_point = graph.constant(input_of(node, 2));
    const bool zero_point_missing = !input_of(node, 2).empty() && zero_point.type == ElementType::undefined;
    if (scale.type != ElementType::float32 || zero_point_missing)
        return std::nullopt;
    if (dequantizes(node) && int_attribute(node, "output_dtype", 1) > 1)
        return std::nullopt;  // dequantized to something else than float
    Parameters parameters;
    parameters.scale.assign(scale.floats().begin(), scale.floats().end());
    parameters.format = format_stored_as(code_type(node, zero_point, codes));
    if (!parameters.format || !is_usable(parameters.scale))
        return std::nullopt;
    parameters.qmin = parameters.format->qmin;
    parameters.qmax = parameters.format->qmax;
    parameters.zero_point.assign(parameters.scale.size(), 0);
    if (zero_point.type != ElementType::undefined) {
        auto values = codes_of(zero_point);
        if (!values || values->size() != parameters.scale.size())
            return std::nullopt;
        parameters.zero_point = std::move(*values);
    }
    const std::int64_t block = int_attribute(node, "block_size", 0);
    if (block == 0 && parameters.scale.size() == 1)
        return parameters;
    std::int64_t axis = int_attribute(node, "axis", 1);
    if (axis < 0)
        axis += static_cast<std::int64_t>(rank);
    if (axis < 0 || axis >= static_cast<std::int64_t>(rank) || block < 0 || block > 1 << 30)
        return std::nullopt;
    parameters.axis = static_cast<int>(axis);
    parameters.block_size = static_cast<int>(block);
    return parameters;
}

}  // namespace quantwright
