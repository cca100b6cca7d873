#pragma once
// Types and shapes of all tensors, seen by running the model once.
#include <string>
#include <unordered_map>

#include "core/base/job.h"
#include "core/prepare/working_graph.h"

namespace quantwright {

using MeasuredTypes = std::unordered_map<std::string, TensorType>;

/// Runs the graph, whose inputs have fixed shapes, on a made-up input and looks at everything its nodes make.
/// What is no tensor gets type `undefined`; what can't run is left out. Errors: the runtime's.
Result<MeasuredTypes> measure(const WorkingGraph& working, int threads, const JobContext& job);

}  // namespace quantwright
