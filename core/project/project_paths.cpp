#include "core/project/project_paths.h"

#include <algorithm>

namespace quantwright {

namespace fs = std::filesystem;

namespace {
fs::path whole(const fs::path& path) {
    return fs::absolute(path).lexically_normal();
}
}  // namespace

std::string path_to_save(const fs::path& path, const fs::path& folder) {
    constexpr int most_up = 3;
    if (path.empty())
        return {};
    // By name, not by what links lead to: the file is found again where the user saw it.
    const fs::path target = whole(path), base = whole(folder);
    const fs::path relative = target.lexically_relative(base);
    const auto up = std::count(relative.begin(), relative.end(), "..");
    const auto depth = std::distance(base.begin(), base.end()) - 1;  // folders below the root
    const bool shares_a_parent = up == 0 || up < depth;
    return (relative.empty() || up > most_up || !shares_a_parent ? target : relative).generic_string();
}

fs::path path_from_saved(const std::string& saved, const fs::path& folder) {
    if (saved.empty())
        return {};
    return whole(whole(folder) / saved);
}

}  // namespace quantwright
