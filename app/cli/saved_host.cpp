#include "app/cli/saved_host.h"

#include <QStandardPaths>

#include "app/cli/cli.h"
#include "widgets/words/words.h"

namespace quantwright::cli {

namespace {

/// Where the window has its own: its organization and its name are the same.
std::filesystem::path users(QStandardPaths::StandardLocation location, const char* name) {
    return std::filesystem::path(QStandardPaths::writableLocation(location).toStdString()) / "quantwright" /
           "quantwright" / name;
}

}  // namespace

std::filesystem::path history_folder() {
    return users(QStandardPaths::GenericDataLocation, "board-history");
}

SavedBoard take_saved(HostOptions& options, Context& context) {
    const auto boards = load_boards(users(QStandardPaths::GenericConfigLocation, "boards.json"));
    if (!boards) {
        context.say(words::message(boards.error()));
        return {};
    }
    const SavedBoard* board = find_board(*boards, options.host);
    if (!board)
        return {};
    options.host = board->address;
    if (options.identity.empty())
        options.identity = board->identity.string();
    return *board;
}

}  // namespace quantwright::cli
