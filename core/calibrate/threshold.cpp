#include "core/calibrate/threshold.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/calibrate/threshold_parts.h"

namespace quantwright {

std::string_view name_of(ThresholdMethod method) {
    switch (method) {
        case ThresholdMethod::minmax:
            return "minmax";
        case ThresholdMethod::moving_average:
            return "moving-average";
        case ThresholdMethod::percentile:
            return "percentile";
        case ThresholdMethod::mse:
            return "mse";
        case ThresholdMethod::kl:
            return "kl";
        case ThresholdMethod::histogram:
            return "histogram";
    }
    return {};
}

std::optional<ThresholdMethod> find_threshold_method(std::string_view name) {
    for (const auto method :
         {ThresholdMethod::minmax, ThresholdMethod::moving_average, ThresholdMethod::percentile,
          ThresholdMethod::mse, ThresholdMethod::kl, ThresholdMethod::histogram})
        if (name_of(method) == name)
            return method;
    return std::nullopt;
}

std::vector<Mass> masses(const Histogram& histogram, Range exact) {
    std::vector<Mass> result;
    const auto& counts = histogram.counts();
    const double width = histogram.width();
    for (int bin = 0; bin < static_cast<int>(counts.size()); ++bin) {
        const auto count = static_cast<double>(counts[static_cast<std::size_t>(bin)]);
        if (count == 0)
            continue;
        const double edge = (bin - Histogram::half) * width;
        const double low = std::clamp<double>(edge, exact.min, exact.max);
        const double high =
            bin == Histogram::half ? low : std::clamp<double>(edge + width, exact.min, exact.max);
        result.push_back({low, high, count});
    }
    return result;
}

std::vector<Mass> folded(const std::vector<Mass>& masses) {
    const auto positive =
        std::find_if(masses.begin(), masses.end(), [](const Mass& mass) { return mass.low >= 0; });
    std::vector<Mass> mirrored;
    for (auto mass = std::make_reverse_iterator(positive); mass != masses.rend(); ++mass)
        mirrored.push_back({-mass->high, -mass->low, mass->count});
    std::vector<Mass> result;
    std::merge(mirrored.begin(), mirrored.end(), positive, masses.end(), std::back_inserter(result),
               [](const Mass& a, const Mass& b) { return a.low < b.low; });
    return result;
}

std::vector<double> rebin(const std::vector<Mass>& masses, double low, double high) {
    std::vector<double> bins(k_equal_bins);
    const double per_unit = k_equal_bins / (high - low);
    for (const Mass& mass : masses) {
        const double from = std::clamp((mass.low - low) * per_unit, 0.0, static_cast<double>(k_equal_bins));
        const double to = std::clamp((mass.high - low) * per_unit, from, static_cast<double>(k_equal_bins));
        const int first = std::min(static_cast<int>(from), k_equal_bins - 1);
        const int last = std::min(static_cast<int>(to), k_equal_bins - 1);
        if (first == last) {
            bins[static_cast<std::size_t>(first)] += mass.count;
            continue;
        }
        const double density = mass.count / (to - from);
        for (int bin = first; bin <= last; ++bin)
            bins[static_cast<std::size_t>(bin)] +=
                density * (std::min<double>(to, bin + 1) - std::max<double>(from, bin));
    }
    return bins;
}

namespace {

/// Where whole bins from the end, `cut` elements at most, are left out.
double upper_end(const std::vector<Mass>& masses, double cut) {
    double beyond = 0;
    for (auto mass = masses.rbegin(); mass != masses.rend(); ++mass) {
        beyond += mass->count;
        if (beyond > cut)
            return mass->high;
    }
    return masses.front().high;
}

double lower_end(const std::vector<Mass>& masses, double cut) {
    double beyond = 0;
    for (const Mass& mass : masses) {
        beyond += mass.count;
        if (beyond > cut)
            return mass.low;
    }
    return masses.back().low;
}

}  // namespace

Range percentile_threshold(const std::vector<Mass>& masses, double percentile, bool symmetric) {
    double total = 0;
    for (const Mass& mass : masses)
        total += mass.count;
    const double cut = total * std::clamp(1 - percentile / 100, 0.0, 1.0);
    if (symmetric) {
        const auto end = static_cast<float>(upper_end(folded(masses), cut));
        return {-end, end};
    }
    return {static_cast<float>(lower_end(masses, cut / 2)), static_cast<float>(upper_end(masses, cut / 2))};
}

Range find_threshold(const TensorStatistics& tensor, ThresholdMethod method, double percentile,
                     const Scheme& scheme) {
    const Range exact = tensor.range;
    const auto all = masses(tensor.histogram, exact);
    if (all.empty() || exact.min == exact.max)
        return exact;
    Range range = exact;
    switch (method) {
        case ThresholdMethod::percentile:
            range = percentile_threshold(all, percentile, scheme.symmetric);
            break;
        case ThresholdMethod::mse:
            range = mse_threshold(all, exact, scheme);
            break;
        case ThresholdMethod::kl:
            range = kl_threshold(all, exact, scheme);
            break;
        case ThresholdMethod::moving_average:
            range = can_find(tensor, method) ? tensor.moving.average.front() : exact;
            break;
        case ThresholdMethod::histogram:
            range = histogram_threshold(all, exact, scheme);
            break;
        case ThresholdMethod::minmax:
            break;
    }
    return {std::clamp(range.min, exact.min, exact.max), std::clamp(range.max, exact.min, exact.max)};
}

bool can_find(const TensorStatistics& tensor, ThresholdMethod method) {
    return method != ThresholdMethod::moving_average || tensor.moving.images > 0 ||
           tensor.count == tensor.not_finite;
}

std::vector<Range> find_channel_thresholds(const TensorStatistics& tensor, ThresholdMethod method) {
    switch (method) {
        case ThresholdMethod::minmax:
            return tensor.channels;
        case ThresholdMethod::moving_average:
            return tensor.moving_channels.average;
        case ThresholdMethod::percentile:
        case ThresholdMethod::mse:
        case ThresholdMethod::kl:
        case ThresholdMethod::histogram:
            break;
    }
    return {};
}

double expected_squared_error(const Histogram& histogram, Range range, const Scheme& scheme) {
    constexpr float largest = std::numeric_limits<float>::max();
    const auto all = masses(histogram, {-largest, largest});
    double total = 0;
    for (const Mass& mass : all)
        total += mass.count;
    return total > 0 ? squared_error_sum(all, range, scheme) / total : 0;
}

}  // namespace quantwright
