#include "core/prepare/float_values.h"

#include <Eigen/Core>
#include <cstring>

namespace quantwright {

namespace {

template <class T>
std::vector<double> widened(const Tensor& tensor) {
    std::vector<double> values;
    for (const T value : tensor.as<T>())
        values.push_back(static_cast<double>(value));
    return values;
}

template <class T>
std::vector<std::byte> rounded(const std::vector<double>& values) {
    std::vector<std::byte> bytes(values.size() * sizeof(T));
    std::byte* next = bytes.data();
    for (const double value : values) {
        const T stored(static_cast<T>(value));
        std::memcpy(next, &stored, sizeof stored);
        next += sizeof stored;
    }
    return bytes;
}

}  // namespace

std::optional<std::vector<double>> doubles_of(const Tensor& tensor) {
    switch (tensor.type) {
        case ElementType::float16:
            return widened<Eigen::half>(tensor);
        case ElementType::bfloat16:
            return widened<Eigen::bfloat16>(tensor);
        case ElementType::float32:
            return widened<float>(tensor);
        case ElementType::float64:
            return widened<double>(tensor);
        default:
            return std::nullopt;
    }
}

Tensor tensor_of(ElementType type, Shape shape, const std::vector<double>& values) {
    switch (type) {
        case ElementType::float16:
            return make_tensor(type, std::move(shape), rounded<Eigen::half>(values));
        case ElementType::bfloat16:
            return make_tensor(type, std::move(shape), rounded<Eigen::bfloat16>(values));
        case ElementType::float64:
            return make_tensor(type, std::move(shape), rounded<double>(values));
        default:
            return make_tensor(type, std::move(shape), rounded<float>(values));
    }
}

}  // namespace quantwright
