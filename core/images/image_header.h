#pragma once
// What an image file says about itself, read without decoding it: nothing is allocated for a size that only
// the header claims, and files that are cut short never reach the decoders.
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace quantwright {

enum class ImageKind { jpeg, png, bmp, webp, tiff };

struct ImageHeader {
    ImageKind kind = ImageKind::jpeg;
    std::int64_t width = 0, height = 0;  ///< as stored, before the orientation is applied
    int orientation = 1;                 ///< Exif's, 1 to 8
    bool has_alpha = false;  ///< a fourth channel is alpha that the colours are not multiplied with
    /// PNG only: the gray value that is transparent, at the depth of the decoded image (8 or 16 bits).
    std::optional<unsigned> transparent_gray;
};

/// Empty: none of these formats, malformed, or incomplete.
[[nodiscard]] std::optional<ImageHeader> read_image_header(std::span<const std::uint8_t> file);

/// The PNG with the chunks that hold pixels and no others (profiles and texts make libpng print warnings).
[[nodiscard]] std::vector<std::uint8_t> pixels_only_png(std::span<const std::uint8_t> file);

/// The TIFF with tags that make decoders give the pixels as they are stored: neither turned nor multiplied
/// with alpha.
[[nodiscard]] std::vector<std::uint8_t> as_stored_tiff(std::span<const std::uint8_t> file);

}  // namespace quantwright
