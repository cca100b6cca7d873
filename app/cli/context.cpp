#include "app/cli/context.h"

#include <algorithm>
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
    // Many layers often have the same problem: the first few are told, and what to do about it once.
    constexpr std::size_t told = 3;
    std::vector<std::string> codes;
    for (const Problem& problem : problems)
        if (std::find(codes.begin(), codes.end(), problem.code) == codes.end())
            codes.push_back(problem.code);
    for (const std::string& code : codes) {
        std::vector<const Problem*> kind;
        for (const Problem& problem : problems)
            if (problem.code == code)
                kind.push_back(&problem);
        for (std::size_t i = 0; i < std::min(told, kind.size()); ++i)
            //: A problem: severity, sentence
            say(Cli::tr("%1: %2").arg(words::name(kind[i]->severity), words::message(*kind[i])));
        if (kind.size() > told)
            say(Cli::tr("    %n more of this kind; --json lists all", nullptr,
                        static_cast<int>(kind.size() - told)));
        if (const QString hint = words::hint(*kind.front()); !hint.isEmpty())
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
