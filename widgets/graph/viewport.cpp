#include "widgets/graph/viewport.h"

#include <algorithm>

namespace quantwright {

namespace {
constexpr double k_margin = 24;
}

QRectF GraphViewport::toWidget(const QRectF& scene) const {
    return {toWidget(scene.topLeft()), scene.size() * m_zoom};
}

QRectF GraphViewport::toScene(const QRectF& widget) const {
    return {toScene(widget.topLeft()), widget.size() / m_zoom};
}

void GraphViewport::zoomAbout(double zoom, QPointF widget) {
    const QPointF kept = toScene(widget);
    m_zoom = std::clamp(zoom, k_least_zoom, k_most_zoom);
    m_offset = widget - kept * m_zoom;
}

void GraphViewport::centreOn(QPointF scene, QSizeF widget_size) {
    m_offset = QPointF(widget_size.width() / 2, widget_size.height() / 2) - scene * m_zoom;
}

void GraphViewport::fit(const QRectF& scene, QSizeF widget_size) {
    if (scene.isEmpty())
        return;
    const double across = (widget_size.width() - 2 * k_margin) / scene.width();
    const double down = (widget_size.height() - 2 * k_margin) / scene.height();
    m_zoom = std::clamp(std::min(across, down), k_least_zoom, 1.0);
    centreOn(scene.center(), widget_size);
}

void GraphViewport::showTop(const QRectF& scene, QPointF first_node, QSizeF widget_size) {
    fit(scene, widget_size);
    if (m_zoom >= 0.7)
        return;
    m_zoom = 1;
    // A graph narrower than the view stands in its middle, a wider one shows where it starts.
    const bool narrow = scene.width() + 2 * k_margin <= widget_size.width();
    m_offset.setX(widget_size.width() / 2 - (narrow ? scene.center().x() : first_node.x()));
    m_offset.setY(k_margin - scene.top());
}

void GraphViewport::makeVisible(const QRectF& scene, QSizeF widget_size) {
    const QRectF node = toWidget(scene);
    const auto shift = [](double from, double to, double size) {
        const double room = std::max(0.0, std::min(64.0, (size - (to - from)) / 2));
        if (from < room)
            return room - from;
        return to > size - room ? size - room - to : 0.0;
    };
    m_offset += QPointF(shift(node.left(), node.right(), widget_size.width()),
                        shift(node.top(), node.bottom(), widget_size.height()));
}

void GraphViewport::keepInReach(const QRectF& scene, QSizeF widget_size) {
    const QRectF graph = toWidget(scene);
    const auto shift = [](double from, double to, double size) {
        const double reach = std::min(80.0, size / 2);
        if (to < reach)
            return reach - to;
        return from > size - reach ? size - reach - from : 0.0;
    };
    m_offset += QPointF(shift(graph.left(), graph.right(), widget_size.width()),
                        shift(graph.top(), graph.bottom(), widget_size.height()));
}

}  // namespace quantwright
