#pragma once
// PNG files of given bytes, uncompressed: for masks and small images.
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace quantwright::testing {

/// `color`: 0 gray, 2 RGB, 3 palette (PNG, 11.2.2). `rows`: the packed bytes of all rows.
inline void write_png(const std::filesystem::path& path, int width, int height, int depth, int color,
                      const std::vector<std::uint8_t>& rows, const std::vector<std::uint8_t>& palette = {}) {
    const auto big = [](std::uint32_t value) {
        std::string bytes;
        for (int shift = 24; shift >= 0; shift -= 8)
            bytes += static_cast<char>(value >> shift & 255);
        return bytes;
    };
    const auto chunk = [&](const std::string& type, const std::string& data) {
        std::uint32_t crc = 0xffffffffU;
        for (const char c : type + data) {
            crc ^= static_cast<std::uint8_t>(c);
            for (int bit = 0; bit < 8; ++bit)
                crc = crc >> 1 ^ (crc & 1 ? 0xedb88320U : 0);
        }
        return big(static_cast<std::uint32_t>(data.size())) + type + data + big(~crc);
    };
    std::string filtered;
    const std::size_t row = rows.size() / static_cast<std::size_t>(height);
    for (std::size_t at = 0; at < rows.size(); at += row) {
        filtered += '\0';
        filtered.append(rows.begin() + static_cast<std::ptrdiff_t>(at),
                        rows.begin() + static_cast<std::ptrdiff_t>(at + row));
    }
    std::string zlib = "\x78\x01";
    std::uint32_t a = 1, b = 0;
    for (const char c : filtered) {
        a = (a + static_cast<std::uint8_t>(c)) % 65521;
        b = (b + a) % 65521;
    }
    for (std::size_t at = 0; at < filtered.size(); at += 65535) {
        const std::string part = filtered.substr(at, 65535);
        zlib += at + part.size() == filtered.size() ? '\1' : '\0';
        for (const unsigned length :
             {static_cast<unsigned>(part.size()), ~static_cast<unsigned>(part.size())}) {
            zlib += static_cast<char>(length & 255);
            zlib += static_cast<char>(length >> 8 & 255);
        }
        zlib += part;
    }
    zlib += big(b << 16 | a);
    std::string header = big(static_cast<std::uint32_t>(width)) + big(static_cast<std::uint32_t>(height));
    for (const int byte : {depth, color, 0, 0, 0})
        header += static_cast<char>(byte);
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary)
        << std::string("\x89PNG\r\n\x1a\n", 8) << chunk("IHDR", header)
        << (palette.empty() ? std::string() : chunk("PLTE", std::string(palette.begin(), palette.end())))
        << chunk("IDAT", zlib) << chunk("IEND", {});
}

/// A gray image, one byte a pixel.
inline void write_gray_png(const std::filesystem::path& path, int width, int height,
                           const std::vector<std::uint8_t>& pixels) {
    write_png(path, width, height, 8, 0, pixels);
}

}  // namespace quantwright::testing
