#pragma once
// What the files of results and of the command line share: the translation context, and strings both ways.
#include <QCoreApplication>
#include <QString>
#include <string>
#include <string_view>

/// Translation context of everything the command line says by itself, and of figures that reports show too.
struct Cli {
    Q_DECLARE_TR_FUNCTIONS(Cli)
};

namespace quantwright::results {

[[nodiscard]] inline std::string utf8(const QString& text) {
    return text.toStdString();
}
[[nodiscard]] inline QString text(const std::string& utf8) {
    return QString::fromStdString(utf8);
}
[[nodiscard]] inline QString text(std::string_view utf8) {
    return QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size()));
}

}  // namespace quantwright::results
