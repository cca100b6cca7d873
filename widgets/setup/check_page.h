#pragma once
// What the board still lacks, each with the command that mends it; and the name it gets.
#include <QWidget>
#include <optional>
#include <vector>

#include "core/board/check.h"
#include "core/board/remedy.h"

class QLabel;
class QLineEdit;
class QPushButton;
class QScrollArea;

namespace quantwright {

class ErrorCard;

class CheckPage : public QWidget {
    Q_OBJECT
public:
    explicit CheckPage(QWidget* parent = nullptr);

    void begin(const QString& proposed_name);
    void setBusy(bool busy);
    void show(const BoardCheck& check);
    void fail(const Error& error, const std::optional<Remedy>& remedy);

    /// A check has been shown and the board has a name.
    [[nodiscard]] bool complete() const;
    [[nodiscard]] QString name() const;
    void focusFirst();
    [[nodiscard]] QString runtime() const;

signals:
    void changed();
    void checkAsked();

protected:
    void changeEvent(QEvent* event) override;
    /// Return in the runtime's field is for a check, not for the dialog's next button.
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void build();
    void fill();
    void addPoint(const BoardPoint& point, QWidget* parent);
    [[nodiscard]] std::vector<BoardPoint> points() const;
    [[nodiscard]] QString factsText() const;
    void retranslate();

    std::optional<BoardCheck> m_check;
    bool m_busy = false;
    QLabel *m_title, *m_facts, *m_summary, *m_name_label, *m_runtime_label;
    QScrollArea* m_area;
    ErrorCard* m_error;
    QLineEdit *m_name, *m_runtime;
    QPushButton* m_again;
};

}  // namespace quantwright
