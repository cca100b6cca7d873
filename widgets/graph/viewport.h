#pragma once
// Where the view looks: scene to widget coordinates and back.
#include <QPointF>
#include <QRectF>
#include <QSizeF>

namespace quantwright {

class GraphViewport {
public:
    static constexpr double k_least_zoom = 0.0005, k_most_zoom = 4.0;  ///< 10,000 rows still fit

    [[nodiscard]] double zoom() const { return m_zoom; }
    [[nodiscard]] QPointF toWidget(QPointF scene) const { return scene * m_zoom + m_offset; }
    [[nodiscard]] QPointF toScene(QPointF widget) const { return (widget - m_offset) / m_zoom; }
    [[nodiscard]] QRectF toWidget(const QRectF& scene) const;
    [[nodiscard]] QRectF toScene(const QRectF& widget) const;
    [[nodiscard]] QPointF offset() const { return m_offset; }

    /// What lies under `widget` stays there.
    void zoomAbout(double zoom, QPointF widget);
    void pan(QPointF by) { m_offset += by; }
    void centreOn(QPointF scene, QSizeF widget_size);
    /// All of `scene` with a margin, never larger than life.
    void fit(const QRectF& scene, QSizeF widget_size);
    /// The upper end of `scene` at a size that can be read.
    void showTop(const QRectF& scene, QPointF first_node, QSizeF widget_size);
    /// Moves as little as needed to have `scene` (a node) in view with some room round it.
    void makeVisible(const QRectF& scene, QSizeF widget_size);
    /// Keeps a corner of the graph in view, so that nobody gets lost beside it.
    void keepInReach(const QRectF& scene, QSizeF widget_size);

private:
    double m_zoom = 1;
    QPointF m_offset;
};

}  // namespace quantwright
