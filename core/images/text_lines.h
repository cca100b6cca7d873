#pragma once
// Lines of list, label and class files: a path or name, perhaps followed by a label.
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quantwright {

struct PathLine {
    std::string path;           ///< without the number
    std::optional<int> number;  ///< the last column, where it is a whole number
    std::string text;           ///< the whole line
};

[[nodiscard]] std::string_view trimmed(std::string_view text);

/// The text of a file as UTF-8: UTF-16 with a byte order mark is converted, UTF-8's mark taken off. What is
/// no valid UTF-16 becomes U+FFFD.
[[nodiscard]] std::string utf8_text(std::string_view bytes);

/// Every line, trimmed; "\r\n" and "\r" end lines too. Blank ones at the end are left out.
[[nodiscard]] std::vector<std::string> text_lines(std::string_view utf8);

/// Blank lines and lines that begin with '#' are left out. Paths may hold blanks: only a last column that is
/// a whole number (after blanks, a comma or a semicolon) is the number. Quotes around a column are taken off.
[[nodiscard]] std::vector<PathLine> path_lines(std::string_view utf8);

/// Every way to read a line as two columns, the first column growing: "a b c" is ("a", "b c") and ("a b",
/// "c").
[[nodiscard]] std::vector<std::pair<std::string, std::string>> column_pairs(std::string_view line);

/// Windows' separators as '/'.
[[nodiscard]] std::string with_slashes(std::string path);

}  // namespace quantwright
