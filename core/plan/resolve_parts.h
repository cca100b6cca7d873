#pragma once
// The steps of resolve(), in order. Private to core/plan.
#include <vector>

#include "core/plan/resolve.h"

namespace quantwright {

/// Each layer's choices with their origins, weakest source first.
[[nodiscard]] std::array<Choice, field_count> choices_for(const Prepared& prepared, const Layer& layer,
                                                          const Plan& plan, const Target& target,
                                                          const Settings& preset);

/// Fills Resolved::layers[].kept_float, and tensors that need a Q/DQ pair (without ranges), with scale
/// owners.
void place_pairs(Resolved& resolved);

/// Range, scheme and parameters of every placed tensor.
void choose_ranges(Resolved& resolved);

/// Scheme and parameters of weights and biases.
void quantize_weights(Resolved& resolved);

/// The scheme of activations of this layer.
[[nodiscard]] Scheme activation_scheme(const ResolvedLayer& layer, const Target& target);

[[nodiscard]] inline const TargetOperator* find_operator(const Target& target, const std::string& op) {
    const auto found = target.operators.find(op);
    return found == target.operators.end() ? nullptr : &found->second;
}

}  // namespace quantwright
