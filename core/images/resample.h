#pragma once
// Pillow's antialiased resampling of 8-bit images, equal to Pillow's to the byte: two passes (horizontal, vertical), coefficients
// normalised in double and rounded to 22 fractional bits.
#include <cstdint>
#include <vector>

#include "core/images/preprocess.h"

namespace quantwright {

/// Interleaved 8-bit pixels, rows without gaps.
struct Pixels {
    int height = 0, width = 0, channels = 0;
    std::vector<std::uint8_t> data;
};

[[nodiscard]] Pixels resample_pillow(const Pixels& image, Size size, ResizeFilter filter);

}  // namespace quantwright
