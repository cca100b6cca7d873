#pragma once
// Parts of the outputs that quantizing has drowned, and what brings them back.
#include <vector>

#include "core/evaluate/output_parts.h"
#include "core/plan/resolve.h"

namespace quantwright {

/// Below this a part is lost: its noise has a tenth of its energy.
inline constexpr double lost_below_db = 10;

/// One output.part_lost per part (or output, where there are several) below the limit, worst first: {output,
/// SNR, options that help}. Without `resolved` (a file whose plan is not known) the options are those for its
/// float model.
[[nodiscard]] std::vector<Problem> lost_parts(const std::vector<OutputError>& outputs,
                                              const Resolved* resolved = nullptr);

}  // namespace quantwright
