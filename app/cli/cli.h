#pragma once
// What the files of the command line share: the translation context and what a command gives back.
#include <QCoreApplication>
#include <QString>
#include <memory>
#include <string>

#include "core/base/error.h"
#include "core/base/json.h"
#include "core/base/result.h"

/// Translation context of everything the command line says by itself.
struct Cli {
    Q_DECLARE_TR_FUNCTIONS(Cli)
};

namespace quantwright::cli {

inline constexpr int exit_done = 0, exit_failed = 1, exit_usage = 2, exit_cancelled = 130;

/// A finished command: what --json prints, and what people read.
struct Outcome {
    Json json;
    QString text;
    int exit_code = exit_done;
};

[[nodiscard]] inline std::string utf8(const QString& text) {
    return text.toStdString();
}
[[nodiscard]] inline QString text(const std::string& utf8) {
    return QString::fromStdString(utf8);
}
[[nodiscard]] inline QString text(std::string_view utf8) {
    return QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size()));
}

/// A usage error about an option or argument.
[[nodiscard]] inline tl::unexpected<Error> wrong_usage(const std::string& subject, const QString& detail) {
    return fail(ErrorCode::usage, subject, utf8(detail));
}

}  // namespace quantwright::cli
