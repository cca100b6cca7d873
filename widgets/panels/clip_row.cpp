#include "widgets/panels/clip_row.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QToolButton>

#include "widgets/panels/field_row.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/style_sheet.h"

namespace quantwright {
namespace {

QString text(std::optional<float> value) {
    return value ? QString::number(static_cast<double>(*value), 'g', 4) : QString();
}

}  // namespace

ClipRow::ClipRow(QGridLayout* grid, int row, QWidget* parent)
    : QObject(parent),
      m_label(new QLabel(parent)),
      m_editors(new QWidget(parent)),
      m_min(new QLineEdit(m_editors)),
      m_max(new QLineEdit(m_editors)),
      m_chip(new QToolButton(parent)) {
    m_label->setProperty("role", QStringLiteral("quiet"));
    m_label->setBuddy(m_min);
    m_chip->setProperty("pill", true);
    m_chip->setFont(uiFont(TextSize::Small));
    m_chip->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    auto* layout = new QHBoxLayout(m_editors);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    for (QLineEdit* edit : {m_min, m_max}) {
        edit->setFont(figureFont());
        edit->setMinimumWidth(edit->fontMetrics().horizontalAdvance(QStringLiteral("-0.0001")) + 18);
        layout->addWidget(edit);
        connect(edit, &QLineEdit::editingFinished, this, &ClipRow::take);
    }
    m_min->setObjectName(QStringLiteral("clip_min"));
    m_max->setObjectName(QStringLiteral("clip_max"));
    grid->addWidget(m_label, row, 0);
    grid->addWidget(m_editors, row, 1);
    grid->addWidget(m_chip, row, 2);
    connect(m_chip, &QToolButton::clicked, this, [this] {
        if (m_state.clipped)
            emit chosen(std::nullopt);
    });
}

void ClipRow::setLabel(const QString& label) {
    m_label->setText(label);
    m_min->setAccessibleName(tr("%1, lower end").arg(label));
    m_max->setAccessibleName(tr("%1, upper end").arg(label));
}

void ClipRow::setState(const ClipState& state, std::optional<Origin> origin) {
    m_state = state;
    const bool shown = !state.tensors.empty();
    m_label->setVisible(shown);
    m_editors->setVisible(shown);
    m_chip->setVisible(shown);
    if (!shown)
        return;
    for (QLineEdit* edit : {m_min, m_max}) {
        edit->setPlaceholderText(tr("Mixed"));
        edit->setProperty("invalid", false);
        restyle(edit);
    }
    m_min->setText(text(state.min));
    m_max->setText(text(state.max));
    m_min->setCursorPosition(0);
    m_max->setCursorPosition(0);
    if (state.clipped)
        describeOrigin(m_chip, state.unclipped ? std::nullopt : std::optional(Origin::tensor), true);
    else
        describeOrigin(m_chip, origin, false);
}

void ClipRow::take() {
    if (m_min->text() == text(m_state.min) && m_max->text() == text(m_state.max))
        return;
    if (m_min->text().isEmpty() || m_max->text().isEmpty())
        return;  // of a mixed range one end alone says nothing yet
    bool min_valid = false, max_valid = false;
    float min = m_min->text().toFloat(&min_valid), max = m_max->text().toFloat(&max_valid);
    // The end that nobody touched keeps the digits that aren't shown.
    if (m_state.min && m_min->text() == text(m_state.min))
        min = *m_state.min;
    if (m_state.max && m_max->text() == text(m_state.max))
        max = *m_state.max;
    const bool ordered = min_valid && max_valid && min < max;
    m_min->setProperty("invalid", !min_valid || (max_valid && !ordered));
    m_max->setProperty("invalid", !max_valid || (min_valid && !ordered));
    restyle(m_min);
    restyle(m_max);
    if (ordered)
        emit chosen(Range{min, max});
}

}  // namespace quantwright
