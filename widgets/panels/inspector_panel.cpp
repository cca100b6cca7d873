#include "widgets/panels/inspector_panel.h"

#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <QScrollArea>
#include <QScrollBar>
#include <QVBoxLayout>
#include <algorithm>

#include "widgets/panels/clip_row.h"
#include "widgets/panels/elided_label.h"
#include "widgets/panels/field_row.h"
#include "widgets/panels/figures.h"
#include "widgets/panels/layer_text.h"
#include "widgets/theme/fonts.h"
#include "widgets/words/words.h"

namespace quantwright {
namespace {

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

QGridLayout* fieldGrid() {
    auto* grid = new QGridLayout;
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(4);
    grid->setColumnStretch(1, 1);
    return grid;
}

}  // namespace

InspectorPanel::InspectorPanel(Workspace* workspace, QWidget* parent)
    : QWidget(parent), m_workspace(workspace) {
    setProperty("surface", QStringLiteral("panel"));
    setAttribute(Qt::WA_StyledBackground);
    build();
    connect(workspace, &Workspace::documentChanged, this, &InspectorPanel::refresh);
    connect(workspace, &Workspace::resolvedChanged, this, &InspectorPanel::refresh);
    connect(workspace, &Workspace::sensitivityChanged, this, &InspectorPanel::refresh);
    connect(workspace->selection(), &Selection::changed, this, &InspectorPanel::refresh);
    retranslate();
}

void InspectorPanel::build() {
    m_title = label("title", this);
    auto* content = new QWidget;
    content->setProperty("surface", QStringLiteral("panel"));
    content->setAttribute(Qt::WA_StyledBackground);
    m_name = new ElidedLabel(content);
    m_name->setProperty("role", QStringLiteral("section"));
    m_name->setFont(uiFont(TextSize::Large, true));
    m_facts = paragraph("quiet", content);
    m_reason = paragraph("stale", content);
    m_activation_part = new QWidget(content);
    m_weight_part = new QWidget(content);
    m_activation_title = label("section", m_activation_part);
    m_weight_title = label("section", m_weight_part);
    m_range = paragraph("quiet", m_activation_part);
    m_problems_title = label("section", content);
    m_problems = paragraph("quiet", content);

    auto* mode = fieldGrid();
    m_rows.push_back(new FieldRow(Field::mode, mode, 0, content));
    auto* activation = fieldGrid();
    int row = 0;
    for (const Field field : {Field::activation_format, Field::activation_symmetric, Field::threshold_method,
                              Field::threshold_percentile})
        m_rows.push_back(new FieldRow(field, activation, row++, m_activation_part));
    m_clip = new ClipRow(activation, row, m_activation_part);
    auto* weight = fieldGrid();
    row = 0;
    for (const Field field :
         {Field::weight_format, Field::weight_symmetric, Field::weight_granularity, Field::weight_storage})
        m_rows.push_back(new FieldRow(field, weight, row++, m_weight_part));

    m_grids = {mode, activation, weight};
    const auto part = [](QWidget* widget, QLabel* title, QGridLayout* grid) {
        auto* layout = new QVBoxLayout(widget);
        layout->setContentsMargins(0, 6, 0, 0);
        layout->setSpacing(6);
        layout->addWidget(title);
        layout->addLayout(grid);
        return layout;
    };
    part(m_activation_part, m_activation_title, activation)->addWidget(m_range);
    part(m_weight_part, m_weight_title, weight);

    auto* layout = new QVBoxLayout(content);
    layout->setContentsMargins(12, 0, 10, 8);
    layout->setSpacing(4);
    layout->addWidget(m_name);
    layout->addWidget(m_facts);
    layout->addSpacing(4);
    layout->addLayout(mode);
    layout->addWidget(m_reason);
    layout->addWidget(m_activation_part);
    layout->addWidget(m_weight_part);
    layout->addWidget(m_problems_title);
    layout->addWidget(m_problems);
    layout->addStretch();
    m_scroll = new QScrollArea(this);
    m_scroll->setWidget(content);
    content->installEventFilter(this);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 6, 0, 0);
    outer->setSpacing(6);
    m_title->setContentsMargins(12, 0, 0, 0);
    outer->addWidget(m_title);
    outer->addWidget(m_scroll, 1);

