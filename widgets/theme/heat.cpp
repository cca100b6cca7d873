#include "widgets/theme/heat.h"

#include <algorithm>
#include <cmath>

namespace quantwright {

int heatStep(double heat) {
    if (std::isnan(heat))
        return -1;
    return std::clamp(static_cast<int>(std::clamp(heat, 0.0, 1.0) * 5), 0, 4);
}

QColor heatColor(const Palette& palette, double heat) {
    const int step = heatStep(heat);
    return step < 0 ? QColor() : palette.heat[step];
}

QColor heatColorSmooth(const Palette& palette, double heat) {
    if (std::isnan(heat))
        return {};
    const double at = std::clamp(heat, 0.0, 1.0) * 4;
    const int below = std::min(static_cast<int>(at), 3);
    const double part = at - below;
    const QColor& a = palette.heat[below];
    const QColor& b = palette.heat[below + 1];
    const auto mix = [part](int x, int y) { return static_cast<int>(std::lround(x + (y - x) * part)); };
    return {mix(a.red(), b.red()), mix(a.green(), b.green()), mix(a.blue(), b.blue())};
}

BadgeKind badgeKind(QStringView format) {
    const QString name = format.toString().toLower();
    if (name.isEmpty())
        return BadgeKind::None;
    if (name == u"float" || name == u"fp32" || name == u"float32")
        return BadgeKind::Float32;
    if (name == u"fp16" || name == u"float16" || name == u"bf16" || name == u"bfloat16")
        return BadgeKind::Float16;
    if (name == u"dyn")
        return BadgeKind::Dynamic;
    if (name == u"w4")
        return BadgeKind::Int4;
    if (name == u"w8")
        return BadgeKind::Weights;
    if (!name.startsWith(u"int") && !name.startsWith(u"uint"))
        return BadgeKind::Other;
    if (name.endsWith(u"t16"))
        return BadgeKind::Int16;
    if (name.endsWith(u"t8"))
        return BadgeKind::Int8;
    return name.endsWith(u"t4") ? BadgeKind::Int4 : BadgeKind::Other;
}

QColor badgeColor(const Palette& palette, BadgeKind kind) {
    switch (kind) {
        case BadgeKind::Int4:
            return palette.int4;
        case BadgeKind::Int8:
            return palette.int8;
        case BadgeKind::Int16:
            return palette.int16;
        case BadgeKind::Dynamic:
            return palette.dynamic;
        case BadgeKind::Weights:
            return palette.weights;
        case BadgeKind::Float16:
            return palette.float16;
        case BadgeKind::Float32:
            return palette.float32;
        case BadgeKind::None:
        case BadgeKind::Other:
            break;
    }
    return palette.other_format;
}

QColor badgeColor(const Palette& palette, QStringView format) {
    return badgeColor(palette, badgeKind(format));
}

}  // namespace quantwright
