#pragma once
// Types and shapes of all tensors, seen by running the model once.
#include <string>
#include <unordered_map>

#include "core/base/job.h"
#include "core/prepare/working_graph.h"

namespace onnx {
class ValueInfoProto;
}

namespace quantwright {

using MeasuredTypes = std::unordered_map<std::string, TensorType>;

/// Small values of both signs (floats), zeros (all else), for an input with fixed sizes; the same every time.
/// Errors: runtime.failed (strings and other types that can't be run).
Result<Tensor> made_up_input(const onnx::ValueInfoProto& input);

/// Runs the graph, whose inputs have fixed shapes, on a made-up input, or on options.samples, and looks at
/// everything its nodes make. What is no tensor gets type `undefined`; what can't run is left out. Errors:
/// the runtime's. Nothing is run where `known`, an earlier answer about this graph, has all of it: what is
/// folded since then keeps the shapes that have a name.
Result<MeasuredTypes> measure(const WorkingGraph& working, const PrepareOptions& options,
                              const JobContext& job, const MeasuredTypes& known = {});

}  // namespace quantwright
