#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/prepare/measure.h"
#include "core/prepare/working_graph.h"

namespace quantwright {

/// (x - mean) / sqrt(mean((x - mean)^2) + epsilon) [* scale] [+ shift], over the last axes of x.
struct LayerNorm {
    std::string from, to;
    std::string scale, shift;  ///< constants of the shape of the axes; empty: none
    Shape shape;               ///< sizes of the axes
    ElementType type = ElementType::float32;
    float epsilon = 0;
    std::vector<int> nodes;  ///< ascending
};

/// The layer normalization whose mean of squares is `variance`, as exporters write it before opset 17.
[[nodiscard]] std::optional<LayerNorm> layer_norm_from(const WorkingGraph& graph, const MeasuredTypes& types,
                                                       int variance);

/// LayerNormalization (opset 17) in its place; a missing scale becomes a constant of ones.
[[nodiscard]] onnx::NodeProto layer_norm_node(WorkingGraph& graph, const LayerNorm& norm);

}  // namespace quantwright
