#pragma once
// Which of the measured sizes hold for every size that a model takes.
#include "core/prepare/measure.h"
#include "core/prepare/working_graph.h"

namespace quantwright {

/// Fills sizes().shapes from sizes().inputs. Nothing to do where no input is open.
void find_size_facts(WorkingGraph& graph);

/// Whether the value that Shape or Size gives depends on an open dimension, by element; empty: all do.
struct Dependence {
    bool any = false;
    std::vector<bool> elements;
};
[[nodiscard]] Dependence dependence_of_shape(const WorkingGraph& graph, const onnx::NodeProto& node);

/// Of a node that is computed beforehand, from its inputs (`known`: those not in the graph yet). `count` is
/// its number of elements as measured, -1 where it is not known.
using Dependences = std::unordered_map<std::string, Dependence>;
[[nodiscard]] Dependence dependence_of(const WorkingGraph& graph, const onnx::NodeProto& node,
                                       const Dependences& known, const MeasuredTypes& types);

/// Keeps the node and the constants it reads in sizes(), before it is taken out.
void record_size_node(WorkingGraph& graph, const onnx::NodeProto& node);

/// Fills sizes().same_shape for the prepared graph: `ends` are its inputs and what its layers give.
void find_same_shapes(SizeArithmetic& sizes, const std::vector<std::string>& ends);

}  // namespace quantwright
