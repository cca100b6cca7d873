#include "app/cli/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "app/cli/cli.h"
#include "widgets/results/format.h"
#include "widgets/results/table.h"
#include "widgets/words/words.h"

namespace quantwright::cli {

namespace {

constexpr auto k_bar_interval = std::chrono::milliseconds(100);
constexpr auto k_line_interval = std::chrono::seconds(2);

void write(const QString& text) {
    const QByteArray bytes = text.toUtf8();
    std::fwrite(bytes.constData(), 1, static_cast<std::size_t>(bytes.size()), stderr);
    std::fflush(stderr);
}

int terminal_columns() {
    winsize size = {};
    return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

double seconds_between(std::chrono::steady_clock::time_point from, std::chrono::steady_clock::time_point to) {
    return std::chrono::duration<double>(to - from).count();
}

/// Stages whose end is worth a line however short they were.
bool is_work(Stage stage) {
    return stage != Stage::open && stage != Stage::prepare;
}

/// Files are opened and sent byte by byte, everything else goes by pieces.
bool in_bytes(Stage stage) {
    return stage == Stage::open || stage == Stage::upload;
}

/// Counted in what its parts cost: only the share says something.
bool in_shares(Stage stage) {
    return stage == Stage::improve;
}

QString amount(Stage stage, std::int64_t number) {
    return in_bytes(stage) ? bytes(number) : QString::number(number);
}

}  // namespace

ProgressPrinter::ProgressPrinter(bool quiet)
    : m_style(quiet                     ? Style::none
              : ::isatty(STDERR_FILENO) ? Style::bar
                                        : Style::lines) {}

ProgressPrinter::~ProgressPrinter() {
    finish();
}

void ProgressPrinter::update(const Progress& progress) {
    if (m_style == Style::none)
        return;
    const std::lock_guard lock(m_mutex);
    const auto now = Clock::now();
    if (!m_current || m_current->stage != progress.stage || progress.done < m_current->done ||
        progress.total != m_current->total) {
        end_stage();
        begin(progress);
    }
    m_current = progress;
    const bool complete = progress.total > 0 && progress.done >= progress.total;
    if (m_style == Style::bar && (complete || now - m_printed >= k_bar_interval))
        print_bar();
    // A short stage is said once, at its end; a long one every few seconds.
    if (m_style == Style::lines && now - m_printed >= k_line_interval && !complete)
        print_line();
}

void ProgressPrinter::finish() {
    const std::lock_guard lock(m_mutex);
    end_stage();
}

void ProgressPrinter::begin(const Progress& progress) {
    m_printed_done = -1;
    m_current = progress;
    m_started = Clock::now();
    m_printed = m_style == Style::bar ? m_started - k_bar_interval : m_started;
}

void ProgressPrinter::end_stage() {
    if (m_line_open) {
        print_bar();
        write(QStringLiteral("\n"));
    } else if (m_style == Style::lines && m_current &&
               m_current->done > std::max<std::int64_t>(0, m_printed_done) &&
               (is_work(m_current->stage) || Clock::now() - m_started >= k_line_interval)) {
        print_line();
    }
    m_line_open = false;
    m_current.reset();
}

QString ProgressPrinter::figures() const {
    const double seconds = seconds_between(m_started, Clock::now());
    const auto done = static_cast<double>(m_current->done);
    QString text;
    if (in_shares(m_current->stage) && m_current->total > 0)
        text = QStringLiteral("%1 %").arg(100 * m_current->done / m_current->total);
    else if (m_current->total > 0)
        text =
            Cli::tr("%1 of %2")
                .arg(amount(m_current->stage, m_current->done), amount(m_current->stage, m_current->total));
    else if (m_current->done > 0)
        text = amount(m_current->stage, m_current->done);
    if (seconds < 0.5 || done <= 0 || m_current->stage == Stage::open)
        return text;
    const double rate = done / seconds;
    if (!in_shares(m_current->stage))
        text += QStringLiteral(" · ") + Cli::tr("%1/s").arg(in_bytes(m_current->stage)
                                                                ? bytes(static_cast<std::int64_t>(rate))
                                                                : significant(rate, 3));
    if (m_current->total > m_current->done)
        text +=
            QStringLiteral(" · ") +
            Cli::tr("%1 left").arg(duration(static_cast<double>(m_current->total - m_current->done) / rate));
    else
        text += QStringLiteral(" · ") + duration(seconds);
    return text;
}

void ProgressPrinter::print_bar() {
    m_printed = Clock::now();
    const QString name = words::name(m_current->stage);
    const QString numbers = figures();
    constexpr int longest = 30;
    const int room = terminal_columns() - columns(name) - columns(numbers) - 8;
    QString bar;
    if (m_current->total > 0 && room >= 10) {
        const int width = std::min(room, longest);
        const auto filled =
            static_cast<int>(width * std::min(m_current->done, m_current->total) / m_current->total);
        bar = QStringLiteral("[%1%2] ").arg(QString(filled, u'#'), QString(width - filled, u'.'));
    }
    write(QStringLiteral("\r%1  %2%3\x1b[K").arg(name, bar, numbers));
    m_line_open = true;
}

void ProgressPrinter::print_line() {
    m_printed_done = m_current->done;
    m_printed = Clock::now();
    write(QStringLiteral("%1  %2\n").arg(words::name(m_current->stage), figures()));
}

}  // namespace quantwright::cli
