#pragma once
// The files opened last, newest first, kept in the settings.
#include <QString>
#include <QStringList>

namespace quantwright {

[[nodiscard]] QStringList recentFiles();  ///< those that still exist
void addRecentFile(const QString& path);
void clearRecentFiles();

}  // namespace quantwright
