#include "widgets/panels/histogram_data.h"

#include <algorithm>
#include <cmath>

#include "core/calibrate/threshold.h"

namespace quantwright {

PlotBars plotBars(const Histogram& histogram, int bars) {
    PlotBars plot;
    const auto& counts = histogram.counts();
    const auto filled = [](std::uint64_t count) { return count > 0; };
    const auto first = std::find_if(counts.begin(), counts.end(), filled);
    if (first == counts.end())
        return plot;
    const auto last = std::find_if(counts.rbegin(), counts.rend(), filled).base();
    const auto begin = static_cast<int>(first - counts.begin()),
               end = static_cast<int>(last - counts.begin());
    const int merged = std::max(1, (end - begin + bars - 1) / bars);
    plot.width = histogram.width() * merged;
    for (int bin = begin; bin < end; bin += merged) {
        double sum = 0;
        for (int i = bin; i < std::min(bin + merged, end); ++i)
            sum += static_cast<double>(counts[static_cast<std::size_t>(i)]);
        plot.centres.push_back(histogram.edge(bin) + plot.width / 2);
        plot.counts.push_back(sum);
    }
    return plot;
}

double clippedShare(const Histogram& histogram, Range range) {
    const std::int64_t total = histogram.total();
    return total > 0 ? static_cast<double>(histogram.count_outside(range)) / static_cast<double>(total) : 0;
}

std::optional<double> tensorSnr(const TensorStatistics& tensor, Range range, const Scheme& scheme) {
    const double signal = tensor.mean * tensor.mean + tensor.std * tensor.std;
    const double noise = expected_squared_error(tensor.histogram, range, scheme);
    if (noise <= 0 || signal <= 0)
        return {};
    return 10 * std::log10(signal / noise);
}

}  // namespace quantwright
