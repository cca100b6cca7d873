#include "core/model/external_data.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>

#include "core/model/tensor_size.h"

namespace quantwright {

namespace fs = std::filesystem;

bool is_external(const onnx::TensorProto& proto) {
    return proto.has_data_location() && proto.data_location() == onnx::TensorProto::EXTERNAL;
}

namespace {

const std::string* entry(const onnx::TensorProto& proto, std::string_view key) {
    for (const auto& pair : proto.external_data())
        if (pair.key() == key)
            return &pair.value();
    return nullptr;
}

std::optional<std::int64_t> whole_number(const std::string& text) {
    std::int64_t value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool complete = parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
    return complete && value >= 0 ? std::optional(value) : std::nullopt;
}

bool is_inside(const fs::path& path, const fs::path& folder) {
    return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first == folder.end();
}

}  // namespace

Result<std::shared_ptr<const MappedFile>> ExternalData::open(const std::string& tensor,
                                                             const std::string& location) {
    if (const auto known = m_by_location.find(location); known != m_by_location.end())
        return known->second;
    if (location.find('\0') != std::string::npos)
        return fail(ErrorCode::model_external_data_escapes, tensor, "its location holds a zero byte");
    const fs::path relative(location);
    if (relative.is_absolute() || std::find(relative.begin(), relative.end(), "..") != relative.end())
        return fail(ErrorCode::model_external_data_escapes, tensor, location);
    if (location.empty() || m_folder.empty())
        return fail(ErrorCode::model_external_data_missing, tensor, location);

    // Links are followed before comparing: neither the file nor a folder on its way may lead out.
    std::error_code error;
    const fs::path folder = fs::weakly_canonical(fs::absolute(m_folder), error);
    const fs::path path = error ? fs::path() : fs::weakly_canonical(folder / relative, error);
    if (error)
        return fail(ErrorCode::model_external_data_missing, tensor, location + ": " + error.message());
    if (!is_inside(path, folder))
        return fail(ErrorCode::model_external_data_escapes, tensor, location + " is " + path.string());
    auto& file = m_files[path];
    if (!file)
        file = MappedFile::open(path);
    if (!file) {
        const std::string why = errno != 0 ? std::strerror(errno) : "not a regular file";
        m_files.erase(path);
        return fail(ErrorCode::model_external_data_missing, tensor, path.string() + ": " + why);
    }
    m_by_location.emplace(location, file);
    return file;
}

Result<Tensor> ExternalData::read(const onnx::TensorProto& proto) {
    const auto type = static_cast<ElementType>(proto.data_type());
    Shape shape(proto.dims().begin(), proto.dims().end());
    const auto wanted = checked_byte_count(type, shape);
    if (!wanted)
        return fail(ErrorCode::model_not_onnx, proto.name(),
                    "its shape has a negative or an impossible size");
    if (bits_of(type) == 0)
        return fail(ErrorCode::model_not_onnx, proto.name(), "its element type can't be external data");

    const std::string* location = entry(proto, "location");
    const auto file = open(proto.name(), location ? *location : std::string());
    if (!file)
        return fail(file);
    const auto bytes = (*file)->bytes();
    const auto size = static_cast<std::int64_t>(bytes.size());
    const auto too_short = [&](const std::string& why) {
        return fail(ErrorCode::model_external_data_short, proto.name(), *location + ": " + why);
    };

    std::int64_t offset = 0;
    if (const std::string* text = entry(proto, "offset")) {
        const auto value = whole_number(*text);
        if (!value)
            return too_short("the offset is no number: " + *text);
        offset = *value;
    }
    if (*wanted > size - offset)
        return too_short(std::to_string(size) + " bytes, " + std::to_string(offset) + " + " +
                         std::to_string(*wanted) + " are needed");
    if (const std::string* text = entry(proto, "length"); text && !text->empty()) {
        const auto length = whole_number(*text);
        if (!length || *length < *wanted || *length > size - offset)
            return too_short("length " + *text + ", " + std::to_string(*wanted) + " are needed");
    }
    const auto data = bytes.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(*wanted));
    const std::size_t alignment = std::clamp<std::size_t>(size_of(type), 1, 8);
    if (reinterpret_cast<std::uintptr_t>(data.data()) % alignment != 0)
        return make_tensor(type, std::move(shape), {data.begin(), data.end()});
    return Tensor{type, std::move(shape), data, *file};
}

}  // namespace quantwright
