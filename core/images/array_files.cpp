// .npy and .raw files.
#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>

#include "core/base/atomic_file.h"
#include "core/images/input_reader.h"
#include "core/images/npy_header.h"

namespace quantwright {
namespace {

/// Bytes of a tensor; empty if a dimension is negative or the product is beyond what memory can hold.
std::optional<std::size_t> bytes_of(const Shape& shape, ElementType type) {
    constexpr std::size_t limit = std::numeric_limits<std::size_t>::max() / 2;
    std::size_t bytes = size_of(type);
    bool zero = false;
    for (const std::int64_t dimension : shape) {
        if (dimension < 0)
            return std::nullopt;
        zero = zero || dimension == 0;
        if (dimension > 0 && bytes > limit / static_cast<std::size_t>(dimension))
            return std::nullopt;
        bytes *= dimension > 0 ? static_cast<std::size_t>(dimension) : 1;
    }
    return zero ? 0 : bytes;
}

void swap_bytes(std::vector<std::byte>& bytes, std::size_t width) {
    for (std::size_t at = 0; at + width <= bytes.size(); at += width)
        std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                     bytes.begin() + static_cast<std::ptrdiff_t>(at + width));
}

/// From first index fastest to last index fastest.
std::vector<std::byte> row_major(const std::vector<std::byte>& in, const Shape& shape, std::size_t width) {
    std::vector<std::byte> out(in.size());
    Shape index(shape.size(), 0);
    Shape stride(shape.size(), 1);
    for (std::size_t d = 1; d < shape.size(); ++d)
        stride[d] = stride[d - 1] * shape[d - 1];
    std::int64_t from = 0;
    for (std::size_t at = 0; at < out.size(); at += width) {
        std::memcpy(out.data() + at, in.data() + static_cast<std::size_t>(from) * width, width);
        for (std::size_t d = shape.size(); d-- > 0;) {
            from += stride[d];
            if (++index[d] < shape[d])
                break;
            from -= stride[d] * shape[d];
            index[d] = 0;
        }
    }
    return out;
}

Result<Tensor> sized_tensor(const std::filesystem::path& path, ElementType type, const Shape& shape,
                            std::string_view data) {
    const std::optional<std::size_t> bytes = bytes_of(shape, type);
    if (!bytes || *bytes != data.size())
        return fail(ErrorCode::images_unreadable, path.string(),
                    "it holds " + std::to_string(data.size()) + " bytes of data" +
                        (bytes ? ", not " + std::to_string(*bytes) : std::string()));
    std::vector<std::byte> copy(data.size());
    if (!data.empty())
        std::memcpy(copy.data(), data.data(), data.size());
    return make_tensor(type, shape, std::move(copy));
}

}  // namespace

Result<Tensor> read_npy(const std::filesystem::path& path) {
    try {
        const Result<std::string> file = read_file(path, ErrorCode::images_unreadable);
        if (!file)
            return fail(file);
        const std::optional<NpyHeader> header = read_npy_header(*file);
        if (!header)
            return fail(ErrorCode::images_unreadable, path.string(), "not a .npy file of numbers");
        Result<Tensor> tensor =
            sized_tensor(path, header->type, header->shape, std::string_view(*file).substr(header->data_at));
        if (!tensor || (!header->swapped && !header->fortran_order))
            return tensor;
        const std::size_t width = size_of(header->type);
        std::vector<std::byte> bytes(tensor->bytes.begin(), tensor->bytes.end());
        if (header->swapped)
            swap_bytes(bytes, width);
        if (header->fortran_order)
            bytes = row_major(bytes, header->shape, width);
        return make_tensor(header->type, header->shape, std::move(bytes));
    } catch (const std::exception& error) {  // bad_alloc
        return fail(ErrorCode::images_unreadable, path.string(), error.what());
    }
}

Result<Tensor> read_raw(const std::filesystem::path& path, ElementType type, const Shape& shape) {
    try {
        const Result<std::string> file = read_file(path, ErrorCode::images_unreadable);
        if (!file)
            return fail(file);
        return sized_tensor(path, type, shape, *file);
    } catch (const std::exception& error) {  // bad_alloc
        return fail(ErrorCode::images_unreadable, path.string(), error.what());
    }
}

}  // namespace quantwright
