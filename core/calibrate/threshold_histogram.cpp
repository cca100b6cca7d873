// PyTorch's HistogramObserver: the range is narrowed from the end with fewer bins to lose per quantile step,
// as long as the L2 error of quantizing shrinks. torch.ao.quantization.observer of PyTorch 1.13, after
// NormMinimization::NonlinearQuantizationParamsSearch in caffe2. Float32 wherever PyTorch computes in
// float32, since the search stops at the first larger error: only the order of the final sum differs.
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/calibrate/threshold_parts.h"

namespace quantwright {

namespace {

/// Squared error times density, between two distances from the nearest level.
float norm(float begin, float end, float density) {
    return density * ((end * end * end - begin * begin * begin) / 3.0f);
}

class Search {
public:
    Search(const EqualBins& bins, int levels)
        : m_bins(bins), m_levels(levels), m_size(static_cast<int>(bins.counts.size())) {
        double sum = 0;
        for (const float count : bins.counts) {
            sum += count;
            m_sums.push_back(static_cast<float>(sum));
        }
        m_total = static_cast<float>(sum);
        // A power of two more or less changes no rounding, but cubes of large values would overflow.
        const double span = static_cast<double>(bins.max) - bins.min;
        m_width = std::ldexp(span, -std::ilogb(span)) / m_size;
        const auto width = static_cast<float>(m_width);
        for (int bin = 0; bin < m_size; ++bin)
            if (const float count = bins.counts[static_cast<std::size_t>(bin)]; count > 0)
                m_used.push_back({bin, count / width});
    }

    Range run() {
        constexpr double step = 1e-5;
        double alpha = 0, beta = 1, least = std::numeric_limits<double>::infinity();
        int start = 0, end = m_size - 1;
        while (alpha < beta) {
            const double next_alpha = alpha + step, next_beta = beta - step;
            const auto from = static_cast<float>(next_alpha * m_total),
                       to = static_cast<float>(next_beta * m_total);
            int left = start, right = end;
            while (left < end && m_sums[static_cast<std::size_t>(left)] < from)
                ++left;
            while (right > start && m_sums[static_cast<std::size_t>(right)] > to)
                --right;
            int next_start = start, next_end = end;
            if (left - start > end - right) {
                next_start = left;
                alpha = next_alpha;
            } else {
                next_end = right;
                beta = next_beta;
            }
            if (next_start == start && next_end == end)
                continue;
            const double error = quantization_error(next_start, next_end);
            if (error > least)
                break;
            least = error;
            start = next_start;
            end = next_end;
        }
        return {edge(start), edge(end + 1)};
    }

private:
    struct UsedBin {
        int bin;
        float density;
    };

    [[nodiscard]] float edge(int bin) const {
        const float span = m_bins.max - m_bins.min;
        if (!std::isfinite(span))
            return static_cast<float>(m_bins.min +
                                      (static_cast<double>(m_bins.max) - m_bins.min) / m_size * bin);
        return m_bins.min + span / static_cast<float>(m_size) * static_cast<float>(bin);
    }

    /// Of all values, if `levels` levels lie evenly over bins [start, end].
    [[nodiscard]] double quantization_error(int start, int end) const {
        const double wide_level = m_width * (end - start + 1) / m_levels;
        const auto width = static_cast<float>(m_width), level = static_cast<float>(wide_level),
                   half = static_cast<float>(wide_level / 2);
        // The quotient of two floats as a double never rounds up to a whole number.
        const auto level_of = [level, top = static_cast<double>(m_levels - 1)](float x) {
            const double quotient = static_cast<double>(x) / static_cast<double>(level);
            return static_cast<float>(static_cast<int>(std::clamp(quotient, 0.0, top)));
        };
        const float whole = (half * half * half - -half * -half * -half) / 3.0f;
        double sum = 0;
        for (const UsedBin& used : m_used) {
            const float begin = static_cast<float>(used.bin - start) * width, finish = begin + width;
            const float first = level_of(begin), last = level_of(finish);
            float error = norm(begin - (first + 0.5f) * level, half, used.density);
            error += (last - first - 1.0f) * (used.density * whole);
            error += norm(-half, finish - (last * level + half), used.density);
            sum += error;
        }
        return static_cast<float>(sum);
    }

    const EqualBins& m_bins;
    const int m_levels, m_size;
    std::vector<float> m_sums;
    std::vector<UsedBin> m_used;
    double m_width = 0;
    float m_total = 0;
};

}  // namespace

Range least_squares_search(const EqualBins& bins, int levels) {
    return Search(bins, levels).run();
}

Range histogram_threshold(const std::vector<Mass>& masses, Range exact, const Scheme& scheme) {
    constexpr int most_bits = 16;
    if (!scheme.format->is_integer || scheme.format->bits > most_bits)
        return exact;
    const std::vector<double> counts = rebin(masses, exact.min, exact.max);
    EqualBins bins{exact.min, exact.max, {}};
    for (const double count : counts)
        bins.counts.push_back(static_cast<float>(count));
    return least_squares_search(bins, 1 << scheme.format->bits);
}

}  // namespace quantwright