    for (FieldRow* field_row : m_rows)
        connect(field_row, &FieldRow::chosen, this,
                [this, field_row](Field field, const std::optional<std::string>& value) {
                    if (const auto& resolved = m_workspace->resolved())
                        m_workspace->edit(layersEdit(*resolved, field_row->state().layers, field, value));
                });
    connect(m_clip, &ClipRow::chosen, this, [this](const std::optional<Range>& range) {
        if (const auto& resolved = m_workspace->resolved())
            m_workspace->edit(
                clipEdit(clipState(*resolved, m_workspace->selection()->layers()).tensors, range));
    });
}

void InspectorPanel::retranslate() {
    m_title->setText(tr("Inspector"));
    m_activation_title->setText(tr("Activation (output)"));
    m_weight_title->setText(tr("Weight"));
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
            case Field::weight_storage:
                row->setLabel(tr("Stored as"));
                break;
            case Field::clip:
                break;
        }
    m_clip->setLabel(tr("Clip range"));
    alignColumns();
    refresh();
}

void InspectorPanel::alignColumns() {
    // Names and pills of the three parts stand below each other.
    int name = 0, pill = 0;
    for (const QString& text : {tr("Mode"), tr("Format"), tr("Mapping"), tr("Granularity"), tr("Threshold"),
                                tr("Percentile"), tr("Stored as"), tr("Clip range")})
        name = std::max(name, QFontMetrics(uiFont()).horizontalAdvance(text));
    for (const Origin origin :
         {Origin::target, Origin::preset, Origin::defaults, Origin::rule, Origin::layer, Origin::tensor})
        pill =
            std::max(pill, QFontMetrics(uiFont(TextSize::Small)).horizontalAdvance(originText(origin)) + 18);
    for (QGridLayout* grid : m_grids) {
        grid->setColumnMinimumWidth(0, name);
        grid->setColumnMinimumWidth(2, pill);
    }
}

void InspectorPanel::refresh() {
    const bool any = m_workspace->resolved() && !m_workspace->selection()->layers().empty();
    if (any)
        showHeader();
    else
        showModel();
    showFields();
    showNotes();
}

bool InspectorPanel::eventFilter(QObject* watched, QEvent* event) {
    // Nothing is cut on the right, whether there is a scroll bar or not.
    if (watched == m_scroll->widget() && event->type() == QEvent::LayoutRequest)
        m_scroll->setMinimumWidth(m_scroll->widget()->minimumSizeHint().width() +
                                  m_scroll->verticalScrollBar()->sizeHint().width());
    return QWidget::eventFilter(watched, event);
}

void InspectorPanel::showModel() {
    if (!m_workspace->isOpen()) {
        m_name->setFullText(QString());
        m_facts->setText(tr("No model is open."));
        return;
    }
    const Prepared& prepared = *m_workspace->prepared();
    std::int64_t parameters = 0, macs = 0;
    for (const Layer& layer : prepared.layers) {
        parameters += layer.parameters;
        macs += layer.macs;
    }
    m_name->setFullText(QString::fromStdString(prepared.original->path().filename().string()));
    QStringList lines;
    lines << tr("%n layer(s)", nullptr, static_cast<int>(prepared.layers.size())) +
                 QStringLiteral(" · %1 %2 · %3 MACs")
                     .arg(figures::count(parameters), tr("parameters"), figures::count(macs));
    if (m_workspace->statistics())
        lines << tr("%1 of %2 layers quantized")
                     .arg(m_workspace->resolved()->quantized_layers())
                     .arg(prepared.layers.size());
    lines << QString()
          << tr("Select layers in the graph, the outline or the table to see and change how they are "
                "quantized.");
    m_facts->setText(lines.join(QLatin1Char('\n')));
}

