#pragma once
// Boards kept by name: a list in a JSON file that people may read and write too. It holds no secrets.
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace quantwright {

struct SavedBoard {
    std::string name;                ///< one of a kind in its list
    std::string address;             ///< as typed: "user@host:port", or an alias of ~/.ssh/config
    std::filesystem::path identity;  ///< private key; empty: the usual ones
    std::string runtime;             ///< library on the board; empty: found there
    int threads = 0;                 ///< 0: as many as the runtime likes
    friend bool operator==(const SavedBoard&, const SavedBoard&) = default;
};

/// In the user's order. Without a file the list is empty. Errors: board.list for a file that can't be read or
/// is no such list.
Result<std::vector<SavedBoard>> load_boards(const std::filesystem::path& file);

/// Whole or not at all; the folder is made if need be. A file that load_boards() can't read is left as it is
/// (board.list). Errors also: board.name, board.address, output.*.
Status save_boards(const std::filesystem::path& file, const std::vector<SavedBoard>& boards);

/// Null where none has this name.
[[nodiscard]] const SavedBoard* find_board(const std::vector<SavedBoard>& boards, std::string_view name);

/// One line of at most 80 characters that begins and ends with something to see.
[[nodiscard]] bool is_board_name(std::string_view name);

/// `wanted`, or with a number behind it if a board of the list has that name.
[[nodiscard]] std::string free_board_name(const std::vector<SavedBoard>& boards, const std::string& wanted);

}  // namespace quantwright
