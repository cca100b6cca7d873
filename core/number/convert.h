#pragma once
#include "core/base/result.h"
#include "core/model/tensor.h"

namespace quantwright {

/// True for every type that convert() reads and writes.
[[nodiscard]] bool is_numeric(ElementType type);
/// The values as another type: towards integers rounded half to even and clamped (NaN: 0), towards booleans
/// "not zero". Both types must be numeric.
[[nodiscard]] Tensor convert(const Tensor& tensor, ElementType type);

}  // namespace quantwright
