#pragma once
// The loops of kernels.h, compiled once per instruction set; the best one the machine has is taken at run
// time.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/number/parameters.h"

namespace quantwright::vector_kernels {

/// Elements as `outer` times `channels` times `inner`, row-major. Without blocks the element (o, c, k) uses
/// entry c of the parameter arrays; with blocks of `block` channels, the last one perhaps shorter, entry
/// (o, c / block, k), row-major too.
struct Runs {
    std::size_t outer = 1, channels = 1, inner = 0;
    std::size_t block = 0;  ///< 0: no blocks

    [[nodiscard]] std::size_t blocks() const { return (channels + block - 1) / block; }
    [[nodiscard]] std::size_t entries() const { return block == 0 ? channels : outer * blocks() * inner; }
    /// The entry of an element.
    [[nodiscard]] std::size_t entry(std::size_t o, std::size_t c, std::size_t k) const {
        return block == 0 ? c : (o * blocks() + c / block) * inner + k;
    }
};

/// Bounds of the rounded quotient as floats: qmin - zero_point and qmax - zero_point, both exact (at most
/// 2^24).
struct Bounds {
    const float* scale;
    const float* low;
    const float* high;
    Rounding rounding = Rounding::half_even;
};

void fake_quantize(const float* in, float* out, const Runs& runs, const Bounds& bounds);
void quantize(const float* in, std::int32_t* out, const Runs& runs, const Bounds& bounds,
              const std::int32_t* zero_point);
void dequantize(const std::int32_t* in, float* out, const Runs& runs, const float* scale,
                const std::int32_t* zero_point);
/// Widens min[e] and max[e] of each entry e; NaN and infinities change nothing.
void widen_ranges(const float* in, const Runs& runs, float* min, float* max);
/// To the nearest IEEE binary16 and back, as half.h does.
void round_to_half(const float* in, float* out, std::size_t count);

/// For tests: the instruction sets that were compiled and that this machine has, by Highway's name, best
/// first …
[[nodiscard]] std::vector<std::string> instruction_sets();
/// … and running all kernels on one of them; empty: the best again. Not while kernels run.
void use_instruction_set(const std::string& name);

}  // namespace quantwright::vector_kernels
