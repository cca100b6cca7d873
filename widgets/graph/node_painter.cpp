#include "widgets/graph/node_painter.h"

#include <QPainter>
#include <QPainterPath>
#include <algorithm>

#include "widgets/theme/fonts.h"

namespace quantwright {

namespace {

constexpr double k_radius = 6, k_heat_width = 7, k_left = 17, k_right = 10;

struct CardFonts {
    QFont title = uiFont(TextSize::Normal, true);
    QFont small = uiFont(TextSize::Small);
    QFont badge = uiFont(TextSize::Small, true);
};

const CardFonts& cardFonts() {
    static const CardFonts fonts;
    return fonts;
}

/// Half a rounded rectangle: the card's left edge.
QPainterPath heatShape(const QRectF& card) {
    QPainterPath path;
    const double r = k_radius;
    path.moveTo(card.left() + k_heat_width, card.top());
    path.lineTo(card.left() + r, card.top());
    path.arcTo(QRectF(card.left(), card.top(), 2 * r, 2 * r), 90, 90);
    path.lineTo(card.left(), card.bottom() - r);
    path.arcTo(QRectF(card.left(), card.bottom() - 2 * r, 2 * r, 2 * r), 180, 90);
    path.lineTo(card.left() + k_heat_width, card.bottom());
    path.closeSubpath();
    return path;
}

QPen borderPen(const Palette& palette, const SceneNode& node, const CardState& state) {
    if (state.selected)
        return QPen(palette.accent, 2.2);
    QPen pen(state.highlighted ? palette.accent
             : state.hovered   ? palette.line_strong
                               : palette.line,
             state.highlighted ? 1.5 : 1);
    if (node.dashed) {
        pen.setColor(state.highlighted ? palette.accent : palette.float32);
        pen.setDashPattern({4, 3});
    }
    return pen;
}

/// How far the badge reaches in from the right edge.
double paintBadge(QPainter& painter, const Palette& palette, const SceneNode& node, const QRectF& card) {
    if (node.badge.isEmpty())
        return 0;
    QFont font = cardFonts().badge;
    font.setPixelSize(10);
    const double width = std::max(38.0, QFontMetricsF(font).horizontalAdvance(node.badge) + 16);
    const QRectF pill(card.right() - k_right + 2 - width, card.top() + 6, width, 17);
    const BadgeKind kind = node.badge_kind == BadgeKind::None ? badgeKind(node.badge) : node.badge_kind;
    painter.setPen(Qt::NoPen);
    painter.setBrush(badgeColor(palette, kind));
    painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2);
    painter.setFont(font);
    painter.setPen(Qt::white);
    painter.drawText(pill, Qt::AlignCenter, node.badge);
    return width + k_right;
}

void paintTriangle(QPainter& painter, const Palette& palette, const QRectF& card, double beside) {
    const QPointF at(card.right() - k_right - 4 - beside, card.bottom() - 7);
    const QPointF corners[] = {at + QPointF(-5, 0), at + QPointF(5, 0), at + QPointF(0, -8.5)};
    painter.setPen(Qt::NoPen);
    painter.setBrush(palette.worse);
    painter.drawPolygon(corners, 3);
}

/// A square with a plus or a minus.
void paintMark(QPainter& painter, const Palette& palette, const SceneNode& node, const QRectF& card) {
    const QRectF square = markRect(card).adjusted(2.5, 2.5, -2.5, -2.5);
    painter.setPen(QPen(palette.quiet, 1));
    painter.setBrush(palette.card);
    painter.drawRoundedRect(square, 2, 2);
    const QPointF middle = square.center();
    constexpr double arm = 2.5;
    painter.drawLine(middle - QPointF(arm, 0), middle + QPointF(arm, 0));
    if (node.mark == SceneNode::Mark::Opens)
        painter.drawLine(middle - QPointF(0, arm), middle + QPointF(0, arm));
}

/// Inputs and outputs: one line in a round frame.
void paintEndCard(QPainter& painter, const Palette& palette, const SceneNode& node, const QRectF& rect) {
    painter.setFont(cardFonts().small);
    const QFontMetricsF metrics(cardFonts().small);
    const double room = rect.width() - 24;
    const QString name = metrics.elidedText(node.subtitle.isEmpty() ? node.title : node.subtitle,
                                            Qt::ElideMiddle, node.detail.isEmpty() ? room : room * 0.55);
    const double name_width = metrics.horizontalAdvance(name);
    const QString detail = node.detail.isEmpty()
                               ? QString()
                               : metrics.elidedText(node.detail, Qt::ElideRight, room - name_width - 8);
    const double total = name_width + (detail.isEmpty() ? 0 : 8 + metrics.horizontalAdvance(detail));
    const double x = rect.center().x() - total / 2;
    painter.setPen(palette.text);
    painter.drawText(QRectF(x, rect.top(), name_width + 2, rect.height()), Qt::AlignVCenter, name);
    painter.setPen(palette.quiet);
    painter.drawText(QRectF(x + name_width + 8, rect.top(), rect.right() - x - name_width, rect.height()),
                     Qt::AlignVCenter, detail);
}

}  // namespace

