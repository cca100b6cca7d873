#pragma once
// The prepared graph with an observing operator on every activation.
#include <onnx/onnx_pb.h>

#include <vector>

#include "core/prepare/prepare.h"

namespace quantwright {

/// The float32 tensors that layers read or write, and the model's inputs and outputs: in topological order.
[[nodiscard]] std::vector<TensorId> observed_tensors(const Prepared& prepared);

/// Output i of the result is the summary of tensor i; behind them come the model's own, `with_outputs`.
/// Without any tensor it is the prepared model.
[[nodiscard]] onnx::ModelProto observed_model(const Prepared& prepared, const std::vector<TensorId>& tensors,
                                              bool with_outputs = false);

/// Takes the graph as the runtime optimized it. Observing operators whose tensor the runtime keeps in blocks
/// of channels, and would reorder for them, read the blocks. False if there are none.
bool read_blocks(onnx::ModelProto& optimized, std::size_t block);

}  // namespace quantwright
