#pragma once
// The packed half of a statistics file: numbers as bytes, squeezed by zstd.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace quantwright {

class BytePacker {
public:
    void put_float(float value);           ///< 4 bytes, little endian
    void put_varint(std::uint64_t value);  ///< LEB128: seven bits a byte, lowest first
    [[nodiscard]] std::string packed() const;

private:
    std::string m_bytes;
};

/// Unpacks as it is read, so that a stream that lies of its size costs nothing. After a failed read
/// everything fails.
class ByteUnpacker {
public:
    explicit ByteUnpacker(std::string_view packed);  ///< which must outlive it
    ~ByteUnpacker();
    ByteUnpacker(const ByteUnpacker&) = delete;
    ByteUnpacker& operator=(const ByteUnpacker&) = delete;

    bool get_float(float& value);
    bool get_varint(std::uint64_t& value);
    [[nodiscard]] bool at_end();  ///< nothing is left, and nothing was wrong

private:
    bool get_byte(std::uint8_t& byte);
    bool refill();
    struct Stream;
    std::unique_ptr<Stream> m_stream;
};

}  // namespace quantwright
