#pragma once
#include "core/prepare/working_graph.h"

namespace quantwright {

/// BatchNormalization of inference after Conv, ConvTranspose or Gemm goes into their weight and bias (Jacob
/// et al. 2018, section 3.2), computed in double and rounded once; so does what scales or shifts channels by
/// constants between the two. Weights that the model brought parameters for keep their values: only what
/// shifts is folded into those.
void fold_batch_norms(WorkingGraph& graph);

}  // namespace quantwright
