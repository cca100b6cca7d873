#pragma once
// What a target can't run of one layer's choices: resolve() holds plans to it, the window offers what it
// leaves.
#include <string_view>

#include "core/plan/resolve.h"

namespace quantwright {

/// Why a value can't be chosen.
enum class Refusal {
    no,                ///< it can
    target,            ///< the target runs it nowhere
    op,                ///< the target has no such form of this operator
    needs_weight,      ///< the layer has no constant weight
    blocks,            ///< integer kernels can't add up blocks with scales of their own
    zero_points,       ///< integer kernels take one zero point for all channels
    int8_activations,  ///< there are kernels for int8 activations with int8 weights only
};

/// False: the target runs this field with some values only, and this is none of them.
[[nodiscard]] bool allows(const Target& target, Field field, std::string_view value);

/// The target's judgement on a value beside the layer's other choices. Of modes it is the target's list
/// alone: whether the layer has a form in one is quantizable()'s and the placement's matter.
[[nodiscard]] Refusal refused(const Target& target, const Layer& layer, const ResolvedLayer& choices,
                              Field field, std::string_view value);

}  // namespace quantwright
