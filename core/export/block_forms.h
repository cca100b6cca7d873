#pragma once
// Weights in blocks where DequantizeLinear has no blocks (before opset 21). Private to core/export.
#include <span>
#include <string>
#include <vector>

#include "core/export/graph_parts.h"

namespace quantwright {

/// com.microsoft.MatMulNBits can compute the layer: MatMul or Gemm, 4 bits, blocks of 16, 32, 64 … along the
/// axis that is summed over.
[[nodiscard]] bool fits_matmul_nbits(const Resolved& resolved, int layer);

/// Adds a MatMulNBits (and the Add of a Gemm's third input) in place of `node`.
void write_matmul_nbits(onnx::GraphProto& graph, const Resolved& resolved, int layer,
                        const onnx::NodeProto& node, Names& names);

/// 4-bit codes (0 … 15), a row of `depth` for each column of the product, as MatMulNBits wants them: each row
/// in blocks, the lower half of a byte first, the last block filled up with 0.
[[nodiscard]] std::vector<std::byte> pack_nbits(std::span<const std::int32_t> codes, std::int64_t depth,
                                                std::int64_t block);
/// Their zero points, rows of `blocks`; half a byte at a row's end is 8.
[[nodiscard]] std::vector<std::byte> pack_nbits_zero_points(std::span<const std::int32_t> zero_points,
                                                            std::int64_t blocks);

/// The layer's weight under the name `to` with every operator of opset 13: each block is a row of a matrix
/// that is dequantized along its first axis and brought to the weight's shape. The DequantizeLinear of 4-bit
/// codes has the domain `com.microsoft`.
void write_blocks_as_rows(onnx::GraphProto& graph, const Resolved& resolved, int layer, const std::string& to,
                          Names& names);

}  // namespace quantwright
