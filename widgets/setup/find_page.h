#pragma once
// Which board: an address that is typed, or one of those that were found.
#include <QWidget>
#include <vector>

#include "core/board/find_boards.h"

class QLabel;
class QLineEdit;
class QPushButton;
class QTreeWidget;

namespace quantwright {

class FindPage : public QWidget {
    Q_OBJECT
public:
    explicit FindPage(QWidget* parent = nullptr);

    void setAddress(const QString& address);
    /// "user@host:port" from both fields.
    [[nodiscard]] QString address() const;
    [[nodiscard]] bool complete() const;
    /// A name to begin with for the board that is chosen.
    [[nodiscard]] QString proposedName() const;

    void setSearching(bool searching);
    void setFound(std::vector<FoundBoard> found, bool scanned);
    void focusFirst();

signals:
    void changed();   ///< address() has
    void accepted();  ///< a double click on a row
    void searchAsked(bool scan);

protected:
    void changeEvent(QEvent* event) override;

private:
    void build();
    void choose(int row);
    void check();
    void fill();
    void retranslate();
    [[nodiscard]] static QString nameOf(FoundBoard::How how);

    QLabel *m_title, *m_address_label, *m_user_label, *m_note, *m_list_label, *m_state;
    QLineEdit *m_address, *m_user;
    QTreeWidget* m_list;
    QPushButton *m_again, *m_scan;
    std::vector<FoundBoard> m_found;
    bool m_searching = false, m_scanned = false, m_searched = false;
};

}  // namespace quantwright
