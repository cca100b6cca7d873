#pragma once
// The layers as a table: one row for each group (Prepared::groups), below it its parts while it is open.
// Adapts snapshots; computes nothing.
#include <QAbstractTableModel>
#include <memory>
#include <optional>
#include <set>
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
    /// Numbers as numbers, for sorting; of a part those of its group, which it stays below.
    enum Role { SortRole = Qt::UserRole + 1 };

    using QAbstractTableModel::QAbstractTableModel;

    /// All null: nothing is open. `sensitivity` may be null.
    void setSnapshots(std::shared_ptr<const Prepared> prepared, std::shared_ptr<const Resolved> resolved,
                      std::shared_ptr<const Sensitivity> sensitivity);
    /// Groups that show their parts.
    void setOpenGroups(const std::set<int>& groups);
    /// By layer, in microseconds; empty: nothing was measured on a board.
    void setBoardTimes(std::vector<std::optional<double>> times);
    /// By layer, in dB (infinite: no error); empty: not compared on a board. Those of `differing` are marked.
    void setBoardErrors(std::vector<std::optional<double>> snr_db, std::vector<int> differing);
    /// Figures that are of what the document was before: shown as that.
    void setStale(bool analysis, bool board);
    /// The words changed, not the facts.
    void retranslate();

    /// What the row is: the group's index, and whether it stands for several parts.
    [[nodiscard]] int groupAt(int row) const { return m_rows[static_cast<std::size_t>(row)].group; }
    [[nodiscard]] bool opens(int row) const;
    [[nodiscard]] bool isPart(int row) const { return m_rows[static_cast<std::size_t>(row)].part >= 0; }
    /// The row's layers: all parts of a group, one part.
    [[nodiscard]] std::vector<int> layersAt(int row) const;
    /// The layer to look at: the group's lead, the part.
    [[nodiscard]] int layerAt(int row) const;
    /// The rows that show these layers (ascending): a group where all its parts are among them or it is
    /// closed.
    [[nodiscard]] std::vector<int> rowsOf(const std::vector<int>& layers) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

private:
    struct Row {
        int group = 0;
        int part = -1;  ///< index of a layer; -1: the group itself
    };

    void makeRows();
    [[nodiscard]] const LayerGroup& group(int row) const {
        return m_prepared->groups[static_cast<std::size_t>(groupAt(row))];
    }
    /// Whose output is the row's.
    [[nodiscard]] int exitAt(int row) const { return isPart(row) ? layerAt(row) : group(row).exit(); }
    [[nodiscard]] bool quantized(int row) const;
    [[nodiscard]] std::optional<double> boardTime(int row) const;
    [[nodiscard]] std::optional<double> boardSnr(int row) const;
    [[nodiscard]] bool differs(int row) const;
    [[nodiscard]] QString text(int row, Column column) const;
    [[nodiscard]] QString toolTip(int row, Column column) const;
    [[nodiscard]] QString analysisTip(const LayerSensitivity* sensitivity) const;
    [[nodiscard]] bool stale(Column column) const;
    [[nodiscard]] QVariant decoration(int row, Column column) const;
    [[nodiscard]] QVariant sortKey(int row, Column column) const;
    [[nodiscard]] const LayerSensitivity* sensitivityOf(int row) const;

    std::shared_ptr<const Prepared> m_prepared;
    std::shared_ptr<const Resolved> m_resolved;
    std::shared_ptr<const Sensitivity> m_sensitivity;
    std::set<int> m_open;
    std::vector<Row> m_rows;
    std::vector<const LayerSensitivity*> m_by_layer;  ///< into m_sensitivity
    std::vector<std::optional<double>> m_board_times, m_board_errors;
    std::vector<int> m_differing;
    bool m_analysis_stale = false, m_board_stale = false;
    HeatScale m_scale;
};

}  // namespace quantwright
