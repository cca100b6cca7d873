#pragma once
#include "core/images/image_header.h"

namespace quantwright {

[[nodiscard]] bool is_png(std::span<const std::uint8_t> file);
/// Empty unless every chunk up to IEND is there and those with pixels have the right checksum.
[[nodiscard]] std::optional<ImageHeader> read_png_header(std::span<const std::uint8_t> file);

}  // namespace quantwright
