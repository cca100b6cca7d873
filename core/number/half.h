#pragma once
// IEEE 754 binary16 as bits, rounded to nearest even.
#include <bit>
#include <cmath>
#include <cstdint>

namespace quantwright {

/// Overflow gives infinity; NaN stays NaN (quiet).
[[nodiscard]] inline std::uint16_t half_from_float(float x) {
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(x);
    const std::uint32_t sign = bits >> 16 & 0x8000u;
    const std::uint32_t magnitude = bits & 0x7fffffffu;
    if (magnitude > 0x7f800000u)
        return static_cast<std::uint16_t>(sign | 0x7e00u);
    if (magnitude >= 0x47800000u)  // 65536 and above, infinity
        return static_cast<std::uint16_t>(sign | 0x7c00u);
    if (magnitude < 0x38800000u) {  // below 2^-14: a multiple of 2^-24
        const float steps = std::bit_cast<float>(magnitude) * 16777216.0f;
        return static_cast<std::uint16_t>(sign | static_cast<std::uint32_t>(std::nearbyint(steps)));
    }
    const std::uint32_t odd = magnitude >> 13 & 1u;
    const std::uint32_t rounded = magnitude + 0xfffu + odd;  // may carry into the exponent, up to infinity
    return static_cast<std::uint16_t>(sign | (rounded - 0x38000000u) >> 13);
}

[[nodiscard]] inline float float_from_half(std::uint16_t half) {
    const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000u) << 16;
    const std::uint32_t exponent = half >> 10 & 31u;
    const std::uint32_t fraction = half & 1023u;
    if (exponent == 31)
        return std::bit_cast<float>(sign | 0x7f800000u | fraction << 13);
    if (exponent == 0) {
        const float magnitude = static_cast<float>(fraction) / 16777216.0f;
        return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(magnitude));
    }
    return std::bit_cast<float>(sign | (exponent + 112) << 23 | fraction << 13);
}

}  // namespace quantwright
