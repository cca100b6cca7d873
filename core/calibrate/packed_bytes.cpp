#include "core/calibrate/packed_bytes.h"

#include <zstd.h>

#include <bit>
#include <stdexcept>
#include <vector>

namespace quantwright {

void BytePacker::put_float(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    for (int shift = 0; shift < 32; shift += 8)
        m_bytes.push_back(static_cast<char>(bits >> shift & 0xff));
}

void BytePacker::put_varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7)
        m_bytes.push_back(static_cast<char>((value & 0x7f) | 0x80));
    m_bytes.push_back(static_cast<char>(value));
}

std::string BytePacker::packed() const {
    constexpr int level = 9;
    std::string packed(ZSTD_compressBound(m_bytes.size()), '\0');
    const std::size_t size =
        ZSTD_compress(packed.data(), packed.size(), m_bytes.data(), m_bytes.size(), level);
    if (ZSTD_isError(size))
        throw std::runtime_error(ZSTD_getErrorName(size));
    packed.resize(size);
    return packed;
}

struct ByteUnpacker::Stream {
    std::unique_ptr<ZSTD_DStream, decltype(&ZSTD_freeDStream)> decoder{ZSTD_createDStream(),
                                                                       ZSTD_freeDStream};
    ZSTD_inBuffer in{};
    std::vector<char> buffer = std::vector<char>(ZSTD_DStreamOutSize());
    std::size_t begin = 0, end = 0;
    bool frame_done = false, failed = false;
};

ByteUnpacker::ByteUnpacker(std::string_view packed) : m_stream(std::make_unique<Stream>()) {
    m_stream->in = {packed.data(), packed.size(), 0};
    constexpr int largest_window = 27;  // 128 MB: zstd's own limit, and more than what we write needs
    m_stream->failed =
        !m_stream->decoder || ZSTD_isError(ZSTD_initDStream(m_stream->decoder.get())) ||
        ZSTD_isError(ZSTD_DCtx_setParameter(m_stream->decoder.get(), ZSTD_d_windowLogMax, largest_window));
}

ByteUnpacker::~ByteUnpacker() = default;

bool ByteUnpacker::refill() {
    Stream& s = *m_stream;
    while (!s.failed && !s.frame_done) {
        ZSTD_outBuffer out{s.buffer.data(), s.buffer.size(), 0};
        const std::size_t before = s.in.pos;
        const std::size_t left = ZSTD_decompressStream(s.decoder.get(), &out, &s.in);
        s.failed = ZSTD_isError(left) || (left != 0 && out.pos == 0 && s.in.pos == before);
        s.frame_done = left == 0;
        s.begin = 0;
        s.end = s.failed ? 0 : out.pos;
        if (s.end > 0)
            return true;
    }
    return false;
}

bool ByteUnpacker::get_byte(std::uint8_t& byte) {
    Stream& s = *m_stream;
    if (s.begin == s.end && !refill()) {
        s.failed = true;
        return false;
    }
    byte = static_cast<std::uint8_t>(s.buffer[s.begin++]);
    return true;
}

bool ByteUnpacker::get_float(float& value) {
    std::uint32_t bits = 0;
    for (int shift = 0; shift < 32; shift += 8) {
        std::uint8_t byte = 0;
        if (!get_byte(byte))
            return false;
        bits |= static_cast<std::uint32_t>(byte) << shift;
    }
    value = std::bit_cast<float>(bits);
    return true;
}

bool ByteUnpacker::get_varint(std::uint64_t& value) {
    value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
        std::uint8_t byte = 0;
        if (!get_byte(byte))
            return false;
        value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
        if (byte < 0x80)
            return shift < 63 || byte <= 1;
    }
    return false;
}

bool ByteUnpacker::at_end() {
    Stream& s = *m_stream;
    return s.begin == s.end && !refill() && !s.failed && s.frame_done && s.in.pos == s.in.size;
}

}  // namespace quantwright
