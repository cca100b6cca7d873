#pragma once
// What the colours mean, in the view's lower left corner.
#include <QRectF>
#include <QSizeF>

#include "widgets/graph/graph_scene.h"
#include "widgets/theme/palette.h"

class QPainter;

namespace quantwright {

/// Where the legend goes in a view of this size; empty if it has no title or doesn't fit.
[[nodiscard]] QRectF legendRect(const GraphLegend& legend, QSizeF view);
void paintLegend(QPainter& painter, const Palette& palette, const GraphLegend& legend, const QRectF& rect);

}  // namespace quantwright
