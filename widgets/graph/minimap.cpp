#include "widgets/graph/minimap.h"

#include <QPainter>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "widgets/graph/node_painter.h"

namespace quantwright {

namespace {
constexpr double k_corner = 12, k_pad = 6, k_width = 120;
}

void Minimap::place(const GraphPicture& picture, QSizeF view) {
    const QRectF before = m_rect;
    const double height = std::clamp(view.height() * 0.3, 84.0, 200.0);
    m_rect = {view.width() - k_width - k_corner, view.height() - height - k_corner, k_width, height};
    m_bounds = picture.layout().bounds;
    // A chain is a thousand times taller than wide: both directions are scaled on their own, though not
    // so far that a node gets wider than a third of the map.
    const double widest = picture.isEmpty() ? 1 : cardSize(SceneNode::Kind::Op).width();
    const QRectF room = m_rect.adjusted(k_pad, k_pad, -k_pad, -k_pad);
    const double across = std::min(room.width() / std::max(m_bounds.width(), 1.0), room.width() / 3 / widest);
    const double down = std::min(room.height() / std::max(m_bounds.height(), 1.0), 0.2);
    m_inner = QRectF(0, 0, m_bounds.width() * across, m_bounds.height() * down);
    m_inner.moveCenter(room.center());
    if (before.size() != m_rect.size())
        m_cache = {};
}

QRectF Minimap::toWidget(const QRectF& scene) const {
    const double across = m_inner.width() / std::max(m_bounds.width(), 1.0);
    const double down = m_inner.height() / std::max(m_bounds.height(), 1.0);
    return {m_inner.left() + (scene.left() - m_bounds.left()) * across,
            m_inner.top() + (scene.top() - m_bounds.top()) * down, scene.width() * across,
            scene.height() * down};
}

QPointF Minimap::toScene(QPointF widget) const {
    const double across = m_bounds.width() / std::max(m_inner.width(), 1.0);
    const double down = m_bounds.height() / std::max(m_inner.height(), 1.0);
    return {m_bounds.left() + (widget.x() - m_inner.left()) * across,
            m_bounds.top() + (widget.y() - m_inner.top()) * down};
}

void Minimap::drawCache(const Palette& palette, const GraphPicture& picture, double ratio) {
    m_cache = QPixmap((m_rect.size() * ratio).toSize());
    m_cache.setDevicePixelRatio(ratio);
    m_cache.fill(Qt::transparent);
    QPainter painter(&m_cache);
    painter.translate(-m_rect.topLeft());
    // The hot ones last: where many nodes share a pixel the worst must show.
    std::vector<int> nodes(picture.scene().nodes.size());
    std::iota(nodes.begin(), nodes.end(), 0);
    std::stable_sort(nodes.begin(), nodes.end(), [&](int a, int b) {
        return heatStep(picture.node(a).heat) < heatStep(picture.node(b).heat);
    });
    for (const int i : nodes) {
        QRectF bar = toWidget(picture.rect(i));
        bar.setHeight(std::max(bar.height(), 1.0));
        QColor color = blockColor(palette, picture.node(i));
        if (!stripeColor(palette, picture.node(i)).isValid())
            color = palette.line_strong;
        painter.fillRect(bar, color);
    }
}

void Minimap::paint(QPainter& painter, const Palette& palette, const GraphPicture& picture,
                    const QRectF& visible) {
    const double ratio = painter.device()->devicePixelRatioF();
    if (m_cache.isNull() || m_cache.devicePixelRatioF() != ratio)
        drawCache(palette, picture, ratio);
    painter.setPen(palette.line);
    painter.setBrush(palette.panel);
    painter.drawRoundedRect(m_rect.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    painter.drawPixmap(m_rect.topLeft(), m_cache);
    QRectF window = toWidget(visible) & m_rect.adjusted(3, 3, -3, -3);
    if (window.height() < 4)
        window.adjust(0, -2, 0, 2);
    QColor fill = palette.accent;
    fill.setAlphaF(0.08F);
    painter.setBrush(fill);
    painter.setPen(QPen(palette.accent, 1.4));
    painter.drawRoundedRect(window, 3, 3);
}

}  // namespace quantwright
