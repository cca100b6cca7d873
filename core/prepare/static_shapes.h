#pragma once
// Which shapes are the same for every input of the fixed input shapes, and which depend on the data.
#include <string>
#include <unordered_set>

#include "core/prepare/measure.h"
#include "core/prepare/working_graph.h"

namespace quantwright {

/// Operators whose results are the same whenever their inputs are, and which the runtime may run beforehand.
[[nodiscard]] bool is_foldable_op(const WorkingNode& node);

/// Names of tensors (constants and inputs included) whose shapes don't depend on the data.
[[nodiscard]] std::unordered_set<std::string> static_tensors(const WorkingGraph& graph);

/// What Shape gives of a tensor of this shape: all of it, or the range that its attributes name (opset 15).
[[nodiscard]] Shape part_of_shape(const Shape& shape, const onnx::NodeProto& node);

/// Shape and Size of static tensors become constants; those that depend on open dimensions are kept in
/// sizes(), too.
void fold_shapes(WorkingGraph& graph, const MeasuredTypes& types);

[[nodiscard]] bool has_shape_nodes(const WorkingGraph& graph);

}  // namespace quantwright
