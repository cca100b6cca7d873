#pragma once
// The model as quantization sees it: dead and constant parts folded, BatchNormalization folded into the
// layer before it, padding folded into convolutions, every tensor's type and shape known, nodes grouped
// into layers.
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/model/model.h"

namespace quantwright {

/// One fused group of the prepared graph: a node, with the activation that runs in the same kernel.
/// `name` is its compute node's original name (its first output if unnamed).
struct Layer {
    std::string name;
    std::string op;             ///< the compute node's op type
    std::vector<NodeId> nodes;  ///< of Prepared::model->graph(): the compute node first
    std::vector<std::string>
        original_nodes;             ///< names of all original nodes it stands for, folded ones included
    std::vector<TensorId> inputs;   ///< activations it reads (no initializers), each once
    std::vector<TensorId> outputs;  ///< what it gives: the last node's outputs
    std::string weight;             ///< initializer name of the constant weight; empty without one
    std::string bias;               ///< initializer name; empty without one
    int weight_channel_axis = -1;   ///< output-channel axis of `weight`; -1 without one
    std::string activation;         ///< op type of the fused activation (Relu, Clip); empty without one
    std::int64_t parameters = 0;    ///< elements of weight and bias
    std::int64_t macs = 0;          ///< multiply-accumulates for the prepared shapes
};

/// Type and shape of a tensor of the prepared graph, as measured by running it.
struct TensorType {
    ElementType type = ElementType::undefined;
    Shape shape;
};

struct Prepared {
    std::shared_ptr<const Model> original;
    std::shared_ptr<const Model> model;    ///< the prepared graph; every input has a fixed shape
    std::vector<Layer> layers;             ///< in topological order; every node is in exactly one
    std::vector<TensorType> tensor_types;  ///< by TensorId of model->graph()
    std::vector<int> layer_of_node;        ///< by NodeId: index into `layers`
    std::vector<Problem> problems;         ///< what could not be folded or understood

    [[nodiscard]] const Layer* find_layer(const std::string& name) const;
    [[nodiscard]] int producing_layer(TensorId tensor) const;  ///< index into layers; -1 for graph inputs
};

struct PrepareOptions {
    std::map<std::string, Shape>
        input_shapes;  ///< --input-shape; an open first dimension becomes 1 by itself
    int threads = 0;
};

/// Errors: model.shape_unknown, runtime.failed, model.unsupported_opset, cancelled.
Result<std::shared_ptr<const Prepared>> prepare(std::shared_ptr<const Model> model,
                                                const PrepareOptions& options = {},
                                                const JobContext& job = {});

/// Largest |original - prepared| over all outputs for these inputs (one Tensor per model input).
Result<double> max_difference(const Prepared& prepared, const std::vector<Tensor>& inputs);

}  // namespace quantwright
