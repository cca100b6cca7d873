#pragma once
// QuantizeLinear and DequantizeLinear of a model that arrives quantized, read as Parameters.
#include <optional>
#include <vector>

#include "core/prepare/working_graph.h"

namespace quantwright {

/// Of ONNX, or of com.microsoft (16 bits before opset 21).
[[nodiscard]] bool quantizes(const onnx::NodeProto& node);
[[nodiscard]] bool dequantizes(const onnx::NodeProto& node);

/// Codes of an integer tensor of up to 32 bits, 4-bit ones unpacked. Empty for other types.
[[nodiscard]] std::optional<std::vector<std::int32_t>> codes_of(const Tensor& tensor);

/// What the node's constants say; all codes of the format are in use. `codes` is the type of the codes where
/// no zero point says it (undefined: uint8), `rank` that of the tensor, for an axis counted from the back.
/// Empty where scale or zero point are no usable constants.
[[nodiscard]] std::optional<Parameters> parameters_of(const WorkingGraph& graph, const onnx::NodeProto& node,
                                                      ElementType codes, std::size_t rank);

}  // namespace quantwright
