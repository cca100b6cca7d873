#pragma once
// The steps of layoutGraph() and what they hand on. Private to the layout's own files.
#include <functional>
#include <vector>

#include "widgets/graph/layout.h"

namespace quantwright::layout_steps {

using Cancelled = std::function<bool()>;

/// Neighbour lists of all vertices in two flat arrays.
struct Adjacency {
    std::vector<int> starts, items;

    struct Span {
        const int* first;
        const int* last;
        [[nodiscard]] const int* begin() const { return first; }
        [[nodiscard]] const int* end() const { return last; }
        [[nodiscard]] int size() const { return static_cast<int>(last - first); }
    };
    [[nodiscard]] Span of(int vertex) const {
        return {items.data() + starts[vertex], items.data() + starts[vertex + 1]};
    }
    /// The `to` ends of the edges of each `from`, in edge order.
    static Adjacency build(int vertices, const std::vector<LayoutEdge>& edges, bool reversed);
};

/// The input without cycles, repeated edges and edges from a node to itself.
struct Ranked {
    std::vector<LayoutEdge> edges;   ///< from the higher to the lower row
    std::vector<int> edge_of_input;  ///< per input edge: position in `edges`, -1: none
    std::vector<char> reversed;      ///< per input edge: it was turned round
    std::vector<int> topological;
    std::vector<int> rank;
    std::vector<int> depth;   ///< longest path from an input (from any source if none is marked), else -1
    std::vector<int> height;  ///< longest path to a sink
    int rank_count = 0;
};

/// Real nodes (0..nodes-1) and a bend for every row that an edge passes.
struct Layered {
    int node_count = 0;
    std::vector<int> rank;                ///< per vertex
    std::vector<int> edge_of_bend;        ///< per vertex beyond the nodes: position in Ranked::edges
    std::vector<std::vector<int>> bends;  ///< per edge, from top to bottom
    std::vector<char> in_lane;            ///< per edge: runs beside the picture instead of through it
    Adjacency down, up;                   ///< between adjacent rows only
    std::vector<std::vector<int>> rows;   ///< vertices of each row from left to right
    std::vector<int> position;            ///< per vertex, within its row

    [[nodiscard]] int vertexCount() const { return static_cast<int>(rank.size()); }
    [[nodiscard]] bool isBend(int vertex) const { return vertex >= node_count; }
};

[[nodiscard]] Ranked rankNodes(const LayoutInput& input);
[[nodiscard]] Layered splitLongEdges(const LayoutInput& input, const Ranked& ranked);
/// Fills rows and position. False if cancelled.
[[nodiscard]] bool orderRows(const Ranked& ranked, Layered& layered, const Cancelled& cancelled);
/// Middle x of every vertex. Empty if cancelled.
[[nodiscard]] std::vector<double> placeColumns(const LayoutInput& input, const Ranked& ranked,
                                               const Layered& layered, const Cancelled& cancelled);
[[nodiscard]] GraphLayout routeEdges(const LayoutInput& input, const Ranked& ranked, const Layered& layered,
                                     const std::vector<double>& x);

[[nodiscard]] long long countCrossings(const Layered& layered);

}  // namespace quantwright::layout_steps
