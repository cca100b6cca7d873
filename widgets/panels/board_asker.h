#pragma once
// Shows the questions of deployments as dialogs, and takes the answers back. Those of several boards may be
// open at once; each says in its title whose it is.
#include <QHash>
#include <QObject>
#include <QPointer>
#include <functional>

#include "widgets/workspace/board_questions.h"

class QDialog;
class QWidget;

namespace quantwright {

class BoardAsker : public QObject {
    Q_OBJECT
public:
    /// `name_of`: what a board of this address is called.
    BoardAsker(BoardQuestions* questions, std::function<QString(const QString& address)> name_of,
               QWidget* parent);

signals:
    /// A question is about to be asked: the page should be seen.
    void attentionWanted();

private:
    void askHostKey(quint64 id, const HostKeyQuestion& question);
    void askSecret(quint64 id, const SecretQuestion& question, const KeychainOffer& offer);
    void open(quint64 id, QDialog* dialog);

    BoardQuestions* m_board_questions;
    std::function<QString(const QString&)> m_name_of;
    QWidget* m_parent;
    QHash<quint64, QPointer<QDialog>> m_dialogs;
};

}  // namespace quantwright
