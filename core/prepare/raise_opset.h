#pragma once
#include <memory>
#include <vector>

#include "core/base/error.h"
#include "core/model/model.h"
#include "core/prepare/prepare.h"

namespace quantwright {

/// Per-channel QuantizeLinear and DequantizeLinear exist from this opset on.
inline constexpr std::int64_t k_quantization_opset = 13;

/// The model rewritten for opset 13 where it is older (raise_nodes.h: names of tensors and nodes stay, so do
/// weights outside of the file and foreign domains), with the IR version that goes with it, else the model
/// itself. What can't be said in opset 13 stays as it is, and a problem names the operator: such a model can
/// be observed and analyzed, not exported. Runs the model where ONNX's inference can't tell a shape that
/// matters.
[[nodiscard]] std::shared_ptr<const Model> raise_opset(std::shared_ptr<const Model> model,
                                                       const PrepareOptions& options, const JobContext& job,
                                                       std::vector<Problem>& problems);

/// The model as ONNX Runtime can run it, to compare with: raised where its opset is older than the runtime's
/// operators, with inputs of declared size 0 open, else the model itself.
[[nodiscard]] std::shared_ptr<const Model> runnable(std::shared_ptr<const Model> model);

}  // namespace quantwright
