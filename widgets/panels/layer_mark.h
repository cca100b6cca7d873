#pragma once
// What stands before a layer's name in the table: an arrow that opens its parts, or the room for one.
#include <QPixmap>

namespace quantwright {

enum class LayerMark { none, closed, open, part };

/// As wide as the level is deep, so that parts stand further in.
[[nodiscard]] QPixmap layerMark(LayerMark mark);
/// How far from a cell's left edge the arrow reaches.
[[nodiscard]] int layerMarkWidth();

}  // namespace quantwright
