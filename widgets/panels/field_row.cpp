#include "widgets/panels/field_row.h"

#include <QComboBox>
#include <QCoreApplication>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QToolButton>
#include <QWheelEvent>

#include "widgets/theme/fonts.h"
#include "widgets/theme/style_sheet.h"
#include "widgets/words/words.h"

namespace quantwright {
namespace {

/// Scrolling the inspector must not change what happens to be under the pointer.
class CalmComboBox : public QComboBox {
public:
    using QComboBox::QComboBox;

protected:
    void wheelEvent(QWheelEvent* event) override { event->ignore(); }
};

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(quantwright::FieldRow)
};

}  // namespace

QString originText(Origin origin) {
    switch (origin) {
        case Origin::target:
            return Tr::tr("target");
        case Origin::preset:
            return Tr::tr("preset");
        case Origin::defaults:
            return Tr::tr("plan");
        case Origin::rule:
            return Tr::tr("rule");
        case Origin::layer:
            return Tr::tr("this layer");
        case Origin::tensor:
            return Tr::tr("this tensor");
    }
    return {};
}

void describeOrigin(QToolButton* chip, std::optional<Origin> origin, bool resettable) {
    const bool own = origin == Origin::layer || origin == Origin::tensor;
    chip->setText(origin ? originText(*origin) : Tr::tr("mixed"));
    chip->setProperty("level", own                      ? QStringLiteral("own")
                               : origin == Origin::rule ? QStringLiteral("rule")
                                                        : QString());
    // Where there is nothing to go back to it only tells.
    chip->setFocusPolicy(resettable ? Qt::StrongFocus : Qt::NoFocus);
    chip->setCursor(resettable ? Qt::PointingHandCursor : Qt::ArrowCursor);
    const QString source =
        origin ? Tr::tr("Comes from: %1").arg(words::name(*origin)) : Tr::tr("Comes from different places");
    chip->setToolTip(resettable ? source + QLatin1Char('\n') +
                                      Tr::tr("Click to go back to what the plan or the target says")
                                : source);
    chip->setAccessibleName(source);
    restyle(chip);
}

FieldRow::FieldRow(Field field, QGridLayout* grid, int row, QWidget* parent)
    : QObject(parent), m_field(field), m_label(new QLabel(parent)), m_chip(new QToolButton(parent)) {
    m_label->setProperty("role", QStringLiteral("quiet"));
    m_chip->setProperty("pill", true);
    m_chip->setFont(uiFont(TextSize::Small));
    m_chip->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    QWidget* editor = nullptr;
    if (info(field).values.empty()) {
        m_number = new QLineEdit(parent);
        m_number->setFont(figureFont());
        editor = m_number;
        connect(m_number, &QLineEdit::editingFinished, this, &FieldRow::takeNumber);
    } else {
        m_combo = new CalmComboBox(parent);
        m_combo->setMinimumContentsLength(9);
        m_combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        editor = m_combo;
        connect(m_combo, &QComboBox::activated, this, [this](int index) {
            emit chosen(m_field, m_combo->itemData(index).toString().toStdString());
        });
    }
    editor->setObjectName(
        QStringLiteral("field_") +
        QString::fromUtf8(info(field).path.data(), static_cast<qsizetype>(info(field).path.size())));
    editor->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_label->setBuddy(editor);
    grid->addWidget(m_label, row, 0);
    grid->addWidget(editor, row, 1);
    grid->addWidget(m_chip, row, 2);
    connect(m_chip, &QToolButton::clicked, this, [this] {
        if (m_state.resettable)
            emit chosen(m_field, std::nullopt);
    });
}

void FieldRow::setLabel(const QString& label) {
    m_label->setText(label);
    if (m_combo)
        m_combo->setAccessibleName(label);
    if (m_number)
        m_number->setAccessibleName(label);
}

void FieldRow::setState(const FieldState& state) {
    m_state = state;
    const bool shown = !state.layers.empty();
    m_label->setVisible(shown);
    m_chip->setVisible(shown);
    if (m_combo)
        m_combo->setVisible(shown);
    if (m_number)
        m_number->setVisible(shown);
    if (!shown)
        return;
    if (m_combo) {
        m_combo->clear();
        m_combo->setPlaceholderText(Tr::tr("Mixed"));
        for (const std::string& value : state.allowed)
            m_combo->addItem(words::value(m_field, value), QString::fromStdString(value));
        m_combo->setCurrentIndex(state.value ? m_combo->findData(QString::fromStdString(*state.value)) : -1);
        m_combo->setEnabled(state.allowed.size() > 1 || state.mixed());
    }
    if (m_number) {
        m_number->setPlaceholderText(Tr::tr("Mixed"));
        m_number->setText(state.value ? QString::fromStdString(*state.value) : QString());
    }
    describeOrigin(m_chip, state.origin, state.resettable);
}

void FieldRow::takeNumber() {
    const std::string value = m_number->text().trimmed().toStdString();
    if (value.empty() || m_state.value == value)
        return;
    const bool valid = check_value(m_field, value).has_value();
    m_number->setProperty("invalid", !valid);
    restyle(m_number);
    if (valid)
        emit chosen(m_field, value);
}

}  // namespace quantwright
