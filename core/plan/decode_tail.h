#pragma once
// Tails that integers spoil: what stands behind the last convolutions and products of a detector, where boxes
// and scores are joined under one scale, ranked, or computed with exponentials and grids. Private to
// core/plan.
#include <optional>
#include <string>
#include <vector>

#include "core/plan/resolve.h"

namespace quantwright {

/// Layers that are better float together.
struct DecodeTail {
    KeptFloat why = KeptFloat::no;  ///< shared_scale, selection, decode or scores
    std::vector<int> layers;        ///< in topological order
    /// The layers that gave it away; the strongest reason's first one leads.
    std::vector<int> signs;
    std::vector<int> ends;  ///< layers that no other of them reads
    /// shared_scale: the joined tensor with the widest range and the one with the narrowest.
    std::string wide, narrow;
    Range wide_range, narrow_range;
};

/// Found by structure and, once calibrated, by ranges. Where the user chose static by name or rule,
/// what leads there is no sign.
[[nodiscard]] std::vector<DecodeTail> find_decode_tails(const Resolved& resolved);

/// Chooses float for the layers of such tails, weaker than what the user chose for a layer, and says so.
void propose_float_tails(Resolved& resolved);

/// Scores that a proposed tail makes with a Sigmoid: the integer tensors that hold their logits, and how far
/// up their range should reach at least. Calibration images rarely hold the best score there is, and what is
/// beyond the range is cut off: where no logit was positive, no score can be over one half.
[[nodiscard]] std::vector<TensorId> score_logits(const Resolved& resolved);
inline constexpr float least_logit_end = 4;  ///< a score of 0.98

}  // namespace quantwright
