#include "widgets/setup/question_page.h"

#include <QEvent>
#include <QLabel>
#include <QLineEdit>
#include <QVBoxLayout>

#include "widgets/setup/parts.h"

namespace quantwright {

QuestionPage::QuestionPage(QWidget* parent)
    : QWidget(parent),
      m_title(setup::paragraph(this, "title")),
      m_again(setup::paragraph(this, "worse")),
      m_text(setup::paragraph(this)),
      m_fingerprint(setup::code(this)),
      m_note(setup::paragraph(this, "quiet")),
      m_edit(new QLineEdit(this)) {
    setObjectName(QStringLiteral("question_page"));
    m_fingerprint->setObjectName(QStringLiteral("setup_fingerprint"));
    m_edit->setObjectName(QStringLiteral("setup_secret"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    for (QWidget* widget :
         std::initializer_list<QWidget*>{m_title, m_again, m_text, m_fingerprint, m_edit, m_note})
        layout->addWidget(widget);
    layout->addStretch(1);
}

void QuestionPage::ask(quint64 id, const HostKeyQuestion& question) {
    m_id = id;
    m_host_key = question;
    m_secret.reset();
    refresh();
}

void QuestionPage::ask(quint64 id, const SecretQuestion& question) {
    m_id = id;
    m_host_key.reset();
    m_secret = question;
    m_edit->clear();
    refresh();
}

std::string QuestionPage::takeSecret() {
    std::string secret = m_edit->text().toStdString();
    m_edit->clear();
    return secret;
}

QString QuestionPage::acceptText() const {
    return m_host_key ? tr("Accept") : tr("Go on");
}

void QuestionPage::focusFirst() {
    if (m_host_key)
        m_fingerprint->setFocus();  // Return must not accept what nobody has read
    else
        m_edit->setFocus();
}

void QuestionPage::refresh() {
    const bool key = m_host_key.has_value();
    m_fingerprint->setVisible(key);
    m_text->setVisible(key);
    m_edit->setVisible(!key);
    m_again->setVisible(m_secret && m_secret->attempt > 1);
    m_again->setText(tr("That was not right. Try again."));
    m_note->setVisible(true);
    if (key) {
        m_title->setText(tr("Is it this board?"));
        m_text->setText(
            tr("%1 is not known yet. Fingerprint of its host key (%2):")
                .arg(QString::fromStdString(m_host_key->host), QString::fromStdString(m_host_key->type)));
        m_fingerprint->setText(QString::fromStdString(m_host_key->fingerprint));
        m_note->setText(
            tr("Compare it with what “ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub” says on the board "
               "itself. Once accepted it is remembered, and another key will be refused."));
    } else if (m_secret) {
        refreshSecret();
    }
}

void QuestionPage::refreshSecret() {
    const QString subject = QString::fromStdString(m_secret->subject);
    m_edit->setEchoMode(m_secret->echo ? QLineEdit::Normal : QLineEdit::Password);
    switch (m_secret->kind) {
        case SecretQuestion::Kind::password:
            m_title->setText(tr("Password of %1").arg(subject));
            m_note->setText(
                tr("It is needed once: a key can let you in from the next step on. The password itself is "
                   "written nowhere."));
            break;
        case SecretQuestion::Kind::passphrase:
            m_title->setText(tr("Passphrase of the key %1").arg(setup::spoken_of(subject)));
            m_note->setText(tr("It opens the key on this computer and is not sent to the board."));
            break;
        case SecretQuestion::Kind::answer:
            m_title->setText(tr("The board asks: %1").arg(subject));
            m_note->clear();
            break;
    }
    m_note->setVisible(!m_note->text().isEmpty());
    m_edit->setAccessibleName(m_title->text());
}

void QuestionPage::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        refresh();
}

}  // namespace quantwright
