#include "widgets/setup/key_page.h"

#include <QDir>
#include <QEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QRadioButton>
#include <QToolButton>
#include <QVBoxLayout>

#include "widgets/setup/error_card.h"
#include "widgets/setup/parts.h"

namespace quantwright {

namespace {

const QString own_key = QStringLiteral("~/.ssh/quantwright_ed25519");
constexpr int indent = 24;

bool isThere(const QLineEdit* edit) {
    return QFileInfo::exists(QString::fromStdString(setup::to_path(edit->text()).string()));
}

}  // namespace

KeyPage::KeyPage(QWidget* parent)
    : QWidget(parent),
      m_title(setup::paragraph(this, "title")),
      m_text(setup::paragraph(this)),
      m_new_note(setup::paragraph(this, "quiet")),
      m_wrong(setup::paragraph(this, "stale")),
      m_new(new QRadioButton(this)),
      m_have(new QRadioButton(this)),
      m_none(new QRadioButton(this)),
      m_new_file(new QLineEdit(own_key, this)),
      m_passphrase(new QLineEdit(this)),
      m_repeated(new QLineEdit(this)),
      m_file(new QLineEdit(this)),
      m_browse(new QToolButton(this)),
      m_error(new ErrorCard(this)) {
    setObjectName(QStringLiteral("key_page"));
    build();
    for (QRadioButton* button : {m_new, m_have, m_none})
        connect(button, &QRadioButton::toggled, this, &KeyPage::check);
    for (QLineEdit* edit : {m_new_file, m_passphrase, m_repeated, m_file})
        connect(edit, &QLineEdit::textChanged, this, &KeyPage::check);
    connect(m_browse, &QToolButton::clicked, this, &KeyPage::browse);
    retranslate();
}

void KeyPage::build() {
    m_new->setObjectName(QStringLiteral("key_new"));
    m_have->setObjectName(QStringLiteral("key_have"));
    m_none->setObjectName(QStringLiteral("key_none"));
    m_new_file->setObjectName(QStringLiteral("key_new_file"));
    m_passphrase->setObjectName(QStringLiteral("key_passphrase"));
    m_repeated->setObjectName(QStringLiteral("key_repeated"));
    m_file->setObjectName(QStringLiteral("key_file"));
    m_browse->setText(QStringLiteral("…"));
    for (QLineEdit* edit : {m_passphrase, m_repeated})
        edit->setEchoMode(QLineEdit::Password);

    auto* grid = new QGridLayout;
    grid->setColumnMinimumWidth(0, indent);
    grid->setColumnStretch(1, 1);
    grid->setColumnStretch(2, 1);
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(6);
    grid->addWidget(m_new, 0, 0, 1, 4);
    grid->addWidget(m_new_file, 1, 1, 1, 3);
    grid->addWidget(m_passphrase, 2, 1);
    grid->addWidget(m_repeated, 2, 2, 1, 2);
    grid->addWidget(m_new_note, 3, 1, 1, 3);
    grid->addWidget(m_have, 4, 0, 1, 4);
    grid->addWidget(m_file, 5, 1, 1, 2);
    grid->addWidget(m_browse, 5, 3);
    grid->addWidget(m_none, 6, 0, 1, 4);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_title);
    layout->addWidget(m_text);
    layout->addLayout(grid);
    layout->addWidget(m_wrong);
    layout->addWidget(m_error);
    layout->addStretch(1);
}

void KeyPage::begin(const QString& who, bool with_password) {
    m_who = who;
    m_with_password = with_password;
    m_error->clear();
    m_passphrase->clear();
    m_repeated->clear();
    m_new->setChecked(true);
    preferKeyThatIsThere();
    if (!with_password)
        m_none->setChecked(true);
    retranslate();
    check();
}

void KeyPage::preferKeyThatIsThere() {
    if (m_new->isChecked() && isThere(m_new_file)) {
        m_file->setText(m_new_file->text());
        m_passphrase->clear();
        m_repeated->clear();
        m_have->setChecked(true);
    }
}

bool KeyPage::wantsKey() const {
    return !m_none->isChecked();
}

