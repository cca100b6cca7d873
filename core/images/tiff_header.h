#pragma once
#include "core/images/image_header.h"

namespace quantwright {

/// Empty unless the first image's strips or tiles are all there.
[[nodiscard]] std::optional<ImageHeader> read_tiff_header(std::span<const std::uint8_t> file);

}  // namespace quantwright
