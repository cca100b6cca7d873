#pragma once
// Class scores: which output they are, and which classes they favour.
#include <vector>

#include "core/model/tensor.h"

namespace quantwright {

/// The first float output that is one vector of at least two scores (shape N or 1×…×N, only one axis longer than 1); nullptr without one.
[[nodiscard]] const Tensor* find_scores(const std::vector<Tensor>& outputs);
/// Index of the largest score; the first of equals.
[[nodiscard]] int best_class(const Tensor& scores);
/// True if fewer than five scores are above `label`'s (earlier ones win ties).
[[nodiscard]] bool in_best_five(const Tensor& scores, int label);

}  // namespace quantwright
