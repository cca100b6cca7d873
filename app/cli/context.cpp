#include "app/cli/context.h"

#include <cstdio>

#include "app/cli/cli.h"
#include "widgets/words/words.h"

namespace quantwright::cli {

Context::Context(CancelToken token, bool quiet)
    : m_progress(quiet),
      m_job(std::move(token), [this](const Progress& progress) { m_progress.update(progress); }),
      m_quiet(quiet) {}

void Context::say(const QString& line) {
    m_progress.finish();
    if (!m_quiet)
        print_error(line);
}

void Context::say(const std::vector<Problem>& problems) {
    for (const Problem& problem : problems) {
        //: A problem: severity, sentence
        say(Cli::tr("%1: %2").arg(words::name(problem.severity), words::message(problem)));
        if (const QString hint = words::hint(problem); !hint.isEmpty())
            say(QStringLiteral("    %1").arg(hint));
    }
}

void print_error(const QString& line) {
    const QByteArray bytes = line.toUtf8() + '\n';
    std::fwrite(bytes.constData(), 1, static_cast<std::size_t>(bytes.size()), stderr);
}

void print(const QString& text) {
    const QByteArray bytes = text.toUtf8();
    std::fwrite(bytes.constData(), 1, static_cast<std::size_t>(bytes.size()), stdout);
    std::fflush(stdout);
}

}  // namespace quantwright::cli
