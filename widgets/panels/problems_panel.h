#pragma once
// What the user should know: problems of model, plan and images, with a way out of each.
#include <QStringList>
#include <QWidget>

#include "widgets/workspace/workspace.h"

namespace quantwright {

class RowTable;

class ProblemsPanel : public QWidget {
    Q_OBJECT
public:
    explicit ProblemsPanel(Workspace* workspace, QWidget* parent = nullptr);
    [[nodiscard]] int count() const { return m_count; }

signals:
    void countChanged(int count);

protected:
    void changeEvent(QEvent* event) override;

private:
    void refresh();
    [[nodiscard]] QStringList messages() const;

    Workspace* m_workspace;
    RowTable* m_table;
    QStringList m_messages;  ///< of the problems shown
    int m_count = 0;
};

}  // namespace quantwright
