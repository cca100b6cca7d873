#pragma once
#include <unordered_map>

#include "core/prepare/prepare.h"
#include "core/prepare/working_graph.h"

namespace quantwright {

/// Fills layers and layer_of_node of `prepared`, whose model and tensor_types are there. `origins`: by node
/// name of the prepared graph, the nodes of `worked_on` (the original, or the original at a newer opset) it
/// stands for, each in one place only.
void group_layers(Prepared& prepared, const Graph& worked_on,
                  const std::unordered_map<std::string, Origins>& origins);

}  // namespace quantwright
