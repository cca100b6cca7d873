#pragma once
// What can be computed before the first input arrives.
#include <vector>

#include "core/base/job.h"
#include "core/prepare/measure.h"
#include "core/prepare/prepare.h"
#include "core/prepare/working_graph.h"

namespace quantwright {

/// Constant nodes become initializers.
void lift_constants(WorkingGraph& graph);

/// Identity, Dropout of inference, Pad by nothing and, where `types` are known, Cast to the type that is
/// there already go; tensors keep original names, outputs theirs.
void remove_no_ops(WorkingGraph& graph, const MeasuredTypes& types = {});

/// Computes every node that reads constants only, in one run of ONNX Runtime over that part of the graph.
/// What depends on open dimensions is kept in sizes(), too; `types`, where known, tell its elements apart.
/// What the runtime refuses stays as it is, with a problem "prepare.not_folded" {message}.
void fold_constants(WorkingGraph& graph, const PrepareOptions& options, const JobContext& job,
                    std::vector<Problem>& problems, const MeasuredTypes& types = {});

}  // namespace quantwright
