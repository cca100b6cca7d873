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
/// levels of the codes in use); for asymmetric schemes both ends are searched; at least half of the elements
/// are kept, and zeros, which are always exact, don't count. moving_average: PyTorch's
/// MovingAverageMinMaxObserver (MovingRanges). histogram: PyTorch's HistogramObserver, the L2 search over
/// 2048 equal bins between the exact ends, for 2^bits levels whatever the scheme (as PyTorch has it). Its
/// bins are made from the exact power-of-two ones: the same counts where those divide PyTorch's bins (an
/// exact range whose width is a power of two, on a grid of that width / 2048), else a count is shared between
/// neighbours and a sum of counts up to a point is off by at most what one of our bins holds, which is no
/// wider than PyTorch's if the range contains zero. The search stops where the error grows for the first
/// time, so there is no bound for every case: of random tensors 94 % get the same range as with exact bins,
/// 98 % one within a bin at each end, the others one of the same worth (squared error within 6 %). PyTorch
/// itself re-bins at every image that widens the range, and 1.13 leaves out what lies beyond the ends rounded
/// towards zero; we do neither. Never wider than the exact range. A Scheme's `codes` (reduce_range) count in
/// mse and kl.
[[nodiscard]] Range find_threshold(const TensorStatistics& tensor, ThresholdMethod method, double percentile,
                                   const Scheme& scheme);

/// False where the statistics lack what the method reads: the moving average of .qwstats files of version 1
/// and of merges with such a file. find_threshold() gives the exact range then; say so to the user.
[[nodiscard]] bool can_find(const TensorStatistics& tensor, ThresholdMethod method);

/// One range per index of TensorStatistics::channel_axis: PyTorch's PerChannelMinMaxObserver (minmax) and
/// MovingAveragePerChannelMinMaxObserver (moving_average). Empty for the other methods, which would need a
/// histogram per channel, and where the statistics have none.
[[nodiscard]] std::vector<Range> find_channel_thresholds(const TensorStatistics& tensor,
                                                         ThresholdMethod method);

/// Expected squared error per element if this range is used: rounding inside, clipping outside, from the
/// histogram.
[[nodiscard]] double expected_squared_error(const Histogram& histogram, Range range, const Scheme& scheme);

}  // namespace quantwright
