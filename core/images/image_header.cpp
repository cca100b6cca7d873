#include "core/images/image_header.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "core/images/exif.h"
#include "core/images/png_header.h"
#include "core/images/tiff_header.h"

namespace quantwright {
namespace {

using Bytes = std::span<const std::uint8_t>;

std::uint32_t little(Bytes data, std::size_t at, int bytes) {
    std::uint32_t value = 0;
    for (int i = bytes; i-- > 0;)
        value = value << 8 | data[at + static_cast<std::size_t>(i)];
    return value;
}

std::uint32_t big16(Bytes data, std::size_t at) {
    return std::uint32_t{data[at]} << 8 | data[at + 1];
}

bool text_at(Bytes data, std::size_t at, std::string_view text) {
    return data.size() >= at + text.size() &&
           std::equal(text.begin(), text.end(), data.begin() + static_cast<std::ptrdiff_t>(at),
                      [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

void take_orientation(ImageHeader& header, Bytes exif) {
    if (const auto directory = TiffDirectory::read(exif))
        header.orientation = directory->orientation();
}

// JPEG: ITU-T T.81, annex B.
namespace jpeg {

constexpr std::uint8_t soi = 0xd8, eoi = 0xd9, sos = 0xda, app1 = 0xe1;

bool is_frame(std::uint8_t marker) {
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

/// Just behind the next marker's 0xff after entropy-coded data.
std::size_t skip_scan(Bytes file, std::size_t at) {
    const auto stuffed_or_restart = [](std::uint8_t byte) {
        return byte == 0 || (byte >= 0xd0 && byte <= 0xd7);
    };
    while (at + 1 < file.size()) {
        if (file[at] == 0xff && file[at + 1] != 0xff && !stuffed_or_restart(file[at + 1]))
            return at;
        ++at;
    }
    return file.size();
}

/// Walks all segments; a file without its end marker is incomplete.
std::optional<ImageHeader> read(Bytes file) {
    ImageHeader header;
    std::size_t at = 2;
    while (at + 4 <= file.size() || (at + 2 <= file.size() && file[at + 1] == eoi)) {
        if (file[at] != 0xff) {
            ++at;  // decoders skip stray bytes between segments
            continue;
        }
        const std::uint8_t marker = file[at + 1];
        if (marker == eoi)
            return header.width > 0 ? std::optional(header) : std::nullopt;
        if (marker == 0xff || marker == 0 || marker == 1 || marker == soi ||
            (marker >= 0xd0 && marker <= 0xd7)) {
            at += marker == 0xff ? 1 : 2;
            continue;
        }
        const std::size_t length = big16(file, at + 2);
        if (length < 2 || at + 2 + length > file.size())
            return std::nullopt;
        const Bytes segment = file.subspan(at + 4, length - 2);
        if (is_frame(marker) && segment.size() >= 6) {
            header.height = big16(segment, 1);
            header.width = big16(segment, 3);
        } else if (marker == app1 && text_at(segment, 0, std::string_view("Exif\0\0", 6))) {
            take_orientation(header, segment.subspan(6));
        }
        at += 2 + length;
        if (marker == sos)
            at = skip_scan(file, at);
    }
    return std::nullopt;
}

}  // namespace jpeg

/// Windows bitmap: BITMAPCOREHEADER (12 bytes), BITMAPINFOHEADER (40) and its successors.
std::optional<ImageHeader> read_bmp(Bytes file) {
    if (file.size() < 30)
        return std::nullopt;
    ImageHeader header;
    header.kind = ImageKind::bmp;
    const std::uint64_t pixels_at = little(file, 10, 4);
    const std::uint32_t header_bytes = little(file, 14, 4);
    std::uint64_t bits = 0;
    std::uint32_t compression = 0;
    if (header_bytes == 12) {
        header.width = little(file, 18, 2);
        header.height = little(file, 20, 2);
        bits = little(file, 24, 2);
    } else {
        if (header_bytes < 40 || file.size() < 54)
            return std::nullopt;
        header.width = static_cast<std::int32_t>(little(file, 18, 4));
        header.height = std::abs(std::int64_t{static_cast<std::int32_t>(little(file, 22, 4))});
        bits = little(file, 28, 2);
        compression = little(file, 30, 4);
        if (compression > 3 ||
            little(file, 46, 4) > 256)  // JPEG or PNG inside; more colours than a palette holds
            return std::nullopt;
        constexpr std::uint32_t bit_fields = 3;
        header.has_alpha = bits == 32 && compression == bit_fields && header_bytes >= 56 &&
                           file.size() >= 70 && little(file, 66, 4) != 0;
    }
    const bool plain = compression == 0 || compression == 3;
    if (plain && header.width > 0) {
        const std::uint64_t row = (static_cast<std::uint64_t>(header.width) * bits + 31) / 32 * 4;
        if (pixels_at > file.size() ||
            row * static_cast<std::uint64_t>(header.height) > file.size() - pixels_at)
            return std::nullopt;
    }
    return header;
}

/// Google's WebP container: one of the chunks VP8 (lossy), VP8L (lossless), VP8X (extended: comes first).
std::optional<ImageHeader> read_webp(Bytes file) {
    if (little(file, 4, 4) > file.size() - 8)
        return std::nullopt;
    ImageHeader header;
    header.kind = ImageKind::webp;
    header.has_alpha = true;
    for (std::size_t at = 12; at + 8 <= file.size();) {
        const std::size_t length = little(file, at + 4, 4);
        if (length > file.size() - at - 8)
            return std::nullopt;
        const Bytes data = file.subspan(at + 8, length);
        const bool sized = header.width > 0;
        if (text_at(file, at, "VP8X") && data.size() >= 10) {
            header.width = 1 + std::int64_t{little(data, 4, 3)};
            header.height = 1 + std::int64_t{little(data, 7, 3)};
        } else if (text_at(file, at, "VP8L") && data.size() >= 5 && !sized) {
            const std::uint32_t bits = little(data, 1, 4);
            header.width = 1 + (bits & 0x3fff);
            header.height = 1 + (bits >> 14 & 0x3fff);
        } else if (text_at(file, at, "VP8 ") && data.size() >= 10 && !sized) {
            header.width = little(data, 6, 2) & 0x3fff;
            header.height = little(data, 8, 2) & 0x3fff;
        } else if (text_at(file, at, "EXIF")) {
            const std::size_t skip = text_at(data, 0, std::string_view("Exif\0\0", 6)) ? 6 : 0;
            take_orientation(header, data.subspan(skip));
        }
        at += 8 + length + length % 2;
    }
    return header;
}

std::optional<ImageHeader> read_any(Bytes file) {
    if (is_png(file))
        return read_png_header(file);
    if (file.size() >= 4 && file[0] == 0xff && file[1] == jpeg::soi)
        return jpeg::read(file);
    if (text_at(file, 0, "BM"))
        return read_bmp(file);
    if (text_at(file, 0, "RIFF") && text_at(file, 8, "WEBP"))
        return read_webp(file);
    if (text_at(file, 0, "II") || text_at(file, 0, "MM"))
        return read_tiff_header(file);
    return std::nullopt;
}

}  // namespace

std::optional<ImageHeader> read_image_header(Bytes file) {
    const std::optional<ImageHeader> header = read_any(file);
    return header && header->width > 0 && header->height > 0 ? header : std::nullopt;
}

}  // namespace quantwright
