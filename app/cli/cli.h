#pragma once
// What the files of the command line share: the translation context and what a command gives back.
#include <QString>
#include <memory>
#include <string>

#include "core/base/error.h"
#include "core/base/json.h"
#include "core/base/result.h"
#include "widgets/results/text.h"

namespace quantwright::cli {

using namespace results;

inline constexpr int exit_done = 0, exit_failed = 1, exit_usage = 2, exit_cancelled = 130;

/// A finished command: what --json prints, and what people read.
struct Outcome {
    Json json;
    QString text;
    int exit_code = exit_done;
};

/// A usage error about an option or argument.
[[nodiscard]] inline tl::unexpected<Error> wrong_usage(const std::string& subject, const QString& detail) {
    return fail(ErrorCode::usage, subject, utf8(detail));
}

}  // namespace quantwright::cli
