#include "widgets/window/recent_files.h"

#include <QFileInfo>
#include <QSettings>

namespace quantwright {
namespace {
constexpr qsizetype limit = 10;
const QString key = QStringLiteral("recent_files");
}  // namespace

QStringList recentFiles() {
    QStringList files = QSettings().value(key).toStringList();
    files.removeIf([](const QString& file) { return !QFileInfo::exists(file); });
    return files;
}

void addRecentFile(const QString& path) {
    QSettings settings;
    QStringList files = settings.value(key).toStringList();
    const QString absolute = QFileInfo(path).absoluteFilePath();
    files.removeAll(absolute);
    files.prepend(absolute);
    settings.setValue(key, files.mid(0, limit));
}

void clearRecentFiles() {
    QSettings().remove(key);
}

}  // namespace quantwright
