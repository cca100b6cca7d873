#pragma once
// One board in the list: its name and address, what it is doing or what it said last, and an end to that.
#include <QWidget>

class QToolButton;

namespace quantwright {

class ElidedLabel;

struct BoardStatus {
    QString text, detail;  ///< a few words; a sentence or more, for the tooltip
    enum class Kind { quiet, running, ending, failed };
    Kind kind = Kind::quiet;
};

class BoardRow : public QWidget {
    Q_OBJECT
public:
    explicit BoardRow(QWidget* parent = nullptr);
    void setBoard(const QString& name, const QString& address);
    void setStatus(const BoardStatus& status);
    [[nodiscard]] QString statusText() const;

signals:
    void cancelClicked();

private:
    ElidedLabel *m_name, *m_address, *m_status;
    QToolButton* m_cancel;
};

}  // namespace quantwright
