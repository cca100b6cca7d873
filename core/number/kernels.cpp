#include "core/number/kernels.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include "core/number/half.h"
#include "core/number/vector_kernels.h"

namespace quantwright {
namespace {

using vector_kernels::Runs;

/// Integers up to here are exact as float, so the vector code may clamp in float.
constexpr std::int64_t exact_in_float = 1 << 24;

Runs runs_along(const Shape& shape, int axis, std::size_t count) {
    if (axis < 0)
        return {1, 1, count};
    const auto product = [](auto begin, auto end) {
        return std::accumulate(begin, end, std::size_t{1}, [](std::size_t all, std::int64_t dimension) {
            return all * static_cast<std::size_t>(dimension);
        });
    };
    assert(static_cast<std::size_t>(axis) < shape.size());
    const auto at = shape.begin() + axis;
    const Runs runs{product(shape.begin(), at), static_cast<std::size_t>(*at), product(at + 1, shape.end())};
    assert(runs.outer * runs.channels * runs.inner == count);
    return runs;
}

bool exact_bounds(std::int32_t qmin, std::int32_t qmax, std::int32_t zero_point) {
    const std::int64_t low = std::int64_t{qmin} - zero_point;
    const std::int64_t high = std::int64_t{qmax} - zero_point;
    return low >= -exact_in_float && high <= exact_in_float;
}

/// Bounds of every channel as the vector code takes them.
struct BoundArrays {
    std::vector<float> low, high;
    bool exact = true;

