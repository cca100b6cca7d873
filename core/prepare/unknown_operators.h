#pragma once
#include <vector>

#include "core/prepare/measure.h"
#include "core/prepare/working_graph.h"

namespace quantwright {

/// Marks nodes whose operator ONNX Runtime does not know: a domain whose library is not here, a name that
/// nothing has; also where it stands in their subgraph or model-local function. Each operator is a problem
/// "prepare.unknown_operator" {operator, count of its nodes} of its first node.
void mark_unknown_operators(WorkingGraph& graph, std::vector<Problem>& problems);

/// Types behind nodes that can't run: what the file declares of them, and what ONNX's shape inference makes
/// of that. Nothing where a dimension is not known.
void add_declared_types(const WorkingGraph& graph, MeasuredTypes& types);

}  // namespace quantwright
