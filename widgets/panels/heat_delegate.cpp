#include "widgets/panels/heat_delegate.h"

#include <QPainter>
#include <cmath>

#include "widgets/theme/heat.h"
#include "widgets/theme/theme.h"

namespace quantwright {

namespace {
constexpr int square = 9, room = square + 12;
}

void HeatDelegate::initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const {
    QStyledItemDelegate::initStyleOption(option, index);
    // The square has its place beside the text, never on it.
    constexpr int padding = 14;
    option->text = option->fontMetrics.elidedText(option->text, option->textElideMode,
                                                  option->rect.width() - room - padding);
}

void HeatDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                         const QModelIndex& index) const {
    const QVariant heat = index.data(HeatRole);
    const bool known = heat.isValid() && !std::isnan(heat.toDouble());
    QStyledItemDelegate::paint(painter, option, index);
    if (!known)
        return;
    const Palette& palette = currentPalette();
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QRectF box(option.rect.right() - room + 6, option.rect.center().y() - square / 2.0 + 0.5, square,
                     square);
    if (index.data(WorstRole).toBool()) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(palette.worse);
        painter->drawPolygon(QPolygonF{{box.center().x(), box.top() - 0.5},
                                       {box.right() + 1, box.bottom() + 0.5},
                                       {box.left() - 1, box.bottom() + 0.5}});
    } else {
        painter->setPen(QPen(palette.line_strong, 0.6));
        painter->setBrush(heatColor(palette, heat.toDouble()));
        painter->drawRoundedRect(box, 2, 2);
    }
    painter->restore();
}

}  // namespace quantwright
