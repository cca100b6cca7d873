#pragma once
#include <string_view>
#include <vector>

namespace quantwright {
/// The JSON texts of resources/targets, in the order of their file names.
[[nodiscard]] const std::vector<std::string_view>& builtin_targets();
/// resources/presets.json.
[[nodiscard]] std::string_view builtin_presets();
}  // namespace quantwright
