#pragma once
// Options that change nothing with the others given: said, never silently ignored.
#include <string>
#include <vector>

#include "app/cli/options.h"
#include "core/plan/resolve.h"

namespace quantwright::cli {

/// One problem `option.unused` per option of the choices: {reason}. `resolved` has the layers' choices as the
/// target runs them; statistics are not needed.
[[nodiscard]] std::vector<Problem> unused_options(const PlanOptions& options, const Resolved& resolved);

/// Options of the data where no data are read at all.
[[nodiscard]] std::vector<Problem> unused_options(const InputOptions& options);

}  // namespace quantwright::cli
