#pragma once
// A plan in xslim's words.
#include <filesystem>
#include <vector>

#include "core/plan/plan.h"

namespace quantwright {

/// An xslim file that chooses what the plan chooses, as far as xslim has words for it; everything it has none
/// for is named in `problems`. `prepared` is the plan's model, or null: without it only what needs no look at
/// the graph can be said. `model` goes into the file as onnx_model; may be empty. The calibration data are no
/// part of a plan and have to be added.
[[nodiscard]] Json xslim_from_plan(const Plan& plan, const Prepared* prepared,
                                   const std::filesystem::path& model, std::vector<Problem>& problems);

}  // namespace quantwright
