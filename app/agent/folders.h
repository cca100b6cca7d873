#pragma once
// Where shared libraries lie that the loader does not find by itself.
#include <string>
#include <vector>

namespace quantwright::agent {

/// Folders that are there, in the order in which they are tried.
[[nodiscard]] std::vector<std::string> library_folders();
/// Files in a folder whose names begin so, sorted.
[[nodiscard]] std::vector<std::string> files_beginning(const std::string& folder, const std::string& prefix);

}  // namespace quantwright::agent
