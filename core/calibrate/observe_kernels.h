#pragma once
// The loops of observation, compiled once per instruction set (Highway); the best one the machine has is
// taken at run time. The sums are added in the same order by all of them.
#include <cstddef>
#include <cstdint>

namespace quantwright::observe_kernels {

/// Of a block of elements. If one of them is NaN or infinite, `squares` is no finite number, and min and max
/// mean nothing.
struct Summary {
    float min = 0, max = 0;
    double sum = 0, squares = 0;
};
[[nodiscard]] Summary summarize(const float* values, std::size_t count);  ///< count > 0

/// Each bin is counted in this many neighbouring counters in turn: an increment needn't wait for the one
/// before it, and the counters of one bin share a cache line.
inline constexpr std::size_t lanes = 2;
/// counters[(floor(x / width) + half) * lanes + i % lanes] += 1. `width` is a power of two, `inverse_width`
/// its inverse; the bins must exist.
void count(const float* values, std::size_t count, float width, float inverse_width, int half,
           std::uint32_t* counters);

}  // namespace quantwright::observe_kernels
