#include "widgets/panels/board_question_dialog.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>
#include <cstring>

#include "widgets/theme/fonts.h"

namespace quantwright {
namespace {

constexpr int text_width = 440;

QLabel* paragraph(QWidget* parent, const QString& text, const char* role = nullptr) {
    auto* label = new QLabel(text, parent);
    label->setTextFormat(Qt::PlainText);  // much of it was said by the board
    label->setWordWrap(true);
    label->setMinimumWidth(text_width);
    if (role)
        label->setProperty("role", QLatin1String(role));
    return label;
}

QDialogButtonBox* buttons(QDialog* dialog, const QString& accept, const QString& reject) {
    auto* box = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, dialog);
    box->button(QDialogButtonBox::Ok)->setText(accept);
    box->button(QDialogButtonBox::Ok)->setObjectName(QStringLiteral("accept"));
    box->button(QDialogButtonBox::Cancel)->setText(reject);
    for (QAbstractButton* button : box->buttons())
        button->setIcon({});
    QObject::connect(box, &QDialogButtonBox::accepted, dialog, &QDialog::accept);
    QObject::connect(box, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    return box;
}

QVBoxLayout* column(QDialog* dialog) {
    auto* layout = new QVBoxLayout(dialog);
    layout->setContentsMargins(18, 16, 18, 14);
    layout->setSpacing(10);
    layout->setSizeConstraint(QLayout::SetFixedSize);
    return layout;
}

}  // namespace

HostKeyDialog::HostKeyDialog(const HostKeyQuestion& question, QWidget* parent) : QDialog(parent) {
    setObjectName(QStringLiteral("host_key_dialog"));
    setWindowTitle(tr("Unknown host key"));
    auto* layout = column(this);
    layout->addWidget(
        paragraph(this, tr("%1 is not known yet.").arg(QString::fromStdString(question.host)), "section"));
    layout->addWidget(
        paragraph(this, tr("Fingerprint of its host key (%1):").arg(QString::fromStdString(question.type))));
    auto* fingerprint = paragraph(this, QString::fromStdString(question.fingerprint));
    fingerprint->setObjectName(QStringLiteral("fingerprint"));
    fingerprint->setFont(figureFont());
    fingerprint->setTextInteractionFlags(Qt::TextSelectableByMouse);
    layout->addWidget(fingerprint);
    layout->addWidget(paragraph(this,
                                tr("Compare it with what the board itself says. Once accepted it is "
                                   "remembered, and another key will be refused."),
                                "quiet"));
    auto* box = buttons(this, tr("Accept"), tr("Cancel"));
    // Return must not accept what nobody has read.
    box->button(QDialogButtonBox::Ok)->setAutoDefault(false);
    box->button(QDialogButtonBox::Ok)->setDefault(false);
    box->button(QDialogButtonBox::Cancel)->setDefault(true);
    box->button(QDialogButtonBox::Cancel)->setFocus();
    layout->addWidget(box);
}

SecretDialog::SecretDialog(const SecretQuestion& question, const KeychainOffer& offer, QWidget* parent)
    : QDialog(parent), m_edit(new QLineEdit(this)) {
    setObjectName(QStringLiteral("secret_dialog"));
    const QString subject = QString::fromStdString(question.subject);
    QString text;
    switch (question.kind) {
        case SecretQuestion::Kind::password:
            setWindowTitle(tr("Password"));
            text = tr("Password of %1").arg(subject);
            break;
        case SecretQuestion::Kind::passphrase:
            setWindowTitle(tr("Passphrase"));
            text = tr("Passphrase of the key %1").arg(subject);
            break;
        case SecretQuestion::Kind::answer:
            setWindowTitle(tr("The board asks"));
            text = subject;
            break;
    }
    m_edit->setObjectName(QStringLiteral("secret"));
    m_edit->setAccessibleName(text);
    m_edit->setEchoMode(question.echo ? QLineEdit::Normal : QLineEdit::Password);
    auto* layout = column(this);
    layout->addWidget(paragraph(this, text, "section"));
    if (question.attempt > 1)
        layout->addWidget(paragraph(this, tr("That was not right. Try again."), "worse"));
    layout->addWidget(m_edit);
    if (item_of(question))
        addKeeping(offer, layout);
    layout->addWidget(buttons(this, tr("Go on"), tr("Cancel")));
    m_edit->setFocus();
}

void SecretDialog::addKeeping(const KeychainOffer& offer, QVBoxLayout* layout) {
    m_keep = new QCheckBox(tr("Remember in the system's keychain"), this);
    m_keep->setObjectName(QStringLiteral("keep"));
    const bool possible = offer.state == KeychainState::ready;
    m_keep->setEnabled(possible);
    m_keep->setChecked(possible && offer.wanted);
    QString text;
    switch (offer.state) {
        case KeychainState::ready:
            text = tr("Otherwise it is kept in memory until the program ends, and written nowhere.");
            break;
        case KeychainState::absent:
            text =
                tr("There is no keychain here: it is kept in memory until the program ends, and written "
                   "nowhere.");
            break;
        case KeychainState::refused:
            text =
                tr("The keychain is locked: it is kept in memory until the program ends, and written "
                   "nowhere.");
            break;
        case KeychainState::silent:
            text =
                tr("The keychain does not answer: it is kept in memory until the program ends, and "
                   "written nowhere.");
            break;
    }
    layout->addWidget(m_keep);
    auto* note = paragraph(this, text, "quiet");
    note->setObjectName(QStringLiteral("keep_note"));
    layout->addWidget(note);
}

std::string SecretDialog::takeSecret() {
    const QString text = m_edit->text();
    std::string secret = text.toStdString();
    // The field's own copy: they share it.
    ::explicit_bzero(const_cast<QChar*>(text.constData()),
                     static_cast<std::size_t>(text.size()) * sizeof(QChar));
    m_edit->clear();
    return secret;
}

bool SecretDialog::toBeKept() const {
    return m_keep && m_keep->isEnabled() && m_keep->isChecked();
}

}  // namespace quantwright
