#pragma once
// Progress on stderr: a bar with rate and time left on a terminal, plain lines now and then elsewhere.
#include <QString>
#include <chrono>
#include <mutex>
#include <optional>

#include "core/base/job.h"

namespace quantwright::cli {

class ProgressPrinter {
public:
    enum class Style { none, bar, lines };
    /// The style that fits stderr.
    explicit ProgressPrinter(bool quiet);
    ~ProgressPrinter();

    /// From any thread.
    void update(const Progress& progress);
    /// Ends the line of the bar, if there is one; before anything else is printed.
    void finish();

private:
    using Clock = std::chrono::steady_clock;
    void begin(const Progress& progress);
    void end_stage();
    void print_bar();
    void print_line();
    [[nodiscard]] QString figures() const;

    std::mutex m_mutex;
    Style m_style;
    std::optional<Progress> m_current;
    Clock::time_point m_started, m_printed;
    bool m_line_open = false;          ///< a bar is on the terminal
    std::int64_t m_printed_done = -1;  ///< what the last line of this stage said
};

}  // namespace quantwright::cli
