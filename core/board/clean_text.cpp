#include "core/board/clean_text.h"

#include <cstdint>

namespace quantwright {

namespace {

struct Character {
    std::uint32_t code = 0xfffd;
    std::size_t bytes = 1;
    bool valid = false;
};

/// The first character (RFC 3629: no overlong forms, no surrogates).
Character first_of(std::string_view text) {
    const auto byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])) : 0U;
    };
    const std::uint32_t lead = byte(0);
    if (lead < 0x80)
        return {lead, 1, true};
    const std::size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4)
        return {};
    std::uint32_t code = lead & (0x7fU >> bytes);
    for (std::size_t i = 1; i < bytes; ++i) {
        if ((byte(i) & 0xc0U) != 0x80)
            return {};
        code = code << 6U | (byte(i) & 0x3fU);
    }
    constexpr std::uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (code < smallest[bytes] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
        return {};
    return {code, bytes, true};
}

bool steers(std::uint32_t code) {
    return code < 0x20 || (code >= 0x7f && code <= 0x9f) || code == 0x61c || code == 0x200e ||
           code == 0x200f || (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) ||
           code == 0xfeff;
}

}  // namespace

std::string clean_text(std::string_view text, std::size_t longest) {
    constexpr std::string_view replacement = "\xef\xbf\xbd", ellipsis = "\xe2\x80\xa6";
    std::string result;
    bool space = false;
    std::size_t fits = 0;  // where an ellipsis still finds room
    while (!text.empty() && result.size() <= longest) {
        const Character character = first_of(text);
        const std::string_view bytes = character.valid ? text.substr(0, character.bytes) : replacement;
        text.remove_prefix(character.bytes);
        if (steers(character.code) || bytes == " ") {
            space = !result.empty();
            continue;
        }
        if (space)
            result += ' ';
        space = false;
        result += bytes;
        if (result.size() + ellipsis.size() <= longest)
            fits = result.size();
    }
    if (result.size() > longest) {
        result.resize(fits);
        result += ellipsis;
    }
    return result;
}

}  // namespace quantwright
