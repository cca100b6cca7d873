#pragma once
// Colours that carry a number or a format: sensitivity and precision.
#include <QColor>
#include <QStringView>

#include "widgets/theme/palette.h"

namespace quantwright {

/// `heat` from 0 (harmless) to 1 (worst), cut to that range, as one of the five colours of the legend.
/// NaN gives an invalid colour: nothing is known.
[[nodiscard]] QColor heatColor(const Palette& palette, double heat);
/// The same scale without steps, for surfaces where neighbours are to be told apart.
[[nodiscard]] QColor heatColorSmooth(const Palette& palette, double heat);
/// Which of the five, 0..4; -1 for NaN.
[[nodiscard]] int heatStep(double heat);

enum class BadgeKind { None, Int4, Int8, Int16, Dynamic, Weights, Float16, Float32, Other };
/// From a format's name or a badge, in any case: "int8", "UINT8", "float", "FP32", "fp16"; "DYN" is dynamic,
/// "W8" weights alone, "W4" goes with int4.
[[nodiscard]] BadgeKind badgeKind(QStringView format);
[[nodiscard]] QColor badgeColor(const Palette& palette, BadgeKind kind);
[[nodiscard]] QColor badgeColor(const Palette& palette, QStringView format);

}  // namespace quantwright
