#pragma once
// Counts many elements quickly into narrow counters, which are then poured into another one or a Histogram.
#include <cstdint>
#include <span>
#include <vector>

#include "core/calibrate/statistics.h"

namespace quantwright {

class BinCounter {
public:
    /// Empty, with bins of at least 2^exponent (Histogram::exponent()).
    void start(int exponent);
    /// Finite values within [min, max].
    void add(std::span<const float> values, float min, float max);
    /// Adds the counts to those of another one and is empty again.
    void pour_into(Histogram& histogram);
    void pour_into(BinCounter& other);
    [[nodiscard]] int exponent() const { return m_exponent; }

    /// A counter for short use by the calling thread; nobody on the way down may use it too.
    static BinCounter& of_this_thread();

private:
    void coarsen(int exponent);
    /// So many elements more, in bins from `first` to `last`.
    void expect(std::uint64_t count, int first, int last);

    std::vector<std::uint32_t> m_counters;  // all zero outside of the touched bins; none before the first one
    int m_exponent = Histogram::min_exponent;
    int m_first = 0, m_last = -1;  // touched bins, both included
    std::uint64_t m_added = 0;
    Histogram m_overflow;  // what did not fit into 32 bits
};

}  // namespace quantwright
