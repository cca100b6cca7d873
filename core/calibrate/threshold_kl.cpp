// Entropy calibration: the clip that keeps the most information. S. Migacz, "8-bit Inference with TensorRT",
// GTC 2017; details as in NVIDIA's pytorch-quantization (bins spread evenly over the levels, the last of
// equal candidates).
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/calibrate/threshold_parts.h"

namespace quantwright {

namespace {

constexpr int k_bins = k_equal_bins;

/// Divergence of the clipped distribution from the same at `levels` levels, for any cut, in O(levels).
class Divergence {
public:
    Divergence(const std::vector<double>& bins, int levels) : m_bins(bins), m_levels(levels) {
        m_sum.resize(bins.size() + 1);
        m_entropy.resize(bins.size() + 1);
        m_used.resize(bins.size() + 1);
        for (std::size_t i = 0; i < bins.size(); ++i) {
            m_sum[i + 1] = m_sum[i] + bins[i];
            m_entropy[i + 1] = m_entropy[i] + x_log_x(bins[i]);
            m_used[i + 1] = m_used[i] + (bins[i] > 0 ? 1 : 0);
        }
    }

    /// Of keeping bins [begin, end). The reference P has what lies outside added to its end bins; Q is the
    /// kept bins at `levels` levels, each level spread over those of its bins that hold anything. sum P log(P
    /// / Q), both normalised. Where P has outliers in a bin that holds nothing, Q is taken as one element:
    /// few outliers must not make a cut impossible. Infinite where more is cut than kept: a single bin that
    /// takes everything would be a perfect match.
    [[nodiscard]] double of(std::size_t begin, std::size_t end) const {
        const double total = m_sum.back(), kept = m_sum[end] - m_sum[begin];
        if (kept < total / 2)
            return std::numeric_limits<double>::infinity();
        const double below = m_sum[begin], above = total - m_sum[end];
        double p_log_p =
            m_entropy[end] - m_entropy[begin] + gain(m_bins[begin], below) + gain(m_bins[end - 1], above);
        double p_log_q = 0;
        const std::size_t count = end - begin;
        const auto levels = static_cast<std::size_t>(m_levels);
        for (std::size_t level = 0; level < levels; ++level) {
            const std::size_t from = begin + level * count / levels,
                              to = begin + (level + 1) * count / levels;
            const double mass = m_sum[to] - m_sum[from];
            const int used = m_used[to] - m_used[from];
            if (used == 0)
                continue;
            const double p = mass + (level == 0 && m_bins[begin] > 0 ? below : 0) +
                             (level + 1 == levels && m_bins[end - 1] > 0 ? above : 0);
            p_log_q += p * std::log(mass / used);
        }
        return (p_log_p - p_log_q) / total - std::log(total / kept);
    }

private:
    static double x_log_x(double x) { return x > 0 ? x * std::log(x) : 0; }
    static double gain(double bin, double added) { return x_log_x(bin + added) - x_log_x(bin); }

    const std::vector<double>& m_bins;
    const int m_levels;
    std::vector<double> m_sum, m_entropy;  // of the bins before this one
    std::vector<int> m_used;
};

/// Zero is always exact, so the many zeros a Relu leaves must not decide: their bin gets what its neighbours
/// have.
void calm_zeros(std::vector<double>& bins, std::size_t zero) {
    const double before = zero > 0 ? bins[zero - 1] : 0, after = zero + 1 < bins.size() ? bins[zero + 1] : 0;
    bins[zero] = std::min(bins[zero], std::max(before, after));
}

Range search_symmetric(const std::vector<Mass>& masses, Range exact, int levels) {
    const double limit = std::max(std::fabs(exact.min), std::fabs(exact.max));
    std::vector<double> bins = rebin(folded(masses), 0, limit);
    calm_zeros(bins, 0);
    const Divergence divergence(bins, levels);
    double least = std::numeric_limits<double>::infinity();
    std::size_t best = bins.size();
    for (std::size_t end = bins.size(); end >= static_cast<std::size_t>(levels); --end) {
        const double value = divergence.of(0, end);
        if (value < least) {
            least = value;
            best = end;
        }
    }
    const auto end = static_cast<float>(limit * static_cast<double>(best) / k_bins);
    return {-end, end};
}

/// Both ends: a grid over all cuts, then ever finer around the best one.
class TwoSided {
public:
    TwoSided(const Divergence& divergence, int zero, int levels)
        : m_divergence(divergence), m_zero(zero), m_levels(levels) {}

    void run() {
        constexpr int grid = 24;
        try_one(0, k_bins);
        for (int i = 0; i <= grid; ++i)
            for (int j = 0; j <= grid; ++j)
                try_one(m_zero * i / grid, k_bins - (k_bins - m_zero) * j / grid);
        for (const int step : {28, 9, 3, 1}) {
            const int begin = best_begin, end = best_end;
            for (int i = -3; i <= 3; ++i)
                for (int j = -3; j <= 3; ++j)
                    try_one(begin + i * step, end + j * step);
        }
    }

    int best_begin = 0, best_end = k_bins;

private:
    void try_one(int begin, int end) {
        begin = std::clamp(begin, 0, m_zero);
        end = std::clamp(end, m_zero, k_bins);
        if (end - begin < m_levels)
            return;
        const double value = m_divergence.of(static_cast<std::size_t>(begin), static_cast<std::size_t>(end));
        if (value < m_least) {
            m_least = value;
            best_begin = begin;
            best_end = end;
        }
    }

    const Divergence& m_divergence;
    const int m_zero, m_levels;
    double m_least = std::numeric_limits<double>::infinity();
};

Range search_asymmetric(const std::vector<Mass>& masses, Range exact, int levels) {
    const double low = std::min(exact.min, 0.0f), high = std::max(exact.max, 0.0f);
    const double width = (high - low) / k_bins;
    std::vector<double> bins = rebin(masses, low, high);
    const int zero = std::clamp(static_cast<int>(-low / width), 0, k_bins);
    calm_zeros(bins, static_cast<std::size_t>(std::min(zero, k_bins - 1)));
    const Divergence divergence(bins, levels);
    TwoSided search(divergence, zero, levels);
    search.run();
    return {static_cast<float>(low + width * search.best_begin),
            static_cast<float>(low + width * search.best_end)};
}

}  // namespace

Range kl_threshold(const std::vector<Mass>& masses, Range exact, const Scheme& scheme) {
    if (!scheme.format->is_integer)
        return exact;
    // Levels of |x|: zero and the codes above it.
    const Parameters parameters = parameters_from(exact, scheme);
    const int levels = parameters.qmax + 1 - (scheme.symmetric ? parameters.zero_point[0] : parameters.qmin);
    if (levels >= k_bins)  // nothing is lost inside, so nothing is won by clipping
        return exact;
    return scheme.symmetric ? search_symmetric(masses, exact, levels)
                            : search_asymmetric(masses, exact, levels);
}

}  // namespace quantwright
