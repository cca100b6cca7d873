#pragma once
#include "core/prepare/measure.h"
#include "core/prepare/working_graph.h"

namespace quantwright {

/// MatMul of a matrix with a constant one and the Add of one number per column behind it become one Gemm:
/// its bias can be int32 in the accumulator. Products of more dimensions stay MatMul and Add, one layer.
void fuse_linear(WorkingGraph& graph, const MeasuredTypes& types);

}  // namespace quantwright
