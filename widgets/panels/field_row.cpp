#include "widgets/panels/field_row.h"

#include <QAbstractItemView>
#include <QComboBox>
#include <QCoreApplication>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QStandardItemModel>
#include <QTimer>
#include <QToolButton>
#include <QWheelEvent>

#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"
#include "widgets/theme/style_sheet.h"
#include "widgets/words/words.h"

namespace quantwright {
namespace {

/// Scrolling the inspector must not change what happens to be under the pointer.
class CalmComboBox : public QComboBox {
public:
    using QComboBox::QComboBox;
    std::function<void()> closed;

    void hidePopup() override {
        QComboBox::hidePopup();
        if (closed)
            closed();
    }

protected:
    void wheelEvent(QWheelEvent* event) override { event->ignore(); }
};

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(quantwright::FieldRow)
};

/// Why a value can't be chosen.
QString refusalText(Refusal refusal, const QString& target) {
    switch (refusal) {
        case Refusal::no:
            return {};
        case Refusal::target:
            return Tr::tr("%1 does not run this.").arg(target);
        case Refusal::op:
            return Tr::tr("%1 has no such form of this operator.").arg(target);
        case Refusal::needs_weight:
            return Tr::tr("This needs a constant weight.");
        case Refusal::blocks:
            return Tr::tr("Integer kernels can't add up blocks: only with the mode %1.")
                .arg(words::value(Field::mode, "weight-only"));
        case Refusal::zero_points:
            return Tr::tr("Integer kernels take one zero point for all channels: only per tensor.");
        case Refusal::int8_activations:
            return Tr::tr("Beside INT8 activations there are kernels for INT8 weights only.");
    }
    return {};
}

}  // namespace

QString originText(Origin origin) {
    switch (origin) {
        case Origin::target:
            return Tr::tr("target");
        case Origin::preset:
            return Tr::tr("preset");
        case Origin::defaults:
            return Tr::tr("plan");
        case Origin::proposed:
            return Tr::tr("proposed");
        case Origin::improved:
            return Tr::tr("improved");
        case Origin::given:
            return Tr::tr("given");
        case Origin::rule:
            return Tr::tr("rule");
        case Origin::truncation:
            return Tr::tr("truncation");
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
    chip->setProperty("level", own ? QStringLiteral("own")
                               : origin == Origin::rule || origin == Origin::truncation
                                   ? QStringLiteral("rule")
                                   : QString());
    // Locked: it came with the model and stays until somebody chooses.
    chip->setIcon(origin == Origin::given ? themedIcon(QStringLiteral("lock"), IconTint::Quiet) : QIcon());
    chip->setIconSize(QSize(11, 11));
    chip->setToolButtonStyle(origin == Origin::given ? Qt::ToolButtonTextBesideIcon : Qt::ToolButtonTextOnly);
    // Where there is nothing to go back to it only tells.
    chip->setFocusPolicy(resettable ? Qt::StrongFocus : Qt::NoFocus);
    chip->setCursor(resettable ? Qt::PointingHandCursor : Qt::ArrowCursor);
    const QString source =
        origin ? Tr::tr("Comes from: %1").arg(words::name(*origin)) : Tr::tr("Comes from different places");
    QString tip = source;
    if (resettable)
        tip += QLatin1Char('\n') + Tr::tr("Click to go back to what the plan or the target says");
    else if (origin == Origin::given)
        tip += QLatin1Char('\n') + Tr::tr("Kept as it is until you choose something else");
    chip->setToolTip(tip);
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
        auto* combo = new CalmComboBox(parent);
        // After the choice was taken, which comes behind the closing.
        combo->closed = [this] { QTimer::singleShot(0, this, &FieldRow::fillIfStale); };
        m_combo = combo;
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
    if (m_combo)
        fillCombo();
    if (m_number) {
        m_number->setPlaceholderText(Tr::tr("Mixed"));
        m_number->setText(state.value ? QString::fromStdString(*state.value) : QString());
        m_number->setProperty("invalid", false);
        restyle(m_number);
    }
    describeOrigin(m_chip, state.origin, state.resettable);
}

void FieldRow::fillIfStale() {
    if (m_stale)
        fillCombo();
}

void FieldRow::fillCombo() {
    // A list that is open belongs to the user: figures that arrive meanwhile must not take it away.
    m_stale = m_combo->view()->isVisible();
    if (m_stale)
        return;
    m_combo->clear();
    m_combo->setPlaceholderText(m_state.given ? Tr::tr("As given") : Tr::tr("Mixed"));
    const auto* model = qobject_cast<QStandardItemModel*>(m_combo->model());
    for (const FieldOption& option : m_state.options) {
        m_combo->addItem(words::value(m_field, option.value), QString::fromStdString(option.value));
        const int row = m_combo->count() - 1;
        const QString why = refusalText(option.refusal, QString::fromStdString(m_state.target));
        m_combo->setItemData(row, why.isEmpty() ? words::explanation(m_field, option.value) : why,
                             Qt::ToolTipRole);
        if (model && option.refusal != Refusal::no)
            model->item(row)->setEnabled(false);
    }
    m_combo->setCurrentIndex(m_state.value ? m_combo->findData(QString::fromStdString(*m_state.value)) : -1);
    m_combo->setToolTip(m_state.value ? words::explanation(m_field, *m_state.value) : QString());
    m_combo->setEnabled(m_state.options.size() > 1);
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
