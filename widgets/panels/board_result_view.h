#pragma once
// What a board said of the model: figures beside those of this machine and of the simulation, whether they
// can be believed, and where the time goes.
#include <QWidget>
#include <memory>

#include "widgets/workspace/workspace.h"

class QLabel;

namespace quantwright {

class RowTable;

class BoardResultView : public QWidget {
    Q_OBJECT
public:
    explicit BoardResultView(Workspace* workspace, QWidget* parent = nullptr);
    void show(std::shared_ptr<const Deployed> deployed);
    [[nodiscard]] const std::shared_ptr<const Deployed>& shown() const { return m_deployed; }

protected:
    void changeEvent(QEvent* event) override;

private:
    void refresh();
    void fillFigures();
    void fillTimes();
    void showAge();

    Workspace* m_workspace;
    std::shared_ptr<const Deployed> m_deployed;
    QLabel *m_board, *m_age, *m_target, *m_trust, *m_times_title;
    RowTable *m_figures, *m_times;
};

}  // namespace quantwright
