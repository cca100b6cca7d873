#pragma once
// The layers as a table. Adapts snapshots; computes nothing.
#include <QAbstractTableModel>
#include <memory>
#include <optional>
#include <vector>

#include "core/analyze/sensitivity.h"
#include "core/plan/resolve.h"
#include "widgets/panels/heat_scale.h"

namespace quantwright {

class LayerModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column {
        Name,
        Op,
        OutputShape,
        Parameters,
        Macs,
        Precision,
        Granularity,
        Threshold,
        Snr,
        Rank,
        Board,
        BoardSnr,
        Reason,
        ColumnCount
    };
    /// Numbers as numbers, for sorting.
    enum Role { SortRole = Qt::UserRole + 1 };

    using QAbstractTableModel::QAbstractTableModel;

    /// All null: nothing is open. `sensitivity` may be null.
    void setSnapshots(std::shared_ptr<const Prepared> prepared, std::shared_ptr<const Resolved> resolved,
                      std::shared_ptr<const Sensitivity> sensitivity);
    /// By row, in microseconds; empty: nothing was measured on a board.
    void setBoardTimes(std::vector<std::optional<double>> times);
    /// By row, in dB (infinite: no error); empty: not compared on a board. Those of `differing` are marked.
    void setBoardErrors(std::vector<std::optional<double>> snr_db, std::vector<int> differing);
    /// The words changed, not the facts.
    void retranslate();

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

private:
    [[nodiscard]] std::optional<double> boardTime(int row) const;
    [[nodiscard]] std::optional<double> boardSnr(int row) const;
    [[nodiscard]] bool differs(int row) const;
    [[nodiscard]] QString text(int row, Column column) const;
    [[nodiscard]] QVariant sortKey(int row, Column column) const;
    [[nodiscard]] const LayerSensitivity* sensitivityOf(int row) const {
        return static_cast<std::size_t>(row) < m_by_row.size() ? m_by_row[static_cast<std::size_t>(row)]
                                                               : nullptr;
    }

    std::shared_ptr<const Prepared> m_prepared;
    std::shared_ptr<const Resolved> m_resolved;
    std::shared_ptr<const Sensitivity> m_sensitivity;
    std::vector<const LayerSensitivity*> m_by_row;  ///< into m_sensitivity
    std::vector<std::optional<double>> m_board_times, m_board_errors;
    std::vector<int> m_differing;
    HeatScale m_scale;
};

}  // namespace quantwright
