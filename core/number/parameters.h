#pragma once
// Scale and zero point from a range. Standard form: q = clamp(round_half_even(x / scale) + zero_point, qmin,
// qmax), x' = (q - zero_point) * scale. docs/quantization.md has the formulas and their sources.
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/number/format.h"

namespace quantwright {

struct Range {
    float min = 0, max = 0;
    [[nodiscard]] bool operator==(const Range&) const = default;
};

enum class Granularity { tensor, channel, group };
[[nodiscard]] std::string_view name_of(Granularity granularity);

/// How a range becomes a scale. Everything that differs between toolchains is a field here.
struct Scheme {
    const Format* format = &format_float();
    bool symmetric = false;
    bool restricted = false;  ///< leave out the lowest signed code: [-127, 127]
    double symmetric_divisor =
        0;  ///< scale = absmax / divisor; 0: qmax (127; int8 of xslim and PyTorch: 127.5)
    float scale_floor = 1.17549435e-38f;  ///< no scale below this (K1: 2^-23)

    [[nodiscard]] std::int32_t qmin() const { return format->qmin + (restricted ? 1 : 0); }
    [[nodiscard]] std::int32_t qmax() const { return format->qmax; }
};

struct ScaleZeroPoint {
    float scale = 1;
    std::int32_t zero_point = 0;
    [[nodiscard]] bool operator==(const ScaleZeroPoint&) const = default;
};

/// Asymmetric: the range is widened to hold 0, scale = (max - min) / (qmax - qmin) in double, rounded to
/// float; zero_point = clamp(round_half_even(qmin - min / scale)). Symmetric: scale = max(|min|, |max|) /
/// divisor, zero point 0 (unsigned formats: the middle code, 128). A range of zero width gives scale 1; the
/// scale is never zero, denormal or infinite. A range that is not finite or has min > max counts as [0, 0].
[[nodiscard]] ScaleZeroPoint choose_parameters(Range range, const Scheme& scheme);

/// Parameters of one tensor. One scale, or one per index of `axis`.
struct Parameters {
    const Format* format = &format_float();
    std::int32_t qmin = 0, qmax = 0;  ///< codes in use (a restricted or reduced format uses fewer)
    std::vector<float> scale;
    std::vector<std::int32_t> zero_point;
    int axis = -1;  ///< -1: per tensor

    [[nodiscard]] bool per_channel() const { return axis >= 0; }
    [[nodiscard]] bool operator==(const Parameters&) const = default;
};

[[nodiscard]] Parameters parameters_from(Range range, const Scheme& scheme);
/// One per range, along `axis`.
[[nodiscard]] Parameters parameters_from(std::span<const Range> ranges, int axis, const Scheme& scheme);
/// The values the extreme codes stand for; of channel `index` where per channel.
[[nodiscard]] Range representable(const Parameters& parameters, std::size_t index = 0);

}  // namespace quantwright
