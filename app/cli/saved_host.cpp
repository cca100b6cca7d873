#include "app/cli/saved_host.h"

#include <QStandardPaths>

#include "app/cli/cli.h"
#include "widgets/words/words.h"

namespace quantwright::cli {

SavedBoard take_saved(HostOptions& options, Context& context) {
    // The window's QStandardPaths::AppConfigLocation: its organization and its name are the same.
    const QString file = QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation) +
                         QStringLiteral("/quantwright/quantwright/boards.json");
    const auto boards = load_boards(file.toStdString());
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
