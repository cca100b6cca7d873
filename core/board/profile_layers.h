#pragma once
// Which layer a profiled node belongs to. Private to core/board.
#include <vector>

#include "core/board/agent.h"
#include "core/prepare/prepare.h"

namespace quantwright {

/// Fills in NodeTime::layer where it can be told: by the node's name in the file, by the tensor that a
/// QuantizeLinear or DequantizeLinear works on, or by a name that an optimizer made longer.
void assign_layers(std::vector<NodeTime>& nodes, const Prepared& prepared);

}  // namespace quantwright
