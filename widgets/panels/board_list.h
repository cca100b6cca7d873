#pragma once
// The boards by name, each with what it is doing; one or several of them are selected.
#include <QHash>
#include <QStringList>
#include <QWidget>
#include <vector>

#include "core/board/saved_boards.h"
#include "widgets/panels/board_row.h"

class QLabel;
class QListWidget;
class QListWidgetItem;
class QToolButton;

namespace quantwright {

class BoardList : public QWidget {
    Q_OBJECT
public:
    explicit BoardList(QWidget* parent = nullptr);
    /// Those that stay keep their selection.
    void setBoards(const std::vector<SavedBoard>& boards);
    void setStatus(const QString& name, const BoardStatus& status);
    /// Selects this one alone, or none; tells nobody.
    void select(const QString& name);
    /// Of all selected ones, as they stand in the list.
    [[nodiscard]] QStringList selected() const;
    /// Of the selected ones the one that was clicked last.
    [[nodiscard]] QString current() const;
    [[nodiscard]] BoardRow* row(const QString& name) const;

signals:
    /// By the user.
    void selectionChanged();
    void addClicked();
    void renameClicked(const QString& name);
    void removeClicked(const QStringList& names);
    void forgetClicked(const QString& name);
    void cancelClicked(const QString& name);
    void activated();

protected:
    void changeEvent(QEvent* event) override;

private:
    [[nodiscard]] QListWidgetItem* itemOf(const QString& name) const;
    void addItem(const QString& name);
    void retranslate();
    void showPossible();
    void openMenu(const QPoint& at);

    QListWidget* m_list;
    QLabel* m_empty;
    QToolButton *m_add, *m_rename, *m_remove;
    QHash<QString, BoardStatus> m_statuses;
};

}  // namespace quantwright
