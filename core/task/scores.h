#pragma once
// What is read out of a vector of scores.
#include <optional>
#include <span>
#include <vector>

#include "core/model/tensor.h"
#include "core/task/prediction.h"

namespace quantwright {

[[nodiscard]] bool is_float_type(ElementType type);

/// All dimensions 1 but one, of at least two elements.
[[nodiscard]] bool is_score_vector(const Shape& shape);

/// Index of the largest score, the first of equal ones; -1 if one is NaN.
[[nodiscard]] int top1(std::span<const float> scores);
/// The five best, the first of equal ones first; empty if one is NaN.
[[nodiscard]] std::vector<int> best_five(std::span<const float> scores);
/// With their shares.
[[nodiscard]] Ranking ranking(std::span<const float> scores);
/// True if fewer than five scores come before the label's; false for a label that isn't there and for NaN.
[[nodiscard]] bool in_top5(std::span<const float> scores, int label);

}  // namespace quantwright
