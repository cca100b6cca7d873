#pragma once
// What a board's connection asks the user: whether its key is the right one, and secrets.
#include <QDialog>
#include <optional>
#include <string>

#include "core/board/connection.h"

class QLineEdit;
class QVBoxLayout;

namespace quantwright {

class HostKeyDialog : public QDialog {
    Q_OBJECT
public:
    explicit HostKeyDialog(const HostKeyQuestion& question, QWidget* parent);
};

class SecretDialog : public QDialog {
    Q_OBJECT
public:
    explicit SecretDialog(const SecretQuestion& question, QWidget* parent);
    /// Takes it out of the field.
    [[nodiscard]] std::string takeSecret();

private:
    QLineEdit* m_edit;
};

}  // namespace quantwright
