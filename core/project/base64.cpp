#include "core/project/base64.h"

#include <array>
#include <cstdint>

namespace quantwright {

namespace {

constexpr std::string_view k_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<int, 256> inverse_alphabet() {
    std::array<int, 256> inverse{};
    for (auto& value : inverse)
        value = -1;
    for (std::size_t i = 0; i < k_alphabet.size(); ++i)
        inverse[static_cast<std::uint8_t>(k_alphabet[i])] = static_cast<int>(i);
    return inverse;
}

}  // namespace

std::string base64_encode(std::string_view bytes) {
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t group = 0;
        for (std::size_t j = 0; j < 3; ++j)
            group = group << 8 | (j < count ? static_cast<std::uint8_t>(bytes[i + j]) : 0u);
        for (std::size_t j = 0; j < 4; ++j)
            text.push_back(j <= count ? k_alphabet[group >> (18 - 6 * j) & 63] : '=');
    }
    return text;
}

std::optional<std::string> base64_decode(std::string_view text) {
    static constexpr auto inverse = inverse_alphabet();
    if (text.size() % 4 != 0)
        return std::nullopt;
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
    const std::size_t digits = text.size() - padding;
    std::string bytes;
    bytes.reserve(text.size() / 4 * 3);
    std::uint32_t group = 0;
    int bits = 0;
    for (std::size_t i = 0; i < digits; ++i) {
        const int digit = inverse[static_cast<std::uint8_t>(text[i])];
        if (digit < 0)
            return std::nullopt;
        group = (group << 6 | static_cast<std::uint32_t>(digit)) & 0xffffff;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes.push_back(static_cast<char>(group >> bits & 0xff));
        }
    }
    if ((group & ((1u << bits) - 1)) != 0)  // bits that stand for nothing
        return std::nullopt;
    return bytes;
}

}  // namespace quantwright
