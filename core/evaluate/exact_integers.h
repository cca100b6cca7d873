#pragma once
// The arithmetic that a file of integer operators states, without any kernel's shortcuts. Kernels of ONNX
// Runtime saturate sums of 8-bit products in 16 bits on some processors, with optimizations off as well, so
// such a file run with them off is no reference. Here each integer operator becomes standard float operators
// that are exact on codes:
// - convolutions in float32: whole numbers below 2^24 are exact there. A weight whose sums could pass that
//   (255 * sum |w| per output channel) is cut into several along the reduction, and their results are added
//   in double.
// - matrix products, scales and rounding in double: exact for sums below 2^53.
// Covered: QLinearConv, QLinearMatMul, ConvInteger, MatMulInteger; of com.microsoft QGemm,
// MatMulIntegerToFloat, DynamicQuantizeMatMul, QLinearAdd, QLinearMul, QLinearSigmoid, QLinearLeakyRelu,
// QLinearAveragePool, QLinearGlobalAveragePool, QLinearConcat. Everything else (DynamicQuantizeLinear
// included) stays: other kernels compute in float and do not saturate.
#include <memory>

#include "core/model/model.h"
#include "core/runtime/session.h"

namespace onnx {
class ModelProto;
}

namespace quantwright {

/// Some operator of the model is one of those above.
[[nodiscard]] bool has_integer_operators(const Model& model);

/// The model with exact operators in their place. A node with parameters that are not constants where they
/// have to be stays as it is.
[[nodiscard]] onnx::ModelProto exact_integers(const Model& model);

/// The file's own arithmetic: exact integers, everything else node by node with optimizations off. Errors:
/// Session's.
Result<std::unique_ptr<Session>> pure_session(const Model& model, int threads = 0);

}  // namespace quantwright
