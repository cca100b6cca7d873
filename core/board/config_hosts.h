#pragma once
// The hosts that an OpenSSH client configuration names. Private to core/board.
#include <filesystem>
#include <string>
#include <vector>

namespace quantwright {

struct ConfigHost {
    std::string alias;
    std::string host_name;  ///< that it stands for, where that is said
};

/// In the file's order, patterns left out; files that it includes are read too. A file that is not there has
/// none.
[[nodiscard]] std::vector<ConfigHost> config_hosts(const std::filesystem::path& config);

}  // namespace quantwright
