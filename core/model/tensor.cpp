#include "core/model/tensor.h"

#include "core/model/tensor_size.h"

namespace quantwright {

WrongElementType::WrongElementType(ElementType type)
    : std::logic_error("elements of type " + std::string(name_of(type)) + " were read as another one") {}

std::string_view name_of(ElementType type) {
    switch (type) {
        case ElementType::undefined:
            return "undefined";
        case ElementType::float32:
            return "float32";
        case ElementType::uint8:
            return "uint8";
        case ElementType::int8:
            return "int8";
        case ElementType::uint16:
            return "uint16";
        case ElementType::int16:
            return "int16";
        case ElementType::int32:
            return "int32";
        case ElementType::int64:
            return "int64";
        case ElementType::string:
            return "string";
        case ElementType::boolean:
            return "boolean";
        case ElementType::float16:
            return "float16";
        case ElementType::float64:
            return "float64";
        case ElementType::uint32:
            return "uint32";
        case ElementType::uint64:
            return "uint64";
        case ElementType::bfloat16:
            return "bfloat16";
        case ElementType::uint4:
            return "uint4";
        case ElementType::int4:
            return "int4";
    }
    return "unknown";
}

int bits_of(ElementType type) {
    switch (static_cast<int>(type)) {
        case 2:
        case 3:
        case 9:  // uint8, int8, boolean
        case 17:
        case 18:
        case 19:
        case 20:
        case 24:
            return 8;  // the float8 formats
        case 4:
        case 5:
        case 10:
        case 16:
            return 16;  // uint16, int16, float16, bfloat16
        case 1:
        case 6:
        case 12:
            return 32;  // float32, int32, uint32
        case 7:
        case 11:
        case 13:
        case 14:
            return 64;  // int64, float64, uint64, complex64
        case 15:
            return 128;  // complex128
        case 21:
        case 22:
        case 23:
            return 4;  // uint4, int4, float4
        case 25:
        case 26:
            return 2;  // uint2, int2
        default:
            return 0;
    }
}

std::size_t size_of(ElementType type) {
    return static_cast<std::size_t>(bits_of(type)) / 8;
}

std::int64_t element_count(const Shape& shape) {
    std::int64_t count = 1;
    for (const std::int64_t size : shape)
        count *= size;
    return count;
}

std::optional<std::int64_t> checked_element_count(const Shape& shape) {
    std::int64_t count = 1;
    for (const std::int64_t size : shape)
        if (size < 0 || __builtin_mul_overflow(count, size, &count))
            return std::nullopt;
    return count;
}

std::optional<std::int64_t> checked_byte_count(ElementType type, const Shape& shape) {
    const auto count = checked_element_count(shape);
    std::int64_t bits = 0;
    if (!count || __builtin_mul_overflow(*count, std::int64_t{bits_of(type)}, &bits) || bits > INT64_MAX - 7)
        return std::nullopt;
    return (bits + 7) / 8;
}

namespace {
template <class T>
Tensor own(ElementType type, Shape shape, std::vector<T> values) {
    auto owner = std::make_shared<const std::vector<T>>(std::move(values));
    return {type, std::move(shape), std::as_bytes(std::span(*owner)), owner};
}
}  // namespace

Tensor make_tensor(Shape shape, std::vector<float> values) {
    return own(ElementType::float32, std::move(shape), std::move(values));
}

Tensor make_tensor(Shape shape, std::vector<std::int64_t> values) {
    return own(ElementType::int64, std::move(shape), std::move(values));
}

Tensor make_tensor(ElementType type, Shape shape, std::vector<std::byte> bytes) {
    return own(type, std::move(shape), std::move(bytes));
}

}  // namespace quantwright
