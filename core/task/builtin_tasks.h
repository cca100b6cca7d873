#pragma once
#include <string_view>
#include <vector>

namespace quantwright {
/// The JSON texts of resources/tasks, in the order of their file names.
[[nodiscard]] const std::vector<std::string_view>& builtin_tasks();
}  // namespace quantwright
