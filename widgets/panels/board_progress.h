#pragma once
// How far a deployment is, step by step: a value, so that each board of the list has its own.
#include <array>
#include <cstdint>
#include <optional>

#include "widgets/jobs/job_runner.h"

namespace quantwright {

class BoardProgress {
public:
    enum Row { Check, Wait, Upload, Measure, Profile, Accuracy, RowCount };
    enum class State { pending, running, done, failed };
    enum class End { succeeded, failed, cancelled };

    void begin();
    /// `now` in seconds of any steady clock.
    void show(const JobProgress& progress, double now);
    void end(End end);

    [[nodiscard]] State state(Row row) const { return m_states[row]; }
    /// What was last reported.
    [[nodiscard]] const JobProgress& last() const { return m_progress; }
    /// Units a second of the stage that is under way.
    [[nodiscard]] const std::optional<double>& rate() const { return m_rate; }
    [[nodiscard]] static Row rowOf(Stage stage);

private:
    std::array<State, RowCount> m_states{};
    std::array<bool, RowCount> m_seen{};
    Row m_current = RowCount;
    JobProgress m_progress;
    // Of the file or run of images that is under way.
    std::int64_t m_first_done = 0;
    double m_first_time = 0;
    std::optional<double> m_rate;
};

}  // namespace quantwright
