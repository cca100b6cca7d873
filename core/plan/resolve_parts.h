#pragma once
// The steps of resolve(), in order. Private to core/plan.
#include <vector>

#include "core/plan/preset.h"
#include "core/plan/resolve.h"

namespace quantwright {

/// Each layer's choices with their origins, weakest source first. `behind`: the plan's truncation cuts it
/// off.
[[nodiscard]] std::array<Choice, field_count> choices_for(const Prepared& prepared, int layer,
                                                          const Plan& plan, const Target& target,
                                                          const Preset& preset, bool behind);

/// Fills Resolved::layers[].mode and .kept_float, and tensors that need a Q/DQ pair (without ranges), with
/// scale owners.
void place_pairs(Resolved& resolved);

/// Range, scheme and parameters of every placed tensor.
Status choose_ranges(Resolved& resolved, const JobContext& job);

/// Scheme and parameters of weights and biases.
void quantize_weights(Resolved& resolved);

/// Parameters that came with the model for this tensor or weight, unless the user chose otherwise here.
[[nodiscard]] const Parameters* given_activation(const Resolved& resolved, TensorId tensor);
[[nodiscard]] const Parameters* given_weight(const Resolved& resolved, int layer);
/// The user set one of these fields for this layer by name or rule.
[[nodiscard]] bool user_chose(const ResolvedLayer& layer, Field first, Field last);

/// A tensor or constant with infinities, and how many were counted.
struct InfiniteTensor {
    std::string name;
    std::int64_t count = 0;
};
/// The first such activation that the layer reads or writes, where the statistics know.
[[nodiscard]] std::optional<InfiniteTensor> infinite_input(const Resolved& resolved, const Layer& layer);
[[nodiscard]] std::optional<InfiniteTensor> infinite_output(const Resolved& resolved, const Layer& layer);
/// The first such constant of its data, the weight left out.
[[nodiscard]] std::optional<InfiniteTensor> infinite_constant(const Prepared& prepared, const Layer& layer);
/// It makes products of what it reads: an infinity times what rounding made zero is NaN.
[[nodiscard]] bool multiplies(const Prepared& prepared, const Layer& layer);

/// The scheme of activations of this layer.
[[nodiscard]] Scheme activation_scheme(const ResolvedLayer& layer, const Target& target);

[[nodiscard]] inline const TargetOperator* find_operator(const Target& target, const std::string& op) {
    const auto found = target.operators.find(op);
    return found == target.operators.end() ? nullptr : &found->second;
}

}  // namespace quantwright
