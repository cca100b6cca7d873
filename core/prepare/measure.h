#pragma once
// Types and shapes of all tensors, seen by running the model once.
#include <string>
#include <unordered_map>

#include "core/base/job.h"
#include "core/model/model.h"
#include "core/prepare/prepare.h"

namespace quantwright {

using MeasuredTypes = std::unordered_map<std::string, TensorType>;

/// Runs `proto`, whose inputs have fixed shapes, on a made-up input and looks at everything its nodes make.
/// What is no tensor gets type `undefined`. `origin` holds external weights. Errors: the runtime's.
Result<MeasuredTypes> measure(onnx::ModelProto proto, const Model& origin, int threads,
                              const JobContext& job);

}  // namespace quantwright
