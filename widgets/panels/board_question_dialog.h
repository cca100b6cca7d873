#pragma once
// What a board's connection asks the user: whether its key is the right one, and secrets.
#include <QDialog>
#include <optional>
#include <string>

#include "core/board/connection.h"
#include "widgets/workspace/board_questions.h"

class QCheckBox;
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
    SecretDialog(const SecretQuestion& question, const KeychainOffer& offer, QWidget* parent);
    /// Takes it out of the field.
    [[nodiscard]] std::string takeSecret();
    /// In the system's keychain.
    [[nodiscard]] bool toBeKept() const;

private:
    void addKeeping(const KeychainOffer& offer, QVBoxLayout* layout);

    QLineEdit* m_edit;
    QCheckBox* m_keep = nullptr;  ///< only where it may be kept
};

}  // namespace quantwright
