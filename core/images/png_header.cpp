#include "core/images/png_header.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/images/exif.h"

namespace quantwright {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::array<std::uint8_t, 8> signature = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
constexpr std::size_t frame_bytes = 12;  // length, type, checksum

std::uint32_t u32(Bytes data, std::size_t at) {
    return std::uint32_t{data[at]} << 24 | std::uint32_t{data[at + 1]} << 16 |
           std::uint32_t{data[at + 2]} << 8 | data[at + 3];
}

/// PNG specification, annex D: CRC-32 of type and data.
std::uint32_t checksum(Bytes data) {
    static const std::array<std::uint32_t, 256> table = [] {
        std::array<std::uint32_t, 256> entries{};
        for (std::uint32_t n = 0; n < 256; ++n) {
            std::uint32_t value = n;
            for (int bit = 0; bit < 8; ++bit)
                value = value & 1 ? 0xedb88320u ^ value >> 1 : value >> 1;
            entries[n] = value;
        }
        return entries;
    }();
    std::uint32_t crc = 0xffffffffu;
    for (const std::uint8_t byte : data)
        crc = table[(crc ^ byte) & 0xff] ^ crc >> 8;
    return ~crc;
}

struct Chunk {
    std::string_view type;
    Bytes data;   ///< the contents
    Bytes whole;  ///< length, type, contents, checksum
};

/// The chunk at `at`, which moves behind it. Empty at a chunk that is not whole.
std::optional<Chunk> next_chunk(Bytes file, std::size_t& at) {
    if (file.size() - at < frame_bytes)
        return std::nullopt;
    const std::size_t length = u32(file, at);
    if (length > file.size() - at - frame_bytes)
        return std::nullopt;
    const Chunk chunk{{reinterpret_cast<const char*>(file.data()) + at + 4, 4},
                      file.subspan(at + 8, length),
                      file.subspan(at, length + frame_bytes)};
    at += length + frame_bytes;
    return chunk;
}

bool holds_pixels(const Chunk& chunk) {
    constexpr std::array<std::string_view, 5> types = {"IHDR", "PLTE", "tRNS", "IDAT", "IEND"};
    return std::find(types.begin(), types.end(), chunk.type) != types.end();
}

/// Bit 5 of the first letter: decoders that don't know the chunk must give up.
bool critical(const Chunk& chunk) {
    return (chunk.type[0] & 0x20) == 0;
}

bool intact(const Chunk& chunk) {
    return checksum(chunk.whole.subspan(4, chunk.data.size() + 4)) == u32(chunk.whole, chunk.data.size() + 8);
}

}  // namespace

bool is_png(Bytes file) {
    return file.size() >= signature.size() && std::equal(signature.begin(), signature.end(), file.begin());
}

std::optional<ImageHeader> read_png_header(Bytes file) {
    ImageHeader header;
    header.kind = ImageKind::png;
    header.has_alpha = true;
    unsigned depth = 0, color_type = 0;
    bool has_palette = false, has_data = false;
    constexpr unsigned gray = 0, indexed = 3;
    for (std::size_t at = signature.size();;) {
        const std::optional<Chunk> chunk = next_chunk(file, at);
        if (!chunk || ((holds_pixels(*chunk) || critical(*chunk)) && !intact(*chunk)))
            return std::nullopt;
        if (chunk->type == "IHDR") {
            if (chunk->data.size() != 13)
                return std::nullopt;
            header.width = u32(chunk->data, 0);
            header.height = u32(chunk->data, 4);
            depth = chunk->data[8];
            color_type = chunk->data[9];
        } else if (chunk->type == "PLTE") {
            has_palette = true;
        } else if (chunk->type == "tRNS" && color_type == gray && chunk->data.size() == 2) {
            const unsigned key = unsigned{chunk->data[0]} << 8 | chunk->data[1];
            header.transparent_gray = depth > 0 && depth < 8 ? key * 255 / ((1u << depth) - 1) : key;
        } else if (chunk->type == "eXIf") {
            if (const auto directory = TiffDirectory::read(chunk->data))
                header.orientation = directory->orientation();
        } else if (chunk->type == "IDAT") {
            if (color_type == indexed && !has_palette)
                return std::nullopt;
            has_data = true;
        } else if (chunk->type == "IEND") {
            return has_data ? std::optional(header) : std::nullopt;
        }
    }
}

std::vector<std::uint8_t> pixels_only_png(Bytes file) {
    std::vector<std::uint8_t> result(signature.begin(), signature.end());
    result.reserve(file.size());
    std::size_t at = signature.size();
    while (const std::optional<Chunk> chunk = next_chunk(file, at)) {
        if (holds_pixels(*chunk))
            result.insert(result.end(), chunk->whole.begin(), chunk->whole.end());
        if (chunk->type == "IEND")
            break;
    }
    return result;
}

}  // namespace quantwright
