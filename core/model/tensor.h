#pragma once
// Dense tensors in row-major order, owned or borrowed.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace quantwright {

/// The numbers are ONNX's TensorProto.DataType.
enum class ElementType : std::int32_t {
    undefined = 0,
    float32 = 1,
    uint8 = 2,
    int8 = 3,
    uint16 = 4,
    int16 = 5,
    int32 = 6,
    int64 = 7,
    string = 8,
    boolean = 9,
    float16 = 10,
    float64 = 11,
    uint32 = 12,
    uint64 = 13,
    bfloat16 = 16,
    uint4 = 21,
    int4 = 22,
};

[[nodiscard]] std::string_view name_of(ElementType type);  ///< "float32", "uint8", …
/// Bytes of one element; 0 for types without a fixed whole size.
[[nodiscard]] std::size_t size_of(ElementType type);

using Shape = std::vector<std::int64_t>;
[[nodiscard]] std::int64_t element_count(const Shape& shape);

/// A program error, caught where core's functions give their results.
class WrongElementType : public std::logic_error {
public:
    explicit WrongElementType(ElementType type);
};

/// True if elements of this type lie in memory as T.
template <class T>
[[nodiscard]] constexpr bool holds(ElementType type) {
    using enum ElementType;
    if constexpr (std::is_same_v<T, float>)
        return type == float32;
    else if constexpr (std::is_same_v<T, double>)
        return type == float64;
    else if constexpr (std::is_same_v<T, std::uint8_t>)
        return type == uint8 || type == boolean || type == uint4 || type == int4;
    else if constexpr (std::is_same_v<T, std::int8_t>)
        return type == int8 || type == int4;
    else if constexpr (std::is_same_v<T, std::uint16_t>)
        return type == uint16 || type == float16 || type == bfloat16;
    else if constexpr (std::is_same_v<T, std::int16_t>)
        return type == int16;
    else if constexpr (std::is_same_v<T, std::uint32_t>)
        return type == uint32;
    else if constexpr (std::is_same_v<T, std::int32_t>)
        return type == int32;
    else if constexpr (std::is_same_v<T, std::uint64_t>)
        return type == uint64;
    else if constexpr (std::is_same_v<T, std::int64_t>)
        return type == int64;
    else
        return sizeof(T) == 2 && (type == float16 || type == bfloat16);
}

/// A read-only view of elements that lives as long as `owner` does. Cheap to copy, safe to share.
struct Tensor {
    ElementType type = ElementType::undefined;
    Shape shape;
    std::span<const std::byte> bytes;
    std::shared_ptr<const void> owner;

    /// The elements as T; bytes are aligned for it. Throws WrongElementType where the elements are no T: no
    /// kernel reads a tensor as what it is not. Half floats and 4-bit codes are read as the integers that
    /// hold them.
    template <class T>
    [[nodiscard]] std::span<const T> as() const {
        if (!bytes.empty() && !holds<T>(type))
            throw WrongElementType(type);
        return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
    }
    [[nodiscard]] std::span<const float> floats() const { return as<float>(); }
};

/// A tensor that owns `values`.
[[nodiscard]] Tensor make_tensor(Shape shape, std::vector<float> values);
[[nodiscard]] Tensor make_tensor(Shape shape, std::vector<std::int64_t> values);
/// A tensor that owns raw bytes of any type.
[[nodiscard]] Tensor make_tensor(ElementType type, Shape shape, std::vector<std::byte> bytes);

}  // namespace quantwright
