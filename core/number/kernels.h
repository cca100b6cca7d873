#pragma once
// The arithmetic on whole tensors. Vector code (Highway) that equals the scalar form bit for bit, and ONNX Runtime's
// QuantizeLinear / DequantizeLinear to the last code. NaN becomes qmin's code as ONNX Runtime's kernels do on x86.
#include <cstdint>
#include <span>
#include <vector>

#include "core/model/tensor.h"
#include "core/number/parameters.h"

namespace quantwright {

/// out[i] = dequantize(quantize(in[i])) with one scale; `in` and `out` may be the same memory.
void fake_quantize(std::span<const float> in, std::span<float> out, ScaleZeroPoint parameters, std::int32_t qmin,
                   std::int32_t qmax);
/// The same for a tensor of `shape`, per tensor or along parameters.axis.
void fake_quantize(std::span<const float> in, std::span<float> out, const Shape& shape, const Parameters& parameters);

/// Codes as int32, before packing into the format's storage.
[[nodiscard]] std::vector<std::int32_t> quantize(std::span<const float> in, const Shape& shape, const Parameters& parameters);
[[nodiscard]] std::vector<float> dequantize(std::span<const std::int32_t> codes, const Shape& shape, const Parameters& parameters);
/// Codes as bytes of `storage` (int8, uint8, int16, uint16, int32), each with `offset` added.
[[nodiscard]] std::vector<std::byte> pack(std::span<const std::int32_t> codes, ElementType storage, std::int32_t offset = 0);

/// One scalar, the definition that the vector code is tested against.
[[nodiscard]] std::int32_t quantize_one(float x, ScaleZeroPoint parameters, std::int32_t qmin, std::int32_t qmax);

/// Smallest and largest element of each index along `axis` (axis -1: of all, one entry). NaN and infinities are
/// left out.
[[nodiscard]] std::vector<Range> ranges_along(std::span<const float> values, const Shape& shape, int axis);

}  // namespace quantwright
