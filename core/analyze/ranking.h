#pragma once
// The order of the layers, and how sure it is. Private to core/analyze.
#include <vector>

#include "core/analyze/sensitivity.h"
#include "core/number/metrics.h"

namespace quantwright {

/// SNR in dB with each image left out in turn; none where that is no number, and with fewer than two images.
[[nodiscard]] std::vector<double> leave_one_out_db(const std::vector<ErrorSums>& images);

/// Standard error (delete-one jackknife) of a value that has these values with each image left out.
[[nodiscard]] double jackknife_error(const std::vector<double>& left_out);

/// Sorts the layers, most sensitive first, and says which ranks each may have. `left_out`: by layer, in the
/// order that they come in.
void rank(Sensitivity& sensitivity, const std::vector<std::vector<double>>& left_out);

}  // namespace quantwright
