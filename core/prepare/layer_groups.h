#pragma once
// Layers that people think of as one: Conv + SiLU, squeeze-and-excite, the scaled Softmax of attention, and
// the data movers beside them that have nothing of their own to choose.
#include "core/prepare/prepare.h"

namespace quantwright {

/// Fills groups and group_of_layer of `prepared`, whose layers are there. What a group computes is needed
/// outside of it in one place only, so it never stands both before and behind another group.
void find_groups(Prepared& prepared);

}  // namespace quantwright
