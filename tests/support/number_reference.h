#pragma once
// The arithmetic of core/number written again, plainly and in double, from docs/quantization.md: what the
// tests compare with.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "core/number/parameters.h"

namespace quantwright::testing {

inline constexpr float infinity = std::numeric_limits<float>::infinity();
inline constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

inline bool same_bits(float a, float b) {
    return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
}

inline double rounded(double x, Rounding rounding) {
    double nearest = std::floor(std::fabs(x) + 0.5);  // half away from zero
    if (rounding == Rounding::half_even && nearest - std::fabs(x) == 0.5 && std::fmod(nearest, 2.0) != 0.0)
        nearest -= 1;
    return std::copysign(nearest, x);
}

/// The quotient of two floats divided in double and then rounded to float is the float quotient (53 >= 2 * 24
/// + 2 bits, Figueroa 1995).
inline std::int32_t reference_code(float x, ScaleZeroPoint by, std::int32_t qmin, std::int32_t qmax,
                                   Rounding rounding = Rounding::half_even) {
    const double quotient = static_cast<float>(static_cast<double>(x) / static_cast<double>(by.scale));
    if (std::isnan(quotient))
        return qmin;
    const double code = rounded(quotient, rounding) + by.zero_point;
    return static_cast<std::int32_t>(std::max<double>(qmin, std::min<double>(qmax, code)));
}

/// Steps from zero as a float (exact below 2^24), and a float product: two floats' product is exact in
/// double.
inline float reference_value(std::int32_t code, ScaleZeroPoint by) {
    const auto steps = static_cast<float>(static_cast<double>(code) - by.zero_point);
    return static_cast<float>(static_cast<double>(steps) * static_cast<double>(by.scale));
}

/// Which entry of the parameters an element uses, by its coordinates.
inline std::size_t reference_entry(std::size_t element, const Shape& shape, int axis, int block_size) {
    if (axis < 0)
        return 0;
    std::vector<std::size_t> at(shape.size());
    for (std::size_t d = shape.size(); d-- > 0; element /= static_cast<std::size_t>(shape[d]))
        at[d] = element % static_cast<std::size_t>(shape[d]);
    const auto along = static_cast<std::size_t>(axis);
    if (block_size == 0)
        return at[along];
    std::size_t entry = 0;
    for (std::size_t d = 0; d < shape.size(); ++d) {
        const auto size = static_cast<std::size_t>(shape[d]), block = static_cast<std::size_t>(block_size);
        if (d == along)
            entry = entry * (size / block + (size % block > 0)) + at[d] / block;
        else
            entry = entry * size + at[d];
    }
    return entry;
}

/// Of every element; the last one has the last entry.
inline std::vector<std::size_t> reference_entries(const Shape& shape, int axis, int block_size) {
    std::vector<std::size_t> entries(static_cast<std::size_t>(element_count(shape)));
    for (std::size_t i = 0; i < entries.size(); ++i)
        entries[i] = reference_entry(i, shape, axis, block_size);
    return entries;
}

struct CodeLimits {
    std::int64_t qmin, qmax;
};

inline CodeLimits reference_limits(const Format& format, CodeRange codes) {
    const bool is_signed = format.name[0] != 'u';
    const int bits = codes == CodeRange::reduced ? format.bits - 1 : format.bits;
    const std::int64_t count = std::int64_t{1} << bits;
    const std::int64_t lowest = is_signed ? -count / 2 : 0;
    return {lowest + (is_signed && codes == CodeRange::restricted), lowest + count - 1};
}

/// docs/quantization.md, "Ranges to parameters".
inline ScaleZeroPoint reference_parameters(Range range, const Scheme& scheme) {
    const auto [low, high] = reference_limits(*scheme.format, scheme.codes);
    const double qmin = static_cast<double>(low), qmax = static_cast<double>(high);
    const double zero = scheme.format->name[0] == 'u' ? std::ceil(qmax / 2) : 0;
    if (!std::isfinite(range.min) || !std::isfinite(range.max) || range.min > range.max)
        range = {0, 0};
    const double min = std::min<double>(range.min, 0), max = std::max<double>(range.max, 0);
    double scale = (max - min) / (qmax - qmin);
    if (scheme.symmetric) {
        const double reach = std::max(-min, max);
        scale = scheme.divisor == Divisor::qmax        ? reach / (qmax - zero)
                : scheme.divisor == Divisor::half_span ? 2 * reach / (qmax - qmin)
                                                       : 2 * reach / (qmax - qmin + 1);
    }
    const double floor = std::max<double>(scheme.scale_floor, std::numeric_limits<float>::min());
    float stored = static_cast<float>(std::max(scale, floor));
    if (std::isinf(stored))
        stored = std::numeric_limits<float>::max();
    if (min == max)
        stored = 1;
    else if (scheme.power_of_two)
        stored = static_cast<float>(std::exp2(std::ceil(std::log2(static_cast<double>(stored)))));
    if (scheme.symmetric)
        return {stored, static_cast<std::int32_t>(zero)};
    const double zero_point =
        rounded(qmin - static_cast<double>(static_cast<float>(min) / stored), Rounding::half_even);
    return {stored, static_cast<std::int32_t>(std::max(qmin, std::min(qmax, zero_point)))};
}

/// IEEE 754 binary16 to nearest, ties to even; from 65520 on infinity.
inline float reference_half(float x) {
    if (!std::isfinite(x) || x == 0)
        return x;
    const int exponent = std::max(std::ilogb(x), -14);
    const double step = std::ldexp(1.0, exponent - 10);
    const double value = rounded(x / step, Rounding::half_even) * step;
    return static_cast<float>(std::fabs(value) > 65504 ? std::copysign(infinity, x) : value);
}

/// A code's value, what lies between two codes, and the ties with their neighbours.
inline void add_around(std::vector<float>& values, std::int64_t steps, float scale) {
    for (const double part : {-0.5, -0.25, 0.0, 0.25, 0.5}) {
        const float x = static_cast<float>((static_cast<double>(steps) + part) * scale);
        values.insert(values.end(), {x, std::nextafter(x, infinity), std::nextafter(x, -infinity)});
    }
}

/// Zeros, what is not finite, and floats of every size, subnormals too: one in `stride` bit patterns.
inline std::vector<float> floats_of_every_size(std::uint32_t stride) {
    constexpr float tiny = std::numeric_limits<float>::denorm_min();
    constexpr float normal = std::numeric_limits<float>::min();
    constexpr float largest = std::numeric_limits<float>::max();
    std::vector<float> values = {0.0f, -0.0f, infinity, -infinity, not_a_number, -not_a_number,
                                 tiny, -tiny, normal,   -normal,   largest,      -largest};
    for (std::uint64_t bits = 0; bits < (std::uint64_t{1} << 32); bits += stride)
        values.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
    return values;
}

/// The two together, for every code of a format up to 16 bits; of int32 its ends, the smallest and the powers
/// of two.
inline std::vector<float> sweep(ScaleZeroPoint by, std::int32_t qmin, std::int32_t qmax,
                                std::uint32_t stride = 99991) {
    std::vector<float> values = floats_of_every_size(stride);
    const std::int64_t low = std::int64_t{qmin} - by.zero_point - 3,
                       high = std::int64_t{qmax} - by.zero_point + 3;
    if (high - low < 100000) {
        for (std::int64_t steps = low; steps <= high; ++steps)
            add_around(values, steps, by.scale);
        return values;
    }
    for (std::int64_t near = -40; near <= 40; ++near)
        for (const std::int64_t steps : {low, std::int64_t{0}, high})
            add_around(values, steps + near, by.scale);
    for (int bit = 0; bit < 31; ++bit)
        for (const std::int64_t steps : {std::int64_t{1} << bit, -(std::int64_t{1} << bit)})
            add_around(values, steps, by.scale);
    return values;
}

}  // namespace quantwright::testing
