#pragma once
// One node's card. Everything is in scene coordinates: at zoom 1 a unit is a logical pixel.
#include <QRectF>
#include <QSizeF>

#include "widgets/graph/graph_scene.h"
#include "widgets/theme/palette.h"

class QPainter;

namespace quantwright {

struct CardState {
    bool selected = false, highlighted = false, hovered = false;
    double zoom = 1;
};

[[nodiscard]] QSizeF cardSize(SceneNode::Kind kind);
/// Where the sign stands that opens or closes (SceneNode::mark).
[[nodiscard]] QRectF markRect(const QRectF& card);
void paintCard(QPainter& painter, const Palette& palette, const SceneNode& node, const QRectF& rect,
               const CardState& state);
/// From far away: a block in the node's colour, no text.
void paintBlock(QPainter& painter, const Palette& palette, const SceneNode& node, const QRectF& rect,
                const CardState& state);
/// The colour a node has where there is room for one colour only.
[[nodiscard]] QColor blockColor(const Palette& palette, const SceneNode& node);

constexpr double k_text_zoom = 0.42;  ///< below it blocks without text are painted

}  // namespace quantwright