QSizeF cardSize(SceneNode::Kind kind) {
    return kind == SceneNode::Kind::Op ? QSizeF(220, 48) : QSizeF(180, 28);
}

QRectF markRect(const QRectF& card) {
    constexpr double side = 16;  // what a mouse can hit
    return {card.right() - 4 - side, card.bottom() - 3 - side, side, side};
}

void paintCard(QPainter& painter, const Palette& palette, const SceneNode& node, const QRectF& rect,
               const CardState& state) {
    const bool end = node.kind != SceneNode::Kind::Op;
    const double radius = end ? rect.height() / 2 : k_radius;
    painter.setPen(Qt::NoPen);
    painter.setBrush(state.highlighted ? palette.accent_soft : palette.card);
    painter.drawRoundedRect(rect, radius, radius);
    if (const QColor heat = stripeColor(palette, node); heat.isValid() && !end)
        painter.fillPath(heatShape(rect), heat);
    painter.setPen(borderPen(palette, node, state));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);
    if (end) {
        paintEndCard(painter, palette, node, rect);
        return;
    }

    const double badge = paintBadge(painter, palette, node, rect);
    const double mark = node.mark == SceneNode::Mark::None ? 0 : markRect(rect).width();
    if (node.mark != SceneNode::Mark::None)
        paintMark(painter, palette, node, rect);
    if (node.warning)
        paintTriangle(painter, palette, rect, mark);

    const CardFonts& fonts = cardFonts();
    const double left = rect.left() + k_left;
    double room = rect.right() - k_right - badge - left;
    const QFontMetricsF title_metrics(fonts.title), small_metrics(fonts.small);
    const QString title = title_metrics.elidedText(node.title, Qt::ElideRight, room);
    const double title_width = title_metrics.horizontalAdvance(title);
    painter.setFont(fonts.title);
    painter.setPen(palette.text);
    painter.drawText(QPointF(left, rect.top() + 20), title);
    room -= title_width + 6;
    painter.setFont(fonts.small);
    painter.setPen(palette.quiet);
    if (room > 20)
        painter.drawText(QPointF(left + title_width + 6, rect.top() + 20),
                         small_metrics.elidedText(node.detail, Qt::ElideRight, room));
    // The end of a name tells layers apart, its beginning is the scope.
    const double name_room = rect.right() - k_right - (node.warning ? 14 : 0) - mark - left;
    painter.drawText(QPointF(left, rect.top() + 37),
                     small_metrics.elidedText(node.subtitle, Qt::ElideLeft, name_room));
}

QColor blockColor(const Palette& palette, const SceneNode& node) {
    if (const QColor heat = stripeColor(palette, node); heat.isValid())
        return heat;
    return node.kind == SceneNode::Kind::Op ? palette.field : palette.line;
}

void paintBlock(QPainter& painter, const Palette& palette, const SceneNode& node, const QRectF& rect,
                const CardState& state) {
    const bool plain = !state.selected && !state.highlighted;
    if (plain && state.zoom < 0.12) {
        // A border would take the colour's place.
        QRectF block = rect;
        if (block.height() * state.zoom < 2)
            block.adjust(0, -0.5 / state.zoom, 0, 0.5 / state.zoom);
        painter.fillRect(
            block, stripeColor(palette, node).isValid() ? blockColor(palette, node) : palette.line_strong);
        return;
    }
    QPen pen(state.selected || state.highlighted ? palette.accent : palette.line_strong,
             (state.selected      ? 2.5
              : state.highlighted ? 1.8
                                  : 0.7) /
                 state.zoom);
    painter.setPen(pen);
    painter.setBrush(blockColor(palette, node));
    if (state.zoom < 0.15)
        painter.drawRect(rect);
    else
        painter.drawRoundedRect(rect, k_radius, k_radius);
    // The mark stays when the text goes: colour alone isn't enough for everyone.
    if (node.warning && state.zoom >= 0.15) {
        const double size = std::min(14.0, 4 / state.zoom);
        const QPointF at = rect.center();
        const QPointF corners[] = {at + QPointF(-size, size * 0.8), at + QPointF(size, size * 0.8),
                                   at + QPointF(0, -size * 0.9)};
        painter.setPen(Qt::NoPen);
        painter.setBrush(Qt::white);
        painter.drawPolygon(corners, 3);
    }
}

}  // namespace quantwright
