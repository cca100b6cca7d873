#pragma once
// The whole graph in the view's lower right corner, with the part on show framed.
#include <QPixmap>
#include <QPointF>
#include <QRectF>
#include <QSizeF>

#include "widgets/graph/graph_picture.h"

class QPainter;

namespace quantwright {

class Minimap {
public:
    /// Place it in a view of this size.
    void place(const GraphPicture& picture, QSizeF view);
    [[nodiscard]] QRectF rect() const { return m_rect; }
    [[nodiscard]] QPointF toScene(QPointF widget) const;
    void paint(QPainter& painter, const Palette& palette, const GraphPicture& picture, const QRectF& visible);
    /// Colours changed: the cached picture is drawn anew.
    void refresh() { m_cache = {}; }

private:
    [[nodiscard]] QRectF toWidget(const QRectF& scene) const;
    void drawCache(const Palette& palette, const GraphPicture& picture, double ratio);

    QRectF m_rect;    ///< with its border, widget coordinates
    QRectF m_inner;   ///< where the graph is drawn
    QRectF m_bounds;  ///< of the graph, scene coordinates
    QPixmap m_cache;
};

}  // namespace quantwright
