#pragma once
// What went wrong while a board is set up: a sentence, advice, and the command that mends it.
#include <QFrame>
#include <optional>

#include "core/board/remedy.h"

class QLabel;

namespace quantwright {

class CommandRow;

class ErrorCard : public QFrame {
    Q_OBJECT
public:
    explicit ErrorCard(QWidget* parent = nullptr);
    void show(const Error& error, const std::optional<Remedy>& remedy);
    /// With a sentence of the caller's own in place of the error's.
    void show(const Error& error, const QString& sentence, const std::optional<Remedy>& remedy);
    void clear();

protected:
    void changeEvent(QEvent* event) override;

private:
    void refresh();

    std::optional<Error> m_error;
    std::optional<Remedy> m_remedy;
    QString m_own_sentence;
    QLabel *m_sentence, *m_hint, *m_where;
    CommandRow* m_command;
};

}  // namespace quantwright
