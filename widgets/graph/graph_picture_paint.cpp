// How a GraphPicture looks: frames at the back, edges, cards on top. Only what is visible is drawn.
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "widgets/graph/graph_picture.h"
#include "widgets/graph/node_painter.h"
#include "widgets/theme/fonts.h"

namespace quantwright {

namespace {

constexpr double k_arrow_zoom = 0.3;    ///< below it arrow heads are dirt
constexpr double k_label_zoom = 0.7;    ///< above it edges carry their labels
constexpr double k_coarse_zoom = 0.15;  ///< below it edges are hairlines

/// A head of 7 by 6 with its point at the end of the edge. Edges end vertically.
void paintArrow(QPainter& painter, const std::vector<QPointF>& points, const QColor& color) {
    const QPointF tip = points.back();
    const double up = points[points.size() - 2].y() <= tip.y() ? -1 : 1;
    const QPointF head[] = {tip, tip + QPointF(-3.7, 6.5 * up), tip + QPointF(3.7, 6.5 * up)};
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawPolygon(head, 3);
}

}  // namespace

void GraphPicture::paint(QPainter& painter, const Palette& palette, const State& state) const {
    paintFrames(painter, palette, state);
    paintEdges(painter, palette, state);
    // A selected card's border is thicker than the gap the culling rectangle would leave it.
    for (const int i : nodesIn(state.visible.adjusted(-4, -4, 4, 4))) {
        const SceneNode& node = m_scene->nodes[i];
        CardState card;
        card.selected = state.selected && state.selected->contains(node.id);
        card.highlighted = state.highlighted && state.highlighted->contains(node.id);
        card.hovered = i == state.hovered;
        card.zoom = state.zoom;
        if (state.zoom < k_text_zoom)
            paintBlock(painter, palette, node, rect(i), card);
        else
            paintCard(painter, palette, node, rect(i), card);
    }
}

void GraphPicture::paintFrames(QPainter& painter, const Palette& palette, const State& state) const {
    const auto& groups = m_layout->groups;
    if (groups.empty() || state.zoom < k_coarse_zoom)
        return;
    // Group numbers were given in the order in which scopes appear: the same walk finds their names.
    QHash<QString, int> number;
    std::vector<const QString*> names;
    QSet<QString> active;
    for (const SceneNode& node : m_scene->nodes) {
        if (node.scope.isEmpty())
            continue;
        if (!number.contains(node.scope)) {
            number.insert(node.scope, static_cast<int>(names.size()));
            names.push_back(&node.scope);
        }
        if (state.selected && state.selected->contains(node.id))
            active.insert(node.scope);
    }
    painter.setFont(uiFont(TextSize::Small, true));
    for (std::size_t g = 0; g < groups.size() && g < names.size(); ++g) {
        if (groups[g].isNull() || !groups[g].intersects(state.visible))
            continue;
        const bool is_active = active.contains(*names[g]);
        painter.setPen(QPen(is_active ? palette.frame_active : palette.frame, is_active ? 1.4 : 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(groups[g].adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
        if (state.zoom < k_text_zoom)
            continue;
        painter.setPen(palette.quiet);
        const QRectF title = groups[g].adjusted(12, 0, -12, 0);
        painter.drawText(
            QRectF(title.left(), title.top() + 5, title.width(), 20), Qt::AlignLeft | Qt::AlignVCenter,
            painter.fontMetrics().elidedText(*names[g], Qt::ElideMiddle, static_cast<int>(title.width())));
    }
}

void GraphPicture::paintEdges(QPainter& painter, const Palette& palette, const State& state) const {
    const bool coarse = state.zoom < k_coarse_zoom;
    const double width = coarse ? 0 : std::max(1.3, 0.8 / state.zoom);
    const auto is_selected = [&](int i) { return state.selected->contains(m_scene->nodes[i].id); };
    std::vector<int> labelled;
    painter.setRenderHint(QPainter::Antialiasing, !coarse);
    // Those of the selection come last, on top of the others.
    for (const bool of_selection : {false, true}) {
        for (std::size_t e = 0; e < m_edge_paths.size(); ++e) {
            if (m_edge_paths[e].isEmpty() || !m_edge_bounds[e].intersects(state.visible))
                continue;
            const auto [from, to] = m_edge_ends[e];
            if (from < 0 || to < 0)
                continue;
            const bool selected =
                state.selected && !state.selected->isEmpty() && (is_selected(from) || is_selected(to));
            if (selected != of_selection)
                continue;
            const SceneEdge& edge = m_scene->edges[e];
            const QColor color = selected ? palette.accent : edge.crosses ? palette.float32 : palette.edge;
            QPen pen(color, selected ? width * 1.25 : width);
            if (edge.crosses)
                pen.setDashPattern({4, 3});
            painter.setPen(pen);
            painter.setBrush(Qt::NoBrush);
            if (coarse)
                painter.drawPolyline(m_layout->edges[e].data(), static_cast<int>(m_layout->edges[e].size()));
            else
                painter.drawPath(m_edge_paths[e]);
            if (state.zoom >= k_arrow_zoom)
                paintArrow(painter, m_layout->edges[e], color);
            if (state.zoom >= k_label_zoom && !edge.label.isEmpty())
                labelled.push_back(static_cast<int>(e));
        }
    }
    painter.setRenderHint(QPainter::Antialiasing, true);
    for (const int e : labelled)
        paintEdgeLabel(painter, palette, e);
}

/// Beside the start of an edge that drops straight down: there is room for it, and with several readers
/// of one tensor the others would repeat it.
void GraphPicture::paintEdgeLabel(QPainter& painter, const Palette& palette, int edge) const {
    const auto& points = m_layout->edges[edge];
    const bool straight = points[0].x() == points[1].x() && points[1].y() - points[0].y() >= 18;
    if (!straight)
        return;
    QFont font = uiFont(TextSize::Small);
    font.setPixelSize(10);
    painter.setFont(font);
    painter.setPen(palette.quiet);
    const double y = points[0].y() + std::min(24.0, points[1].y() - points[0].y() - 7) / 2;
    painter.drawText(QRectF(points[0].x() + 7, y - 8, 160, 16), Qt::AlignLeft | Qt::AlignVCenter,
                     m_scene->edges[edge].label);
}

}  // namespace quantwright