void InspectorPanel::showHeader() {
    const auto& layers = m_workspace->selection()->layers();
    const Prepared& prepared = *m_workspace->prepared();
    if (layers.size() > 1) {
        std::int64_t parameters = 0;
        for (const int layer : layers)
            parameters += prepared.layers[static_cast<std::size_t>(layer)].parameters;
        m_name->setFullText(tr("%n layer(s) selected", nullptr, static_cast<int>(layers.size())));
        m_facts->setText(
            tr("%1 parameters · what you choose goes to all of them").arg(figures::count(parameters)));
        return;
    }
    const int layer = layers.front();
    const Layer& facts = prepared.layers[static_cast<std::size_t>(layer)];
    m_name->setFullText(QString::fromStdString(facts.name));
    QStringList parts{
        operatorOf(prepared, layer) +
            (facts.activation.empty() ? QString()
                                      : QStringLiteral(" + ") + QString::fromStdString(facts.activation)),
        figures::shape(outputShape(prepared, layer))};
    if (facts.parameters > 0)
        parts << tr("%1 params").arg(figures::count(facts.parameters));
    if (const auto& sensitivity = m_workspace->sensitivity())
        if (const LayerSensitivity* hurt = sensitivity->find(layer))
            parts << tr("SNR alone %1, rank %2").arg(figures::decibels(hurt->snr_db_alone)).arg(hurt->rank);
    m_facts->setText(parts.join(QStringLiteral(" · ")));
}

void InspectorPanel::showFields() {
    const auto& resolved = m_workspace->resolved();
    const std::vector<int> layers = resolved ? m_workspace->selection()->layers() : std::vector<int>();
    bool activation = false, weight = false;
    std::optional<Origin> threshold_origin;
    for (FieldRow* row : m_rows) {
        const FieldState state = resolved ? fieldState(*resolved, layers, row->field()) : FieldState();
        row->setState(state);
        const bool shown = !state.layers.empty();
        if (row->field() >= Field::weight_format)
            weight = weight || shown;
        else if (row->field() != Field::mode)
            activation = activation || shown;
        if (row->field() == Field::threshold_method)
            threshold_origin = state.origin;
    }
    const ClipState clip = resolved ? clipState(*resolved, layers) : ClipState();
    m_clip->setState(clip, threshold_origin);
    m_activation_part->setVisible(activation || !clip.tensors.empty());
    m_weight_part->setVisible(weight);
    m_range->setText(layers.size() == 1 ? rangeText(layers.front()) : QString());
    m_range->setVisible(!m_range->text().isEmpty());
}

QString InspectorPanel::rangeText(int layer) const {
    const Resolved& resolved = *m_workspace->resolved();
    const Layer& facts = m_workspace->prepared()->layers[static_cast<std::size_t>(layer)];
    QStringList lines;
    if (resolved.statistics && !facts.outputs.empty()) {
        const std::string& tensor = m_workspace->prepared()->model->graph()[facts.outputs.front()].name;
        if (const TensorStatistics* statistics = resolved.statistics->find(tensor))
            lines << tr("Observed %1 … %2")
                         .arg(figures::value(statistics->range.min), figures::value(statistics->range.max));
    }
    if (const ResolvedTensor* output = outputTensor(resolved, layer);
        output && !output->parameters.per_channel())
        lines << tr("Scale %1 · zero point %2")
                     .arg(figures::value(output->parameters.scale.front()))
                     .arg(output->parameters.zero_point.front());
    return lines.join(QLatin1Char('\n'));
}

void InspectorPanel::showNotes() {
    const auto& resolved = m_workspace->resolved();
    const auto& layers = m_workspace->selection()->layers();
    QString reason;
    QStringList problems;
    if (resolved && !layers.empty()) {
        const KeptFloat first = resolved->layers[static_cast<std::size_t>(layers.front())].kept_float;
        const bool same = std::all_of(layers.begin(), layers.end(), [&](int layer) {
            return resolved->layers[static_cast<std::size_t>(layer)].kept_float == first;
        });
        if (same && first != KeptFloat::no)
            reason = words::reason(first);
        for (const Problem& problem : m_workspace->problems())
            for (const int layer : layers)
                if (!problem.layer.empty() &&
                    problem.layer == m_workspace->prepared()->layers[static_cast<std::size_t>(layer)].name)
                    problems << words::message(problem) + QLatin1Char(' ') + words::hint(problem);
    }
    constexpr qsizetype readable = 6;
    if (problems.size() > readable) {
        const int more = static_cast<int>(problems.size() - readable);
        problems = problems.mid(0, readable);
        problems << tr("… and %n more", nullptr, more);
    }
    m_reason->setText(reason);
    m_reason->setVisible(!reason.isEmpty());
    m_problems->setText(problems.join(QLatin1Char('\n')));
    m_problems->setVisible(!problems.isEmpty());
    m_problems_title->setVisible(!problems.isEmpty());
}

void InspectorPanel::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

}  // namespace quantwright
