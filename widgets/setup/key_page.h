#pragma once
// A key instead of the password: a new one, one that is there, or none.
#include <QWidget>
#include <optional>

#include "core/board/remedy.h"
#include "widgets/setup/board_setup.h"

class QLabel;
class QLineEdit;
class QRadioButton;
class QToolButton;

namespace quantwright {

class ErrorCard;

class KeyPage : public QWidget {
    Q_OBJECT
public:
    explicit KeyPage(QWidget* parent = nullptr);

    /// Signed in as `who`; begins with what is best: nothing more to do without a password, the key of this
    /// program if it has one, else a new one.
    void begin(const QString& who, bool with_password);
    [[nodiscard]] bool complete() const;
    /// What is to be done; empty for no key. Takes the passphrase out of its fields.
    [[nodiscard]] std::optional<KeyRequest> request();
    [[nodiscard]] bool wantsKey() const;

    void focusFirst();
    void setBusy(bool busy);
    void fail(const Error& error, const std::optional<Remedy>& remedy);
    /// The key is on the board, and the board lets nobody in with it.
    void failLogin(const Error& error, const Remedy& remedy);

signals:
    void changed();

protected:
    void changeEvent(QEvent* event) override;

private:
    void build();
    void check();
    /// A key that was made is there from now on.
    void preferKeyThatIsThere();
    void browse();
    void retranslate();

    QString m_who;
    bool m_with_password = true, m_busy = false;
    QLabel *m_title, *m_text, *m_new_note, *m_wrong;
    QRadioButton *m_new, *m_have, *m_none;
    QLineEdit *m_new_file, *m_passphrase, *m_repeated, *m_file;
    QToolButton* m_browse;
    ErrorCard* m_error;
};

}  // namespace quantwright