    explicit BoundArrays(const Parameters& parameters) {
        for (const std::int32_t zero_point : parameters.zero_point) {
            low.push_back(static_cast<float>(std::int64_t{parameters.qmin} - zero_point));
            high.push_back(static_cast<float>(std::int64_t{parameters.qmax} - zero_point));
            exact = exact && exact_bounds(parameters.qmin, parameters.qmax, zero_point);
        }
    }
    [[nodiscard]] vector_kernels::Bounds with(const Parameters& parameters) const {
        return {parameters.scale.data(), low.data(), high.data()};
    }
};

float dequantize_one(std::int32_t code, ScaleZeroPoint parameters) {
    return static_cast<float>(std::int64_t{code} - parameters.zero_point) * parameters.scale;
}

/// step(index of the element, parameters of its channel) for every element in order.
template <class Step>
void for_each_element(const Runs& runs, const Parameters& parameters, const Step& step) {
    std::size_t i = 0;
    for (std::size_t o = 0; o < runs.outer; ++o)
        for (std::size_t c = 0; c < runs.channels; ++c) {
            const ScaleZeroPoint channel{parameters.scale[c], parameters.zero_point[c]};
            for (std::size_t k = 0; k < runs.inner; ++k, ++i)
                step(i, channel);
        }
}

/// float and fp16: no scale; the value itself, rounded to what the format holds.
void round_to_format(std::span<const float> in, std::span<float> out, const Format& format) {
    if (format.storage == ElementType::float16)
        std::transform(in.begin(), in.end(), out.begin(),
                       [](float x) { return float_from_half(half_from_float(x)); });
    else if (out.data() != in.data())
        std::copy(in.begin(), in.end(), out.begin());
}

template <class T>
std::vector<std::byte> pack_as(std::span<const std::int32_t> codes, std::int32_t offset) {
    std::vector<std::byte> bytes(codes.size() * sizeof(T));
    for (std::size_t i = 0; i < codes.size(); ++i) {
        const T code = static_cast<T>(codes[i] + offset);
        std::memcpy(bytes.data() + i * sizeof(T), &code, sizeof(T));
    }
    return bytes;
}

std::vector<std::byte> pack_nibbles(std::span<const std::int32_t> codes, std::int32_t offset) {
    std::vector<std::byte> bytes((codes.size() + 1) / 2);
    for (std::size_t i = 0; i < codes.size(); ++i) {
        const auto nibble = static_cast<std::byte>((codes[i] + offset) & 15);
        bytes[i / 2] |= i % 2 == 0 ? nibble : nibble << 4;
    }
    return bytes;
}

}  // namespace

std::int32_t quantize_one(float x, ScaleZeroPoint parameters, std::int32_t qmin, std::int32_t qmax) {
    // The quotient is a float one, as in ONNX Runtime; what follows is exact.
    const double quotient = std::nearbyint(static_cast<double>(x / parameters.scale));
    const double low = static_cast<double>(qmin) - parameters.zero_point;
    const double high = static_cast<double>(qmax) - parameters.zero_point;
    const double clamped = quotient > low ? std::min(quotient, high) : low;  // NaN: low
    return static_cast<std::int32_t>(static_cast<std::int64_t>(clamped) + parameters.zero_point);
}

void fake_quantize(std::span<const float> in, std::span<float> out, ScaleZeroPoint parameters,
                   std::int32_t qmin, std::int32_t qmax) {
    assert(in.size() == out.size());
    if (!exact_bounds(qmin, qmax, parameters.zero_point)) {
        std::transform(in.begin(), in.end(), out.begin(), [&](float x) {
            return dequantize_one(quantize_one(x, parameters, qmin, qmax), parameters);
        });
        return;
    }
    const float low = static_cast<float>(qmin - parameters.zero_point);
    const float high = static_cast<float>(qmax - parameters.zero_point);
    vector_kernels::fake_quantize(in.data(), out.data(), {1, 1, in.size()}, {&parameters.scale, &low, &high});
}

void fake_quantize(std::span<const float> in, std::span<float> out, const Shape& shape,
                   const Parameters& parameters) {
    assert(in.size() == out.size());
    if (!parameters.format->is_integer) {
        round_to_format(in, out, *parameters.format);
        return;
    }
    const Runs runs = runs_along(shape, parameters.axis, in.size());
    const BoundArrays bounds(parameters);
    if (bounds.exact) {
        vector_kernels::fake_quantize(in.data(), out.data(), runs, bounds.with(parameters));
        return;
    }
    for_each_element(runs, parameters, [&](std::size_t i, ScaleZeroPoint channel) {
        out[i] = dequantize_one(quantize_one(in[i], channel, parameters.qmin, parameters.qmax), channel);
    });
}

std::vector<std::int32_t> quantize(std::span<const float> in, const Shape& shape,
                                   const Parameters& parameters) {
    assert(parameters.format->is_integer);
    std::vector<std::int32_t> codes(in.size());
    const Runs runs = runs_along(shape, parameters.axis, in.size());
    const BoundArrays bounds(parameters);
    if (bounds.exact)
        vector_kernels::quantize(in.data(), codes.data(), runs, bounds.with(parameters),
                                 parameters.zero_point.data());
    else
        for_each_element(runs, parameters, [&](std::size_t i, ScaleZeroPoint channel) {
            codes[i] = quantize_one(in[i], channel, parameters.qmin, parameters.qmax);
        });
    return codes;
}

std::vector<float> dequantize(std::span<const std::int32_t> codes, const Shape& shape,
                              const Parameters& parameters) {
    assert(parameters.format->is_integer);
    std::vector<float> values(codes.size());
    const Runs runs = runs_along(shape, parameters.axis, codes.size());
    if (BoundArrays(parameters).exact)
        vector_kernels::dequantize(codes.data(), values.data(), runs, parameters.scale.data(),
                                   parameters.zero_point.data());
    else
        for_each_element(runs, parameters, [&](std::size_t i, ScaleZeroPoint channel) {
            values[i] = dequantize_one(codes[i], channel);
        });
    return values;
}

std::vector<std::byte> pack(std::span<const std::int32_t> codes, ElementType storage, std::int32_t offset) {
    switch (storage) {
        case ElementType::int8:
        case ElementType::uint8:
            return pack_as<std::uint8_t>(codes, offset);
        case ElementType::int16:
        case ElementType::uint16:
            return pack_as<std::uint16_t>(codes, offset);
        case ElementType::int32:
        case ElementType::uint32:
            return pack_as<std::uint32_t>(codes, offset);
        case ElementType::int4:
        case ElementType::uint4:
            return pack_nibbles(codes, offset);
        default:
            assert(false && "not an integer storage type");
            return {};
    }
}

std::vector<Range> ranges_along(std::span<const float> values, const Shape& shape, int axis) {
    const Runs runs = runs_along(shape, axis, values.size());
    constexpr float infinity = std::numeric_limits<float>::infinity();
    std::vector<float> min(runs.channels, infinity), max(runs.channels, -infinity);
    vector_kernels::widen_ranges(values.data(), runs, min.data(), max.data());
    std::vector<Range> ranges(runs.channels);
    for (std::size_t c = 0; c < ranges.size(); ++c)
        if (min[c] <= max[c])  // else: nothing finite was there
            ranges[c] = {min[c], max[c]};
    return ranges;
}

}  // namespace quantwright
