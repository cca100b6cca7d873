#pragma once
// Tensors of a model as a file brings them: do their data fit their shapes, and where in a model do they
// hide.
#include <onnx/onnx_pb.h>

#include <functional>
#include <string>

#include "core/base/result.h"
#include "core/model/tensor.h"

namespace quantwright {

/// Errors (subject: the tensor): model.truncated where the data don't fit the shape, model.not_onnx for a
/// shape or type that can't be. `model` is for the detail.
Status check_tensor(const onnx::TensorProto& proto, const std::string& model);

/// Makes the tensor hold `data` itself instead of naming a file.
void absorb(onnx::TensorProto& proto, const Tensor& data);

/// Every tensor of the model that is not an initializer of the main graph: in attributes, subgraphs,
/// functions and sparse initializers.
Status for_each_hidden_tensor(onnx::ModelProto& model,
                              const std::function<Status(onnx::TensorProto&)>& visit);

}  // namespace quantwright
