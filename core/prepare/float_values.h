#pragma once
// Elements of a float tensor of any width as doubles, and back.
#include <optional>
#include <vector>

#include "core/model/tensor.h"

namespace quantwright {

/// Empty for types that are not float16, bfloat16, float32 or float64.
[[nodiscard]] std::optional<std::vector<double>> doubles_of(const Tensor& tensor);
/// Rounded once, to nearest even; `type` is one of the above.
[[nodiscard]] Tensor tensor_of(ElementType type, Shape shape, const std::vector<double>& values);

}  // namespace quantwright
