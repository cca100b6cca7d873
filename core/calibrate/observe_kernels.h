#pragma once
// The loops of observation, compiled once per instruction set (Highway); the best one the machine has is
// taken at run time. The sums are added in the same order by all of them.
#include <cstddef>
#include <cstdint>

namespace quantwright::observe_kernels {

/// Of some elements. If one of them is NaN or infinite, `squares` is no finite number, and the extremes mean
/// nothing.
struct Summary {
    static constexpr std::size_t width = 16;

    float min = 0, max = 0;
    double sum = 0, squares = 0;
    /// Of elements i, i + width …; where there are none, the first element's.
    float low[width] = {}, high[width] = {};
};
[[nodiscard]] Summary summarize(const float* values, std::size_t count);  ///< count > 0

/// Takes the first `kept` elements of each of `rows` rows together in `out`, which has room for one row more
/// than it gets, and widens low[i] and high[i] to element i of every row. A row has `width` elements, 8 or
/// 16, and so have `low` and `high`; NaN leaves them undefined.
void take_part(const float* values, std::size_t rows, std::size_t width, std::size_t kept, float* out,
               float* low, float* high);

/// Each bin is counted in this many neighbouring counters in turn: an increment needn't wait for the one
/// before it, and the counters of one bin share a cache line.
inline constexpr std::size_t lanes = 2;
/// counters[(floor(x / width) + half) * lanes + some lane] += 1. `width` is a power of two, `inverse_width`
/// its inverse; the bins must exist, 65536 at most. `many_zeros` changes no count: zeros, of which a ReLU
/// makes many, are then counted by the vector, and what is left is in different bins more often.
void count(const float* values, std::size_t count, float width, float inverse_width, int half,
           bool many_zeros, std::uint32_t* counters);

}  // namespace quantwright::observe_kernels
