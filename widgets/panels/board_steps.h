#pragma once
// What a deployment is doing: its steps with how far, how fast and how long still.
#include <QWidget>
#include <array>

#include "widgets/panels/board_progress.h"

class QLabel;

namespace quantwright {

class BoardSteps : public QWidget {
    Q_OBJECT
public:
    using Row = BoardProgress::Row;
    using State = BoardProgress::State;
    using End = BoardProgress::End;
    static constexpr Row Check = BoardProgress::Check, Wait = BoardProgress::Wait,
                         Upload = BoardProgress::Upload, Measure = BoardProgress::Measure,
                         Profile = BoardProgress::Profile, Accuracy = BoardProgress::Accuracy,
                         RowCount = BoardProgress::RowCount;

    explicit BoardSteps(QWidget* parent = nullptr);
    /// Of whichever board is looked at.
    void setProgress(const BoardProgress& progress);
    void begin();
    void show(const JobProgress& progress, double now);
    void end(End end);

    [[nodiscard]] State state(Row row) const { return m_progress.state(row); }
    [[nodiscard]] QString statusText(Row row) const;

protected:
    void changeEvent(QEvent* event) override;

private:
    [[nodiscard]] static QString nameOf(Row row);
    [[nodiscard]] QString rateText() const;
    void refresh();

    BoardProgress m_progress;
    std::array<QLabel*, RowCount> m_marks{}, m_names{}, m_status{};
};

}  // namespace quantwright
