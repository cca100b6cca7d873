#pragma once
// Layered layout (Sugiyama, Tagawa & Toda 1981): a pure function of sizes and edges, for any thread.
//   rank    longest path, then loose ends pulled down to their readers
//   order   barycentre sweeps over real nodes and the bends of long edges, best crossing count kept
//   place   straight blocks (main path first), packed, then pulled together
//   route   rows, bends, side lanes for the very long edges, frames round scopes
#include <QPointF>
#include <QRectF>
#include <functional>
#include <vector>

namespace quantwright {

struct LayoutNode {
    double width = 220, height = 48;
    int group = -1;         ///< nodes of one group get a common frame if no other node is in its way
    bool is_input = false;  ///< the main path begins here, however long the arithmetic on constants is
};

struct LayoutEdge {
    int from = 0, to = 0;  ///< positions in LayoutInput::nodes
};

struct LayoutInput {
    std::vector<LayoutNode> nodes;  ///< best in topological order: ties follow it
    std::vector<LayoutEdge> edges;
    double node_gap = 28;   ///< between neighbours of a row
    double layer_gap = 24;  ///< between rows, at least
    double edge_gap = 14;   ///< between parallel edges; between an edge and a node the mean of both
};

struct GraphLayout {
    bool cancelled = false;  ///< nothing else is set then
    std::vector<QRectF> nodes;
    std::vector<int> rows;  ///< of each node, from the top
    /// Of each edge: points from the source's bottom to the target's top. Between two points lies a
    /// straight line (same x) or a curve with vertical ends, which stays between their heights.
    /// Empty for an edge from a node to itself. Of an edge that closes a cycle the points go upwards.
    std::vector<std::vector<QPointF>> edges;
    std::vector<QRectF> groups;  ///< by group number; null where no frame fits
    QRectF bounds;
};

/// Never fails: cycles are broken, unknown edges ignored. `cancelled` is asked often.
[[nodiscard]] GraphLayout layoutGraph(const LayoutInput& input, const std::function<bool()>& cancelled = {});

}  // namespace quantwright
