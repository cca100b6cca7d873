#include <cstring>

#include "core/base/atomic_file.h"
#include "core/images/array_file.h"
#include "core/images/input_reader.h"
#include "core/model/tensor_size.h"

namespace quantwright {

Result<Tensor> read_raw(const std::filesystem::path& path, ElementType type, const Shape& shape) {
    try {
        const Result<std::string> file = read_file(path, ErrorCode::images_unreadable);
        if (!file)
            return fail(file);
        if (const auto bytes = checked_byte_count(type, shape);
            !bytes || static_cast<std::size_t>(*bytes) != file->size())
            return wrong_size(path.string(), file->size(), bytes);
        std::vector<std::byte> copy(file->size());
        if (!file->empty())
            std::memcpy(copy.data(), file->data(), file->size());
        return make_tensor(type, shape, std::move(copy));
    } catch (const std::exception& error) {  // bad_alloc
        return fail(ErrorCode::images_unreadable, path.string(), error.what());
    }
}

}  // namespace quantwright
