#include "core/number/kernels.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include "core/number/vector_kernels.h"

namespace quantwright {
namespace {

using vector_kernels::Runs;

/// Integers up to here are exact as float, so the vector code may clamp in float.
constexpr std::int64_t exact_in_float = 1 << 24;

Runs runs_along(const Shape& shape, int axis, int block_size, std::size_t count) {
    if (axis < 0)
        return {1, 1, count};
    const auto product = [](auto begin, auto end) {
        return std::accumulate(begin, end, std::size_t{1}, [](std::size_t all, std::int64_t dimension) {
            return all * static_cast<std::size_t>(dimension);
        });
    };
    assert(static_cast<std::size_t>(axis) < shape.size());
    const auto at = shape.begin() + axis;
    const Runs runs{product(shape.begin(), at), static_cast<std::size_t>(*at), product(at + 1, shape.end()),
                    static_cast<std::size_t>(block_size)};
    assert(runs.outer * runs.channels * runs.inner == count);
    return runs;
}

Runs runs_of(const Shape& shape, const Parameters& parameters, std::size_t count) {
    const Runs runs = runs_along(shape, parameters.axis, parameters.block_size, count);
    assert(parameters.scale.size() == runs.entries() && parameters.zero_point.size() == runs.entries());
    return runs;
}

bool exact_bounds(std::int32_t qmin, std::int32_t qmax, std::int32_t zero_point) {
    const std::int64_t low = std::int64_t{qmin} - zero_point;
    const std::int64_t high = std::int64_t{qmax} - zero_point;
    return low >= -exact_in_float && high <= exact_in_float;
}

/// Bounds of every entry as the vector code takes them.
struct BoundArrays {
    std::vector<float> low, high;
    bool exact = true;

