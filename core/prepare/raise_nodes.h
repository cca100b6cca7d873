#pragma once
// A graph of opset 7 to 12 said in opset 13, node by node. Done here, since ONNX's version converter gives up
// on whole files: on foreign domains, unknown ranks, weights outside of the file. Private to core/prepare.
#include <onnx/onnx_pb.h>

#include <optional>
#include <string>
#include <unordered_map>

#include "core/model/tensor.h"

namespace quantwright {

/// What is known of a tensor, for every size of the open dimensions.
struct KnownTensor {
    ElementType type = ElementType::undefined;
    std::optional<Shape> shape;  ///< -1: open; without: not even the rank is known
};
using KnownTensors = std::unordered_map<std::string, KnownTensor>;

/// What a graph says of its tensors, weights included.
void add_known(const onnx::GraphProto& graph, KnownTensors& known);

/// True where the raised graph would be shorter, or surer of a type, if more of the main graph were known.
[[nodiscard]] bool knows_too_little(const onnx::ModelProto& model, const KnownTensors& known);

/// Sets the opset and rewrites the nodes of the standard domain whose form or meaning changed, subgraphs
/// included; names of nodes and tensors stay. Everything else, external weights and foreign domains among it,
/// is left as it is. `known` is about the main graph; what it does not say is written in the form that holds
/// for every shape, and as float32. The answer names an operator that can't be said, with its node's name:
/// then the model is to be thrown away.
[[nodiscard]] std::optional<std::string> raise_nodes(onnx::ModelProto& model, const KnownTensors& known);

}  // namespace quantwright
