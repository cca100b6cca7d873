#include "widgets/panels/layers_table.h"

#include <QEvent>
#include <QHeaderView>
#include <QSortFilterProxyModel>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>

#include "widgets/panels/board_times.h"
#include "widgets/panels/layer_model.h"
#include "widgets/theme/theme.h"

namespace quantwright {

LayersTable::LayersTable(Workspace* workspace, QWidget* parent)
    : QWidget(parent),
      m_workspace(workspace),
      m_model(new LayerModel(this)),
      m_sorted(new QSortFilterProxyModel(this)),
      m_view(new QTableView(this)) {
    m_sorted->setSourceModel(m_model);
    m_sorted->setSortRole(LayerModel::SortRole);
    m_view->setModel(m_sorted);
    m_view->setObjectName(QStringLiteral("layers"));
    m_view->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_view->setSortingEnabled(true);
    m_view->sortByColumn(LayerModel::Name, Qt::AscendingOrder);
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setShowGrid(false);
    m_view->setTextElideMode(Qt::ElideMiddle);
    m_view->setTabKeyNavigation(false);
    m_view->verticalHeader()->hide();
    m_view->verticalHeader()->setDefaultSectionSize(24);
    m_view->horizontalHeader()->setHighlightSections(false);
    m_view->horizontalHeader()->setSectionResizeMode(LayerModel::Name, QHeaderView::Stretch);
    m_view->setIconSize(QSize(10, 10));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_view);

    connect(m_view->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &LayersTable::selectionFromTable);
    connect(m_view, &QTableView::doubleClicked, this,
            [this](const QModelIndex& index) { emit layerActivated(m_sorted->mapToSource(index).row()); });
    connect(workspace, &Workspace::documentChanged, this, &LayersTable::refresh);
    connect(workspace, &Workspace::documentChanged, this, &LayersTable::fitColumns);
    connect(workspace, &Workspace::resolvedChanged, this, &LayersTable::refresh);
    connect(workspace, &Workspace::sensitivityChanged, this, &LayersTable::refresh);
    connect(workspace, &Workspace::deployedChanged, this, [this] {
        refresh();
        fitColumns();
    });
    connect(workspace->selection(), &Selection::changed, this, &LayersTable::selectionToTable);
    connect(&Theme::instance(), &Theme::changed, this, [this] { m_view->viewport()->update(); });
    m_view->setAccessibleName(tr("Layers"));
    refresh();
    fitColumns();
}

void LayersTable::refresh() {
    m_syncing = true;
    m_model->setSnapshots(m_workspace->prepared(), m_workspace->resolved(), m_workspace->sensitivity());
    const auto& deployed = m_workspace->deployed();
    const bool on_board = deployed && m_workspace->prepared();
    m_model->setBoardTimes(on_board ? timesByLayer(deployed->result, *m_workspace->prepared())
                                    : std::vector<std::optional<double>>());
    const auto errors = on_board ? errorsByLayer(deployed->result, *m_workspace->prepared())
                                 : std::vector<std::optional<double>>();
    m_model->setBoardErrors(
        errors, on_board ? differingLayers(deployed->result, *m_workspace->prepared()) : std::vector<int>());
    m_view->setColumnHidden(LayerModel::Board, !on_board);
    m_view->setColumnHidden(LayerModel::BoardSnr,
                            std::none_of(errors.begin(), errors.end(), [](const auto& db) { return !!db; }));
    m_syncing = false;
    fitNames();
    selectionToTable();
}

void LayersTable::fitNames() {
    constexpr int least = 150;
    QHeaderView* header = m_view->horizontalHeader();
    int others = 0;
    for (int column = 0; column < LayerModel::ColumnCount; ++column)
        if (column != LayerModel::Name && !m_view->isColumnHidden(column))
            others += m_view->columnWidth(column);
    const bool fits = others + least <= m_view->viewport()->width();
    header->setSectionResizeMode(LayerModel::Name, fits ? QHeaderView::Stretch : QHeaderView::Interactive);
    if (!fits)
        m_view->setColumnWidth(LayerModel::Name, least);
}

void LayersTable::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    fitNames();
}

void LayersTable::fitColumns() {
    // Wide enough for the headings in every language and for what usually stands below.
    static const char* const samples[LayerModel::ColumnCount] = {"/blocks.12/depthwise/Conv/and",
                                                                 "Conv dw 3×3 /2",
                                                                 "1×128×14×14",
                                                                 "1024.5 k",
                                                                 "1024.5 M",
                                                                 "UINT16",
                                                                 "Blocks of 1024",
                                                                 "Moving average",
                                                                 "100.0 dB",
                                                                 "100",
                                                                 "1000 ms",
                                                                 "≠ 100.0 dB",
                                                                 "Float in the model"};
    const QFontMetrics metrics(m_view->font());
    for (int column = 0; column < LayerModel::ColumnCount; ++column) {
        const int decoration = column == LayerModel::Snr || column == LayerModel::Precision ? 20 : 0;
        const int header = m_view->horizontalHeader()->sectionSizeHint(column);
        const int sample = metrics.horizontalAdvance(QString::fromUtf8(samples[column])) + 20 + decoration;
        // Layer names may be longer than is good for the rest; they have a tooltip.
        if (column != LayerModel::Name)
            m_view->resizeColumnToContents(column);
        const int content = column == LayerModel::Name ? 0 : m_view->columnWidth(column);
        m_view->setColumnWidth(column, std::max({header, sample, content}));
    }
    fitNames();
}

void LayersTable::selectAllLayers() {
    m_view->selectAll();
}

void LayersTable::selectionToTable() {
    if (m_syncing)
        return;
    m_syncing = true;
    QItemSelection rows;
    QModelIndex current;
    for (const int layer : m_workspace->selection()->layers()) {
        if (layer >= m_model->rowCount())
            continue;
        const QModelIndex index = m_sorted->mapFromSource(m_model->index(layer, 0));
        rows.select(index, index);
        if (layer == m_workspace->selection()->current())
            current = index;
    }
    m_view->selectionModel()->select(rows, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    if (current.isValid()) {
        m_view->selectionModel()->setCurrentIndex(current, QItemSelectionModel::NoUpdate);
        m_view->scrollTo(current);
    }
    m_syncing = false;
}

void LayersTable::selectionFromTable() {
    if (m_syncing)
        return;
    m_syncing = true;
    std::vector<int> layers;
    for (const QModelIndex& index : m_view->selectionModel()->selectedRows())
        layers.push_back(m_sorted->mapToSource(index).row());
    const QModelIndex current = m_view->currentIndex();
    m_workspace->selection()->set(std::move(layers),
                                  current.isValid() ? m_sorted->mapToSource(current).row() : -1);
    m_syncing = false;
}

void LayersTable::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange) {
        m_model->retranslate();
        m_view->setAccessibleName(tr("Layers"));
        fitColumns();
    }
}

}  // namespace quantwright
