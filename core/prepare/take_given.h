#pragma once
// Quantization-aware training hands over a network with Q/DQ nodes: they are taken out, their parameters
// kept.
#include <optional>
#include <vector>

#include "core/prepare/working_graph.h"

namespace quantwright {

/// DequantizeLinear(QuantizeLinear(x)) on activations goes, and so do dequantized constants that are weights
/// or biases of convolutions and products: see Given. Activations that a pair implied are put in. What is
/// built otherwise stays, with one problem "prepare.pairs_kept" {count, first node}.
void take_given_parameters(WorkingGraph& graph, std::vector<Problem>& problems);

/// The part of it for constants: true if the DequantizeLinear went, with its QuantizeLinear if it has one.
bool take_given_constant(WorkingGraph& graph, int dequantize);

/// The QuantizeLinear in front of a DequantizeLinear, and the Clip of codes between them that PyTorch writes
/// for a reduced range. Empty unless they are one step: the same constant parameters, codes read nowhere
/// else.
struct QuantizePair {
    int quantize = -1;
    int clip = -1;  ///< -1: none
    std::vector<int> dequantize;
    Parameters parameters;
};
[[nodiscard]] std::optional<QuantizePair> pair_of(const WorkingGraph& graph, int quantize, std::size_t rank);

}  // namespace quantwright
