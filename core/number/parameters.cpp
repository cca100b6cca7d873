#include "core/number/parameters.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace quantwright {
namespace {

constexpr float smallest_normal = std::numeric_limits<float>::min();
constexpr float largest = std::numeric_limits<float>::max();
constexpr float largest_half = 65504.0f;  // IEEE 754 binary16

/// Up to the next power of two; a power of two stays.
float power_of_two_above(float scale) {
    int exponent = 0;
    const float fraction = std::frexp(scale, &exponent);  // [0.5, 1)
    return fraction == 0.5f ? scale : std::ldexp(1.0f, std::min(exponent, 127));
}

/// To float as the scheme wants it: never below its floor, never denormal, never infinite.
float scale_of(double scale, const Scheme& scheme) {
    const double floor = std::max(smallest_normal, scheme.scale_floor);
    const auto usable = static_cast<float>(std::clamp(scale, floor, static_cast<double>(largest)));
    return scheme.power_of_two ? power_of_two_above(usable) : usable;
}

/// What the largest magnitude is divided by.
double divisor_of(const Scheme& scheme, std::int32_t zero_point) {
    const double qmin = scheme.qmin(), qmax = scheme.qmax();
    switch (scheme.divisor) {
        case Divisor::qmax:
            return qmax - zero_point;
        case Divisor::half_span:
            return (qmax - qmin) / 2;
        case Divisor::half_levels:
            return (qmax - qmin + 1) / 2;
    }
    return qmax - zero_point;
}

ScaleZeroPoint choose_symmetric(Range range, const Scheme& scheme) {
    const std::int32_t zero_point = scheme.qmin() < 0 ? 0 : scheme.qmax() / 2 + 1;
    const double max_abs = std::max(std::fabs(range.min), std::fabs(range.max));
    return {max_abs > 0 ? scale_of(max_abs / divisor_of(scheme, zero_point), scheme) : 1.0f, zero_point};
}

ScaleZeroPoint choose_asymmetric(Range range, const Scheme& scheme) {
    const double min = std::min(range.min, 0.0f);
    const double max = std::max(range.max, 0.0f);
    const double qmin = scheme.qmin();
    const double qmax = scheme.qmax();
    const float scale = max > min ? scale_of((max - min) / (qmax - qmin), scheme) : 1.0f;
    // The zero point belongs to the scale that is stored. The quotient is a float one, as in PyTorch: ranges
    // that are even about 0 lie on a tie, where one more bit decides.
    const double zero_point = std::nearbyint(qmin - static_cast<double>(static_cast<float>(min) / scale));
    return {scale, static_cast<std::int32_t>(std::clamp(zero_point, qmin, qmax))};
}

Parameters without_scales(const Scheme& scheme, int axis) {
    Parameters parameters;
    parameters.format = scheme.format;
    parameters.axis = axis;
    parameters.rounding = scheme.rounding;
    if (scheme.format->is_integer) {
        parameters.qmin = scheme.qmin();
        parameters.qmax = scheme.qmax();
    }
    return parameters;
}

}  // namespace

std::int32_t Scheme::qmin() const {
    if (codes == CodeRange::restricted && format->qmin < 0)
        return format->qmin + 1;
    return codes == CodeRange::reduced ? format->qmin / 2 : format->qmin;
}

std::int32_t Scheme::qmax() const {
    return codes == CodeRange::reduced ? format->qmax / 2 : format->qmax;
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

Parameters parameters_from(std::span<const Range> ranges, int axis, int block_size, const Scheme& scheme) {
    Parameters parameters = parameters_from(ranges, axis, scheme);
    parameters.block_size = block_size;
    return parameters;
}

Shape blocked_shape(const Shape& shape, int axis, int block_size) {
    Shape blocks = shape;
    std::int64_t& dimension = blocks[static_cast<std::size_t>(axis)];
    dimension = (dimension + block_size - 1) / block_size;
    return blocks;
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
