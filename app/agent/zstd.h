#pragma once
#include <cstddef>
#include <span>

namespace quantwright::agent {

/// True where the board has libzstd.so.1.
[[nodiscard]] bool has_zstd();
/// True if `frame` is one that fills `into` exactly.
[[nodiscard]] bool decompress(std::span<const std::byte> frame, std::span<std::byte> into);

}  // namespace quantwright::agent
