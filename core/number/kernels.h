#pragma once
// The arithmetic on whole tensors. Vector code (Highway) that equals the scalar form bit for bit, and ONNX
// Runtime's QuantizeLinear / DequantizeLinear to the last code: the quotient x / scale is a float, clamped,
// rounded half to even. (Rounding half away from zero: the same but for the ties.) NaN becomes qmin, as in
// ONNX Runtime 1.31 on x86 for every format and length (vector part and tail); infinities saturate; a
// negative zero comes back as +0. Shapes and parameters must fit: scale and zero_point have one entry,
// shape[axis], or as many as blocked_shape() has elements.
#include <cstdint>
#include <span>
#include <vector>

#include "core/model/tensor.h"
#include "core/number/parameters.h"

namespace quantwright {

/// out[i] = dequantize(quantize(in[i])) with one scale; `in` and `out` may be the same memory.
void fake_quantize(std::span<const float> in, std::span<float> out, ScaleZeroPoint parameters,
                   std::int32_t qmin, std::int32_t qmax, Rounding rounding = Rounding::half_even);
/// The same for a tensor of `shape`, per tensor or along parameters.axis. Formats that are no integers: float
/// copies, fp16 rounds to the nearest half (overflow: infinity).
void fake_quantize(std::span<const float> in, std::span<float> out, const Shape& shape,
                   const Parameters& parameters);

/// Codes as int32, before packing into the format's storage.
[[nodiscard]] std::vector<std::int32_t> quantize(std::span<const float> in, const Shape& shape,
                                                 const Parameters& parameters);
[[nodiscard]] std::vector<float> dequantize(std::span<const std::int32_t> codes, const Shape& shape,
                                            const Parameters& parameters);
/// Codes as bytes of `storage` (any integer type up to 32 bits), each with `offset` added. int4 and uint4:
/// two per byte, the first in the low half, as ONNX packs them.
[[nodiscard]] std::vector<std::byte> pack(std::span<const std::int32_t> codes, ElementType storage,
                                          std::int32_t offset = 0);

/// One scalar, the definition that the vector code is tested against.
[[nodiscard]] std::int32_t quantize_one(float x, ScaleZeroPoint parameters, std::int32_t qmin,
                                        std::int32_t qmax, Rounding rounding = Rounding::half_even);

/// Smallest and largest element of each index along `axis` (axis -1: of all, one entry). NaN and infinities
/// are left out; an index without finite elements gets [0, 0].
[[nodiscard]] std::vector<Range> ranges_along(std::span<const float> values, const Shape& shape, int axis);

/// The same for each block of `block_size` indices along `axis` (the last one may be shorter), in the order
/// of blocked_shape(shape, axis, block_size).
[[nodiscard]] std::vector<Range> ranges_in_blocks(std::span<const float> values, const Shape& shape, int axis,
                                                  int block_size);

}  // namespace quantwright
