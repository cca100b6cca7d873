#include "widgets/theme/icons.h"

#include <QDir>
#include <QFile>
#include <QHash>
#include <QIconEngine>
#include <QPainter>
#include <QPixmap>
#include <QSvgRenderer>
#include <algorithm>

#include "widgets/theme/theme.h"

// Resources of a static library are dropped by the linker unless somebody asks for them by name, and the
// macro must be used outside every namespace.
static void initializeIconResources() {
    Q_INIT_RESOURCE(icons);
}

namespace quantwright {

namespace {

QColor tintColor(IconTint tint, QIcon::Mode mode) {
    const Palette& palette = currentPalette();
    if (mode == QIcon::Disabled)
        return palette.disabled;
    switch (tint) {
        case IconTint::Text:
            return palette.text;
        case IconTint::Quiet:
            return palette.quiet;
        case IconTint::Accent:
            return palette.accent;
        case IconTint::OnAccent:
            return palette.on_accent;
        case IconTint::Better:
            return palette.better;
        case IconTint::Stale:
            return palette.stale;
        case IconTint::Worse:
            return palette.worse;
    }
    return palette.text;
}

/// Draws at paint time, so size, pixel ratio and theme are always those of now.
class TintedIconEngine : public QIconEngine {
public:
    TintedIconEngine(QByteArray svg, IconTint tint) : m_svg(std::move(svg)), m_tint(tint) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State /*state*/) override {
        QByteArray svg = m_svg;
        svg.replace("currentColor", tintColor(m_tint, mode).name().toLatin1());
        QSvgRenderer renderer(svg);
        const int side = std::min(rect.width(), rect.height());
        QRectF square(0, 0, side, side);
        square.moveCenter(QRectF(rect).center());
        renderer.render(painter, square);
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect(QPoint(), size), mode, state);
        return pixmap;
    }

    QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State state, qreal /*scale*/) override {
        return pixmap(size, mode, state);
    }

    [[nodiscard]] QIconEngine* clone() const override { return new TintedIconEngine(*this); }
    [[nodiscard]] QString key() const override { return QStringLiteral("quantwright-tinted"); }

private:
    QByteArray m_svg;
    IconTint m_tint;
};

}  // namespace

void loadIcons() {
    static const bool loaded = [] {
        initializeIconResources();
        return true;
    }();
    Q_UNUSED(loaded);
}

QIcon themedIcon(const QString& name, IconTint tint) {
    loadIcons();
    QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    return QIcon(new TintedIconEngine(file.readAll(), tint));
}

QIcon applicationIcon() {
    loadIcons();
    QIcon icon;
    QSvgRenderer renderer(QStringLiteral(":/icons/quantwright.svg"));
    for (const int side : {16, 24, 32, 48, 64, 128, 256}) {
        QPixmap pixmap(side, side);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        renderer.render(&painter, QRectF(0, 0, side, side));
        icon.addPixmap(pixmap);
    }
    return icon;
}

QStringList iconNames() {
    loadIcons();
    QStringList names;
    for (const QString& file :
         QDir(QStringLiteral(":/icons")).entryList({QStringLiteral("*.svg")}, QDir::Files))
        names.append(file.chopped(4));
    return names;
}

}  // namespace quantwright
