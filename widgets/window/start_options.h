#pragma once
// quantwright [MODEL|PROJECT|X.json] [--images DIR] [--lang zh|en] [--sample]
#include <QString>
#include <QStringList>
#include <optional>

namespace quantwright {

struct StartOptions {
    QString file, images, language;
    bool help = false, version = false, sample = false;
};

/// Empty: the command line is wrong, and `message` says how. `arguments` with the program's name first.
[[nodiscard]] std::optional<StartOptions> parseStart(const QStringList& arguments, QString& message);
[[nodiscard]] QString startHelp();

}  // namespace quantwright
