#pragma once
// Constants as an exported file holds them: codes, scale and zero point as initializers.
#include <onnx/onnx_pb.h>

#include <string>

#include "core/plan/resolve.h"

namespace quantwright {

/// `wanted`, or with a number behind it where the prepared graph has a tensor of that name: models may hold
/// any name, also those that quantizing gives.
[[nodiscard]] std::string free_name(const Graph& graph, const std::string& wanted);

/// Initializers `scale` and `zero_point`: scalars per tensor, vectors per channel (not for
/// blocks). `offset` is added to the zero point.
void write_parameters(onnx::GraphProto& graph, const std::string& scale, const std::string& zero_point,
                      const Parameters& parameters, ElementType storage, std::int32_t offset = 0);

/// The same with the shape said: that of blocks.
void write_parameters(onnx::GraphProto& graph, const std::string& scale, const std::string& zero_point,
                      const Parameters& parameters, const Shape& shape, ElementType storage,
                      std::int32_t offset = 0);

/// The layer's weight codes and a DequantizeLinear that gives `to`.
void write_quantized_weight(onnx::GraphProto& graph, const Resolved& resolved, int layer,
                            const std::string& to);

/// The layer's int32 bias codes and a DequantizeLinear that gives `to`.
void write_quantized_bias(onnx::GraphProto& graph, const Resolved& resolved, int layer,
                          const std::string& to);

}  // namespace quantwright
