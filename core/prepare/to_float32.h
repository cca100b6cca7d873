#pragma once
// Models with numbers of another floating-point type, as float32 models.
#include <memory>
#include <vector>

#include "core/base/error.h"
#include "core/model/model.h"

namespace quantwright {

/// The model with float16, bfloat16 and float64 taken as float32 throughout: weights, constants, what Cast
/// and its like make. Inputs and outputs keep their types, with a Cast beside each. Integers and booleans
/// stay, and so does float64 in a model that neither takes nor gives it nor has weights of it (sizes are
/// often computed so). The model itself where there is nothing to do, else a problem
/// "prepare.taken_as_float32" {types, weights that float32 has no number for}.
[[nodiscard]] std::shared_ptr<const Model> as_float32(std::shared_ptr<const Model> model,
                                                      std::vector<Problem>& problems);

}  // namespace quantwright
