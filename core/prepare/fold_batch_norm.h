#pragma once
#include "core/prepare/working_graph.h"

namespace quantwright {

/// BatchNormalization of inference after Conv, ConvTranspose or Gemm goes into their weight and bias (Jacob
/// et al. 2018, section 3.2), computed in double and rounded once.
void fold_batch_norms(WorkingGraph& graph);

}  // namespace quantwright
