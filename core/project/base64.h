#pragma once
// Base64 (RFC 4648, section 4).
#include <optional>
#include <string>
#include <string_view>

namespace quantwright {

[[nodiscard]] std::string base64_encode(std::string_view bytes);
/// Empty optional unless `text` is exactly what base64_encode() gives for some bytes.
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);

}  // namespace quantwright
