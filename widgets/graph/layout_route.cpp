// Rows get their heights, edges their points, scopes their frames.
#include <algorithm>
#include <cmath>
#include <queue>

#include "widgets/graph/layout_steps.h"

namespace quantwright::layout_steps {

namespace {

constexpr double k_frame_side = 14, k_frame_top = 30, k_frame_bottom = 12;
constexpr double k_lane_gap = 10;

struct Extent {
    double left = 1e300, right = -1e300;
    void add(double from, double to) {
        left = std::min(left, from);
        right = std::max(right, to);
    }
};

struct Frame {
    int first_row = 0, last_row = -1, nodes = 0;
    Extent extent;
};

struct Router {
    const LayoutInput& input;
    const Ranked& ranked;
    const Layered& layered;
    const std::vector<double>& x;

    std::vector<double> top = {}, bottom = {};  ///< of each row
    std::vector<int> lane = {};                 ///< per edge, -1: none
    double lanes_start = 0;
    std::vector<Frame> frames = {};

    [[nodiscard]] double half(int v) const { return layered.isBend(v) ? 0 : input.nodes[v].width / 2; }
    [[nodiscard]] double laneX(int e) const { return lanes_start + k_lane_gap * lane[e]; }

    void findFrames();
    void assignLanes();
    void stackRows();
    [[nodiscard]] std::vector<QPointF> points(int e) const;
};

/// A frame fits where no other node stands in its rows between its sides, and no other frame either.
void Router::findFrames() {
    int groups = 0;
    for (const LayoutNode& node : input.nodes)
        groups = std::max(groups, node.group + 1);
    frames.resize(groups);
    const auto group = [&](int v) { return layered.isBend(v) ? -1 : input.nodes[v].group; };
    for (int v = 0; v < layered.node_count; ++v) {
        if (group(v) < 0)
            continue;
        Frame& frame = frames[group(v)];
        const int r = layered.rank[v];
        frame.first_row = frame.nodes == 0 ? r : std::min(frame.first_row, r);
        frame.last_row = std::max(frame.last_row, r);
        ++frame.nodes;
        frame.extent.add(x[v] - half(v), x[v] + half(v));
    }
    for (std::size_t e = 0; e < ranked.edges.size(); ++e) {
        // A skip around a block begins above it or ends below it; beside the block it belongs to it.
        for (const int g : {group(ranked.edges[e].from), group(ranked.edges[e].to)}) {
            if (g < 0)
                continue;
            for (const int bend : layered.bends[e]) {
                if (layered.rank[bend] >= frames[g].first_row && layered.rank[bend] <= frames[g].last_row)
                    frames[g].extent.add(x[bend], x[bend]);
            }
        }
    }
    std::vector<std::vector<int>> frames_of_row(layered.rows.size());
    for (int g = 0; g < groups; ++g) {
        Frame& frame = frames[g];
        bool fits = frame.nodes > 1;
        for (int r = frame.first_row; fits && r <= frame.last_row; ++r) {
            for (const int v : layered.rows[r]) {
                if (!layered.isBend(v) && group(v) != g &&
                    x[v] + half(v) > frame.extent.left - k_frame_side &&
                    x[v] - half(v) < frame.extent.right + k_frame_side)
                    fits = false;
            }
            for (const int other : frames_of_row[r]) {
                if (frames[other].extent.right + 2 * k_frame_side > frame.extent.left &&
                    frames[other].extent.left - 2 * k_frame_side < frame.extent.right)
                    fits = false;
            }
        }
        if (!fits) {
            frame.nodes = 0;
            continue;
        }
        for (int r = frame.first_row; r <= frame.last_row; ++r)
            frames_of_row[r].push_back(g);
    }
}

/// Edges that run beside the picture share a lane where their rows don't meet.
void Router::assignLanes() {
    lane.assign(ranked.edges.size(), -1);
    std::vector<int> edges;
    for (std::size_t e = 0; e < ranked.edges.size(); ++e) {
        if (layered.in_lane[e])
            edges.push_back(static_cast<int>(e));
    }
    std::stable_sort(edges.begin(), edges.end(), [&](int a, int b) {
        return ranked.rank[ranked.edges[a].from] < ranked.rank[ranked.edges[b].from];
    });
    using Busy = std::pair<int, int>;  // until which row, lane
    std::priority_queue<Busy, std::vector<Busy>, std::greater<>> busy;
    int lanes = 0;
    for (const int e : edges) {
        if (!busy.empty() && busy.top().first < ranked.rank[ranked.edges[e].from]) {
            lane[e] = busy.top().second;
            busy.pop();
        } else {
            lane[e] = lanes++;
        }
        busy.emplace(ranked.rank[ranked.edges[e].to], lane[e]);
    }
    lanes_start = 0;
    for (int v = 0; v < layered.vertexCount(); ++v)
        lanes_start = std::max(lanes_start, x[v] + half(v));
    lanes_start += input.node_gap;
}

/// Gaps grow with how far an edge goes sideways in them: a flat curve is hard to follow.
void Router::stackRows() {
    const std::size_t rows = layered.rows.size();
    std::vector<double> height(rows, 0), sideways(rows, 0), above(rows, 0), below(rows, 0);
    for (int v = 0; v < layered.vertexCount(); ++v) {
        if (!layered.isBend(v))
            height[layered.rank[v]] = std::max(height[layered.rank[v]], input.nodes[v].height);
        for (const int w : layered.down.of(v))
            sideways[layered.rank[v]] = std::max(sideways[layered.rank[v]], std::abs(x[v] - x[w]));
    }
    for (std::size_t e = 0; e < ranked.edges.size(); ++e) {
        if (lane[e] < 0)
            continue;
        const auto& [from, to] = ranked.edges[e];
        double& first = sideways[ranked.rank[from]];
        double& last = sideways[ranked.rank[to] - 1];
        first = std::max(first, laneX(static_cast<int>(e)) - x[from]);
        last = std::max(last, laneX(static_cast<int>(e)) - x[to]);
    }
    for (const Frame& frame : frames) {
        if (frame.nodes == 0)
            continue;
        above[frame.first_row] = k_frame_top;
        below[frame.last_row] = k_frame_bottom;
    }
    top.resize(rows);
    bottom.resize(rows);
    double y = 0;
    for (std::size_t r = 0; r < rows; ++r) {
        y += above[r];
        top[r] = y;
        bottom[r] = y + height[r];
        y = std::round(bottom[r] + below[r] + input.layer_gap +
                       std::min(56.0, std::max(0.0, sideways[r] - 40) * 0.09));
    }
}

std::vector<QPointF> Router::points(int e) const {
    const auto& [from, to] = ranked.edges[e];
    const double start = (top[ranked.rank[from]] + bottom[ranked.rank[from]] + input.nodes[from].height) / 2;
    const double end = (top[ranked.rank[to]] + bottom[ranked.rank[to]] - input.nodes[to].height) / 2;
    std::vector<QPointF> result;
    result.reserve(2 * layered.bends[e].size() + 4);
    result.emplace_back(x[from], start);
    // Points on one vertical line need no middle one.
    const auto add = [&result](double px, double py) {
        const std::size_t n = result.size();
        if (n >= 2 && result[n - 1].x() == px && result[n - 2].x() == px)
            result[n - 1].setY(py);
        else if (result[n - 1] != QPointF(px, py))
            result.emplace_back(px, py);
    };
    add(x[from], bottom[ranked.rank[from]]);
    if (lane[e] >= 0) {
        add(laneX(e), top[ranked.rank[from] + 1]);
        add(laneX(e), bottom[ranked.rank[to] - 1]);
    } else {
        for (const int bend : layered.bends[e]) {
            add(x[bend], top[layered.rank[bend]]);
            add(x[bend], bottom[layered.rank[bend]]);
        }
    }
    add(x[to], top[ranked.rank[to]]);
    add(x[to], end);
    return result;
}

}  // namespace

GraphLayout routeEdges(const LayoutInput& input, const Ranked& ranked, const Layered& layered,
                       const std::vector<double>& x) {
    Router router{input, ranked, layered, x};
    router.findFrames();
    router.assignLanes();
    router.stackRows();

    GraphLayout layout;
    layout.rows.assign(ranked.rank.begin(), ranked.rank.end());
    for (int v = 0; v < layered.node_count; ++v) {
        const LayoutNode& node = input.nodes[v];
        const int r = layered.rank[v];
        const double middle = (router.top[r] + router.bottom[r]) / 2;
        layout.nodes.emplace_back(x[v] - node.width / 2, middle - node.height / 2, node.width, node.height);
        layout.bounds |= layout.nodes.back();
    }
    std::vector<std::vector<QPointF>> routes(ranked.edges.size());
    for (std::size_t e = 0; e < routes.size(); ++e) {
        routes[e] = router.points(static_cast<int>(e));
        for (const QPointF& point : routes[e]) {
            layout.bounds.setLeft(std::min(layout.bounds.left(), point.x()));
            layout.bounds.setRight(std::max(layout.bounds.right(), point.x()));
        }
    }
    for (std::size_t i = 0; i < input.edges.size(); ++i) {
        layout.edges.emplace_back();
        if (ranked.edge_of_input[i] < 0)
            continue;
        layout.edges.back() = routes[ranked.edge_of_input[i]];
        if (ranked.reversed[i])
            std::reverse(layout.edges.back().begin(), layout.edges.back().end());
    }
    for (const Frame& frame : router.frames) {
        layout.groups.emplace_back();
        if (frame.nodes == 0)
            continue;
        layout.groups.back() = QRectF(
            QPointF(frame.extent.left - k_frame_side, router.top[frame.first_row] - k_frame_top),
            QPointF(frame.extent.right + k_frame_side, router.bottom[frame.last_row] + k_frame_bottom));
        layout.bounds |= layout.groups.back();
    }
    return layout;
}

}  // namespace quantwright::layout_steps
