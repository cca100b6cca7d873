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

/// How many bins the searches work on that want equal bins over a range: TensorRT's and PyTorch's number.
inline constexpr int k_equal_bins = 2048;
/// Equal bins over [low, high], low < high; a mass over an edge is shared out in proportion.
[[nodiscard]] std::vector<double> rebin(const std::vector<Mass>& masses, double low, double high);

[[nodiscard]] double squared_error_sum(const std::vector<Mass>& masses, Range range, const Scheme& scheme);

[[nodiscard]] Range percentile_threshold(const std::vector<Mass>& masses, double percentile, bool symmetric);
[[nodiscard]] Range mse_threshold(const std::vector<Mass>& masses, Range exact, const Scheme& scheme);
[[nodiscard]] Range kl_threshold(const std::vector<Mass>& masses, Range exact, const Scheme& scheme);
[[nodiscard]] Range histogram_threshold(const std::vector<Mass>& masses, Range exact, const Scheme& scheme);

/// What PyTorch's HistogramObserver holds: any number of equal bins over [min, max], min < max.
struct EqualBins {
    float min = 0, max = 0;
    std::vector<float> counts;
};
/// HistogramObserver's _non_linear_param_search(); `levels`: its dst_nbins, 2 to the format's bits.
[[nodiscard]] Range least_squares_search(const EqualBins& bins, int levels);

}  // namespace quantwright
