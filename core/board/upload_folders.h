#pragma once
// Where upload() puts files and clean_up() looks for them.
#include <string>
#include <string_view>

#include "core/board/upload.h"

namespace quantwright {

inline constexpr std::string_view part_suffix = ".part";

/// Below the home folder, where an SFTP server starts.
[[nodiscard]] inline std::string path_of(BoardFolder folder) {
    std::string path = ".cache/quantwright/";
    path += folder == BoardFolder::agents ? "agents" : folder == BoardFolder::models ? "models" : "samples";
    return path;
}

}  // namespace quantwright
