#pragma once
// Layers that keep float weights beside quantized activations, said so that ONNX Runtime leaves them alone.
// Private to core/export.
#include <onnx/onnx_pb.h>

namespace quantwright {

/// ONNX Runtime's optimizer (1.21 to 1.32 at least) quantizes the constant float weights of Conv,
/// ConvTranspose and Gemm, and of the Gemm that it makes of MatMul and Add, with one scale per tensor, where
/// the input comes from a DequantizeLinear with one scale: 11 dB on EfficientNet-Lite0. It also moves such a
/// DequantizeLinear across operators that only move data. Here such an input gets a form that says the same
/// and that it does not look for: a convolution's DequantizeLinear has its scale once per channel, at no
/// cost; any other input goes through a Clip to what the codes can say.
void keep_weights_float(onnx::GraphProto& graph);

}  // namespace quantwright
