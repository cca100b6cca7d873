#pragma once
// From statistics to the range that is represented; values outside are clipped.
#include <optional>
#include <string_view>

#include "core/calibrate/statistics.h"
#include "core/number/parameters.h"

namespace quantwright {

enum class ThresholdMethod { minmax, moving_average, percentile, mse, kl, histogram };
[[nodiscard]] std::string_view name_of(ThresholdMethod method);  ///< "minmax", "moving-average", …
[[nodiscard]] std::optional<ThresholdMethod> find_threshold_method(std::string_view name);

/// minmax: the exact range. percentile: the smallest range, cut evenly from both tails of the histogram
/// (symmetric schemes: from |x|), that holds `percentile` percent. mse: the range with the least expected
/// squared error of `scheme` over the histogram. kl: TensorRT's entropy search (2048 bins of |x| down to the
/// format's levels); for asymmetric schemes both ends are searched; at least half of the elements are kept,
/// and zeros, which are always exact, don't count. Never wider than the exact range. moving_average and
/// histogram are not offered yet (find_threshold_method() knows neither): they give the exact range.
[[nodiscard]] Range find_threshold(const TensorStatistics& tensor, ThresholdMethod method, double percentile,
                                   const Scheme& scheme);

/// Expected squared error per element if this range is used: rounding inside, clipping outside, from the
/// histogram.
[[nodiscard]] double expected_squared_error(const Histogram& histogram, Range range, const Scheme& scheme);

}  // namespace quantwright
