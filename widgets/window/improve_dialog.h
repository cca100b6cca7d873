#pragma once
// The step that looks for better numbers: how much is wanted, what it is doing, what each step has given.
#include <QDialog>
#include <array>

#include "widgets/workspace/workspace.h"

class QGridLayout;
class QLabel;
class QProgressBar;
class QPushButton;
class QRadioButton;

namespace quantwright {

class ImproveDialog : public QDialog {
    Q_OBJECT
public:
    /// Of the document that is open; closes with it.
    ImproveDialog(Workspace* workspace, QWidget* parent);
    [[nodiscard]] ImproveLevel level() const;

signals:
    void imagesWanted();

protected:
    void changeEvent(QEvent* event) override;

private:
    static constexpr std::array levels = {ImproveLevel::none, ImproveLevel::fast, ImproveLevel::best};
    void build();
    void retranslate();
    void refresh();
    void showSteps(const Improved* improved);
    void showProblem();
    void act();

    Workspace* m_workspace;
    QLabel *m_intro, *m_summary, *m_problem, *m_left;
    std::array<QRadioButton*, levels.size()> m_levels{};
    std::array<QLabel*, levels.size()> m_notes{};
    QWidget* m_steps;
    QGridLayout* m_grid;
    QProgressBar* m_progress;
    QPushButton *m_images, *m_start, *m_cancel, *m_close;
};

}  // namespace quantwright
