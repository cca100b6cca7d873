#pragma once
// .npy and .npz files without reading what is not asked for: uncompressed arrays are taken from where they
// lie in the file, compressed ones are inflated once and kept.
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/images/npy_header.h"
#include "core/images/zip_file.h"
#include "core/model/mapped_file.h"
#include "core/model/tensor.h"

namespace quantwright {

/// images.unreadable: the file has so many bytes of data, not those wanted.
[[nodiscard]] tl::unexpected<Error> wrong_size(const std::string& path, std::size_t has,
                                               std::optional<std::int64_t> wants);

class ArrayFile {
public:
    /// By what is in the file, not by its name. Arrays of an archive that are no numbers are left out.
    /// Errors: images.unreadable (subject: the path).
    static Result<std::shared_ptr<const ArrayFile>> open(const std::filesystem::path& path);

    struct Array {
        std::string name;  ///< in an archive, without ".npy"; empty for a .npy file
        NpyHeader header;
        bool complete = false;  ///< as many bytes as the shape says; what is not is refused when it is read
    };
    [[nodiscard]] const std::vector<Array>& arrays() const { return m_arrays; }

    /// Array `index`, or row `row` of its first axis (-1: all of it), in row-major order. Several threads may
    /// call it. Errors: images.unreadable, images.too_large (subject: the path).
    Result<Tensor> read(std::size_t index, std::int64_t row = -1) const;

private:
    struct Source {
        std::optional<ZipMember> member;  ///< empty: the file itself
        std::vector<std::byte> inflated;
    };
    Status open_archive();
    Result<std::span<const std::byte>> contents(std::size_t index) const;

    std::string m_path;
    std::shared_ptr<const MappedFile> m_file;
    std::vector<Array> m_arrays;
    mutable std::mutex m_mutex;
    mutable std::vector<Source> m_sources;  ///< of the arrays
};

}  // namespace quantwright
