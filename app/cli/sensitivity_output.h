#pragma once
// Sensitivity as JSON and as a table.
#include <cstddef>
#include <cstdint>

#include "app/cli/cli.h"
#include "core/analyze/sensitivity.h"
#include "widgets/results/table.h"

namespace quantwright::cli {

/// `most`: only that many of the most sensitive ones.
[[nodiscard]] Json sensitivity_json(const Sensitivity& sensitivity, const Prepared& prepared,
                                    std::size_t most = SIZE_MAX);
[[nodiscard]] Table sensitivity_table(const Sensitivity& sensitivity, const Prepared& prepared,
                                      std::size_t most = SIZE_MAX);

}  // namespace quantwright::cli
