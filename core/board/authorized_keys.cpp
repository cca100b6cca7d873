#include "core/board/authorized_keys.h"

#include <algorithm>

namespace quantwright {

namespace {

constexpr std::string_view blanks = " \t\r";

/// The next word; one with quotes goes on over the blanks in them, where \" does not end it.
std::string_view take_word(std::string_view& line) {
    line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
    bool quoted = false;
    std::size_t end = 0;
    for (; end < line.size() && (quoted || blanks.find(line[end]) == std::string_view::npos); ++end) {
        if (line[end] == '\\' && end + 1 < line.size() && line[end + 1] == '"')
            ++end;
        else if (line[end] == '"')
            quoted = !quoted;
    }
    const std::string_view word = line.substr(0, end);
    line.remove_prefix(end);
    return word;
}

bool line_lets_in(std::string_view line, const PublicKey& key) {
    std::string_view word = take_word(line);
    if (word.starts_with('#'))
        return false;
    if (word != key.type) {
        if (word.find("cert-authority") != std::string_view::npos)
            return false;
        word = take_word(line);  // those were options
    }
    return word == key.type && take_word(line) == key.base64;
}

}  // namespace

bool lets_in(std::string_view text, const PublicKey& key) {
    while (!text.empty()) {
        const auto end = text.find('\n');
        if (line_lets_in(text.substr(0, end), key))
            return true;
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return false;
}

std::string with_key(std::string text, const PublicKey& key) {
    if (!text.empty() && text.back() != '\n')
        text += '\n';
    text += key.line() + '\n';
    return text;
}

}  // namespace quantwright
