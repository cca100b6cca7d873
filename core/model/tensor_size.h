#pragma once
// Sizes of tensors whose shapes come from a file and can't be trusted.
#include <cstdint>
#include <optional>

#include "core/model/tensor.h"

namespace quantwright {

/// Bits of one element, for every fixed-size type of ONNX, also those ElementType has no name for; 0 for
/// others.
[[nodiscard]] int bits_of(ElementType type);
/// Empty if a dimension is negative or the product overflows.
[[nodiscard]] std::optional<std::int64_t> checked_element_count(const Shape& shape);
/// Bytes of the raw data: packed types are rounded up to a whole byte (ONNX, TensorProto.raw_data).
[[nodiscard]] std::optional<std::int64_t> checked_byte_count(ElementType type, const Shape& shape);

}  // namespace quantwright
