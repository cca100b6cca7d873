#include "widgets/panels/outline_panel.h"

#include <QEvent>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QSortFilterProxyModel>
#include <QStandardItemModel>
#include <QTreeView>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <limits>

#include "widgets/panels/heat_delegate.h"
#include "widgets/panels/heat_scale.h"
#include "widgets/panels/outline_tree.h"
#include "widgets/panels/row_selection.h"
#include "widgets/workspace/shown_layers.h"

namespace quantwright {
namespace {
enum Role { LayerRole = Qt::UserRole + 1, GroupRole, SearchRole };  // GroupRole: with its parts below it

/// What a search for a layer looks through: its names and those of its tensors.
QString searchText(const Prepared& prepared, const Layer& layer) {
    QStringList words{QString::fromStdString(layer.name), QString::fromStdString(layer.op)};
    for (const std::string& node : layer.original_nodes)
        words << QString::fromStdString(node);
    for (const TensorId tensor : layer.outputs)
        words << QString::fromStdString(prepared.model->graph()[tensor].name);
    return words.join(QLatin1Char('\n'));
}
}  // namespace

OutlinePanel::OutlinePanel(Workspace* workspace, QWidget* parent)
    : QWidget(parent),
      m_workspace(workspace),
      m_title(new QLabel(this)),
      m_search(new QLineEdit(this)),
      m_tree(new QTreeView(this)),
      m_model(new QStandardItemModel(this)),
      m_filter(new QSortFilterProxyModel(this)) {
    setProperty("surface", QStringLiteral("panel"));
    setAttribute(Qt::WA_StyledBackground);
    m_title->setProperty("role", QStringLiteral("title"));
    m_search->setClearButtonEnabled(true);
    m_search->setObjectName(QStringLiteral("search"));
    m_search->installEventFilter(this);
    m_filter->setSourceModel(m_model);
    m_filter->setFilterRole(SearchRole);
    m_filter->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_filter->setRecursiveFilteringEnabled(true);
    m_tree->setModel(m_filter);
    m_tree->setHeaderHidden(true);
    m_tree->setUniformRowHeights(true);
    m_tree->setIndentation(14);
    m_tree->setFrameShape(QFrame::NoFrame);
    m_tree->setTextElideMode(Qt::ElideMiddle);
    m_tree->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_tree->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_tree->setItemDelegate(new HeatDelegate(m_tree));
    m_tree->setObjectName(QStringLiteral("outline"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 6, 4, 0);
    layout->setSpacing(6);
    layout->addWidget(m_title);
    layout->addWidget(m_search);
    layout->addWidget(m_tree, 1);

    connect(m_search, &QLineEdit::textChanged, this, &OutlinePanel::search);
    connect(m_tree->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &OutlinePanel::selectionFromTree);
    connect(m_tree, &QTreeView::doubleClicked, this, [this](const QModelIndex& index) {
        if (const int layer = index.data(LayerRole).toInt(); layer >= 0)
            emit layerActivated(layer);
    });
    connect(workspace, &Workspace::documentChanged, this, &OutlinePanel::rebuild);
    connect(workspace, &Workspace::sensitivityChanged, this, &OutlinePanel::showHeat);
    connect(workspace->selection(), &Selection::changed, this, &OutlinePanel::selectionToTree);
    retranslate();
    rebuild();
}

void OutlinePanel::focusSearch() {
    m_search->setFocus(Qt::ShortcutFocusReason);
    m_search->selectAll();
}

void OutlinePanel::retranslate() {
    m_title->setText(tr("Outline"));
    m_search->setPlaceholderText(tr("Find layer or tensor  Ctrl+F"));
    m_search->setAccessibleName(tr("Find layer or tensor"));
    m_tree->setAccessibleName(tr("Outline"));
}

void OutlinePanel::rebuild() {
    m_syncing = true;
    m_model->clear();
    m_item_of_layer.clear();
    m_item_of_group.clear();
    m_search->clear();
    if (m_workspace->isOpen()) {
        const Prepared& prepared = *m_workspace->prepared();
        std::vector<QString> names;
        for (const LayerGroup& group : prepared.groups)
            names.push_back(QString::fromStdString(group.name));
        m_item_of_layer.resize(prepared.layers.size());
        m_item_of_group.resize(names.size());
        addNodes(m_model->invisibleRootItem(), outlineTree(names));
        constexpr std::size_t readable = 80;
        if (names.size() <= readable)
            expandScopes();
        else
            m_tree->collapseAll();
    }
    m_syncing = false;
    showHeat();
    selectionToTree();
}

void OutlinePanel::addNodes(QStandardItem* parent, const std::vector<OutlineNode>& nodes) {
    const Prepared& prepared = *m_workspace->prepared();
    for (const OutlineNode& node : nodes) {
        auto* item = new QStandardItem(node.text);
        item->setData(-1, LayerRole);
        item->setData(-1, GroupRole);
        if (node.layer >= 0) {  // of the names: a group
            addGroup(item, prepared.groups[static_cast<std::size_t>(node.layer)]);
            item->setData(node.layer, GroupRole);
            m_item_of_group[static_cast<std::size_t>(node.layer)] = item;
        } else {
            QFont font = m_tree->font();
            font.setWeight(QFont::DemiBold);
            item->setFont(font);
        }
        parent->appendRow(item);
        addNodes(item, node.children);
    }
}

void OutlinePanel::addGroup(QStandardItem* item, const LayerGroup& group) {
    const Prepared& prepared = *m_workspace->prepared();
    const auto describe = [&](QStandardItem* of, int index) {
        const Layer& layer = prepared.layers[static_cast<std::size_t>(index)];
        of->setData(index, LayerRole);
        of->setData(-1, GroupRole);
        of->setData(searchText(prepared, layer), SearchRole);
        of->setToolTip(QString::fromStdString(layer.name));
        m_item_of_layer[static_cast<std::size_t>(index)] = of;
    };
    describe(item, group.lead);
    if (group.single())
        return;
    const QString scope =
        QString::fromStdString(group.name).section(QLatin1Char('/'), 0, -2) + QLatin1Char('/');
    for (const int part : group.layers) {
        const QString name = QString::fromStdString(prepared.layers[static_cast<std::size_t>(part)].name);
        auto* inner = new QStandardItem(
            name.startsWith(scope) && name.size() > scope.size() ? name.mid(scope.size()) : name);
        describe(inner, part);
        item->appendRow(inner);
    }
}

void OutlinePanel::expandScopes() {
    m_tree->expandAll();
    for (const QStandardItem* item : m_item_of_group)
        m_tree->collapse(m_filter->mapFromSource(item->index()));
}

void OutlinePanel::showHeat() {
    const auto& sensitivity = m_workspace->sensitivity();
    const HeatScale scale = sensitivity ? HeatScale(*sensitivity) : HeatScale();
    std::vector<const LayerSensitivity*> by_layer(m_item_of_layer.size(), nullptr);
    if (sensitivity)
        for (const LayerSensitivity& one : sensitivity->layers)
            by_layer[static_cast<std::size_t>(one.layer)] = &one;
    for (std::size_t i = 0; i < m_item_of_layer.size(); ++i) {
        const LayerSensitivity* layer = by_layer[i];
        QStandardItem* item = m_item_of_layer[i];
        item->setData(scale.heat(layer), HeatDelegate::HeatRole);
        item->setData(HeatScale::worst(layer), HeatDelegate::WorstRole);
        for (QStandardItem* scope = item->parent(); scope; scope = scope->parent())
            scope->setData(std::numeric_limits<double>::quiet_NaN(), HeatDelegate::HeatRole);
    }
    for (QStandardItem* item : m_item_of_group) {
        const auto lead = static_cast<std::size_t>(item->data(LayerRole).toInt());
        item->setData(HeatScale::worst(by_layer[lead]), HeatDelegate::WorstRole);
    }
    // A scope is as hot as the worst in it.
    for (QStandardItem* item : m_item_of_layer) {
        const double heat = item->data(HeatDelegate::HeatRole).toDouble();
        for (QStandardItem* scope = item->parent(); scope && !std::isnan(heat); scope = scope->parent())
            if (const double old = scope->data(HeatDelegate::HeatRole).toDouble();
                std::isnan(old) || old < heat)
                scope->setData(heat, HeatDelegate::HeatRole);
    }
}

void OutlinePanel::search(const QString& text) {
    m_syncing = true;  // rows that the filter hides stay selected in the document
    m_filter->setFilterFixedString(text);
    m_syncing = false;
    QVector<int> layers;
    if (!text.isEmpty()) {
        for (std::size_t i = 0; i < m_item_of_layer.size(); ++i)
            if (m_item_of_layer[i]->data(SearchRole).toString().contains(text, Qt::CaseInsensitive))
                layers << static_cast<int>(i);
        m_tree->expandAll();
    }
    selectionToTree();
    emit found(layers);
}

bool OutlinePanel::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_search && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Escape && !m_search->text().isEmpty()) {
            m_search->clear();
            return true;
        }
        if (key == Qt::Key_Return || key == Qt::Key_Enter) {
            // Enter goes to the first hit.
            for (std::size_t i = 0; i < m_item_of_layer.size() && !m_search->text().isEmpty(); ++i)
                if (m_item_of_layer[i]
                        ->data(SearchRole)
                        .toString()
                        .contains(m_search->text(), Qt::CaseInsensitive)) {
                    const Prepared& prepared = *m_workspace->prepared();
                    m_workspace->selection()->set(layersNamed(prepared, prepared.layers[i].name));
                    emit layerActivated(static_cast<int>(i));
                    break;
                }
            return true;
        }
        if (key == Qt::Key_Down) {
            m_tree->setFocus();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void OutlinePanel::selectionToTree() {
    if (m_syncing)
        return;
    m_syncing = true;
    QModelIndexList rows;
    QModelIndex current;
    const auto& layers = m_workspace->selection()->layers();
    const auto among = [&](int layer) { return std::binary_search(layers.begin(), layers.end(), layer); };
    const auto select = [&](const QStandardItem* item, bool looked_at) {
        const QModelIndex index = m_filter->mapFromSource(item->index());
        if (!index.isValid())
            return;
        rows << index;
        if (looked_at)
            current = index;
    };
    const int looked_at = m_workspace->selection()->current();
    for (std::size_t i = 0; i < m_item_of_group.size(); ++i) {
        const auto& parts = m_workspace->prepared()->groups[i].layers;
        if (std::all_of(parts.begin(), parts.end(), among)) {
            select(m_item_of_group[i], std::find(parts.begin(), parts.end(), looked_at) != parts.end());
            continue;
        }
        for (const int part : parts)
            if (among(part))
                select(m_item_of_layer[static_cast<std::size_t>(part)], part == looked_at);
    }
    m_tree->selectionModel()->select(rowSelection(rows),
                                     QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    if (current.isValid()) {
        m_tree->selectionModel()->setCurrentIndex(current, QItemSelectionModel::NoUpdate);
        m_tree->scrollTo(current);
    }
    m_syncing = false;
}

void OutlinePanel::selectionFromTree() {
    if (m_syncing)
        return;
    m_syncing = true;
    std::vector<int> layers;
    // A scope stands for everything in it.
    const std::function<void(const QModelIndex&)> take = [&](const QModelIndex& index) {
        if (const int group = index.data(GroupRole).toInt(); group >= 0) {
            const auto& parts = m_workspace->prepared()->groups[static_cast<std::size_t>(group)].layers;
            layers.insert(layers.end(), parts.begin(), parts.end());
            return;
        }
        if (const int layer = index.data(LayerRole).toInt(); layer >= 0)
            layers.push_back(layer);
        for (int row = 0; row < m_filter->rowCount(index); ++row)
            take(m_filter->index(row, 0, index));
    };
    for (const QModelIndex& index : m_tree->selectionModel()->selectedIndexes())
        take(index);
    const QModelIndex current = m_tree->currentIndex();
    m_workspace->selection()->set(std::move(layers),
                                  current.isValid() ? current.data(LayerRole).toInt() : -1);
    m_syncing = false;
}

void OutlinePanel::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

}  // namespace quantwright
