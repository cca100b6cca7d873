#pragma once
// What a board says is shown on terminals and in windows: nothing in it may steer them.
#include <string>
#include <string_view>

namespace quantwright {

/// Valid UTF-8 of at most `longest` bytes, without control characters (C0, DEL, C1), without marks that turn
/// the direction of text, without line separators: each run of those becomes one space. Bytes that are no
/// UTF-8 become U+FFFD; what is cut off ends with an ellipsis.
[[nodiscard]] std::string clean_text(std::string_view text, std::size_t longest = 256);

}  // namespace quantwright
