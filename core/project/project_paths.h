#pragma once
// Paths as a project file keeps them.
#include <filesystem>
#include <string>

namespace quantwright {

/// Relative to `folder` where it leads at most three folders up, so that a project moves together with its
/// files; else absolute. With `/` between the parts; an empty path stays empty.
[[nodiscard]] std::string path_to_save(const std::filesystem::path& path,
                                       const std::filesystem::path& folder);
/// Absolute.
[[nodiscard]] std::filesystem::path path_from_saved(const std::string& saved,
                                                    const std::filesystem::path& folder);

}  // namespace quantwright
