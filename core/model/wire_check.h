#pragma once
// Why protobuf could not parse an ONNX file.
#include <cstddef>
#include <span>

namespace quantwright {

/// True if the bytes begin like an ONNX model and somewhere a length runs past the end of what it lies in:
/// the file was cut, or the length lies. False for anything else protobuf refuses.
[[nodiscard]] bool looks_truncated(std::span<const std::byte> data);

}  // namespace quantwright
