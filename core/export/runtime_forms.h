#pragma once
// What ONNX Runtime's optimizers make files of that don't load or run, said in forms that they leave alone.
// The values stay the same. Private to core/export.
#include <onnx/onnx_pb.h>

#include "core/plan/resolve.h"

namespace quantwright {

/// `model` is the plan's Q/DQ file with its final opset. Found with runtimes 1.21 to 1.32:
/// - From opset 21 on and with int8 activations, the runtime writes pairs of its own behind MaxPool, Reshape,
///   Slice, Squeeze, Transpose and Unsqueeze that read a DequantizeLinear and whose reader is float; on x86
///   it then makes their zero point uint8 but not their output_dtype, and refuses the graph. With the same
///   pair there already (after moved codes it changes nothing) it writes none.
/// - It joins an integer MatMul of three and more axes and the Add of a row to a Gemm with a Reshape before
///   it: the same refusal at opset 21, and below it (1.32) a Gemm in float. A row of as many axes is not
///   joined, and the product keeps its integer kernel.
/// - It moves the Transpose behind an integer convolution through a Resize without looking at its `axes`, and
///   through a cubic one, which is only known over the last axes. An operator that it can't look through
///   stands in between.
void avoid_known_faults(onnx::ModelProto& model, const Resolved& resolved);

}  // namespace quantwright
