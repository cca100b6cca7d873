#pragma once
// What the window and the command line both keep: boards by name, for --host, and what was measured on them.
#include "app/cli/board_connect.h"
#include "core/board/saved_boards.h"

namespace quantwright::cli {

/// Where options.host is such a name, its address takes the place, and its key where none was given. Returns
/// the board, empty where there is none of that name. A list that can't be read is told of and left aside.
SavedBoard take_saved(HostOptions& options, Context& context);

/// The folder of core/board/history, the user's.
[[nodiscard]] std::filesystem::path history_folder();

}  // namespace quantwright::cli
