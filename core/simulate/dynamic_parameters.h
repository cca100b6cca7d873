#pragma once
// Parameters that a dynamic layer finds at run time.
#include <span>

#include "core/number/parameters.h"

namespace quantwright {

/// As ONNX's DynamicQuantizeLinear defines them, in float like ONNX Runtime's kernel: the range holds 0;
/// scale = (max - min) / 255; zero point = round_half_even(clamp(0 - min / scale, 0, 255)). An input of zeros
/// has scale 1.
[[nodiscard]] ScaleZeroPoint dynamic_parameters(std::span<const float> values);

}  // namespace quantwright
