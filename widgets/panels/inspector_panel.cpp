#include "widgets/panels/inspector_panel.h"

#include <QEvent>
#include <QLabel>
#include <QScrollArea>
#include <QScrollBar>
#include <QSettings>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "widgets/panels/clip_row.h"
#include "widgets/panels/cost_text.h"
#include "widgets/panels/elided_label.h"
#include "widgets/panels/field_part.h"
#include "widgets/panels/inspector_text.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"
#include "widgets/workspace/shown_layers.h"

namespace quantwright {
namespace {

const QString advanced_setting = QStringLiteral("inspector/advanced");

QLabel* label(const char* role, QWidget* parent) {
    auto* label = new QLabel(parent);
    label->setProperty("role", QString::fromLatin1(role));
    return label;
}

QLabel* paragraph(const char* role, QWidget* parent) {
    QLabel* text = label(role, parent);
    text->setWordWrap(true);
    text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return text;
}

void showText(QLabel* label, const QString& text) {
    label->setText(text);
    label->setVisible(!text.isEmpty());
}

}  // namespace

InspectorPanel::InspectorPanel(Workspace* workspace, QWidget* parent)
    : QWidget(parent), m_workspace(workspace) {
    setProperty("surface", QStringLiteral("panel"));
    setAttribute(Qt::WA_StyledBackground);
    build();
    arrange();
    connect(workspace, &Workspace::documentChanged, this, &InspectorPanel::refresh);
    connect(workspace, &Workspace::resolvedChanged, this, &InspectorPanel::refresh);
    connect(workspace, &Workspace::sensitivityChanged, this, &InspectorPanel::refresh);
    connect(workspace->selection(), &Selection::changed, this, &InspectorPanel::refresh);
    connect(workspace->boardMemory(), &BoardMemory::changed, this, &InspectorPanel::showNotes);
    retranslate();
}

void InspectorPanel::build() {
    m_title = label("title", this);
    m_content = new QWidget;
    m_content->setProperty("surface", QStringLiteral("panel"));
    m_content->setAttribute(Qt::WA_StyledBackground);
    m_name = new ElidedLabel(m_content);
    m_name->setProperty("role", QStringLiteral("section"));
    m_name->setFont(uiFont(TextSize::Large, true));
    m_facts = paragraph("quiet", m_content);
    m_form = paragraph("quiet", m_content);
    m_cost = paragraph("quiet", m_content);
    m_cost->setObjectName(QStringLiteral("board_cost"));
    m_reason = paragraph("stale", m_content);
    m_problems_title = label("section", m_content);
    m_problems = paragraph("quiet", m_content);

    const QString section = QStringLiteral("section"), quiet = QStringLiteral("quiet");
    m_mode = new FieldPart({Field::mode}, {}, m_content);
    m_activation = new FieldPart({Field::activation_format, Field::activation_symmetric,
                                  Field::threshold_method, Field::threshold_percentile},
                                 section, m_content);
    m_weight = new FieldPart(
        {Field::weight_format, Field::weight_symmetric, Field::weight_granularity, Field::weight_block_size},
        section, m_content);
    m_clip = new ClipRow(m_activation->grid(), m_activation->nextRow(), m_activation);
    m_range = paragraph("quiet", m_activation);
    m_activation->addBelow(m_range);
    m_weight_facts = paragraph("quiet", m_weight);
    m_weight->addBelow(m_weight_facts);

    m_advanced_button = new QToolButton(m_content);
    m_advanced_button->setObjectName(QStringLiteral("advanced"));
    m_advanced_button->setProperty("fold", true);
    m_advanced_button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_advanced_button->setIconSize(QSize(12, 12));
    m_advanced_open = QSettings().value(advanced_setting, false).toBool();
    m_advanced = new QWidget(m_content);
    m_more_activation = new FieldPart(
        {Field::activation_range, Field::activation_scale, Field::activation_divisor}, quiet, m_advanced);
    m_more_weight = new FieldPart(
        {Field::weight_range, Field::weight_scale, Field::weight_divisor, Field::weight_storage}, quiet,
        m_advanced);
    m_more = new FieldPart({Field::rounding}, {}, m_advanced);

    for (const FieldPart* part : parts())
        m_rows.insert(m_rows.end(), part->rows().begin(), part->rows().end());
    for (FieldRow* row : m_rows)
        connect(row, &FieldRow::chosen, this,
                [this, row](Field field, const std::optional<std::string>& value) {
                    if (const auto& resolved = m_workspace->resolved())
                        m_workspace->edit(layersEdit(*resolved, row->state().layers, field, value));
                });
    connect(m_clip, &ClipRow::chosen, this, [this](const std::optional<Range>& range) {
        if (const auto& resolved = m_workspace->resolved())
            m_workspace->edit(clipEdit(clipState(*resolved, withOutput()).tensors, range));
    });
    connect(m_advanced_button, &QToolButton::clicked, this, [this] {
        m_advanced_open = !m_advanced_open;
        QSettings().setValue(advanced_setting, m_advanced_open);
        showAdvanced();
    });
}

void InspectorPanel::arrange() {
    auto* more = new QVBoxLayout(m_advanced);
    more->setContentsMargins(0, 0, 0, 0);
    more->setSpacing(4);
    for (FieldPart* part : {m_more_activation, m_more_weight, m_more})
        more->addWidget(part);
    auto* layout = new QVBoxLayout(m_content);
    layout->setContentsMargins(12, 0, 10, 8);
    layout->setSpacing(4);
    layout->addWidget(m_name);
    layout->addWidget(m_facts);
    layout->addSpacing(4);
    for (QWidget* widget :
         std::initializer_list<QWidget*>{m_mode, m_form, m_cost, m_reason, m_activation, m_weight})
        layout->addWidget(widget);
    layout->addWidget(m_advanced_button, 0, Qt::AlignLeft);
    layout->addWidget(m_advanced);
    layout->addWidget(m_problems_title);
    layout->addWidget(m_problems);
    layout->addStretch();
    m_scroll = new QScrollArea(this);
    m_scroll->setObjectName(QStringLiteral("inspector_scroll"));
    m_scroll->setWidget(m_content);
    m_content->installEventFilter(this);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 6, 0, 0);
    outer->setSpacing(6);
    m_title->setContentsMargins(12, 0, 0, 0);
    outer->addWidget(m_title);
    outer->addWidget(m_scroll, 1);
}

