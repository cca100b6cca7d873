#pragma once
// A file as read-only memory.
#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>

namespace quantwright {

class MappedFile {
public:
    /// Null if the file can't be opened or is no regular file; errno says why (0: not a regular file).
    static std::shared_ptr<const MappedFile> open(const std::filesystem::path& path);
    ~MappedFile();
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;

    [[nodiscard]] std::span<const std::byte> bytes() const { return {m_data, m_size}; }

private:
    MappedFile(const std::byte* data, std::size_t size) : m_data(data), m_size(size) {}
    const std::byte* m_data;
    std::size_t m_size;
};

}  // namespace quantwright
