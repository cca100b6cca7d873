#pragma once
// What was done, newest last, with what the command line would be.
#include <QWidget>

#include "widgets/workspace/workspace.h"

namespace quantwright {

class RowTable;

class LogPanel : public QWidget {
    Q_OBJECT
public:
    explicit LogPanel(Workspace* workspace, QWidget* parent = nullptr);

protected:
    void changeEvent(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void refresh();
    void add(const LogEntry& entry);
    void copy();
    [[nodiscard]] static QString textOf(const LogEntry& entry);

    Workspace* m_workspace;
    RowTable* m_table;
};

}  // namespace quantwright
