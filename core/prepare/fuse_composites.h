#pragma once
// One operator that an exporter wrote as many nodes: Gelu, HardSwish, LayerNormalization.
#include <string>
#include <vector>

#include "core/prepare/measure.h"
#include "core/prepare/working_graph.h"

namespace quantwright {

/// Nodes of the prepared graph, by name in the order they run in, that are one `op` together.
struct Composite {
    std::string op;
    std::vector<std::string> nodes;
};

/// Where the opset has the operator and it computes the same up to float's rounding, it replaces the nodes;
/// the others are given back. What nodes compute is looked at as a function of one number, so the order and
/// form of the arithmetic don't matter. No pair of the model's own may stand between the nodes.
[[nodiscard]] std::vector<Composite> fuse_composites(WorkingGraph& graph, const MeasuredTypes& types);

}  // namespace quantwright
