#include "core/images/array_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/images/input_reader.h"
#include "core/model/tensor_size.h"

namespace quantwright {
namespace {

using Bytes = std::span<const std::byte>;

/// Headers are short; numpy itself refuses longer ones than 10000 characters.
constexpr std::uint64_t header_bytes = 65536;

std::string_view as_text(Bytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void swap_bytes(std::vector<std::byte>& bytes, std::size_t width) {
    for (std::size_t at = 0; at + width <= bytes.size(); at += width)
        std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                     bytes.begin() + static_cast<std::ptrdiff_t>(at + width));
}

bool is_complete(const NpyHeader& header, std::uint64_t file_bytes) {
    const auto bytes = checked_byte_count(header.type, header.shape);
    return bytes && header.data_at <= file_bytes &&
           file_bytes - header.data_at == static_cast<std::uint64_t>(*bytes);
}

/// The elements from the first index fastest to the last index fastest; of one index of the first axis where
/// `row` is not negative.
std::vector<std::byte> row_major(Bytes in, const Shape& shape, std::int64_t row, std::size_t width,
                                 std::size_t count) {
    Shape stride(shape.size(), 1);
    for (std::size_t d = 1; d < shape.size(); ++d)
        stride[d] = stride[d - 1] * shape[d - 1];
    const std::size_t first = row >= 0 ? 1 : 0;
    std::vector<std::byte> out(count * width);
    Shape index(shape.size(), 0);
    std::int64_t from = std::max<std::int64_t>(0, row);
    for (std::size_t at = 0; at < out.size(); at += width) {
        std::memcpy(out.data() + at, in.data() + static_cast<std::size_t>(from) * width, width);
        for (std::size_t d = shape.size(); d-- > first;) {
            from += stride[d];
            if (++index[d] < shape[d])
                break;
            from -= stride[d] * shape[d];
            index[d] = 0;
        }
    }
    return out;
}

}  // namespace

tl::unexpected<Error> wrong_size(const std::string& path, std::size_t has,
                                 std::optional<std::int64_t> wants) {
    return fail(ErrorCode::images_unreadable, path,
                "it holds " + std::to_string(has) + " bytes of data" +
                    (wants ? ", not " + std::to_string(*wants) : std::string()));
}

Result<std::shared_ptr<const ArrayFile>> ArrayFile::open(const std::filesystem::path& path) {
    try {
        auto file = std::make_shared<ArrayFile>();
        file->m_path = path.string();
        file->m_file = MappedFile::open(path);
        if (!file->m_file)
            return fail(ErrorCode::images_unreadable, path.string(),
                        errno != 0 ? std::strerror(errno) : "not a file");
        const Bytes bytes = file->m_file->bytes();
        if (is_zip(bytes)) {
            if (auto opened = file->open_archive(); !opened)
                return fail(opened);
            return file;
        }
        const std::optional<NpyHeader> header = read_npy_header(as_text(bytes));
        if (!header)
            return fail(ErrorCode::images_unreadable, path.string(), "not a .npy file of numbers");
        file->m_arrays.push_back({{}, *header, is_complete(*header, bytes.size())});
        file->m_sources.emplace_back();
        return file;
    } catch (const std::exception& error) {  // bad_alloc
        return fail(ErrorCode::images_unreadable, path.string(), error.what());
    }
}

Status ArrayFile::open_archive() {
    const auto about = [&](Error error) {
        error.subject = m_path;
        return tl::unexpected<Error>(std::move(error));
    };
    const auto members = zip_members(m_file->bytes());
    if (!members)
        return about(members.error());
    for (const ZipMember& member : *members) {
        constexpr std::string_view extension = ".npy";
        if (!member.name.ends_with(extension))
            continue;
        std::optional<NpyHeader> header;
        if (member.method == 0) {
            const auto bytes = stored_bytes(m_file->bytes(), member);
            if (!bytes)
                return about(bytes.error());
            header = read_npy_header(as_text(*bytes));
        } else if (member.method == 8) {
            const auto bytes = inflated_bytes(m_file->bytes(), member, header_bytes);
            if (!bytes)
                return about(bytes.error());
            header = read_npy_header(as_text(*bytes));
        } else {
            return fail(
                ErrorCode::images_unreadable, m_path,
                "zip method " + std::to_string(member.method) + "; only stored and deflated are read");
        }
        if (!header)
            continue;
        m_arrays.push_back({member.name.substr(0, member.name.size() - extension.size()), *header,
                            is_complete(*header, member.bytes)});
        m_sources.push_back({member, {}});
    }
    if (m_arrays.empty())
        return fail(ErrorCode::images_unreadable, m_path, "no array of numbers in the archive");
    return {};
}

Result<std::span<const std::byte>> ArrayFile::contents(std::size_t index) const {
    const std::lock_guard lock(m_mutex);
    Source& source = m_sources[index];
    if (!source.member)
        return m_file->bytes();
    if (source.member->method == 0)
        return stored_bytes(m_file->bytes(), *source.member);
    if (source.inflated.empty()) {
        auto bytes = inflated_bytes(m_file->bytes(), *source.member);
        if (!bytes)
            return fail(bytes);
        source.inflated = std::move(*bytes);
    }
    return source.inflated;
}

Result<Tensor> ArrayFile::read(std::size_t index, std::int64_t row) const {
    try {
        const NpyHeader& header = m_arrays[index].header;
        const auto file = contents(index);
        if (!file)
            return fail(file.error().code, m_path, file.error().detail);
        const Bytes data = file->subspan(std::min(header.data_at, file->size()));
        const auto wanted = checked_byte_count(header.type, header.shape);
        if (!wanted || static_cast<std::size_t>(*wanted) != data.size())
            return wrong_size(m_path, data.size(), wanted);
        if (row >= 0 && (header.shape.empty() || row >= header.shape.front()))
            return fail(ErrorCode::images_unreadable, m_path, "no row " + std::to_string(row));
        const Shape shape = row < 0 ? header.shape : Shape(header.shape.begin() + 1, header.shape.end());
        const std::size_t width = size_of(header.type);
        const std::size_t size =
            row < 0 ? data.size() : data.size() / static_cast<std::size_t>(header.shape.front());
        std::vector<std::byte> bytes;
        if (header.fortran_order) {
            bytes = row_major(data, header.shape, row, width, size / width);
        } else {
            const Bytes part = data.subspan(row < 0 ? 0 : static_cast<std::size_t>(row) * size, size);
            bytes.assign(part.begin(), part.end());
        }
        if (header.swapped)
            swap_bytes(bytes, width);
        return make_tensor(header.type, shape, std::move(bytes));
    } catch (const std::exception& error) {  // bad_alloc
        return fail(ErrorCode::images_unreadable, m_path, error.what());
    }
}

Result<Tensor> read_npy(const std::filesystem::path& path) {
    const auto file = ArrayFile::open(path);
    return file ? (*file)->read(0) : fail(file);
}

}  // namespace quantwright