std::vector<FieldPart*> InspectorPanel::parts() const {
    return {m_mode, m_activation, m_weight, m_more_activation, m_more_weight, m_more};
}

void InspectorPanel::retranslate() {
    m_title->setText(tr("Inspector"));
    m_activation->setTitle(tr("Activation (output)"));
    m_weight->setTitle(tr("Weight"));
    m_more_activation->setTitle(tr("Activation (output)"));
    m_more_weight->setTitle(tr("Weight"));
    m_problems_title->setText(tr("Problems"));
    // Under headings that say whose they are, the names can be short.
    for (FieldRow* row : m_rows)
        switch (row->field()) {
            case Field::mode:
                row->setLabel(tr("Mode"));
                break;
            case Field::activation_format:
            case Field::weight_format:
                row->setLabel(tr("Format"));
                break;
            case Field::activation_symmetric:
            case Field::weight_symmetric:
                row->setLabel(tr("Mapping"));
                break;
            case Field::activation_granularity:
            case Field::weight_granularity:
                row->setLabel(tr("Granularity"));
                break;
            case Field::threshold_method:
                row->setLabel(tr("Threshold"));
                break;
            case Field::threshold_percentile:
                row->setLabel(tr("Percentile"));
                break;
            case Field::weight_block_size:
                row->setLabel(tr("Block size"));
                break;
            case Field::activation_range:
            case Field::weight_range:
                row->setLabel(tr("Codes"));
                break;
            case Field::activation_scale:
            case Field::weight_scale:
                row->setLabel(tr("Scale"));
                break;
            case Field::activation_divisor:
            case Field::weight_divisor:
                row->setLabel(tr("Divisor"));
                break;
            case Field::weight_storage:
                row->setLabel(tr("Stored as"));
                break;
            case Field::rounding:
                row->setLabel(tr("Rounding"));
                break;
            case Field::clip:
                break;
        }
    m_clip->setLabel(tr("Clip range"));
    alignColumns();
    refresh();
}

void InspectorPanel::alignColumns() {
    // Names and pills of all parts stand below each other.
    int name = 0, pill = 0;
    for (const QString& text : {tr("Mode"), tr("Format"), tr("Mapping"), tr("Granularity"), tr("Threshold"),
                                tr("Percentile"), tr("Stored as"), tr("Clip range"), tr("Block size"),
                                tr("Codes"), tr("Scale"), tr("Divisor"), tr("Rounding")})
        name = std::max(name, QFontMetrics(uiFont()).horizontalAdvance(text));
    constexpr int padding = 18, lock = 15;
    for (const Origin origin :
         {Origin::target, Origin::preset, Origin::defaults, Origin::proposed, Origin::improved, Origin::given,
          Origin::rule, Origin::truncation, Origin::layer, Origin::tensor})
        pill = std::max(pill, QFontMetrics(uiFont(TextSize::Small)).horizontalAdvance(originText(origin)) +
                                  padding + (origin == Origin::given ? lock : 0));
    for (FieldPart* part : parts())
        part->alignColumns(name, pill);
}

