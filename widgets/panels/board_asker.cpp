#include "widgets/panels/board_asker.h"

#include <QDialog>
#include <QWidget>
#include <utility>

#include "widgets/panels/board_question_dialog.h"

namespace quantwright {

BoardAsker::BoardAsker(BoardQuestions* questions, std::function<QString(const QString&)> name_of,
                       QWidget* parent)
    : QObject(parent), m_board_questions(questions), m_name_of(std::move(name_of)), m_parent(parent) {
    connect(questions, &BoardQuestions::hostKeyAsked, this, &BoardAsker::askHostKey);
    connect(questions, &BoardQuestions::secretAsked, this, &BoardAsker::askSecret);
    connect(questions, &BoardQuestions::withdrawn, this, [this](quint64 id) {
        if (const QPointer<QDialog> dialog = m_dialogs.take(id))
            dialog->close();
    });
}

void BoardAsker::askHostKey(quint64 id, const HostKeyQuestion& question) {
    auto* dialog = new HostKeyDialog(question, m_parent->window());
    connect(dialog, &QDialog::finished, this, [this, id](int result) {
        m_dialogs.remove(id);
        m_board_questions->answerHostKey(id, result == QDialog::Accepted);
    });
    open(id, dialog);
}

void BoardAsker::askSecret(quint64 id, const SecretQuestion& question, const KeychainOffer& offer) {
    auto* dialog = new SecretDialog(question, offer, m_parent->window());
    connect(dialog, &QDialog::finished, this, [this, id, dialog](int result) {
        m_dialogs.remove(id);
        std::optional<std::string> secret = dialog->takeSecret();
        if (result != QDialog::Accepted)
            secret.reset();
        m_board_questions->answerSecret(id, std::move(secret), dialog->toBeKept());
    });
    open(id, dialog);
}

void BoardAsker::open(quint64 id, QDialog* dialog) {
    if (const QString name = m_name_of(QString::fromStdString(m_board_questions->addressOf(id)));
        !name.isEmpty())
        dialog->setWindowTitle(dialog->windowTitle() + QStringLiteral(" – ") + name);
    emit attentionWanted();
    m_dialogs[id] = dialog;
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

}  // namespace quantwright
