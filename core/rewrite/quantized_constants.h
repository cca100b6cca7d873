#pragma once
// Constants as an exported file holds them: codes, scale and zero point as initializers.
#include <onnx/onnx_pb.h>

#include <string>

#include "core/plan/resolve.h"

namespace quantwright {

/// Initializers `scale` and `zero_point`: scalars per tensor, vectors per channel. `offset` is added to the
/// zero point.
void write_parameters(onnx::GraphProto& graph, const std::string& scale, const std::string& zero_point,
                      const Parameters& parameters, ElementType storage, std::int32_t offset = 0);

/// The layer's weight codes and a DequantizeLinear that gives `to`.
void write_quantized_weight(onnx::GraphProto& graph, const Resolved& resolved, int layer,
                            const std::string& to);

/// The layer's int32 bias codes and a DequantizeLinear that gives `to`.
void write_quantized_bias(onnx::GraphProto& graph, const Resolved& resolved, int layer,
                          const std::string& to);

}  // namespace quantwright
