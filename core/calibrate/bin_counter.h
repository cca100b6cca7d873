#pragma once
// Counts many elements quickly into narrow counters, which are then poured into a Histogram. One per thread:
// it is scratch memory.
#include <cstdint>
#include <span>
#include <vector>

#include "core/calibrate/statistics.h"

namespace quantwright {

class BinCounter {
public:
    BinCounter();

    /// Empty, with bins of at least 2^exponent (Histogram::exponent()).
    void start(int exponent);
    /// Finite values within [min, max].
    void add(std::span<const float> values, float min, float max);
    /// Adds the counts to `histogram` and is empty again.
    void pour_into(Histogram& histogram);

    /// A counter for short use by the calling thread; nobody on the way down may use it too.
    static BinCounter& of_this_thread();

private:
    void coarsen(int exponent);

    std::vector<std::uint32_t> m_counters;  // all zero outside of the touched bins
    int m_exponent;
    int m_first = 0, m_last = -1;  // touched bins, both included
    std::uint64_t m_added = 0;
    Histogram m_overflow;  // what did not fit into 32 bits
};

}  // namespace quantwright
