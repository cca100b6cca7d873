#pragma once
// Pillow's antialiased resampling of 8-bit images, equal to Pillow's to the byte: two passes (horizontal,
// vertical), coefficients normalised in double and rounded to 22 fractional bits.
#include <cstdint>
#include <vector>

#include "core/images/preprocess.h"

namespace quantwright {

/// Interleaved 8-bit pixels, rows without gaps.
struct Pixels {
    int height = 0, width = 0, channels = 0;
    std::vector<std::uint8_t> data;
};

/// Pillow's L: ITU-R 601-2 in 16-bit fixed point.
[[nodiscard]] constexpr std::uint8_t luma(unsigned r, unsigned g, unsigned b) {
    return static_cast<std::uint8_t>((r * 19595 + g * 38470 + b * 7471 + 0x8000) >> 16);
}

/// `filter` is pillow_bilinear or pillow_bicubic; `size` and the image hold at least one pixel, 1 or 3
/// channels.
[[nodiscard]] Pixels resample_pillow(const Pixels& image, Size size, ResizeFilter filter);

}  // namespace quantwright
