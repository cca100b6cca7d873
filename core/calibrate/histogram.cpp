#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/calibrate/bin_counter.h"
#include "core/calibrate/observe_kernels.h"
#include "core/calibrate/statistics.h"

namespace quantwright {

int Histogram::exponent_for(float max_abs) {
    int exponent = 0;
    if (max_abs > 0 && std::isfinite(max_abs))
        std::frexp(max_abs, &exponent);  // max_abs < 2^exponent
    else
        return min_exponent;
    return std::max(exponent - half_bits, min_exponent);
}

double Histogram::width() const {
    return std::ldexp(1.0, m_exponent);
}

std::int64_t Histogram::total() const {
    return static_cast<std::int64_t>(std::accumulate(m_counts.begin(), m_counts.end(), std::uint64_t{0}));
}

void Histogram::cover(float max_abs) {
    if (!(max_abs > 0) || !std::isfinite(max_abs))
        return;
    const int exponent = exponent_for(max_abs);
    if (m_counts.empty()) {
        m_counts.assign(2 * half, 0);
        m_exponent = exponent;
    }
    coarsen(exponent);
}

void Histogram::coarsen(int exponent) {
    if (exponent <= m_exponent || m_counts.empty())
        return;
    const int shift = std::min(exponent - m_exponent, 31);
    std::vector<std::uint64_t> counts(2 * half);
    for (int bin = 0; bin < 2 * half; ++bin) {
        const int merged = ((bin - half) >> shift) + half;
        counts[static_cast<std::size_t>(merged)] += m_counts[static_cast<std::size_t>(bin)];
    }
    m_counts = std::move(counts);
    m_exponent = exponent;
}

void Histogram::add(std::span<const float> values) {
    constexpr std::size_t block = 4096;  // stays in the first-level cache between the two passes
    BinCounter& counter = BinCounter::of_this_thread();
    counter.start(m_counts.empty() ? min_exponent : m_exponent);
    std::vector<float> finite;
    for (std::size_t i = 0; i < values.size(); i += block) {
        std::span<const float> part = values.subspan(i, std::min(block, values.size() - i));
        auto summary = observe_kernels::summarize(part.data(), part.size());
        if (!std::isfinite(summary.squares)) {
            finite.clear();
            std::copy_if(part.begin(), part.end(), std::back_inserter(finite),
                         [](float x) { return std::isfinite(x); });
            if (finite.empty())
                continue;
            part = finite;
            summary = observe_kernels::summarize(part.data(), part.size());
        }
        counter.add(part, summary.min, summary.max);
    }
    counter.pour_into(*this);
}

void Histogram::merge(const Histogram& other) {
    if (other.empty())
        return;
    if (empty()) {
        *this = other;
        return;
    }
    coarsen(other.m_exponent);
    const int shift = std::min(m_exponent - other.m_exponent, 31);
    for (int bin = 0; bin < 2 * half; ++bin) {
        const int merged = ((bin - half) >> shift) + half;
        m_counts[static_cast<std::size_t>(merged)] += other.m_counts[static_cast<std::size_t>(bin)];
    }
}

std::int64_t Histogram::count_outside(Range range) const {
    std::uint64_t outside = 0;
    for (int bin = 0; bin < static_cast<int>(m_counts.size()); ++bin)
        if (edge(bin) > range.max || edge(bin + 1) <= range.min)
            outside += m_counts[static_cast<std::size_t>(bin)];
    return static_cast<std::int64_t>(outside);
}

Histogram Histogram::from(int exponent, std::vector<std::uint64_t> counts) {
    Histogram result;
    result.m_exponent = exponent;
    result.m_counts = std::move(counts);
    return result;
}

}  // namespace quantwright
