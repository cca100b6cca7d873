#include "widgets/setup/error_card.h"

#include <QEvent>
#include <QLabel>
#include <QVBoxLayout>

#include "widgets/setup/command_row.h"
#include "widgets/setup/parts.h"
#include "widgets/words/words.h"

namespace quantwright {

ErrorCard::ErrorCard(QWidget* parent)
    : QFrame(parent),
      m_sentence(setup::paragraph(this, "worse")),
      m_hint(setup::paragraph(this)),
      m_where(setup::paragraph(this, "quiet")),
      m_command(new CommandRow(this)) {
    setObjectName(QStringLiteral("error_card"));
    m_sentence->setObjectName(QStringLiteral("error"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 4, 0, 4);
    layout->setSpacing(6);
    layout->addWidget(m_sentence);
    layout->addWidget(m_hint);
    layout->addWidget(m_where);
    layout->addWidget(m_command);
    hide();
}

void ErrorCard::show(const Error& error, const std::optional<Remedy>& remedy) {
    show(error, {}, remedy);
}

void ErrorCard::show(const Error& error, const QString& sentence, const std::optional<Remedy>& remedy) {
    m_error = error;
    m_own_sentence = sentence;
    m_remedy = remedy;
    refresh();
    setVisible(true);
}

void ErrorCard::clear() {
    m_error.reset();
    setVisible(false);
}

void ErrorCard::refresh() {
    if (!m_error)
        return;
    const bool own = !m_own_sentence.isEmpty();
    m_sentence->setText(own ? m_own_sentence : words::message(*m_error));
    m_sentence->setToolTip(QString::fromStdString(m_error->detail).toHtmlEscaped());
    m_hint->setText(own ? QString() : words::hint(*m_error));
    m_hint->setVisible(!m_hint->text().isEmpty());
    m_where->setVisible(m_remedy.has_value());
    m_command->setVisible(m_remedy.has_value());
    if (!m_remedy)
        return;
    m_where->setText(m_remedy->on_board ? tr("To be typed on the board:")
                                        : tr("To be typed on this computer:"));
    m_command->setCommand(QString::fromStdString(m_remedy->command));
}

void ErrorCard::changeEvent(QEvent* event) {
    QFrame::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        refresh();
}

}  // namespace quantwright
