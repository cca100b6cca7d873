#include "core/images/exif.h"

namespace quantwright {
namespace {

// TIFF 6.0, section 2: an entry is tag, type, count, and the values or where they lie.
constexpr std::size_t entry_bytes = 12;
constexpr unsigned type_short = 3, type_long = 4;

}  // namespace

unsigned TiffDirectory::u16(std::size_t at) const {
    return m_big_endian ? m_data[at] << 8u | m_data[at + 1] : m_data[at + 1] << 8u | m_data[at];
}

std::uint32_t TiffDirectory::u32(std::size_t at) const {
    const std::uint32_t first = u16(at), second = u16(at + 2);
    return m_big_endian ? first << 16 | second : second << 16 | first;
}

std::optional<TiffDirectory> TiffDirectory::read(std::span<const std::uint8_t> data) {
    if (data.size() < 10 || data[0] != data[1] || (data[0] != 'I' && data[0] != 'M'))
        return std::nullopt;
    TiffDirectory directory;
    directory.m_data = data;
    directory.m_big_endian = data[0] == 'M';
    const std::size_t start = directory.u32(4);
    if (directory.u16(2) != 42 || start < 8 || start > data.size() - 2)
        return std::nullopt;
    directory.m_first = start + 2;
    directory.m_count = directory.u16(start);
    if (directory.m_count * entry_bytes > data.size() - directory.m_first)
        return std::nullopt;
    return directory;
}

std::size_t TiffDirectory::entry(unsigned tag) const {
    for (std::size_t i = 0; i < m_count; ++i)
        if (u16(m_first + i * entry_bytes) == tag)
            return m_first + i * entry_bytes;
    return 0;
}

std::vector<std::uint32_t> TiffDirectory::values(unsigned tag) const {
    const std::size_t at = entry(tag);
    if (at == 0)
        return {};
    const unsigned type = u16(at + 2);
    const std::size_t count = u32(at + 4);
    const std::size_t width = type == type_short ? 2 : 4;
    if ((type != type_short && type != type_long) || count > m_data.size() / width)
        return {};
    const std::size_t place = count * width <= 4 ? at + 8 : u32(at + 8);
    if (place > m_data.size() || count * width > m_data.size() - place)
        return {};
    std::vector<std::uint32_t> result(count);
    for (std::size_t i = 0; i < count; ++i)
        result[i] = type == type_short ? u16(place + i * width) : u32(place + i * width);
    return result;
}

std::uint32_t TiffDirectory::value(unsigned tag, std::uint32_t fallback) const {
    const std::vector<std::uint32_t> all = values(tag);
    return all.empty() ? fallback : all.front();
}

int TiffDirectory::orientation() const {
    const std::uint32_t found = value(orientation_tag, 1);
    return found >= 1 && found <= 8 ? static_cast<int>(found) : 1;
}

std::size_t TiffDirectory::place_of_short(unsigned tag) const {
    const std::size_t at = entry(tag);
    return at != 0 && u16(at + 2) == type_short && u32(at + 4) == 1 ? at + 8 : 0;
}

}  // namespace quantwright
