#include "widgets/graph/legend.h"

#include <QFontMetricsF>
#include <QPainter>
#include <algorithm>

#include "widgets/theme/fonts.h"

namespace quantwright {

namespace {
constexpr double k_step_width = 42, k_bar_height = 8, k_pad = 12, k_corner = 12;

QFont tickFont() {
    QFont font = figureFont(TextSize::Small);
    font.setPixelSize(10);
    return font;
}
}  // namespace

QRectF legendRect(const GraphLegend& legend, QSizeF view) {
    if (legend.title.isEmpty())
        return {};
    const double title = QFontMetricsF(uiFont(TextSize::Small)).horizontalAdvance(legend.title);
    const double width = std::max(5 * k_step_width + 16, title) + 2 * k_pad;
    const double height = legend.ticks.isEmpty() ? 42 : 56;
    if (width + 2 * k_corner > view.width() || height + 2 * k_corner > view.height())
        return {};
    return {k_corner, view.height() - height - k_corner, std::ceil(width), height};
}

void paintLegend(QPainter& painter, const Palette& palette, const GraphLegend& legend, const QRectF& rect) {
    painter.setPen(palette.line);
    painter.setBrush(palette.panel);
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);

    painter.setFont(uiFont(TextSize::Small));
    painter.setPen(palette.quiet);
    painter.drawText(QRectF(rect.left() + k_pad, rect.top() + 5, rect.width() - 2 * k_pad, 18),
                     Qt::AlignLeft | Qt::AlignVCenter, legend.title);

    // Room for half a number on both sides of the bar.
    const double left = rect.left() + k_pad + 8, top = rect.top() + 26;
    painter.setPen(Qt::NoPen);
    const int steps = static_cast<int>(palette.heat.size());
    for (int i = 0; i < steps; ++i) {
        painter.setBrush(palette.heat[legend.worst_first ? steps - 1 - i : i]);
        painter.drawRect(QRectF(left + i * k_step_width, top, k_step_width, k_bar_height));
    }
    painter.setFont(tickFont());
    painter.setPen(palette.quiet);
    const double distance =
        legend.ticks.size() > 1 ? steps * k_step_width / static_cast<double>(legend.ticks.size() - 1) : 0;
    for (qsizetype i = 0; i < legend.ticks.size(); ++i) {
        const double x = left + static_cast<double>(i) * distance;
        painter.drawText(QRectF(x - 30, top + k_bar_height + 2, 60, 14), Qt::AlignCenter, legend.ticks[i]);
    }
}

}  // namespace quantwright
