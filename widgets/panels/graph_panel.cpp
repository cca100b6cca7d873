#include "widgets/panels/graph_panel.h"

#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>
#include <unordered_set>

#include "widgets/graph/graph_view.h"
#include "widgets/panels/board_times.h"
#include "widgets/panels/heat_scale.h"
#include "widgets/theme/icons.h"
#include "widgets/words/words.h"
#include "widgets/workspace/shown_layers.h"

namespace quantwright {

GraphPanel::GraphPanel(Workspace* workspace, QWidget* parent)
    : QWidget(parent),
      m_workspace(workspace),
      m_view(new GraphView(this)),
      m_label(new QLabel(this)),
      m_combo(new QComboBox(this)),
      m_fit(new QToolButton(this)),
      m_in(new QToolButton(this)),
      m_out(new QToolButton(this)) {
    setProperty("surface", QStringLiteral("canvas"));
    setAttribute(Qt::WA_StyledBackground);
    m_label->setProperty("role", QStringLiteral("quiet"));
    m_label->setBuddy(m_combo);
    m_combo->setObjectName(QStringLiteral("colour_by"));
    m_combo->addItems({QString(), QString(), QString(), QString()});
    m_combo->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_fit->setIcon(themedIcon(QStringLiteral("fit")));
    m_in->setIcon(themedIcon(QStringLiteral("zoom-in")));
    m_out->setIcon(themedIcon(QStringLiteral("zoom-out")));
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(12, 6, 12, 6);
    bar->setSpacing(8);
    bar->addWidget(m_label);
    bar->addWidget(m_combo);
    bar->addStretch();
    for (QToolButton* button : {m_fit, m_in, m_out})
        bar->addWidget(button);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(bar);
    layout->addWidget(m_view, 1);

    connect(m_combo, &QComboBox::activated, this,
            [this](int index) { setColourBy(static_cast<ColourBy>(index)); });
    connect(m_fit, &QToolButton::clicked, m_view, &GraphView::fit);
    connect(m_in, &QToolButton::clicked, m_view, &GraphView::zoomIn);
    connect(m_out, &QToolButton::clicked, m_view, &GraphView::zoomOut);
    connect(m_view, &GraphView::selectionChanged, this, [this](const QVector<int>& ids) {
        std::vector<int> layers;
        if (m_workspace->isOpen()) {
            const Prepared& prepared = *m_workspace->prepared();
            for (const int id : ids)
                if (id < static_cast<int>(prepared.layers.size()))
                    for (const int layer : standsFor(prepared, *m_workspace->openGroups(), id))
                        layers.push_back(layer);
        }
        m_workspace->selection()->set(std::move(layers), m_view->currentId().value_or(-1));
    });
    connect(m_view, &GraphView::markClicked, this, [this](int id) {
        const Prepared& prepared = *m_workspace->prepared();
        const int group = prepared.group_of_layer[static_cast<std::size_t>(id)];
        m_workspace->openGroups()->setOpen(group, !m_workspace->openGroups()->isOpen(group));
        m_view->keepInPlace(prepared.group_of(id).lead);
    });
    connect(workspace->selection(), &Selection::changed, this, &GraphPanel::showSelection);
    connect(workspace->openGroups(), &OpenGroups::changed, this, [this] {
        if (const int current = m_workspace->selection()->current(); current >= 0)
            m_view->keepInPlace(m_workspace->prepared()->group_of(current).lead);
        refresh();
    });
    connect(workspace, &Workspace::documentChanged, this, &GraphPanel::refresh);
    connect(workspace, &Workspace::resolvedChanged, this, &GraphPanel::refresh);
    connect(workspace, &Workspace::sensitivityChanged, this, &GraphPanel::refresh);
    connect(workspace, &Workspace::imagesChanged, this, &GraphPanel::refresh);
    connect(workspace, &Workspace::deployedChanged, this, &GraphPanel::refresh);
    retranslate();
}

void GraphPanel::setColourBy(ColourBy colour_by) {
    m_combo->setCurrentIndex(static_cast<int>(colour_by));
    if (colour_by == m_colour_by)
        return;
    m_colour_by = colour_by;
    refresh();
    emit colourByChanged(colour_by);
}

void GraphPanel::retranslate() {
    m_label->setText(tr("Colour by"));
    m_combo->setItemText(0, tr("Sensitivity"));
    m_combo->setItemText(1, tr("Precision"));
    m_combo->setItemText(2, tr("Board time"));
    m_combo->setItemText(3, tr("Board error"));
    m_combo->setAccessibleName(tr("Colour by"));
    m_fit->setToolTip(tr("Fit the whole graph (Space)"));
    m_in->setToolTip(tr("Zoom in"));
    m_out->setToolTip(tr("Zoom out"));
    m_fit->setAccessibleName(tr("Fit"));
    m_in->setAccessibleName(tr("Zoom in"));
    m_out->setAccessibleName(tr("Zoom out"));
    m_view->setEmptyText(
        tr("Open an ONNX model: Ctrl+O, or drop it here.\nTo look around first: File › Open sample."));
    m_view->setAccessibleName(tr("Graph"));
    refresh();
}

void GraphPanel::refresh() {
    const auto& resolved = m_workspace->resolved();
    if (!resolved) {
        m_view->setScene({});
        m_view->setLegend({});
        return;
    }
    const auto& sensitivity = m_workspace->sensitivity();
    GraphScene scene = buildScene(*resolved, sensitivity.get(), m_colour_by, *m_workspace->openGroups());
    GraphLegend legend;
    if (m_colour_by == ColourBy::precision) {
        legend.entries = precisionLegend(scene);
        if (!legend.entries.empty())
            legend.title = tr("Precision");
    }
    const auto& deployed = m_workspace->deployed();
    if (m_colour_by == ColourBy::board_time) {
        std::vector<std::optional<double>> times;
        if (deployed)
            times = timesAsShown(timesByLayer(deployed->result, *resolved->prepared));
        colourByTime(scene, times);
        const double scale = timeScale(times);
        legend.title = scale > 0  ? scale < 1000 ? tr("Time on the board, µs") : tr("Time on the board, ms")
                        : deployed ? tr("The board's times can't be told by layer.")
                                  : tr("Not deployed yet: no time on a board is known.");
        legend.worst_first = false;
        for (int i = 0; scale > 0 && i <= 5; ++i)
            legend.ticks << QString::number((scale < 1000 ? scale : scale / 1000) * i / 5);
    }
    if (m_colour_by == ColourBy::board_error) {
        std::vector<std::optional<double>> errors;
        if (deployed)
            errors = errorsAsShown(errorsByLayer(deployed->result, *resolved->prepared));
        const HeatScale scale = errorScale(errors);
        QVector<int> marked;
        if (deployed) {
            const auto differing = differingLayers(deployed->result, *resolved->prepared);
            marked = shownIds(differing);
        }
        colourByError(scene, scale, errors, {marked.begin(), marked.end()});
        legend.title = scale.known() ? tr("SNR on the board, dB (triangle: differs from the simulation)")
                       : deployed    ? tr("The layers were not compared on the board.")
                                     : tr("Not deployed yet: no error on a board is known.");
        if (scale.known()) {
            legend.ticks = scale.ticks();
            legend.note = tr("%n image(s), on the board with optimizations off", nullptr,
                             deployed->request.layer_images);
        }
    }
    if (deployed && !legend.title.isEmpty() &&
        (m_colour_by == ColourBy::board_time || m_colour_by == ColourBy::board_error) &&
        deployed->made_from != m_workspace->basis()) {
        const QString stale = tr("before the last changes");
        legend.note = legend.note.isEmpty() ? stale : tr("%1 · before the last changes").arg(legend.note);
    }
    m_view->setScene(std::move(scene));
    if (m_colour_by == ColourBy::sensitivity && sensitivity) {
        const HeatScale scale(*sensitivity);
        if (scale.known()) {
            legend.title = tr("SNR alone, dB (lower = more sensitive)");
            legend.note = words::shortlyMeasuredOn(sensitivity->measured_on, sensitivity->images_wanted);
            if (m_workspace->state(Step::analyze).kind == StepState::Kind::stale)
                legend.note = tr("%1 · before the last changes").arg(legend.note);
            legend.ticks = scale.ticks();
        }
    }
    m_view->setLegend(legend);
    showSelection();
}

void GraphPanel::showSelection() {
    if (m_workspace->isOpen())
        m_view->setSelectedIds(shownIds(m_workspace->selection()->layers()));
}

QVector<int> GraphPanel::shownIds(const std::vector<int>& layers) const {
    QVector<int> ids;
    std::unordered_set<int> taken;
    for (const int layer : layers)
        if (const int id = shownFor(*m_workspace->prepared(), *m_workspace->openGroups(), layer);
            taken.insert(id).second)
            ids << id;
    return ids;
}

GraphPanel::Figures GraphPanel::timesAsShown(Figures times) const {
    const Prepared& prepared = *m_workspace->prepared();
    Figures shown(times.size());
    for (std::size_t i = 0; i < times.size(); ++i)
        if (auto& sum = shown[static_cast<std::size_t>(
                shownFor(prepared, *m_workspace->openGroups(), static_cast<int>(i)))];
            times[i])
            sum = sum.value_or(0) + *times[i];
    return shown;
}

GraphPanel::Figures GraphPanel::errorsAsShown(Figures snr_db) const {
    const Prepared& prepared = *m_workspace->prepared();
    for (const LayerGroup& group : prepared.groups)
        if (const auto lead = static_cast<std::size_t>(group.lead),
            exit = static_cast<std::size_t>(group.exit());
            exit < snr_db.size() &&
            shownFor(prepared, *m_workspace->openGroups(), group.exit()) == group.lead)
            snr_db[lead] = snr_db[exit];
    return snr_db;
}

void GraphPanel::highlight(const QVector<int>& layers) {
    m_view->setHighlighted(m_workspace->isOpen() ? shownIds({layers.begin(), layers.end()}) : QVector<int>());
}

void GraphPanel::showLayer(int layer) {
    m_view->centreOn(shownFor(*m_workspace->prepared(), *m_workspace->openGroups(), layer));
}

void GraphPanel::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

}  // namespace quantwright
