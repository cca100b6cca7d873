#pragma once
// What an xslim file chooses, as a plan.
#include <vector>

#include "core/plan/plan.h"
#include "core/xslim/config.h"

namespace quantwright {

/// Operators that precision_level 2 leaves float (those of them without constants stay float anyway).
[[nodiscard]] const std::vector<std::string>& xslim_level_2_operators();
/// Operators that precision_level 3 quantizes at run time; other weights are stored as int8.
[[nodiscard]] const std::vector<std::string>& xslim_dynamic_operators();

/// For the target spacemit-k1. `prepared` is the file's model, or null where it isn't at hand: parts of the
/// graph can't be found then, and problems say so. Names that the model doesn't have become problems, too.
[[nodiscard]] Plan plan_from_xslim(const XslimConfig& config, const Prepared* prepared,
                                   std::vector<Problem>& problems);

}  // namespace quantwright
