#pragma once
// What can be typed to mend what keeps a board from being reached; on the board as Bianbu wants it.
#include <filesystem>
#include <optional>
#include <string>

#include "core/base/error.h"
#include "core/board/address.h"
#include "core/board/install_key.h"

namespace quantwright {

struct Remedy {
    std::string command;   ///< one line for a shell
    bool on_board = true;  ///< else on this computer
};

/// For an error of connect(), install_key() or check_board(); empty where no command helps.
[[nodiscard]] std::optional<Remedy> remedy_of(const Error& error, const BoardAddress& address,
                                              const std::filesystem::path& known_hosts = {});

/// For a key that is installed, and that the board does not take all the same.
[[nodiscard]] Remedy remedy_of_key(const InstalledKey& installed);

}  // namespace quantwright