void InspectorPanel::refresh() {
    showHeader();
    showFields();
    showNotes();
}

bool InspectorPanel::eventFilter(QObject* watched, QEvent* event) {
    // Nothing is cut on the right, whether there is a scroll bar or not.
    if (watched == m_content && event->type() == QEvent::LayoutRequest)
        m_scroll->setMinimumWidth(m_content->minimumSizeHint().width() +
                                  m_scroll->verticalScrollBar()->sizeHint().width());
    return QWidget::eventFilter(watched, event);
}

void InspectorPanel::showHeader() {
    const auto& layers = m_workspace->selection()->layers();
    if (!m_workspace->resolved() || layers.empty()) {
        m_name->setFullText(
            m_workspace->isOpen()
                ? QString::fromStdString(m_workspace->prepared()->original->path().filename().string())
                : QString());
        m_facts->setText(modelFacts(*m_workspace));
        return;
    }
    const Prepared& prepared = *m_workspace->prepared();
    const LayerGroup* group = wholeGroup(prepared, layers);
    const int shown = static_cast<int>(groupsOf(prepared, layers).size());
    m_name->setFullText(
        group ? QString::fromStdString(group->name)
        : layers.size() > 1
            ? tr("%n layer(s) selected", nullptr, shown)
            : QString::fromStdString(prepared.layers[static_cast<std::size_t>(layers.front())].name));
    m_facts->setText(layerFacts(*m_workspace, layers));
}

void InspectorPanel::showFields() {
    const auto& resolved = m_workspace->resolved();
    const std::vector<int> layers = resolved ? m_workspace->selection()->layers() : std::vector<int>();
    std::optional<Origin> threshold_origin;
    for (FieldRow* row : m_rows) {
        row->setState(resolved ? fieldState(*resolved, layers, row->field()) : FieldState());
        if (row->field() == Field::threshold_method)
            threshold_origin = row->state().origin;
    }
    // Of a group the range is that of what it gives, the weight that of its lead.
    const LayerGroup* group = resolved ? wholeGroup(*resolved->prepared, layers) : nullptr;
    const ClipState clip = resolved ? clipState(*resolved, withOutput()) : ClipState();
    m_clip->setState(clip, threshold_origin);
    m_activation->setVisible(m_activation->anyShown() || !clip.tensors.empty());
    m_weight->setVisible(m_weight->anyShown());
    const bool one = layers.size() == 1 || group;
    showText(m_range, one ? rangeText(*resolved, withOutput().front()) : QString());
    showText(m_weight_facts, one ? weightText(*resolved, group ? group->lead : layers.front()) : QString());
    showAdvanced();
}

std::vector<int> InspectorPanel::withOutput() const {
    const auto& layers = m_workspace->selection()->layers();
    const LayerGroup* group = wholeGroup(*m_workspace->prepared(), layers);
    return group ? std::vector<int>{group->value} : layers;
}

void InspectorPanel::showAdvanced() {
    bool any = false;
    int changed = 0;
    for (FieldPart* part : {m_more_activation, m_more_weight, m_more}) {
        part->setVisible(part->anyShown());
        any = any || part->anyShown();
        changed += part->changed();
    }
    // What is folded away must not be forgotten.
    m_advanced_button->setText(
        m_advanced_open || changed == 0 ? tr("Advanced") : tr("Advanced: %n chosen here", nullptr, changed));
    m_advanced_button->setIcon(themedIcon(m_advanced_open ? QStringLiteral("style/chevron-down")
                                                          : QStringLiteral("style/chevron-right")));
    m_advanced_button->setVisible(any);
    m_advanced->setVisible(any && m_advanced_open);
}

void InspectorPanel::showNotes() {
    const auto& resolved = m_workspace->resolved();
    const auto& layers = m_workspace->selection()->layers();
    const bool any = resolved && !layers.empty();
    // A group is in the form of its lead, as its row and its box say.
    const LayerGroup* group = any ? wholeGroup(*resolved->prepared, layers) : nullptr;
    const std::vector<int> judged = group ? std::vector<int>{group->lead} : layers;
    showText(m_form, any ? formText(*resolved, judged) : QString());
    showText(m_cost, any ? costText(*m_workspace, layers) : QString());
    showText(m_reason, any ? reasonText(*resolved, judged) : QString());
    showText(m_problems, any ? problemsText(*m_workspace, layers) : QString());
    m_problems_title->setVisible(!m_problems->text().isEmpty());
}

void InspectorPanel::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

}  // namespace quantwright
