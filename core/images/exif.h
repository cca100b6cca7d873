#pragma once
// The part of TIFF that Exif shares: a directory of tagged values.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace quantwright {

/// The first directory of a TIFF file or of an Exif block (without its "Exif\0\0"). The data must outlive it.
class TiffDirectory {
public:
    /// Empty where it is malformed.
    static std::optional<TiffDirectory> read(std::span<const std::uint8_t> data);

    /// Values of a 16- or 32-bit tag; none if it is missing, of another type, or not all there.
    [[nodiscard]] std::vector<std::uint32_t> values(unsigned tag) const;
    /// The first of them.
    [[nodiscard]] std::uint32_t value(unsigned tag, std::uint32_t fallback) const;
    /// 1 to 8 as Exif numbers them.
    [[nodiscard]] int orientation() const;
    /// Where the single 16-bit value of a tag lies in the data, for changing it there; 0 without one.
    [[nodiscard]] std::size_t place_of_short(unsigned tag) const;
    [[nodiscard]] bool big_endian() const { return m_big_endian; }

    static constexpr unsigned width = 256, height = 257, photometric = 262, strip_offsets = 273,
                              orientation_tag = 274, strip_bytes = 279, tile_offsets = 324, tile_bytes = 325,
                              extra_samples = 338;

private:
    [[nodiscard]] unsigned u16(std::size_t at) const;
    [[nodiscard]] std::uint32_t u32(std::size_t at) const;
    [[nodiscard]] std::size_t entry(unsigned tag) const;  ///< 0 without one

    std::span<const std::uint8_t> m_data;
    bool m_big_endian = false;
    std::size_t m_first = 0, m_count = 0;  ///< entries
};

}  // namespace quantwright
