#pragma once
// What a connection asks the user on the way: whether a host key is the right one, and secrets.
#include <QWidget>
#include <optional>
#include <string>

#include "core/board/connection.h"

class QLabel;
class QLineEdit;

namespace quantwright {

class QuestionPage : public QWidget {
    Q_OBJECT
public:
    explicit QuestionPage(QWidget* parent = nullptr);

    void ask(quint64 id, const HostKeyQuestion& question);
    void ask(quint64 id, const SecretQuestion& question);
    [[nodiscard]] quint64 id() const { return m_id; }
    [[nodiscard]] bool isHostKey() const { return m_host_key.has_value(); }
    /// Takes it out of the field.
    [[nodiscard]] std::string takeSecret();
    [[nodiscard]] QString acceptText() const;
    void focusFirst();

protected:
    void changeEvent(QEvent* event) override;

private:
    void refresh();
    void refreshSecret();

    quint64 m_id = 0;
    std::optional<HostKeyQuestion> m_host_key;
    std::optional<SecretQuestion> m_secret;
    QLabel *m_title, *m_again, *m_text, *m_fingerprint, *m_note;
    QLineEdit* m_edit;
};

}  // namespace quantwright
