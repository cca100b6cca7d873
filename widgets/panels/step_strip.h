#pragma once
// The top of the window: what is done, running, stale; and the quality of the current plan.
#include <QWidget>
#include <array>

#include "widgets/workspace/workspace.h"

namespace quantwright {

class FigureBox;
class StepButton;

class StepStrip : public QWidget {
    Q_OBJECT
public:
    explicit StepStrip(Workspace* workspace, QWidget* parent = nullptr);
    [[nodiscard]] StepButton* button(Step step) const { return m_buttons[static_cast<std::size_t>(step)]; }
    [[nodiscard]] static QString nameOf(Step step);

signals:
    void stepClicked(quantwright::Step step);

protected:
    void changeEvent(QEvent* event) override;

private:
    void showSteps();
    void showFigures();
    /// What the network is for, in the first of its figures.
    void showTask(const QString& images, const QString& how);

    Workspace* m_workspace;
    std::array<StepButton*, all_steps.size()> m_buttons{};
    FigureBox *m_snr, *m_task, *m_size;
};

}  // namespace quantwright
