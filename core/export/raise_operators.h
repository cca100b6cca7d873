#pragma once
// A graph of opset 13 or newer said in a newer opset, up to 21. Done here, since ONNX's version converter
// stops at the opset its library knows (17 for onnx 1.12) and refuses graphs with other domains.
#include <onnx/onnx_pb.h>

#include <optional>
#include <string>

namespace quantwright {

/// The oldest it begins with: preparing raises everything else to it.
inline constexpr std::int64_t k_lowest_raised_opset = 13;
/// The newest opset this file knows every change up to.
inline constexpr std::int64_t k_highest_raised_opset = 21;

/// The operator that can't be said in opset `to` (its node's name with it), if there is one.
[[nodiscard]] std::optional<std::string> cannot_raise(const onnx::ModelProto& model, std::int64_t to);

/// Operators whose form changed are rewritten, the opset is set, the IR version raised to what it needs at
/// least. Only where cannot_raise() says nothing. Names of nodes and tensors stay.
void raise_operators(onnx::ModelProto& model, std::int64_t to);

/// The IR version that came with an opset (onnx/docs/Versioning.md): older ones may not be paired with it.
[[nodiscard]] std::int64_t ir_of_opset(std::int64_t opset);

/// The oldest IR version that has everything in the model: its opset, its element types, functions. At least
/// that of opset 13, the first with per-channel QuantizeLinear and DequantizeLinear.
[[nodiscard]] std::int64_t needed_ir(const onnx::ModelProto& model);

/// The version of the default domain that the model imports; 0 if none.
[[nodiscard]] std::int64_t default_opset(const onnx::ModelProto& model);

}  // namespace quantwright
