#include "core/number/parameters.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace quantwright {
namespace {

constexpr float smallest_normal = std::numeric_limits<float>::min();
constexpr float largest = std::numeric_limits<float>::max();
constexpr float largest_half = 65504.0f;  // IEEE 754 binary16

/// To float, never below the scheme's floor, never denormal, never infinite.
float usable_scale(double scale, const Scheme& scheme) {
    const double floor = std::max(smallest_normal, scheme.scale_floor);
    return static_cast<float>(std::clamp(scale, floor, static_cast<double>(largest)));
}

ScaleZeroPoint choose_symmetric(Range range, const Scheme& scheme) {
    const Format& format = *scheme.format;
    const std::int32_t zero_point = format.qmin < 0 ? 0 : format.qmax / 2 + 1;
    const double divisor = scheme.symmetric_divisor > 0 ? scheme.symmetric_divisor
                                                        : static_cast<double>(format.qmax) - zero_point;
    const double max_abs = std::max(std::fabs(range.min), std::fabs(range.max));
    return {max_abs > 0 ? usable_scale(max_abs / divisor, scheme) : 1.0f, zero_point};
}

ScaleZeroPoint choose_asymmetric(Range range, const Scheme& scheme) {
    const double min = std::min(range.min, 0.0f);
    const double max = std::max(range.max, 0.0f);
    const double qmin = scheme.qmin();
    const double qmax = scheme.qmax();
    const float scale = max > min ? usable_scale((max - min) / (qmax - qmin), scheme) : 1.0f;
    // The zero point belongs to the scale that is stored, so it is computed from the rounded one.
    const double zero_point = std::nearbyint(qmin - min / static_cast<double>(scale));
    return {scale, static_cast<std::int32_t>(std::clamp(zero_point, qmin, qmax))};
}

Parameters without_scales(const Scheme& scheme, int axis) {
    Parameters parameters;
    parameters.format = scheme.format;
    parameters.axis = axis;
    if (scheme.format->is_integer) {
        parameters.qmin = scheme.qmin();
        parameters.qmax = scheme.qmax();
    }
    return parameters;
}

}  // namespace

std::string_view name_of(Granularity granularity) {
    switch (granularity) {
        case Granularity::tensor:
            return "tensor";
        case Granularity::channel:
            return "channel";
        case Granularity::group:
            return "group";
    }
    return {};
}

ScaleZeroPoint choose_parameters(Range range, const Scheme& scheme) {
    if (!scheme.format->is_integer)
        return {};
    if (!std::isfinite(range.min) || !std::isfinite(range.max) || range.min > range.max)
        range = {};
    return scheme.symmetric ? choose_symmetric(range, scheme) : choose_asymmetric(range, scheme);
}

Parameters parameters_from(Range range, const Scheme& scheme) {
    return parameters_from(std::span<const Range>(&range, 1), -1, scheme);
}

Parameters parameters_from(std::span<const Range> ranges, int axis, const Scheme& scheme) {
    Parameters parameters = without_scales(scheme, axis);
    parameters.scale.reserve(ranges.size());
    parameters.zero_point.reserve(ranges.size());
    for (const Range& range : ranges) {
        const ScaleZeroPoint chosen = choose_parameters(range, scheme);
        parameters.scale.push_back(chosen.scale);
        parameters.zero_point.push_back(chosen.zero_point);
    }
    return parameters;
}

Range representable(const Parameters& parameters, std::size_t index) {
    if (!parameters.format->is_integer) {
        const float limit = parameters.format->storage == ElementType::float16 ? largest_half : largest;
        return {-limit, limit};
    }
    const auto value = [&](std::int32_t code) {
        return static_cast<float>(static_cast<std::int64_t>(code) - parameters.zero_point[index]) *
               parameters.scale[index];
    };
    return {value(parameters.qmin), value(parameters.qmax)};
}

}  // namespace quantwright
