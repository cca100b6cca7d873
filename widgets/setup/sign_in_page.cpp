#include "widgets/setup/sign_in_page.h"

#include <QEvent>
#include <QLabel>
#include <QVBoxLayout>

#include "widgets/setup/error_card.h"
#include "widgets/setup/parts.h"

namespace quantwright {

SignInPage::SignInPage(QWidget* parent)
    : QWidget(parent),
      m_title(setup::paragraph(this, "title")),
      m_text(setup::paragraph(this)),
      m_error(new ErrorCard(this)) {
    setObjectName(QStringLiteral("sign_in_page"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_title);
    layout->addWidget(m_text);
    layout->addWidget(m_error);
    layout->addStretch(1);
}

void SignInPage::begin(const QString& address) {
    m_address = address;
    m_failed = false;
    m_error->clear();
    retranslate();
}

void SignInPage::fail(const Error& error, const std::optional<Remedy>& remedy) {
    m_failed = true;
    m_error->show(error, remedy);
    retranslate();
}

void SignInPage::retranslate() {
    m_title->setText(tr("Sign in to %1").arg(m_address));
    m_text->setText(tr("Looking for the board, and asking who it is…"));
    m_text->setVisible(!m_failed);
}

void SignInPage::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

}  // namespace quantwright
