#pragma once
// What a running command talks to: cancel, progress, messages.
#include <QString>
#include <vector>

#include "app/cli/progress.h"
#include "core/base/job.h"

namespace quantwright::cli {

class Context {
public:
    Context(CancelToken token, bool quiet);

    [[nodiscard]] const JobContext& job() const { return m_job; }
    [[nodiscard]] bool cancelled() const { return m_job.cancelled(); }
    /// A line on stderr; none with --quiet.
    void say(const QString& line);
    /// Problems and what to do about them, on stderr.
    void say(const std::vector<Problem>& problems);
    /// Progress ends here; what follows is the result.
    void finish() { m_progress.finish(); }

private:
    ProgressPrinter m_progress;
    JobContext m_job;
    bool m_quiet;
};

/// A line on stderr or stdout, in UTF-8 whatever the locale.
void print_error(const QString& line);
void print(const QString& text);

}  // namespace quantwright::cli
