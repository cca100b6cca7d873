#pragma once
// By what an analysis is the same as an earlier one. Private to core/analyze.
#include <string>
#include <vector>

#include "core/images/input_reader.h"
#include "core/plan/resolve.h"

namespace quantwright {

/// A hash of all that its figures follow from: this program's version, the model and the sizes it is measured
/// with, the plan, the ranges, and the very values that the images are as inputs.
[[nodiscard]] std::string analysis_key(const Resolved& resolved, const std::vector<Batch>& batches);

}  // namespace quantwright
