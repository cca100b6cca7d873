#include "widgets/panels/layer_model.h"

#include <QIcon>
#include <QPixmap>
#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include "widgets/panels/figures.h"
#include "widgets/panels/layer_mark.h"
#include "widgets/panels/layer_text.h"
#include "widgets/panels/sensitivity_text.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/heat.h"
#include "widgets/theme/theme.h"
#include "widgets/words/words.h"

namespace quantwright {
namespace {

/// A square of one colour that a selected row doesn't tint.
QIcon swatch(const QColor& color) {
    QPixmap pixmap(10, 10);
    pixmap.fill(color);
    QIcon icon(pixmap);
    icon.addPixmap(pixmap, QIcon::Selected);
    return icon;
}

}  // namespace

void LayerModel::setSnapshots(std::shared_ptr<const Prepared> prepared,
                              std::shared_ptr<const Resolved> resolved,
                              std::shared_ptr<const Sensitivity> sensitivity) {
    const bool same_rows = prepared && prepared == m_prepared;
    if (!same_rows)
        beginResetModel();
    m_prepared = std::move(prepared);
    m_resolved = std::move(resolved);
    m_sensitivity = std::move(sensitivity);
    m_by_layer.assign(m_prepared ? m_prepared->layers.size() : 0, nullptr);
    if (m_sensitivity)
        for (const LayerSensitivity& layer : m_sensitivity->layers)
            m_by_layer[static_cast<std::size_t>(layer.layer)] = &layer;
    m_scale = m_sensitivity ? HeatScale(*m_sensitivity) : HeatScale();
    if (!same_rows) {
        m_open.clear();
        makeRows();
        endResetModel();
    } else if (rowCount() > 0) {
        emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
    }
}

void LayerModel::makeRows() {
    m_rows.clear();
    for (int at = 0; m_prepared && at < static_cast<int>(m_prepared->groups.size()); ++at) {
        m_rows.push_back({at, -1});
        const LayerGroup& group = m_prepared->groups[static_cast<std::size_t>(at)];
        if (m_open.contains(at) && !group.single())
            for (const int part : group.layers)
                m_rows.push_back({at, part});
    }
}

void LayerModel::setOpenGroups(const std::set<int>& groups) {
    if (!m_prepared)
        return;
    std::vector<int> changed;
    std::set_symmetric_difference(groups.begin(), groups.end(), m_open.begin(), m_open.end(),
                                  std::back_inserter(changed));
    constexpr std::size_t few = 32;  // more at once are no gesture on rows in view
    if (changed.size() > few) {
        beginResetModel();
        m_open = groups;
        makeRows();
        endResetModel();
        return;
    }
    for (int row = 0; row < static_cast<int>(m_rows.size()); ++row) {
        if (isPart(row) || group(row).single())
            continue;
        const bool open = groups.contains(groupAt(row));
        if (open == m_open.contains(groupAt(row)))
            continue;
        const auto& parts = group(row).layers;
        const auto first = m_rows.begin() + row + 1;
        const int last_row = row + static_cast<int>(parts.size());
        if (open) {
            beginInsertRows({}, row + 1, last_row);
            std::vector<Row> rows;
            for (const int part : parts)
                rows.push_back({groupAt(row), part});
            m_rows.insert(first, rows.begin(), rows.end());
            m_open.insert(groupAt(row));
            endInsertRows();
        } else {
            beginRemoveRows({}, row + 1, last_row);
            m_rows.erase(first, first + static_cast<std::ptrdiff_t>(parts.size()));
            m_open.erase(groupAt(row));
            endRemoveRows();
        }
        emit dataChanged(index(row, Name), index(row, Name));
    }
}

bool LayerModel::opens(int row) const {
    return !isPart(row) && !group(row).single();
}

std::vector<int> LayerModel::layersAt(int row) const {
    return isPart(row) ? std::vector<int>{layerAt(row)} : group(row).layers;
}

int LayerModel::layerAt(int row) const {
    const Row& at = m_rows[static_cast<std::size_t>(row)];
    return at.part >= 0 ? at.part : group(row).lead;
}

std::vector<int> LayerModel::rowsOf(const std::vector<int>& layers) const {
    const auto among = [&](int layer) { return std::binary_search(layers.begin(), layers.end(), layer); };
    std::vector<int> rows;
    for (int row = 0; row < static_cast<int>(m_rows.size()); ++row) {
        const auto& parts = group(row).layers;
        const bool whole = std::all_of(parts.begin(), parts.end(), among);
        const bool closed = !m_open.contains(groupAt(row));
        const bool shown = isPart(row) ? !whole && among(layerAt(row))
                                       : whole || (closed && std::any_of(parts.begin(), parts.end(), among));
        if (shown)
            rows.push_back(row);
    }
    return rows;
}

void LayerModel::setStale(bool analysis, bool board) {
    if (analysis == m_analysis_stale && board == m_board_stale)
        return;
    m_analysis_stale = analysis;
    m_board_stale = board;
    if (rowCount() > 0)
        emit dataChanged(index(0, Snr), index(rowCount() - 1, BoardSnr));
}

bool LayerModel::stale(Column column) const {
    return column == Snr || column == Rank         ? m_analysis_stale
           : column == Board || column == BoardSnr ? m_board_stale
                                                   : false;
}

void LayerModel::setBoardTimes(std::vector<std::optional<double>> times) {
    m_board_times = std::move(times);
    if (rowCount() > 0)
        emit dataChanged(index(0, Board), index(rowCount() - 1, Board));
}

void LayerModel::setBoardErrors(std::vector<std::optional<double>> snr_db, std::vector<int> differing) {
    m_board_errors = std::move(snr_db);
    m_differing = std::move(differing);
    if (rowCount() > 0)
        emit dataChanged(index(0, BoardSnr), index(rowCount() - 1, BoardSnr));
}

std::optional<double> LayerModel::boardSnr(int row) const {
    const auto at = static_cast<std::size_t>(exitAt(row));
    return at < m_board_errors.size() ? m_board_errors[at] : std::nullopt;
}

bool LayerModel::differs(int row) const {
    const auto layers = layersAt(row);
    return std::any_of(layers.begin(), layers.end(), [&](int layer) {
        return std::find(m_differing.begin(), m_differing.end(), layer) != m_differing.end();
    });
}

std::optional<double> LayerModel::boardTime(int row) const {
    std::optional<double> sum;
    for (const int layer : layersAt(row))
        if (const auto at = static_cast<std::size_t>(layer); at < m_board_times.size() && m_board_times[at])
            sum = sum.value_or(0) + *m_board_times[at];
    return sum;
}

const LayerSensitivity* LayerModel::sensitivityOf(int row) const {
    return isPart(row) ? nullptr : m_by_layer[static_cast<std::size_t>(layerAt(row))];
}

bool LayerModel::quantized(int row) const {
    return m_resolved->layers[static_cast<std::size_t>(layerAt(row))].quantized();
}

void LayerModel::retranslate() {
    emit headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
    if (rowCount() > 0)
        emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

int LayerModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int LayerModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QString LayerModel::text(int row, Column column) const {
    const int lead = layerAt(row);
    const Layer& layer = m_prepared->layers[static_cast<std::size_t>(lead)];
    const std::int64_t parameters = isPart(row) ? layer.parameters : group(row).parameters;
    const std::int64_t macs = isPart(row) ? layer.macs : group(row).macs;
    const LayerSensitivity* sensitivity = sensitivityOf(row);
    switch (column) {
        case Name:
            return QString::fromStdString(layer.name);
        case Op:
            return isPart(row) ? operatorOf(*m_prepared, lead) : groupOperatorOf(*m_prepared, group(row));
        case OutputShape:
            return figures::shape(outputShape(*m_prepared, exitAt(row)));
        case Parameters:
            return parameters > 0 ? figures::count(parameters) : QString();
        case Macs:
            return macs > 0 ? figures::count(macs) : QString();
        case Precision:
            return m_resolved ? precisionOf(*m_resolved, lead) : QString();
        case Granularity:
            return m_resolved ? granularityOf(*m_resolved, lead) : QString();
        case Threshold:
            return m_resolved ? thresholdOf(*m_resolved, lead) : QString();
        case Snr:
            return sensitivity ? snrText(*sensitivity) : QString();
        case Rank:
            return sensitivity ? rankText(*sensitivity) : QString();
        case Board: {
            const auto time = boardTime(row);
            return time ? figures::microseconds(*time) : QString();
        }
        case BoardSnr: {
            const auto db = boardSnr(row);
            const QString snr = db ? figures::decibels(std::isfinite(*db) ? db : std::nullopt) : QString();
            return differs(row) ? QStringLiteral("≠ ") + snr : snr;
        }
        case Reason:
            return m_resolved && !quantized(row)
                       ? words::name(m_resolved->layers[static_cast<std::size_t>(lead)].kept_float)
                       : QString();
        case ColumnCount:
            break;
    }
    return {};
}

QVariant LayerModel::sortKey(int row, Column column) const {
    while (isPart(row))
        --row;
    const LayerSensitivity* sensitivity = sensitivityOf(row);
    switch (column) {
        case Parameters:
            return QVariant::fromValue<qlonglong>(group(row).parameters);
        case Macs:
            return QVariant::fromValue<qlonglong>(group(row).macs);
        case OutputShape:
            return QVariant::fromValue<qlonglong>(element_count(outputShape(*m_prepared, exitAt(row))));
        // Layers that were not analyzed come last, those that lose nothing just before them.
        case Snr: {
            constexpr double none = std::numeric_limits<double>::max();
            return sensitivity ? sensitivity->snr_db_alone.value_or(none / 2) : none;
        }
        case Rank:
            return sensitivity ? sensitivity->rank : std::numeric_limits<int>::max();
        case Board:  // the slowest first when sorted downwards, those not measured last
            return boardTime(row).value_or(-1);
        case BoardSnr:
            return boardSnr(row).value_or(std::numeric_limits<double>::infinity());
        case Name:
            return groupAt(row);  // the model's own order
        default:
            return text(row, column);
    }
}

QVariant LayerModel::decoration(int row, Column column) const {
    if (column == Name && m_prepared->groups.size() < m_prepared->layers.size())
        return layerMark(!isPart(row) && group(row).single() ? LayerMark::none
                         : isPart(row)                       ? LayerMark::part
                         : m_open.contains(groupAt(row))     ? LayerMark::open
                                                             : LayerMark::closed);
    if (column == Snr)
        if (const double heat = m_scale.heat(sensitivityOf(row)); heatStep(heat) >= 0)
            return swatch(heatColor(currentPalette(), heat));
    if (column == Precision && m_resolved)
        return swatch(badgeColor(currentPalette(), text(row, Precision)));
    return {};
}

QString LayerModel::toolTip(int row, Column column) const {
    const int lead = layerAt(row);
    if (column == Reason && m_resolved && !quantized(row))
        return words::reason(m_resolved->layers[static_cast<std::size_t>(lead)].kept_float);
    if (column == Snr || column == Rank)
        return analysisTip(sensitivityOf(row));
    if (column == BoardSnr && differs(row))
        return tr("On the board this layer gives something else than in the simulation.");
    if (column == Precision && m_resolved) {
        QStringList lines{formOf(*m_resolved, lead)};
        if (opens(row))
            lines << partsOf(*m_resolved, group(row));
        lines.removeAll(QString());
        return lines.join(QLatin1Char('\n'));
    }
    return column == Name ? text(row, Name) : QString();
}

QString LayerModel::analysisTip(const LayerSensitivity* sensitivity) const {
    if (!sensitivity)
        return {};
    QStringList lines{words::measuredOn(m_sensitivity->measured_on)};
    if (m_sensitivity->images < m_sensitivity->images_wanted)
        lines << words::shortlyMeasuredOn(m_sensitivity->measured_on, m_sensitivity->images_wanted);
    if (sensitivity->uncertainty_db)
        lines << tr("± is one standard error: what other images would change.");
    if (sensitivity->rank_from < sensitivity->rank_to)
        lines << tr("These images do not tell the layers of ranks %1 to %2 apart.")
                     .arg(sensitivity->rank_from)
                     .arg(sensitivity->rank_to);
    if (m_analysis_stale)
        lines << tr("Measured before the last changes: analyze again.");
    return lines.join(QLatin1Char('\n'));
}

QVariant LayerModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid) || !m_prepared)
        return {};
    const auto column = static_cast<Column>(index.column());
    const bool number = column == Parameters || column == Macs || column == Snr || column == Rank ||
                        column == Board || column == BoardSnr || column == OutputShape;
    switch (role) {
        case Qt::DisplayRole:
            return text(index.row(), column);
        case SortRole:
            return sortKey(index.row(), column);
        case Qt::TextAlignmentRole:
            return QVariant::fromValue(Qt::Alignment(
                Qt::AlignVCenter | (number && column != OutputShape ? Qt::AlignRight : Qt::AlignLeft)));
        case Qt::ForegroundRole:
            return stale(column) ? QVariant(currentPalette().quiet) : QVariant();
        case Qt::FontRole:
            return number ? QVariant(figureFont(TextSize::Normal)) : QVariant();
        case Qt::DecorationRole:
            return decoration(index.row(), column);
        case Qt::ToolTipRole: {
            const QString tip = toolTip(index.row(), column);
            return tip.isEmpty() ? QVariant() : tip;
        }
        case Qt::AccessibleDescriptionRole:
            if (column != Name || !opens(index.row()))
                return {};
            return m_open.contains(groupAt(index.row())) ? tr("open") : tr("closed");
        default:
            return {};
    }
}

QVariant LayerModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole) {
        const bool right = section == Parameters || section == Macs || section == Snr || section == Rank ||
                           section == Board || section == BoardSnr;
        return QVariant::fromValue(
            Qt::Alignment(Qt::AlignVCenter | (right ? Qt::AlignRight : Qt::AlignLeft)));
    }
    if (role != Qt::DisplayRole)
        return {};
    switch (static_cast<Column>(section)) {
        case Name:
            return tr("Name");
        case Op:
            return tr("Op");
        case OutputShape:
            return tr("Shape");
        case Parameters:
            return tr("Params");
        case Macs:
            return tr("MACs");
        case Precision:
            return tr("Precision");
        case Granularity:
            return tr("Weights");
        case Threshold:
            return tr("Threshold");
        case Snr:
            return tr("SNR alone");
        case Rank:
            return tr("Rank");
        case Board:
            return tr("Board");
        case BoardSnr:
            return tr("Board SNR");
        case Reason:
            return tr("Kept float");
        case ColumnCount:
            break;
    }
    return {};
}

}  // namespace quantwright
