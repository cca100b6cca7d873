// Rows: cycles are broken, every node gets the row of its longest path, loose ends sink to their readers.
#include <algorithm>
#include <cmath>
#include <queue>

#include "widgets/graph/layout_steps.h"

namespace quantwright::layout_steps {

Adjacency Adjacency::build(int vertices, const std::vector<LayoutEdge>& edges, bool reversed) {
    Adjacency result;
    result.starts.assign(static_cast<std::size_t>(vertices) + 1, 0);
    for (const LayoutEdge& edge : edges)
        ++result.starts[(reversed ? edge.to : edge.from) + 1];
    for (int v = 0; v < vertices; ++v)
        result.starts[v + 1] += result.starts[v];
    result.items.resize(edges.size());
    std::vector<int> next(result.starts.begin(), result.starts.end() - 1);
    for (const LayoutEdge& edge : edges)
        result.items[next[reversed ? edge.to : edge.from]++] = reversed ? edge.from : edge.to;
    return result;
}

namespace {

/// Positions in an order that respects the edges, smallest index first. Where a cycle leaves no node
/// free, the smallest remaining index goes next; edges into it from later nodes are the ones to turn.
std::vector<int> topologicalPositions(int nodes, const std::vector<LayoutEdge>& edges) {
    const Adjacency down = Adjacency::build(nodes, edges, false);
    std::vector<int> waiting(nodes, 0), position(nodes, -1);
    for (const LayoutEdge& edge : edges)
        ++waiting[edge.to];
    std::priority_queue<int, std::vector<int>, std::greater<>> free;
    for (int v = 0; v < nodes; ++v) {
        if (waiting[v] == 0)
            free.push(v);
    }
    int placed = 0, first_unplaced = 0;
    while (placed < nodes) {
        int v = -1;
        if (!free.empty()) {
            v = free.top();
            free.pop();
        } else {
            while (position[first_unplaced] >= 0)
                ++first_unplaced;
            v = first_unplaced;
        }
        if (position[v] >= 0)
            continue;
        position[v] = placed++;
        for (const int w : down.of(v)) {
            if (--waiting[w] == 0 && position[w] < 0)
                free.push(w);
        }
    }
    return position;
}

/// Turns cycles, drops loops and repetitions.
void simplify(const LayoutInput& input, Ranked& ranked) {
    const int nodes = static_cast<int>(input.nodes.size());
    const auto usable = [nodes](const LayoutEdge& edge) {
        return edge.from >= 0 && edge.from < nodes && edge.to >= 0 && edge.to < nodes && edge.from != edge.to;
    };
    std::vector<LayoutEdge> edges;
    for (const LayoutEdge& edge : input.edges) {
        if (usable(edge))
            edges.push_back(edge);
    }
    const std::vector<int> position = topologicalPositions(nodes, edges);
    ranked.topological.resize(nodes);
    for (int v = 0; v < nodes; ++v)
        ranked.topological[position[v]] = v;

    struct Keyed {
        LayoutEdge edge;
        int input;
    };
    std::vector<Keyed> keyed;
    ranked.edge_of_input.assign(input.edges.size(), -1);
    ranked.reversed.assign(input.edges.size(), 0);
    for (std::size_t i = 0; i < input.edges.size(); ++i) {
        LayoutEdge edge = input.edges[i];
        if (!usable(edge))
            continue;
        if (position[edge.from] > position[edge.to]) {
            std::swap(edge.from, edge.to);
            ranked.reversed[i] = 1;
        }
        keyed.push_back({edge, static_cast<int>(i)});
    }
    std::stable_sort(keyed.begin(), keyed.end(), [](const Keyed& a, const Keyed& b) {
        return a.edge.from != b.edge.from ? a.edge.from < b.edge.from : a.edge.to < b.edge.to;
    });
    for (const Keyed& k : keyed) {
        if (ranked.edges.empty() || ranked.edges.back().from != k.edge.from ||
            ranked.edges.back().to != k.edge.to)
            ranked.edges.push_back(k.edge);
        ranked.edge_of_input[k.input] = static_cast<int>(ranked.edges.size()) - 1;
    }
}

/// A node sinks to its readers when that shortens more edges than it lengthens, or when everything
/// above it hangs on it alone and can follow (weights and shape arithmetic of a deep layer).
void pullDown(const Adjacency& down, const Adjacency& up, Ranked& ranked) {
    const int nodes = static_cast<int>(ranked.rank.size());
    std::vector<char> can_follow(nodes, 0);
    for (const int v : ranked.topological) {
        const auto above = up.of(v);
        can_follow[v] = std::all_of(above.begin(), above.end(),
                                    [&](int p) { return can_follow[p] && down.of(p).size() == 1; });
    }
    for (auto it = ranked.topological.rbegin(); it != ranked.topological.rend(); ++it) {
        const int v = *it;
        const auto below = down.of(v);
        if (below.size() == 0 || (!can_follow[v] && below.size() <= up.of(v).size()))
            continue;
        int lowest = ranked.rank_count;
        for (const int w : below)
            lowest = std::min(lowest, ranked.rank[w] - 1);
        ranked.rank[v] = lowest;
    }
}

/// Nodes without any edge would make one endless row: they fill a square at the top instead.
void wrapLoneNodes(const Adjacency& down, const Adjacency& up, Ranked& ranked) {
    std::vector<int> lone;
    for (const int v : ranked.topological) {
        if (down.of(v).size() == 0 && up.of(v).size() == 0)
            lone.push_back(v);
    }
    if (lone.size() < 9)
        return;
    const int per_row = static_cast<int>(std::ceil(std::sqrt(static_cast<double>(lone.size()))));
    for (std::size_t i = 0; i < lone.size(); ++i) {
        ranked.rank[lone[i]] = static_cast<int>(i) / per_row;
        ranked.rank_count = std::max(ranked.rank_count, ranked.rank[lone[i]] + 1);
    }
}

}  // namespace

Ranked rankNodes(const LayoutInput& input) {
    Ranked ranked;
    const int nodes = static_cast<int>(input.nodes.size());
    simplify(input, ranked);
    const Adjacency down = Adjacency::build(nodes, ranked.edges, false);
    const Adjacency up = Adjacency::build(nodes, ranked.edges, true);

    const bool marked =
        std::any_of(input.nodes.begin(), input.nodes.end(), [](const LayoutNode& n) { return n.is_input; });
    ranked.rank.assign(nodes, 0);
    ranked.depth.assign(nodes, -1);
    ranked.height.assign(nodes, 0);
    for (const int v : ranked.topological) {
        if (input.nodes[v].is_input || (!marked && up.of(v).size() == 0))
            ranked.depth[v] = std::max(ranked.depth[v], 0);
        for (const int w : down.of(v)) {
            ranked.rank[w] = std::max(ranked.rank[w], ranked.rank[v] + 1);
            if (ranked.depth[v] >= 0)
                ranked.depth[w] = std::max(ranked.depth[w], ranked.depth[v] + 1);
        }
    }
    for (auto it = ranked.topological.rbegin(); it != ranked.topological.rend(); ++it) {
        for (const int w : down.of(*it))
            ranked.height[*it] = std::max(ranked.height[*it], ranked.height[w] + 1);
    }
    for (const int r : ranked.rank)
        ranked.rank_count = std::max(ranked.rank_count, r + 1);
    pullDown(down, up, ranked);
    wrapLoneNodes(down, up, ranked);
    return ranked;
}

Layered splitLongEdges(const LayoutInput& input, const Ranked& ranked) {
    Layered layered;
    layered.node_count = static_cast<int>(input.nodes.size());
    layered.rank = ranked.rank;
    layered.bends.resize(ranked.edges.size());
    layered.in_lane.assign(ranked.edges.size(), 0);

    // The picture may hold this many bends; the longest edges beyond that run beside it. A residual or
    // dense network of 3,000 nodes stays below; a 10,000 node chain read again by its end does not.
    const long long most_bends = 20'000 + 2LL * layered.node_count;
    const auto span = [&](int e) {
        return ranked.rank[ranked.edges[e].to] - ranked.rank[ranked.edges[e].from];
    };
    std::vector<int> by_span(ranked.edges.size());
    long long bends = 0;
    for (std::size_t e = 0; e < by_span.size(); ++e) {
        by_span[e] = static_cast<int>(e);
        bends += span(static_cast<int>(e)) - 1;
    }
    if (bends > most_bends) {
        std::stable_sort(by_span.begin(), by_span.end(), [&](int a, int b) { return span(a) > span(b); });
        for (std::size_t i = 0; i < by_span.size() && bends > most_bends; ++i) {
            layered.in_lane[by_span[i]] = 1;
            bends -= span(by_span[i]) - 1;
        }
    }

    std::vector<LayoutEdge> pieces;
    for (std::size_t e = 0; e < ranked.edges.size(); ++e) {
        if (layered.in_lane[e])
            continue;
        int above = ranked.edges[e].from;
        for (int r = ranked.rank[above] + 1; r < ranked.rank[ranked.edges[e].to]; ++r) {
            const int bend = layered.vertexCount();
            layered.rank.push_back(r);
            layered.edge_of_bend.push_back(static_cast<int>(e));
            layered.bends[e].push_back(bend);
            pieces.push_back({above, bend});
            above = bend;
        }
        pieces.push_back({above, ranked.edges[e].to});
    }
    layered.down = Adjacency::build(layered.vertexCount(), pieces, false);
    layered.up = Adjacency::build(layered.vertexCount(), pieces, true);
    return layered;
}

}  // namespace quantwright::layout_steps
