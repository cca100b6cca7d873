#pragma once
// The loops of kernels.h, compiled once per instruction set; the best one the machine has is taken at run
// time.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace quantwright::vector_kernels {

/// Elements as `outer` times `channels` runs of `inner` neighbours; run c uses entry c of the parameter
/// arrays.
struct Runs {
    std::size_t outer = 1, channels = 1, inner = 0;
};

/// Bounds of the rounded quotient as floats: qmin - zero_point and qmax - zero_point, both exact (below
/// 2^24).
struct Bounds {
    const float* scale;
    const float* low;
    const float* high;
};

void fake_quantize(const float* in, float* out, Runs runs, Bounds bounds);
void quantize(const float* in, std::int32_t* out, Runs runs, Bounds bounds, const std::int32_t* zero_point);
void dequantize(const std::int32_t* in, float* out, Runs runs, const float* scale,
                const std::int32_t* zero_point);
/// Widens min[c] and max[c]; NaN and infinities change nothing.
void widen_ranges(const float* in, Runs runs, float* min, float* max);

/// For tests: the instruction sets that were compiled and that this machine has, by Highway's name, best
/// first …
[[nodiscard]] std::vector<std::string> instruction_sets();
/// … and running all kernels on one of them; empty: the best again. Not while kernels run.
void use_instruction_set(const std::string& name);

}  // namespace quantwright::vector_kernels
