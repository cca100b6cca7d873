#pragma once
// What a deployment is doing: its steps with how far, how fast and how long still.
#include <QWidget>
#include <array>
#include <optional>

#include "widgets/jobs/job_runner.h"

class QLabel;

namespace quantwright {

class BoardSteps : public QWidget {
    Q_OBJECT
public:
    enum Row { Check, Wait, Upload, Measure, Profile, Accuracy, RowCount };
    enum class State { pending, running, done, failed };
    enum class End { succeeded, failed, cancelled };

    explicit BoardSteps(QWidget* parent = nullptr);
    void begin();
    /// `now` in seconds of any steady clock.
    void show(const JobProgress& progress, double now);
    void end(End end);

    [[nodiscard]] State state(Row row) const { return m_states[row]; }
    [[nodiscard]] QString statusText(Row row) const;
    [[nodiscard]] static Row rowOf(Stage stage);

protected:
    void changeEvent(QEvent* event) override;

private:
    [[nodiscard]] static QString nameOf(Row row);
    [[nodiscard]] QString rateText() const;
    void refresh();

    std::array<State, RowCount> m_states{};
    std::array<bool, RowCount> m_seen{};
    Row m_current = RowCount;
    JobProgress m_progress;
    // Of the file or run of images that is under way.
    std::int64_t m_first_done = 0;
    double m_first_time = 0;
    std::optional<double> m_rate;  ///< units a second
    std::array<QLabel*, RowCount> m_marks{}, m_names{}, m_status{};
};

}  // namespace quantwright
