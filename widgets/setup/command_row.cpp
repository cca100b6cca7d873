#include "widgets/setup/command_row.h"

#include <QClipboard>
#include <QEvent>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>
#include <chrono>

#include "widgets/setup/parts.h"

namespace quantwright {

namespace {

constexpr std::chrono::milliseconds copied_shown{2000};

}  // namespace

CommandRow::CommandRow(QWidget* parent)
    : QWidget(parent), m_command(setup::code(this)), m_copy(new QToolButton(this)) {
    m_command->setObjectName(QStringLiteral("command"));
    m_copy->setObjectName(QStringLiteral("copy"));
    m_copied.setSingleShot(true);
    m_copied.setInterval(copied_shown);
    connect(&m_copied, &QTimer::timeout, this, &CommandRow::retranslate);
    connect(m_copy, &QToolButton::clicked, this, &CommandRow::copy);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_command, 1);
    layout->addWidget(m_copy, 0, Qt::AlignTop);
    retranslate();
}

void CommandRow::setCommand(const QString& command) {
    m_command->setText(command);
    m_copied.stop();
    retranslate();
}

void CommandRow::copy() {
    QGuiApplication::clipboard()->setText(m_command->text());
    m_copied.start();
    retranslate();
}

void CommandRow::retranslate() {
    m_copy->setText(m_copied.isActive() ? tr("Copied") : tr("Copy"));
    m_copy->setAccessibleName(tr("Copy the command %1").arg(m_command->text()));
}

void CommandRow::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

}  // namespace quantwright
