#pragma once
// Lines of list and label files: a path, perhaps followed by an integer.
#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quantwright {

struct PathLine {
    std::string path;
    std::optional<int> number;
};

inline std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n\v\f";
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// Blank lines and lines that begin with '#' are left out. Paths may hold blanks: only a last column that is
/// a whole number (after blanks or a comma) is the number.
inline std::vector<PathLine> path_lines(std::string_view text) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (text.starts_with(byte_order_mark))
        text.remove_prefix(byte_order_mark.size());
    std::vector<PathLine> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.empty() || line.front() == '#')
            continue;
        PathLine parsed{std::string(line), std::nullopt};
        const std::size_t separator = line.find_last_of(" \t,");
        if (separator != std::string_view::npos) {
            const std::string_view last = line.substr(separator + 1);
            int number = 0;
            const auto [at, error] = std::from_chars(last.data(), last.data() + last.size(), number);
            std::string_view path = trimmed(line.substr(0, separator));
            if (path.ends_with(','))
                path = trimmed(path.substr(0, path.size() - 1));
            if (error == std::errc() && at == last.data() + last.size() && !path.empty())
                parsed = {std::string(path), number};
        }
        lines.push_back(std::move(parsed));
    }
    return lines;
}

}  // namespace quantwright
