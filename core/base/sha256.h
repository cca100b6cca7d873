#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace quantwright {

/// SHA-256 (FIPS 180-4), fed in pieces.
class Sha256 {
public:
    Sha256();
    void update(std::span<const std::byte> data);
    /// 64 lower-case hex digits; the object is spent afterwards.
    [[nodiscard]] std::string hex_digest();

private:
    void block(const std::uint8_t* data);
    std::uint32_t m_state[8];
    std::uint8_t m_buffer[64];
    std::size_t m_buffered = 0;
    std::uint64_t m_length = 0;
};

[[nodiscard]] std::string sha256_hex(std::span<const std::byte> data);

}  // namespace quantwright