bool KeyPage::complete() const {
    if (m_new->isChecked())
        return !m_new_file->text().trimmed().isEmpty() && !isThere(m_new_file) &&
               m_passphrase->text() == m_repeated->text();
    return m_none->isChecked() || !m_file->text().trimmed().isEmpty();
}

std::optional<KeyRequest> KeyPage::request() {
    if (!wantsKey())
        return std::nullopt;
    KeyRequest request;
    request.create = m_new->isChecked();
    request.file = setup::to_path(request.create ? m_new_file->text() : m_file->text());
    if (request.create && !m_passphrase->text().isEmpty())
        request.passphrase = std::make_shared<const Secret>(m_passphrase->text().toStdString());
    return request;  // the passphrase stays: an attempt that fails before the key is made is made again
}

void KeyPage::check() {
    const bool fresh = m_new->isChecked();
    for (QLineEdit* edit : {m_new_file, m_passphrase, m_repeated})
        edit->setEnabled(fresh && !m_busy);
    m_file->setEnabled(m_have->isChecked() && !m_busy);
    m_browse->setEnabled(m_have->isChecked() && !m_busy);
    for (QRadioButton* button : {m_new, m_have, m_none})
        button->setEnabled(!m_busy);
    QString wrong;
    if (fresh && !m_busy && isThere(m_new_file))
        wrong =
            tr("The file is there already, and is not replaced. Use it as it is, or choose another name.");
    else if (fresh && !m_repeated->text().isEmpty() && m_passphrase->text() != m_repeated->text())
        wrong = tr("The two passphrases differ.");
    m_wrong->setText(wrong);
    m_wrong->setVisible(!wrong.isEmpty());
    emit changed();
}

void KeyPage::focusFirst() {
    for (QRadioButton* button : {m_new, m_have, m_none})
        if (button->isChecked())
            button->setFocus();
}

void KeyPage::setBusy(bool busy) {
    m_busy = busy;
    if (busy)
        m_error->clear();
    else
        preferKeyThatIsThere();
    check();
}

void KeyPage::fail(const Error& error, const std::optional<Remedy>& remedy) {
    m_error->show(error, remedy);
}

void KeyPage::failLogin(const Error& error, const Remedy& remedy) {
    m_error->show(
        error,
        tr("The key is on the board, but the board does not take it. This lets keys in; then try again."),
        remedy);
}

void KeyPage::browse() {
    const QString at = QString::fromStdString(setup::to_path(m_file->text()).string());
    auto* dialog = new QFileDialog(this, tr("Private key"),
                                   at.isEmpty() ? QDir::homePath() + QStringLiteral("/.ssh") : at);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setFilter(dialog->filter() | QDir::Hidden);
    connect(dialog, &QFileDialog::fileSelected, this,
            [this](const QString& file) { m_file->setText(setup::spoken_of(file)); });
    dialog->open();
}

void KeyPage::retranslate() {
    m_title->setText(tr("Signed in as %1").arg(m_who));
    m_text->setText(
        m_with_password
            ? tr("With a key no password is needed any more, and deployments run by themselves. "
                 "The board gets its public half only; the private one stays on this computer.")
            : tr("No password was needed: a key lets you in already. There is nothing to do here, "
                 "unless this program is to have a key of its own."));
    m_new->setText(tr("Make a new key"));
    m_new_file->setAccessibleName(tr("File of the new key"));
    m_passphrase->setPlaceholderText(tr("Passphrase (optional)"));
    m_passphrase->setAccessibleName(tr("Passphrase (optional)"));
    m_repeated->setPlaceholderText(tr("Passphrase again"));
    m_repeated->setAccessibleName(tr("Passphrase again"));
    m_new_note->setText(
        tr("A passphrase encrypts the key on this computer, and is asked for when it is used."));
    m_have->setText(tr("Use a key that is there"));
    m_file->setPlaceholderText(tr("Private key"));
    m_file->setAccessibleName(tr("Private key"));
    m_browse->setAccessibleName(tr("Browse…"));
    m_browse->setToolTip(tr("Browse…"));
    m_none->setText(m_with_password ? tr("No key: ask for the password whenever it is needed")
                                    : tr("Go on as it is"));
    check();
}

void KeyPage::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

}  // namespace quantwright
