#pragma once
#include <memory>
#include <vector>

#include "core/base/error.h"
#include "core/model/model.h"

namespace quantwright {

/// Per-channel QuantizeLinear and DequantizeLinear exist from this opset on.
inline constexpr std::int64_t k_quantization_opset = 13;

/// The model rewritten for opset 13 where it is older (onnx's version converter: names of tensors and nodes
/// stay), else the model itself. What the converter can't do stays as it is, and a problem says so: such a
/// model can be observed and analyzed, not exported.
[[nodiscard]] std::shared_ptr<const Model> raise_opset(std::shared_ptr<const Model> model,
                                                       std::vector<Problem>& problems);

/// The model as ONNX Runtime can run it, to compare with: raised where its opset is older than the runtime's
/// operators, with inputs of declared size 0 open, else the model itself.
[[nodiscard]] std::shared_ptr<const Model> runnable(std::shared_ptr<const Model> model);

}  // namespace quantwright
