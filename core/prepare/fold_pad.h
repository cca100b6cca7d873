#pragma once
#include "core/prepare/working_graph.h"

namespace quantwright {

/// Pad with zeros in front of convolutions becomes their own padding, where that is the same arithmetic.
void fold_pads(WorkingGraph& graph);

}  // namespace quantwright
