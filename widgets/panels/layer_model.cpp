#include "widgets/panels/layer_model.h"

#include <QIcon>
#include <QPixmap>
#include <algorithm>
#include <cmath>
#include <limits>

#include "widgets/panels/figures.h"
#include "widgets/panels/layer_text.h"
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
    m_by_row.assign(m_prepared ? m_prepared->layers.size() : 0, nullptr);
    if (m_sensitivity)
        for (const LayerSensitivity& layer : m_sensitivity->layers)
            m_by_row[static_cast<std::size_t>(layer.layer)] = &layer;
    m_scale = m_sensitivity ? HeatScale(*m_sensitivity) : HeatScale();
    if (!same_rows)
        endResetModel();
    else if (rowCount() > 0)
        emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
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
    const auto at = static_cast<std::size_t>(row);
    return at < m_board_errors.size() ? m_board_errors[at] : std::nullopt;
}

bool LayerModel::differs(int row) const {
    return std::find(m_differing.begin(), m_differing.end(), row) != m_differing.end();
}

std::optional<double> LayerModel::boardTime(int row) const {
    const auto at = static_cast<std::size_t>(row);
    return at < m_board_times.size() ? m_board_times[at] : std::nullopt;
}

void LayerModel::retranslate() {
    emit headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
    if (rowCount() > 0)
        emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

int LayerModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || !m_prepared ? 0 : static_cast<int>(m_prepared->layers.size());
}

int LayerModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QString LayerModel::text(int row, Column column) const {
    const Layer& layer = m_prepared->layers[static_cast<std::size_t>(row)];
    const ResolvedLayer* choice = m_resolved ? &m_resolved->layers[static_cast<std::size_t>(row)] : nullptr;
    const LayerSensitivity* sensitivity = sensitivityOf(row);
    switch (column) {
        case Name:
            return QString::fromStdString(layer.name);
        case Op:
            return operatorOf(*m_prepared, row);
        case OutputShape:
            return figures::shape(outputShape(*m_prepared, row));
        case Parameters:
            return layer.parameters > 0 ? figures::count(layer.parameters) : QString();
        case Macs:
            return layer.macs > 0 ? figures::count(layer.macs) : QString();
        case Precision:
            return m_resolved ? precisionOf(*m_resolved, row) : QString();
        case Granularity:
            return m_resolved ? granularityOf(*m_resolved, row) : QString();
        case Threshold:
            return m_resolved ? thresholdOf(*m_resolved, row) : QString();
        case Snr:
            return sensitivity ? figures::decibels(sensitivity->snr_db_alone) : QString();
        case Rank:
            return sensitivity ? QString::number(sensitivity->rank) : QString();
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
            return choice && !choice->quantized() ? words::name(choice->kept_float) : QString();
        case ColumnCount:
            break;
    }
    return {};
}

QVariant LayerModel::sortKey(int row, Column column) const {
    const Layer& layer = m_prepared->layers[static_cast<std::size_t>(row)];
    const LayerSensitivity* sensitivity = sensitivityOf(row);
    switch (column) {
        case Parameters:
            return QVariant::fromValue<qlonglong>(layer.parameters);
        case Macs:
            return QVariant::fromValue<qlonglong>(layer.macs);
        case OutputShape:
            return QVariant::fromValue<qlonglong>(element_count(outputShape(*m_prepared, row)));
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
            return row;  // the model's own order
        default:
            return text(row, column);
    }
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
        case Qt::FontRole:
            return number ? QVariant(figureFont(TextSize::Normal)) : QVariant();
        case Qt::DecorationRole:
            if (column == Snr)
                if (const double heat = m_scale.heat(sensitivityOf(index.row())); heatStep(heat) >= 0)
                    return swatch(heatColor(currentPalette(), heat));
            if (column == Precision && m_resolved)
                return swatch(badgeColor(currentPalette(), text(index.row(), Precision)));
            return {};
        case Qt::ToolTipRole:
            if (column == Reason && m_resolved)
                if (const KeptFloat why =
                        m_resolved->layers[static_cast<std::size_t>(index.row())].kept_float;
                    why != KeptFloat::no)
                    return words::reason(why);
            if (column == BoardSnr && differs(index.row()))
                return tr("On the board this layer gives something else than in the simulation.");
            if (column == Precision && m_resolved)
                return formOf(*m_resolved, index.row());
            return column == Name ? QVariant(text(index.row(), Name)) : QVariant();
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
