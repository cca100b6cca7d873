#pragma once
// The methods behind find_threshold(). Private to core/calibrate.
#include <vector>

#include "core/calibrate/threshold.h"

namespace quantwright {

/// What a histogram says of the values: so many of them, evenly spread between low and high (or all equal).
struct Mass {
    double low = 0, high = 0, count = 0;
};

/// The bins in use, lowest first, none reaching beyond `exact`. Values in the bin that begins at zero count
/// as zeros: where they are many they are a Relu's, and elsewhere it makes no difference.
[[nodiscard]] std::vector<Mass> masses(const Histogram& histogram, Range exact);
/// The same of |x|.
[[nodiscard]] std::vector<Mass> folded(const std::vector<Mass>& masses);

[[nodiscard]] double squared_error_sum(const std::vector<Mass>& masses, Range range, const Scheme& scheme);

[[nodiscard]] Range percentile_threshold(const std::vector<Mass>& masses, double percentile, bool symmetric);
[[nodiscard]] Range mse_threshold(const std::vector<Mass>& masses, Range exact, const Scheme& scheme);
[[nodiscard]] Range kl_threshold(const std::vector<Mass>& masses, Range exact, const Scheme& scheme);

}  // namespace quantwright
