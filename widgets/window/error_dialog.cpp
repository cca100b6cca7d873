#include "widgets/window/error_dialog.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"
#include "widgets/words/words.h"

namespace quantwright {

ErrorDialog::ErrorDialog(const Error& error, QWidget* parent)
    : QDialog(parent),
      m_sentence(words::message(error)),
      m_text(new QPlainTextEdit(this)),
      m_more(new QPushButton(tr("Details"), this)),
      m_copy(new QPushButton(tr("Copy"), this)) {
    setObjectName(QStringLiteral("error_dialog"));
    setWindowTitle(tr("Quantwright"));
    setAttribute(Qt::WA_DeleteOnClose);
    // The code is what a search or a report needs; the rest is what the library said.
    const std::string_view code = name_of(error.code);
    m_details = QString::fromUtf8(code.data(), static_cast<qsizetype>(code.size()));
    for (const std::string& part : {error.subject, error.detail})
        if (!part.empty())
            m_details += QLatin1Char('\n') + QString::fromStdString(part);

    auto* icon = new QLabel(this);
    icon->setPixmap(themedIcon(QStringLiteral("failed"), IconTint::Worse).pixmap(28, 28));
    icon->setAlignment(Qt::AlignTop);
    const auto paragraph = [this](const QString& text) {
        auto* label = new QLabel(text, this);
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        label->setMinimumWidth(380);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        return label;
    };
    auto* sentence = paragraph(m_sentence);
    sentence->setProperty("role", QStringLiteral("section"));
    m_text->setPlainText(m_details);
    m_text->setReadOnly(true);
    m_text->setFont(figureFont());
    m_text->setFixedHeight(110);
    m_text->hide();
    m_text->setAccessibleName(tr("Details"));
    m_copy->hide();
    auto* close = new QPushButton(tr("Close"), this);
    close->setDefault(true);
    close->setFocus();
    m_more->setAutoDefault(false);
    m_copy->setAutoDefault(false);
    m_more->setCheckable(true);

    auto* text = new QVBoxLayout;
    text->setSpacing(8);
    text->addWidget(sentence);
    if (const QString hint = words::hint(error); !hint.isEmpty())
        text->addWidget(paragraph(hint));
    auto* top = new QHBoxLayout;
    top->setSpacing(14);
    top->addWidget(icon);
    top->addLayout(text, 1);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_more);
    buttons->addWidget(m_copy);
    buttons->addStretch();
    buttons->addWidget(close);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(18, 16, 18, 14);
    layout->setSpacing(14);
    layout->addLayout(top);
    layout->addWidget(m_text);
    layout->addLayout(buttons);
    layout->setSizeConstraint(QLayout::SetFixedSize);

    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    connect(m_more, &QPushButton::clicked, this, &ErrorDialog::toggleDetails);
    connect(m_copy, &QPushButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(m_sentence + QLatin1Char('\n') + m_details); });
}

void ErrorDialog::toggleDetails() {
    m_text->setVisible(m_more->isChecked());
    m_copy->setVisible(m_more->isChecked());
}

}  // namespace quantwright
