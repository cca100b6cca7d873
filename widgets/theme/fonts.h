#pragma once
// The two faces of the program. Sizes are in logical pixels, so they follow the display's scale.
#include <QFont>

namespace quantwright {

enum class TextSize { Small = 11, Normal = 13, Large = 15 };

/// Latin first, then Noto Sans CJK SC, so that Chinese never falls back to a Japanese shape.
[[nodiscard]] QFont uiFont(TextSize size = TextSize::Normal, bool bold = false);
/// Monospaced: columns of numbers line up.
[[nodiscard]] QFont figureFont(TextSize size = TextSize::Normal, bool bold = false);

}  // namespace quantwright
