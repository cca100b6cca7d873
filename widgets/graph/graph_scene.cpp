#include "widgets/graph/graph_scene.h"

#include <algorithm>

namespace quantwright {

QColor stripeColor(const Palette& palette, const SceneNode& node) {
    if (!node.colour_by_badge)
        return heatColor(palette, node.heat);
    if (node.badge.isEmpty())
        return {};
    return badgeColor(palette, node.badge_kind == BadgeKind::None ? badgeKind(node.badge) : node.badge_kind);
}

bool sameStructure(const GraphScene& a, const GraphScene& b) {
    // A node's kind and scope take part in the layout: sizes and frames follow them.
    const auto same_node = [](const SceneNode& x, const SceneNode& y) {
        return x.id == y.id && x.kind == y.kind && x.scope == y.scope;
    };
    const auto same_edge = [](const SceneEdge& x, const SceneEdge& y) {
        return x.from == y.from && x.to == y.to;
    };
    return std::equal(a.nodes.begin(), a.nodes.end(), b.nodes.begin(), b.nodes.end(), same_node) &&
           std::equal(a.edges.begin(), a.edges.end(), b.edges.begin(), b.edges.end(), same_edge);
}

}  // namespace quantwright
