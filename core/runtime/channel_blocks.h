#pragma once
// The layout in which the runtime's convolutions keep images (NCHWc): for each image the blocks of its
// channels, in each block the pixels, for each pixel the block's channels side by side. The last block is
// filled up with channels that mean nothing.
#include <cstddef>

namespace quantwright {

inline constexpr const char* k_blocks_domain = "com.microsoft.nchwc";  ///< of the operators that work on it
inline constexpr const char* k_from_blocks = "ReorderOutput";          ///< to row-major; attribute `channels`

/// How many channels a block has on this machine, 8 or 16; 0 if the runtime has no such layout or another
/// one. Found by having it reorder numbers, once.
[[nodiscard]] std::size_t channels_in_block();

}  // namespace quantwright
