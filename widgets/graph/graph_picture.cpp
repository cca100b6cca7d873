#include "widgets/graph/graph_picture.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "widgets/graph/node_painter.h"

namespace quantwright {

namespace {

/// Straight where the points stand above each other, else a curve that leaves and arrives vertically.
QPainterPath edgePath(const std::vector<QPointF>& points) {
    QPainterPath path;
    if (points.empty())
        return path;
    path.moveTo(points.front());
    for (std::size_t i = 1; i < points.size(); ++i) {
        const QPointF a = points[i - 1], b = points[i];
        if (a.x() == b.x()) {
            path.lineTo(b);
            continue;
        }
        const double middle = (a.y() + b.y()) / 2;
        path.cubicTo(QPointF(a.x(), middle), QPointF(b.x(), middle), b);
    }
    return path;
}

}  // namespace

LayoutInput layoutInput(const GraphScene& scene) {
    LayoutInput input;
    QHash<int, int> index_of_id;
    QHash<QString, int> groups;
    for (const SceneNode& node : scene.nodes) {
        const QSizeF size = cardSize(node.kind);
        int group = -1;
        if (!node.scope.isEmpty()) {
            const auto found = groups.constFind(node.scope);
            group = found != groups.constEnd() ? *found : static_cast<int>(groups.size());
            groups.insert(node.scope, group);
        }
        index_of_id.insert(node.id, static_cast<int>(input.nodes.size()));
        input.nodes.push_back({size.width(), size.height(), group, node.kind == SceneNode::Kind::Input});
    }
    for (const SceneEdge& edge : scene.edges)
        input.edges.push_back({index_of_id.value(edge.from, -1), index_of_id.value(edge.to, -1)});
    return input;
}

GraphPicture::GraphPicture()
    : m_scene(std::make_shared<const GraphScene>()), m_layout(std::make_shared<const GraphLayout>()) {}

void GraphPicture::set(std::shared_ptr<const GraphScene> scene, std::shared_ptr<const GraphLayout> layout) {
    *this = {};
    m_scene = std::move(scene);
    m_layout = std::move(layout);
    const int nodes = static_cast<int>(m_scene->nodes.size());
    for (int i = 0; i < nodes; ++i)
        m_index_of_id.insert(m_scene->nodes[i].id, i);

    m_by_row.resize(nodes);
    std::iota(m_by_row.begin(), m_by_row.end(), 0);
    const auto& rows = m_layout->rows;
    std::sort(m_by_row.begin(), m_by_row.end(), [&](int a, int b) {
        return rows[a] != rows[b] ? rows[a] < rows[b] : rect(a).left() < rect(b).left();
    });
    for (int i = 0; i < nodes; ++i) {
        const QRectF r = rect(m_by_row[i]);
        if (i == 0 || rows[m_by_row[i]] != rows[m_by_row[i - 1]]) {
            m_row_starts.push_back(i);
            m_row_tops.push_back(r.top());
            m_row_bottoms.push_back(r.bottom());
        }
        m_row_tops.back() = std::min(m_row_tops.back(), r.top());
        m_row_bottoms.back() = std::max(m_row_bottoms.back(), r.bottom());
    }
    m_row_starts.push_back(nodes);

    m_below.resize(nodes);
    m_above.resize(nodes);
    for (std::size_t e = 0; e < m_scene->edges.size(); ++e) {
        const int from = m_index_of_id.value(m_scene->edges[e].from, -1);
        const int to = m_index_of_id.value(m_scene->edges[e].to, -1);
        m_edge_ends.emplace_back(from, to);
        m_edge_paths.push_back(edgePath(m_layout->edges[e]));
        // A vertical line has an empty rectangle, which would meet nothing.
        m_edge_bounds.push_back(m_edge_paths.back().controlPointRect().adjusted(-6, -6, 6, 6));
        if (from >= 0 && to >= 0 && from != to) {
            m_below[from].push_back(to);
            m_above[to].push_back(from);
        }
    }
}

void GraphPicture::setContent(std::shared_ptr<const GraphScene> scene) {
    m_scene = std::move(scene);
}

std::optional<int> GraphPicture::indexOf(int id) const {
    const auto found = m_index_of_id.constFind(id);
    return found == m_index_of_id.constEnd() ? std::nullopt : std::optional<int>(*found);
}

std::vector<int> GraphPicture::nodesIn(const QRectF& scene) const {
    std::vector<int> found;
    const auto first = std::lower_bound(m_row_bottoms.begin(), m_row_bottoms.end(), scene.top());
    for (auto row = static_cast<std::size_t>(first - m_row_bottoms.begin()); row < m_row_tops.size(); ++row) {
        if (m_row_tops[row] > scene.bottom())
            break;
        auto it = std::partition_point(m_by_row.begin() + m_row_starts[row],
                                       m_by_row.begin() + m_row_starts[row + 1],
                                       [&](int i) { return rect(i).right() < scene.left(); });
        for (; it != m_by_row.begin() + m_row_starts[row + 1] && rect(*it).left() <= scene.right(); ++it) {
            if (rect(*it).bottom() >= scene.top() && rect(*it).top() <= scene.bottom())
                found.push_back(*it);
        }
    }
    return found;
}

std::optional<int> GraphPicture::nodeAt(QPointF scene) const {
    const std::vector<int> found = nodesIn({scene, QSizeF(0, 0)});
    return found.empty() ? std::nullopt : std::optional<int>(found.front());
}

std::optional<int> GraphPicture::straightest(const std::vector<int>& candidates, int index) const {
    const auto distance = [&](int other) {
        return std::abs(rect(other).center().x() - rect(index).center().x()) +
               std::abs(rect(other).center().y() - rect(index).center().y()) / 1000;
    };
    const auto best = std::min_element(candidates.begin(), candidates.end(),
                                       [&](int a, int b) { return distance(a) < distance(b); });
    return best == candidates.end() ? std::nullopt : std::optional<int>(*best);
}

std::optional<int> GraphPicture::beside(int index, bool right) const {
    const auto row = std::upper_bound(m_row_starts.begin(), m_row_starts.end() - 1,
                                      std::find(m_by_row.begin(), m_by_row.end(), index) - m_by_row.begin());
    const auto first = m_by_row.begin() + *(row - 1), last = m_by_row.begin() + *row;
    const auto here = std::find(first, last, index);
    if (right)
        return here + 1 < last ? std::optional<int>(*(here + 1)) : std::nullopt;
    return here > first ? std::optional<int>(*(here - 1)) : std::nullopt;
}

}  // namespace quantwright
