#include "core/number/convert.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "core/number/half.h"

namespace quantwright {
namespace {

struct Half {
    std::uint16_t bits;
    [[nodiscard]] double value() const { return float_from_half(bits); }
    static Half from(double x) { return {half_from_float(static_cast<float>(x))}; }
};

struct Bfloat {
    std::uint16_t bits;
    [[nodiscard]] double value() const { return std::bit_cast<float>(std::uint32_t{bits} << 16); }
    static Bfloat from(double x) {
        const auto word = std::bit_cast<std::uint32_t>(static_cast<float>(x));
        if (std::isnan(x))
            return {0x7fc0};
        return {static_cast<std::uint16_t>((word + 0x7fffu + (word >> 16 & 1u)) >> 16)};
    }
};

template <class T>
double to_double(T value) {
    if constexpr (std::is_arithmetic_v<T>)
        return static_cast<double>(value);
    else
        return value.value();
}

template <class T>
T from_double(double x) {
    if constexpr (std::is_same_v<T, bool>) {
        return x != 0;
    } else if constexpr (std::is_integral_v<T>) {
        // The upper limit of 64-bit types is not a double; at or above its rounded value the type is full.
        constexpr auto low = std::numeric_limits<T>::min();
        constexpr auto high = std::numeric_limits<T>::max();
        const double rounded = std::nearbyint(x);
        if (std::isnan(rounded))
            return 0;
        if (rounded <= static_cast<double>(low))
            return low;
        return rounded >= static_cast<double>(high) ? high : static_cast<T>(rounded);
    } else if constexpr (std::is_floating_point_v<T>) {
        return static_cast<T>(x);
    } else {
        return T::from(x);
    }
}

/// Calls f with a value of the C++ type of `type`; false if the type is not numeric.
template <class F>
bool with_type(ElementType type, const F& f) {
    switch (type) {
        case ElementType::float32:
            f(float{});
            return true;
        case ElementType::float64:
            f(double{});
            return true;
        case ElementType::float16:
            f(Half{});
            return true;
        case ElementType::bfloat16:
            f(Bfloat{});
            return true;
        case ElementType::uint8:
            f(std::uint8_t{});
            return true;
        case ElementType::int8:
            f(std::int8_t{});
            return true;
        case ElementType::uint16:
            f(std::uint16_t{});
            return true;
        case ElementType::int16:
            f(std::int16_t{});
            return true;
        case ElementType::uint32:
            f(std::uint32_t{});
            return true;
        case ElementType::int32:
            f(std::int32_t{});
            return true;
        case ElementType::uint64:
            f(std::uint64_t{});
            return true;
        case ElementType::int64:
            f(std::int64_t{});
            return true;
        case ElementType::boolean:
            f(bool{});
            return true;
        default:
            return false;
    }
}

}  // namespace

bool is_numeric(ElementType type) {
    return with_type(type, [](auto) {});
}

Tensor convert(const Tensor& tensor, ElementType type) {
    if (tensor.type == type)
        return tensor;
    std::vector<std::byte> bytes;
    with_type(tensor.type, [&](auto from) {
        using From = decltype(from);
        const std::size_t count = tensor.bytes.size() / sizeof(From);
        with_type(type, [&](auto to) {
            using To = decltype(to);
            bytes.resize(count * sizeof(To));
            for (std::size_t i = 0; i < count; ++i) {
                From value;
                if constexpr (std::is_same_v<From, bool>)  // any other byte would be undefined as a bool
                    value = tensor.bytes[i] != std::byte{0};
                else
                    std::memcpy(&value, tensor.bytes.data() + i * sizeof(From), sizeof(From));
                const To converted = from_double<To>(to_double(value));
                std::memcpy(bytes.data() + i * sizeof(To), &converted, sizeof(To));
            }
        });
    });
    return make_tensor(type, tensor.shape, std::move(bytes));
}

}  // namespace quantwright
