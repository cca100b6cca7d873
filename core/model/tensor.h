#pragma once
// Dense tensors in row-major order, owned or borrowed.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
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

/// A read-only view of elements that lives as long as `owner` does. Cheap to copy, safe to share.
struct Tensor {
    ElementType type = ElementType::undefined;
    Shape shape;
    std::span<const std::byte> bytes;
    std::shared_ptr<const void> owner;

    /// The elements as T; the caller has checked `type`. Bytes are aligned for T.
    template <class T>
    [[nodiscard]] std::span<const T> as() const {
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
