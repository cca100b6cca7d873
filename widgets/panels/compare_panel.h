#pragma once
// The quantized model beside the float one: in the figures of what the network is for, and image by image.
#include <QWidget>

#include "widgets/workspace/workspace.h"

class QComboBox;
class QLabel;
class QStackedWidget;
class QToolButton;

namespace quantwright {

class ElidedLabel;
class ResultsView;
class RowTable;

class ComparePanel : public QWidget {
    Q_OBJECT
public:
    explicit ComparePanel(Workspace* workspace, QWidget* parent = nullptr);
    /// The pictures want the room of the whole window.
    [[nodiscard]] bool enlarged() const;
    void setEnlarged(bool enlarged);

signals:
    void enlargedChanged(bool enlarged);
    void taskWanted();  ///< the user wants to say what the network is for

protected:
    void changeEvent(QEvent* event) override;

private:
    [[nodiscard]] QWidget* buildTask();
    [[nodiscard]] QWidget* buildFigures();
    void refresh();
    void showAge();
    void showTask();
    void fillFigures(const Comparison& comparison);
    void fillTask(const Judgement& judgement);
    void showResults();
    /// Results of boards can be looked at like those of this machine.
    void fillBoards();

    Workspace* m_workspace;
    QStackedWidget* m_stack;
    QLabel *m_empty, *m_source, *m_age, *m_gap;
    ElidedLabel* m_task;
    QToolButton* m_change_task;
    RowTable* m_figures;
    ResultsView* m_results;
    QComboBox* m_from;
    std::shared_ptr<const Judgement> m_shown;
};

}  // namespace quantwright
