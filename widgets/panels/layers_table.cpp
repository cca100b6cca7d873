#include "widgets/panels/layers_table.h"

#include <QEvent>
#include <QHeaderView>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QSortFilterProxyModel>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>

#include "widgets/panels/board_times.h"
#include "widgets/panels/layer_mark.h"
#include "widgets/panels/layer_model.h"
#include "widgets/panels/row_selection.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/theme.h"

namespace quantwright {

namespace {

/// By figures; what is equal in them, and parts below their group, as the model has it.
class LayerOrder : public QSortFilterProxyModel {
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;

protected:
    [[nodiscard]] bool lessThan(const QModelIndex& left, const QModelIndex& right) const override {
        if (QSortFilterProxyModel::lessThan(left, right))
            return true;
        if (QSortFilterProxyModel::lessThan(right, left))
            return false;
        return (left.row() < right.row()) == (sortOrder() == Qt::AscendingOrder) && left.row() != right.row();
    }
};

}  // namespace

LayersTable::LayersTable(Workspace* workspace, QWidget* parent)
    : QWidget(parent),
      m_workspace(workspace),
      m_model(new LayerModel(this)),
      m_sorted(new LayerOrder(this)),
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
    m_view->installEventFilter(this);
    m_view->viewport()->installEventFilter(this);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_view);

    connect(m_view->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &LayersTable::selectionFromTable);
    connect(m_view, &QTableView::doubleClicked, this,
            [this](const QModelIndex& index) { emit layerActivated(m_model->layerAt(sourceRow(index))); });
    connect(workspace, &Workspace::documentChanged, this, &LayersTable::refresh);
    connect(workspace, &Workspace::documentChanged, this, &LayersTable::fitColumns);
    connect(workspace, &Workspace::resolvedChanged, this, &LayersTable::refresh);
    connect(workspace, &Workspace::sensitivityChanged, this, &LayersTable::refresh);
    connect(workspace, &Workspace::deployedChanged, this, [this] {
        refresh();
        fitColumns();
    });
    connect(workspace, &Workspace::imagesChanged, this, &LayersTable::refresh);
    connect(workspace->openGroups(), &OpenGroups::changed, this, &LayersTable::showOpenGroups);
    connect(workspace->selection(), &Selection::changed, this, &LayersTable::selectionToTable);
    connect(&Theme::instance(), &Theme::changed, this, [this] { m_view->viewport()->update(); });
    m_view->setAccessibleName(tr("Layers"));
    refresh();
    fitColumns();
}

void LayersTable::refresh() {
    m_syncing = true;
    m_model->setSnapshots(m_workspace->prepared(), m_workspace->resolved(), m_workspace->sensitivity());
    m_model->setOpenGroups(m_workspace->openGroups()->all());
    const auto& deployed = m_workspace->deployed();
    const bool on_board = deployed && m_workspace->prepared();
    m_model->setBoardTimes(on_board ? timesByLayer(deployed->result, *m_workspace->prepared())
                                    : std::vector<std::optional<double>>());
    const auto errors = on_board ? errorsByLayer(deployed->result, *m_workspace->prepared())
                                 : std::vector<std::optional<double>>();
    m_model->setBoardErrors(
        errors, on_board ? differingLayers(deployed->result, *m_workspace->prepared()) : std::vector<int>());
    m_model->setStale(m_workspace->state(Step::analyze).kind == StepState::Kind::stale,
                      on_board && deployed->made_from != m_workspace->basis());
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
                                                                 "100.0 ± 9.9 dB",
                                                                 "100 (90–99)",
                                                                 "1000 ms",
                                                                 "≠ 100.0 dB",
                                                                 "Float in the model"};
    const QFontMetrics words(m_view->font()), numbers(figureFont(TextSize::Normal));
    for (int column = 0; column < LayerModel::ColumnCount; ++column) {
        const int decoration = column == LayerModel::Snr || column == LayerModel::Precision ? 20 : 0;
        const int header = m_view->horizontalHeader()->sectionSizeHint(column);
        const QFontMetrics& metrics =
            column == LayerModel::Snr || column == LayerModel::Rank ? numbers : words;
        const int sample = metrics.horizontalAdvance(QString::fromUtf8(samples[column])) + 20 + decoration;
        // Layer names may be longer than is good for the rest; they have a tooltip.
        if (column != LayerModel::Name)
            m_view->resizeColumnToContents(column);
        const int content = column == LayerModel::Name ? 0 : m_view->columnWidth(column);
        m_view->setColumnWidth(column, std::max({header, sample, content}));
    }
    fitNames();
}

int LayersTable::sourceRow(const QModelIndex& index) const {
    return m_sorted->mapToSource(index).row();
}

void LayersTable::showOpenGroups() {
    m_syncing = true;
    m_model->setOpenGroups(m_workspace->openGroups()->all());
    m_syncing = false;
    selectionToTable();
}

void LayersTable::open(const QModelIndex& index, bool open) {
    m_workspace->openGroups()->setOpen(m_model->groupAt(sourceRow(index)), open);
}

bool LayersTable::eventFilter(QObject* watched, QEvent* event) {
    const bool press =
        event->type() == QEvent::MouseButtonPress || event->type() == QEvent::MouseButtonDblClick;
    if (watched == m_view->viewport() && press) {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        const QModelIndex index = m_view->indexAt(mouse->pos());
        if (mouse->button() == Qt::LeftButton && index.isValid() && index.column() == LayerModel::Name &&
            m_model->opens(sourceRow(index)) &&
            mouse->pos().x() - m_view->visualRect(index).left() <= layerMarkWidth()) {
            open(index, !m_workspace->openGroups()->isOpen(m_model->groupAt(sourceRow(index))));
            return true;
        }
    }
    if (watched == m_view && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        const QModelIndex index = m_view->currentIndex();
        if (index.isValid() && (key == Qt::Key_Right || key == Qt::Key_Left) && openByKey(index, key))
            return true;
    }
    return QWidget::eventFilter(watched, event);
}

/// As in a tree: Right opens, Left closes and goes from a part to its group.
bool LayersTable::openByKey(const QModelIndex& index, int key) {
    const int row = sourceRow(index);
    if (m_model->isPart(row)) {
        if (key == Qt::Key_Right)
            return false;
        int above = row;
        while (m_model->isPart(above))
            --above;
        m_view->setCurrentIndex(m_sorted->mapFromSource(m_model->index(above, LayerModel::Name)));
        return true;
    }
    if (!m_model->opens(row) ||
        m_workspace->openGroups()->isOpen(m_model->groupAt(row)) == (key == Qt::Key_Right))
        return false;
    open(index, key == Qt::Key_Right);
    return true;
}

void LayersTable::selectAllLayers() {
    m_view->selectAll();
}

void LayersTable::selectionToTable() {
    if (m_syncing)
        return;
    m_syncing = true;
    QModelIndexList rows;
    QModelIndex current;
    const int looked_at = m_workspace->selection()->current();
    for (const int row : m_model->rowsOf(m_workspace->selection()->layers())) {
        const QModelIndex index = m_sorted->mapFromSource(m_model->index(row, 0));
        rows << index;
        const auto layers = m_model->layersAt(row);
        if (std::find(layers.begin(), layers.end(), looked_at) != layers.end())
            current = index;
    }
    m_view->selectionModel()->select(rowSelection(rows),
                                     QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
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
        for (const int layer : m_model->layersAt(sourceRow(index)))
            layers.push_back(layer);
    const QModelIndex current = m_view->currentIndex();
    m_workspace->selection()->set(std::move(layers),
                                  current.isValid() ? m_model->layerAt(sourceRow(current)) : -1);
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
