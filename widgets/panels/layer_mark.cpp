#include "widgets/panels/layer_mark.h"

#include <QGuiApplication>
#include <QPainter>

#include "widgets/theme/icons.h"

namespace quantwright {

namespace {
constexpr int k_arrow = 12, k_indent = 26, k_padding = 8;
}

QPixmap layerMark(LayerMark mark) {
    const int width = mark == LayerMark::part ? k_indent : k_arrow;
    const qreal ratio = qGuiApp->devicePixelRatio();
    QPixmap pixmap(qRound(width * ratio), qRound(k_arrow * ratio));
    pixmap.setDevicePixelRatio(ratio);
    pixmap.fill(Qt::transparent);
    if (mark == LayerMark::closed || mark == LayerMark::open) {
        QPainter painter(&pixmap);
        const QString icon = mark == LayerMark::open ? QStringLiteral("style/chevron-down")
                                                     : QStringLiteral("style/chevron-right");
        themedIcon(icon).paint(&painter, QRect(0, 0, k_arrow, k_arrow));
    }
    return pixmap;
}

int layerMarkWidth() {
    return k_arrow + k_padding;
}

}  // namespace quantwright
