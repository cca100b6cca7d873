#pragma once
// Pillow's antialiased resampling of 8-bit images, equal to Pillow's to the byte: two passes (horizontal,
// vertical), coefficients normalised in double and rounded to 22 fractional bits. 16-bit images get the same.
#include <cstdint>
#include <vector>

#include "core/images/preprocess.h"

namespace quantwright {

/// Interleaved pixels, rows without gaps.
template <class T>
struct PixelsOf {
    int height = 0, width = 0, channels = 0;
    std::vector<T> data;
};
using Pixels = PixelsOf<std::uint8_t>;
using Pixels16 = PixelsOf<std::uint16_t>;

/// Pillow's L: ITU-R 601-2 in 16-bit fixed point.
template <class T>
[[nodiscard]] constexpr T luma(T r, T g, T b) {
    return static_cast<T>((r * 19595u + g * 38470u + b * 7471u + 0x8000u) >> 16);
}

/// `filter` is pillow_bilinear or pillow_bicubic; `size` and the image hold at least one pixel, 1, 3
/// or 4 channels, each by itself (alpha is not multiplied in).
[[nodiscard]] Pixels resample_pillow(const Pixels& image, Size size, ResizeFilter filter);
[[nodiscard]] Pixels16 resample_pillow(const Pixels16& image, Size size, ResizeFilter filter);

}  // namespace quantwright
