#pragma once
// Past deployments of the open model on the board that is looked at.
#include <QWidget>

#include "widgets/workspace/workspace.h"

class QLabel;
class QPushButton;

namespace quantwright {

class RowTable;

class BoardHistoryView : public QWidget {
    Q_OBJECT
public:
    explicit BoardHistoryView(Workspace* workspace, QWidget* parent = nullptr);
    [[nodiscard]] int count() const { return static_cast<int>(m_records.size()); }

signals:
    void countChanged();

protected:
    void changeEvent(QEvent* event) override;

private:
    void retranslate();
    void refresh();
    void showSelected();
    [[nodiscard]] const BoardRecord* selected() const;
    [[nodiscard]] QString details(const BoardRecord& record) const;

    Workspace* m_workspace;
    RowTable* m_table;
    QLabel* m_details;
    QPushButton *m_use, *m_remove;
    std::vector<BoardRecord> m_records;  ///< by row: the newest first
    std::string m_selected;              ///< the record's id
    bool m_filling = false;
};

}  // namespace quantwright
