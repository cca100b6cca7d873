#include "core/images/tiff_header.h"

#include "core/images/exif.h"

namespace quantwright {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::uint32_t associated_alpha = 1, unassociated_alpha = 2;  // values of ExtraSamples

bool inside(Bytes file, const std::vector<std::uint32_t>& offsets, const std::vector<std::uint32_t>& sizes) {
    if (offsets.empty() || offsets.size() != sizes.size())
        return false;
    for (std::size_t i = 0; i < offsets.size(); ++i)
        if (offsets[i] > file.size() || sizes[i] > file.size() - offsets[i])
            return false;
    return true;
}

}  // namespace

std::optional<ImageHeader> read_tiff_header(Bytes file) {
    using Directory = TiffDirectory;
    const auto directory = Directory::read(file);
    if (!directory || directory->values(Directory::photometric).empty())
        return std::nullopt;
    if (!inside(file, directory->values(Directory::strip_offsets),
                directory->values(Directory::strip_bytes)) &&
        !inside(file, directory->values(Directory::tile_offsets), directory->values(Directory::tile_bytes)))
        return std::nullopt;
    ImageHeader header;
    header.kind = ImageKind::tiff;
    header.width = directory->value(Directory::width, 0);
    header.height = directory->value(Directory::height, 0);
    header.orientation = directory->orientation();
    header.has_alpha = directory->value(Directory::extra_samples, 0) == unassociated_alpha;
    return header;
}

std::vector<std::uint8_t> as_stored_tiff(Bytes file) {
    std::vector<std::uint8_t> result(file.begin(), file.end());
    const auto directory = TiffDirectory::read(file);
    if (!directory)
        return result;
    const auto set_short = [&](unsigned tag, std::uint32_t value) {
        if (const std::size_t at = directory->place_of_short(tag)) {
            result[at + (directory->big_endian() ? 1 : 0)] = static_cast<std::uint8_t>(value);
            result[at + (directory->big_endian() ? 0 : 1)] = 0;
        }
    };
    set_short(TiffDirectory::orientation_tag, 1);
    set_short(TiffDirectory::extra_samples, associated_alpha);
    return result;
}

}  // namespace quantwright
