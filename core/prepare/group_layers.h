#pragma once
#include <onnx/onnx_pb.h>

#include <unordered_map>

#include "core/prepare/fuse_composites.h"
#include "core/prepare/prepare.h"
#include "core/prepare/working_graph.h"

namespace quantwright {

/// An operator that has the Relu or Clip behind it in its layer.
[[nodiscard]] bool takes_activation(const onnx::NodeProto& node);

/// Fills layers and layer_of_node of `prepared`, whose model, tensor_types and given parameters are there: no
/// layer reaches across a pair of the model's own. `composites`: nodes that are one layer. `origins`: by node
/// name of the prepared graph, the nodes of `worked_on` (the original, or the original at a newer opset) it
/// stands for, each in one place only.
void group_layers(Prepared& prepared, const std::vector<Composite>& composites, const Graph& worked_on,
                  const std::unordered_map<std::string, Origins>& origins);

}  // namespace quantwright