    explicit BoundArrays(const Parameters& parameters) {
        low.reserve(parameters.zero_point.size());
        high.reserve(parameters.zero_point.size());
        for (const std::int32_t zero_point : parameters.zero_point) {
            low.push_back(static_cast<float>(std::int64_t{parameters.qmin} - zero_point));
            high.push_back(static_cast<float>(std::int64_t{parameters.qmax} - zero_point));
            exact = exact && exact_bounds(parameters.qmin, parameters.qmax, zero_point);
        }
    }
    [[nodiscard]] vector_kernels::Bounds with(const Parameters& parameters) const {
        return {parameters.scale.data(), low.data(), high.data(), parameters.rounding};
    }
};

float dequantize_one(std::int32_t code, ScaleZeroPoint parameters) {
    return static_cast<float>(std::int64_t{code} - parameters.zero_point) * parameters.scale;
}

/// step(index of the element, its parameters) for every element in order.
template <class Step>
void for_each_element(const Runs& runs, const Parameters& parameters, const Step& step) {
    std::size_t i = 0;
    for (std::size_t o = 0; o < runs.outer; ++o)
        for (std::size_t c = 0; c < runs.channels; ++c)
            for (std::size_t k = 0; k < runs.inner; ++k, ++i) {
                const std::size_t e = runs.entry(o, c, k);
                step(i, ScaleZeroPoint{parameters.scale[e], parameters.zero_point[e]});
            }
}

/// Of each entry; [0, 0] where nothing finite was.
std::vector<Range> ranges_of_entries(std::span<const float> values, const Runs& runs) {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    std::vector<float> min(runs.entries(), infinity), max(runs.entries(), -infinity);
    vector_kernels::widen_ranges(values.data(), runs, min.data(), max.data());
    std::vector<Range> ranges(runs.entries());
    for (std::size_t e = 0; e < ranges.size(); ++e)
        if (min[e] <= max[e])
            ranges[e] = {min[e], max[e]};
    return ranges;
}

/// float and fp16: no scale; the value itself, rounded to what the format holds.
void round_to_format(std::span<const float> in, std::span<float> out, const Format& format) {
    if (format.storage == ElementType::float16)
        vector_kernels::round_to_half(in.data(), out.data(), in.size());
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

std::int32_t quantize_one(float x, ScaleZeroPoint parameters, std::int32_t qmin, std::int32_t qmax,
                          Rounding rounding) {
    // The quotient is a float one, as in ONNX Runtime; what follows is exact.
    const auto exact = static_cast<double>(x / parameters.scale);
    const double quotient = rounding == Rounding::half_even ? std::nearbyint(exact) : std::round(exact);
    const double low = static_cast<double>(qmin) - parameters.zero_point;
    const double high = static_cast<double>(qmax) - parameters.zero_point;
    const double clamped = quotient > low ? std::min(quotient, high) : low;  // NaN: low
    return static_cast<std::int32_t>(static_cast<std::int64_t>(clamped) + parameters.zero_point);
}

void fake_quantize(std::span<const float> in, std::span<float> out, ScaleZeroPoint parameters,
                   std::int32_t qmin, std::int32_t qmax, Rounding rounding) {
    assert(in.size() == out.size());
    if (!exact_bounds(qmin, qmax, parameters.zero_point)) {
        std::transform(in.begin(), in.end(), out.begin(), [&](float x) {
            return dequantize_one(quantize_one(x, parameters, qmin, qmax, rounding), parameters);
        });
        return;
    }
    const float low = static_cast<float>(qmin - parameters.zero_point);
    const float high = static_cast<float>(qmax - parameters.zero_point);
    vector_kernels::fake_quantize(in.data(), out.data(), {1, 1, in.size()},
                                  {&parameters.scale, &low, &high, rounding});
}

void fake_quantize(std::span<const float> in, std::span<float> out, const Shape& shape,
                   const Parameters& parameters) {
    assert(in.size() == out.size());
    if (!parameters.format->is_integer) {
        round_to_format(in, out, *parameters.format);
        return;
    }
    const Runs runs = runs_of(shape, parameters, in.size());
    const BoundArrays bounds(parameters);
    if (bounds.exact) {
        vector_kernels::fake_quantize(in.data(), out.data(), runs, bounds.with(parameters));
        return;
    }
    for_each_element(runs, parameters, [&](std::size_t i, ScaleZeroPoint own) {
        out[i] = dequantize_one(
            quantize_one(in[i], own, parameters.qmin, parameters.qmax, parameters.rounding), own);
    });
}

std::vector<std::int32_t> quantize(std::span<const float> in, const Shape& shape,
                                   const Parameters& parameters) {
    assert(parameters.format->is_integer);
    std::vector<std::int32_t> codes(in.size());
    const Runs runs = runs_of(shape, parameters, in.size());
    const BoundArrays bounds(parameters);
    if (bounds.exact)
        vector_kernels::quantize(in.data(), codes.data(), runs, bounds.with(parameters),
                                 parameters.zero_point.data());
    else
        for_each_element(runs, parameters, [&](std::size_t i, ScaleZeroPoint own) {
            codes[i] = quantize_one(in[i], own, parameters.qmin, parameters.qmax, parameters.rounding);
        });
    return codes;
}

std::vector<float> dequantize(std::span<const std::int32_t> codes, const Shape& shape,
                              const Parameters& parameters) {
    assert(parameters.format->is_integer);
    std::vector<float> values(codes.size());
    const Runs runs = runs_of(shape, parameters, codes.size());
    if (BoundArrays(parameters).exact)
        vector_kernels::dequantize(codes.data(), values.data(), runs, parameters.scale.data(),
                                   parameters.zero_point.data());
    else
        for_each_element(runs, parameters, [&](std::size_t i, ScaleZeroPoint own) {
            values[i] = dequantize_one(codes[i], own);
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
    return ranges_of_entries(values, runs_along(shape, axis, 0, values.size()));
}

std::vector<Range> ranges_in_blocks(std::span<const float> values, const Shape& shape, int axis,
                                    int block_size) {
    return ranges_of_entries(values, runs_along(shape, axis, block_size, values.size()));
}

}  // namespace quantwright
