#pragma once
// What operators are to the search for groups of layers (layer_groups.h), by op type.
#include <string>
#include <vector>

namespace quantwright::group_ops {

/// Products with weights.
[[nodiscard]] bool is_compute(const std::string& op);
/// Activation functions: they bend each element.
[[nodiscard]] bool is_curve(const std::string& op);
/// Sums and products of elements.
[[nodiscard]] bool is_arithmetic(const std::string& op);
/// What a scale or a shift is written as.
[[nodiscard]] bool is_affine(const std::string& op);
/// They give the values they read, in another shape, order or number.
[[nodiscard]] bool is_mover(const std::string& op);
/// Pooling over whole planes, as squeeze-and-excite begins.
[[nodiscard]] bool is_pool(const std::string& op);
[[nodiscard]] bool may_be_in_gate(const std::string& op);
/// Arithmetic on boxes and scores behind a detector's last products.
[[nodiscard]] bool may_be_in_decode(const std::string& op);
/// Concat and the choice of the best.
[[nodiscard]] bool joins_or_selects(const std::string& op);

/// "Conv+Sigmoid"
[[nodiscard]] std::string joined(const std::vector<std::string>& names);

}  // namespace quantwright::group_ops
