#include "widgets/graph/legend.h"

#include <QFontMetricsF>
#include <QPainter>
#include <algorithm>

#include "widgets/theme/fonts.h"

namespace quantwright {

namespace {
constexpr double k_step_width = 42, k_bar_height = 8, k_pad = 12, k_corner = 12;
constexpr double k_note_height = 15;
constexpr double k_swatch = 10, k_entry_gap = 14, k_entry_row = 18, k_entries_width = 380, k_entries_top = 24;

QFont tickFont() {
    QFont font = figureFont(TextSize::Small);
    font.setPixelSize(10);
    return font;
}

/// Where the entries go, in rows, from the legend's upper left corner.
std::vector<QRectF> entryRects(const GraphLegend& legend) {
    const QFontMetricsF metrics(uiFont(TextSize::Small));
    std::vector<QRectF> rects;
    double x = k_pad, y = k_entries_top;
    for (const GraphLegend::Entry& entry : legend.entries) {
        const double width = k_swatch + 5 + std::ceil(metrics.horizontalAdvance(entry.text));
        if (x > k_pad && x + width > k_entries_width - k_pad) {
            x = k_pad;
            y += k_entry_row;
        }
        rects.emplace_back(x, y, width, k_entry_row);
        x += width + k_entry_gap;
    }
    return rects;
}

void paintEntries(QPainter& painter, const Palette& palette, const GraphLegend& legend, const QPointF& at) {
    const std::vector<QRectF> rects = entryRects(legend);
    for (std::size_t i = 0; i < rects.size(); ++i) {
        const QRectF rect = rects[i].translated(at);
        painter.setPen(Qt::NoPen);
        painter.setBrush(badgeColor(palette, legend.entries[i].kind));
        painter.drawRoundedRect(QRectF(rect.left(), rect.center().y() - k_swatch / 2, k_swatch, k_swatch), 2,
                                2);
        painter.setPen(palette.text);
        painter.drawText(rect.adjusted(k_swatch + 5, 0, 2, 0), Qt::AlignLeft | Qt::AlignVCenter,
                         legend.entries[i].text);
    }
}
}  // namespace

QRectF legendRect(const GraphLegend& legend, QSizeF view) {
    if (legend.title.isEmpty())
        return {};
    const QFontMetricsF metrics(uiFont(TextSize::Small));
    const double title =
        std::max(metrics.horizontalAdvance(legend.title), metrics.horizontalAdvance(legend.note));
    double inner = std::max(5 * k_step_width + 16, title), height = legend.ticks.isEmpty() ? 28 : 56;
    if (!legend.entries.empty()) {
        inner = title;
        for (const QRectF& entry : entryRects(legend)) {
            inner = std::max(inner, entry.right() - k_pad);
            height = entry.bottom() + 6;
        }
    }
    height += legend.note.isEmpty() ? 0 : k_note_height;
    const double width = inner + 2 * k_pad;
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

    const double note = legend.note.isEmpty() ? 0 : k_note_height;
    if (note > 0)
        painter.drawText(QRectF(rect.left() + k_pad, rect.top() + 5 + note, rect.width() - 2 * k_pad, 18),
                         Qt::AlignLeft | Qt::AlignVCenter, legend.note);

    if (!legend.entries.empty()) {
        paintEntries(painter, palette, legend, rect.topLeft() + QPointF(0, note));
        return;
    }
    if (legend.ticks.isEmpty())  // words alone
        return;
    // Room for half a number on both sides of the bar.
    const double left = rect.left() + k_pad + 8, top = rect.top() + 26 + note;
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
