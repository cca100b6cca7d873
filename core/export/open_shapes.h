#pragma once
// The exported graph for every size of the model's open dimensions, not only for the measured one.
#include <onnx/onnx_pb.h>

#include <string>
#include <unordered_map>
#include <vector>

#include "core/export/export_qdq.h"

namespace quantwright {

/// Constants that hold for the measured sizes alone become what the model computes them with, and inputs and
/// outputs are declared as the model declares them. `half_names`: tensors of the prepared graph that the
/// exported one has in half precision alone. Returns the constants that had to stay (nothing in the graph has
/// the size they are computed from any more).
std::vector<std::string> open_shapes(onnx::ModelProto& model, const Prepared& prepared,
                                     const std::unordered_map<std::string, std::string>& half_names);

/// Nodes that the target's runtime only takes with constants (Target::constant_inputs) and that the opened
/// graph computes them for, by name.
[[nodiscard]] std::vector<std::string> computed_constants(const onnx::GraphProto& opened,
                                                          const Target& target);

}  // namespace quantwright
