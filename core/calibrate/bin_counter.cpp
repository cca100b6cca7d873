#include "core/calibrate/bin_counter.h"

#include <algorithm>
#include <cmath>

#include "core/calibrate/observe_kernels.h"

namespace quantwright {

namespace {
constexpr std::size_t lanes = observe_kernels::lanes;
constexpr int half = Histogram::half;
}  // namespace

BinCounter& BinCounter::of_this_thread() {
    static thread_local BinCounter counter;
    return counter;
}

void BinCounter::start(int exponent) {
    if (m_last >= m_first)
        std::fill(m_counters.begin() + m_first * static_cast<int>(lanes),
                  m_counters.begin() + (m_last + 1) * static_cast<int>(lanes), 0u);
    m_exponent = exponent;
    m_first = 0;
    m_last = -1;
    m_added = 0;
    m_overflow = {};
}

void BinCounter::add(std::span<const float> values, float min, float max) {
    if (values.empty())
        return;
    coarsen(Histogram::exponent_for(std::max(std::fabs(min), std::fabs(max))));
    const double width = std::ldexp(1.0, m_exponent);
    expect(values.size(), static_cast<int>(std::floor(min / width)) + half,
           static_cast<int>(std::floor(max / width)) + half);
    const bool may_be_relu = min == 0;
    observe_kernels::count(values.data(), values.size(), static_cast<float>(width),
                           std::ldexp(1.0f, -m_exponent), half, may_be_relu, m_counters.data());
}

void BinCounter::expect(std::uint64_t count, int first, int last) {
    if (m_added + count > UINT32_MAX) {
        Histogram kept = std::move(m_overflow);
        pour_into(kept);
        m_overflow = std::move(kept);
    }
    if (m_counters.empty())
        m_counters.resize(2 * half * lanes);
    m_first = m_last < m_first ? first : std::min(m_first, first);
    m_last = std::max(m_last, last);
    m_added += count;
}

void BinCounter::coarsen(int exponent) {
    if (exponent <= m_exponent)
        return;
    const int shift = std::min(exponent - m_exponent, 31);
    m_exponent = exponent;
    if (m_last < m_first)
        return;
    // Towards the middle from both sides: a target is never a source that is still to be read.
    const auto move = [&](int bin) {
        const int target = ((bin - half) >> shift) + half;
        if (target == bin)
            return;
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            std::uint32_t& from = m_counters[static_cast<std::size_t>(bin) * lanes + lane];
            m_counters[static_cast<std::size_t>(target) * lanes + lane] += from;
            from = 0;
        }
    };
    for (int bin = std::max(m_first, half); bin <= m_last; ++bin)
        move(bin);
    for (int bin = std::min(m_last, half - 1); bin >= m_first; --bin)
        move(bin);
    m_first = ((m_first - half) >> shift) + half;
    m_last = ((m_last - half) >> shift) + half;
}

void BinCounter::pour_into(Histogram& histogram) {
    if (!m_overflow.empty())
        histogram.merge(m_overflow);
    if (m_last >= m_first) {
        if (histogram.m_counts.empty()) {
            histogram.m_counts.assign(2 * half, 0);
            histogram.m_exponent = m_exponent;
        }
        coarsen(histogram.m_exponent);
        histogram.coarsen(m_exponent);
        for (int bin = m_first; bin <= m_last; ++bin) {
            const std::uint32_t* counters = &m_counters[static_cast<std::size_t>(bin) * lanes];
            std::uint64_t sum = 0;
            for (std::size_t lane = 0; lane < lanes; ++lane)
                sum += counters[lane];
            histogram.m_counts[static_cast<std::size_t>(bin)] += sum;
        }
    }
    start(m_exponent);
}

void BinCounter::pour_into(BinCounter& other) {
    if (m_last >= m_first) {
        coarsen(other.m_exponent);
        other.coarsen(m_exponent);
        other.expect(m_added, m_first, m_last);
        const std::size_t first = static_cast<std::size_t>(m_first) * lanes;
        const std::size_t end = static_cast<std::size_t>(m_last + 1) * lanes;
        for (std::size_t i = first; i < end; ++i)
            other.m_counters[i] += m_counters[i];
        other.m_overflow.merge(m_overflow);
    }
    start(m_exponent);
}

}  // namespace quantwright
