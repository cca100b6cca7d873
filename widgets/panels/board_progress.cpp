#include "widgets/panels/board_progress.h"

namespace quantwright {
namespace {

constexpr double rate_after_seconds = 0.4;  // before that it says more about buffers than about the line

}  // namespace

BoardProgress::Row BoardProgress::rowOf(Stage stage) {
    switch (stage) {
        case Stage::board_check:
            return Check;
        case Stage::board_wait:
            return Wait;
        case Stage::benchmark:
            return Measure;
        case Stage::profile:
            return Profile;
        case Stage::board_run:
        case Stage::evaluate:
            return Accuracy;
        default:  // exporting, writing the samples, sending them
            return Upload;
    }
}

void BoardProgress::begin() {
    m_states.fill(State::pending);
    m_seen.fill(false);
    m_current = RowCount;
    m_progress = {};
    m_rate.reset();
    JobProgress first;
    first.progress.stage = Stage::board_check;
    show(first, 0);
}

void BoardProgress::show(const JobProgress& progress, double now) {
    const Row row = rowOf(progress.progress.stage);
    const bool other = progress.progress.stage != m_progress.progress.stage ||
                       progress.progress.done < m_progress.progress.done;
    if (other || row != m_current) {
        m_first_done = progress.progress.done;
        m_first_time = now;
        m_rate.reset();
    } else if (now - m_first_time > rate_after_seconds && progress.progress.done > m_first_done) {
        m_rate = static_cast<double>(progress.progress.done - m_first_done) / (now - m_first_time);
    }
    m_progress = progress;
    m_current = row;
    m_seen[row] = true;
    // The agent is sent while the board is checked: the way is not straight.
    for (int i = 0; i < RowCount; ++i)
        m_states[static_cast<std::size_t>(i)] = i == row ? State::running
                                                : i < row && m_seen[static_cast<std::size_t>(i)]
                                                    ? State::done
                                                    : State::pending;
}

void BoardProgress::end(End end) {
    for (std::size_t i = 0; i < RowCount; ++i) {
        if (m_states[i] == State::running)
            m_states[i] = end == End::failed ? State::failed : State::pending;
        if (end == End::succeeded)
            m_states[i] = m_seen[i] ? State::done : State::pending;
    }
    m_current = RowCount;
}

}  // namespace quantwright
