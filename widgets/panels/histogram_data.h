#pragma once
// A histogram as a plot wants it: few bars over the range that has values.
#include <optional>
#include <vector>

#include "core/calibrate/statistics.h"

namespace quantwright {

struct PlotBars {
    double width = 0;
    std::vector<double> centres, counts;
};

/// At most `bars` bars over the part of the histogram that is not empty.
[[nodiscard]] PlotBars plotBars(const Histogram& histogram, int bars = 240);
/// Share of the elements outside of `range`.
[[nodiscard]] double clippedShare(const Histogram& histogram, Range range);
/// What quantizing with `range` leaves of this tensor's signal; empty when there is no noise.
[[nodiscard]] std::optional<double> tensorSnr(const TensorStatistics& tensor, Range range,
                                              const Scheme& scheme);

}  // namespace quantwright
