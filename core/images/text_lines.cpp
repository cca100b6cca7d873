#include "core/images/text_lines.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace quantwright {
namespace {

constexpr std::string_view separators = " \t,;";

void append_utf8(std::string& text, std::uint32_t code) {
    const auto put = [&](std::uint32_t byte) { text += static_cast<char>(static_cast<unsigned char>(byte)); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xc0 | code >> 6);
        put(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        put(0xe0 | code >> 12);
        put(0x80 | (code >> 6 & 0x3f));
        put(0x80 | (code & 0x3f));
    } else {
        put(0xf0 | code >> 18);
        put(0x80 | (code >> 12 & 0x3f));
        put(0x80 | (code >> 6 & 0x3f));
        put(0x80 | (code & 0x3f));
    }
}

std::string from_utf16(std::string_view bytes, bool big_endian) {
    constexpr std::uint32_t replacement = 0xfffd;
    const auto unit = [&](std::size_t at) {
        const auto first = static_cast<unsigned char>(bytes[at]);
        const auto second = static_cast<unsigned char>(bytes[at + 1]);
        return big_endian ? std::uint32_t{first} << 8 | second : std::uint32_t{second} << 8 | first;
    };
    const auto is_low = [](std::uint32_t code) { return code >= 0xdc00 && code < 0xe000; };
    std::string text;
    for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) {
        std::uint32_t code = unit(at);
        if (code >= 0xd800 && code < 0xdc00 && at + 3 < bytes.size() && is_low(unit(at + 2))) {
            code = 0x10000 + ((code - 0xd800) << 10) + (unit(at + 2) - 0xdc00);
            at += 2;
        } else if (code >= 0xd800 && code < 0xe000) {
            code = replacement;
        }
        append_utf8(text, code);
    }
    return text;
}

std::string_view unquoted(std::string_view text) {
    return text.size() >= 2 && text.front() == '"' && text.back() == '"'
               ? trimmed(text.substr(1, text.size() - 2))
               : text;
}

std::string_view without_separators(std::string_view text) {
    text = trimmed(text);
    while (text.ends_with(',') || text.ends_with(';'))
        text = trimmed(text.substr(0, text.size() - 1));
    return unquoted(text);
}

PathLine parse(const std::string& line) {
    PathLine parsed{std::string(unquoted(line)), std::nullopt, line};
    const std::size_t separator = line.find_last_of(separators);
    if (separator == std::string::npos)
        return parsed;
    const std::string_view last = unquoted(std::string_view(line).substr(separator + 1));
    const std::string_view path = without_separators(std::string_view(line).substr(0, separator));
    int number = 0;
    const auto [at, error] = std::from_chars(last.data(), last.data() + last.size(), number);
    if (error == std::errc() && at == last.data() + last.size() && !path.empty()) {
        parsed.path = path;
        parsed.number = number;
    }
    return parsed;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n\v\f";
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string utf8_text(std::string_view bytes) {
    constexpr std::string_view utf8_mark = "\xEF\xBB\xBF", little_mark = "\xFF\xFE", big_mark = "\xFE\xFF";
    if (bytes.starts_with(utf8_mark))
        return std::string(bytes.substr(utf8_mark.size()));
    if (bytes.starts_with(little_mark) || bytes.starts_with(big_mark))
        return from_utf16(bytes.substr(2), bytes.starts_with(big_mark));
    return std::string(bytes);
}

std::vector<std::string> text_lines(std::string_view utf8) {
    std::vector<std::string> lines;
    while (!utf8.empty()) {
        const std::size_t end = std::min(utf8.find_first_of("\r\n"), utf8.size());
        lines.emplace_back(trimmed(utf8.substr(0, end)));
        utf8.remove_prefix(end);
        utf8.remove_prefix(utf8.starts_with("\r\n") ? 2 : std::min<std::size_t>(1, utf8.size()));
    }
    while (!lines.empty() && lines.back().empty())
        lines.pop_back();
    return lines;
}

std::vector<PathLine> path_lines(std::string_view utf8) {
    std::vector<PathLine> lines;
    for (const std::string& line : text_lines(utf8))
        if (!line.empty() && line.front() != '#')
            lines.push_back(parse(line));
    return lines;
}

std::vector<std::pair<std::string, std::string>> column_pairs(std::string_view line) {
    std::vector<std::pair<std::string, std::string>> pairs;
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        quoted = quoted != (line[i] == '"');
        if (quoted || separators.find(line[i]) == std::string_view::npos)
            continue;
        const std::string_view first = without_separators(line.substr(0, i));
        const std::string_view second = unquoted(trimmed(line.substr(i + 1)));
        if (!first.empty() && !second.empty())
            pairs.emplace_back(first, second);
    }
    return pairs;
}

std::string with_slashes(std::string path) {
    std::replace(path.begin(), path.end(), '\\', '/');
    return path;
}

}  // namespace quantwright
