#pragma once
// The model as quantization sees it: Q/DQ pairs of training taken out and the activations they stood for put
// in (implied_activations.h), dead and constant parts folded,
// BatchNormalization folded into the layer before it, padding folded into convolutions, every tensor's type
// and shape known, nodes grouped into layers.
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/model/model.h"
#include "core/number/parameters.h"

namespace quantwright {

struct SizeArithmetic;

/// One fused group of the prepared graph: a node, with the activation that runs in the same kernel; or the
/// nodes that an exporter wrote one operator as (`composite`), where they could not become that one node.
/// `name` is its compute node's original name (its first output if unnamed).
struct Layer {
    std::string name;
    std::string op;             ///< the compute node's op type; of a composite what it is: "Gelu"
    std::vector<NodeId> nodes;  ///< of Prepared::model->graph(): the compute node first
    std::vector<std::string>
        original_nodes;             ///< names of all original nodes it stands for, folded ones included
    std::vector<TensorId> inputs;   ///< activations it reads (no initializers), each once
    std::vector<TensorId> outputs;  ///< what it gives: the last node's outputs
    std::string weight;             ///< initializer name of the constant weight; empty without one
    std::string bias;               ///< initializer name; empty without one
    int weight_channel_axis = -1;   ///< output-channel axis of `weight`; -1 without one
    std::string activation;         ///< op type of the fused activation (Relu, Clip); empty without one
    bool composite = false;         ///< several nodes that are one `op` together: Gelu, HardSwish …
    bool runs = true;               ///< false: it needs an operator that the runtime does not know
    std::int64_t parameters = 0;    ///< elements of weight and bias
    std::int64_t macs = 0;          ///< multiply-accumulates for the prepared shapes
};

/// Layers that people think of as one, such as Conv + SiLU (layer_groups.h), or one layer alone. What is
/// chosen for the group's name holds for all of its parts, a part's own choice is stronger.
struct LayerGroup {
    std::string name;         ///< of its lead
    std::string op;           ///< "Conv+SiLU", "SqueezeExcite"; of one layer alone its op
    std::vector<int> layers;  ///< the parts, indices into Prepared::layers, ascending
    int lead = -1;            ///< its compute layer, else the one it is for
    /// The part whose output has the values that the group makes: data movers behind it only give them on.
    int value = -1;
    std::int64_t parameters = 0, macs = 0;  ///< of all parts
    [[nodiscard]] bool single() const { return layers.size() == 1; }
    /// The last part: it gives what the group is read for.
    [[nodiscard]] int exit() const { return layers.back(); }
};

/// Type and shape of a tensor of the prepared graph, as measured by running it. Behind an operator that the
/// runtime does not know: what the file and ONNX's shape inference say, type `undefined` where they say
/// nothing.
struct TensorType {
    ElementType type = ElementType::undefined;
    Shape shape;
};

/// Parameters that a model brought with it: the Q/DQ nodes of quantization-aware training are taken out of
/// the prepared graph and kept here. Empty for a float model.
struct Given {
    std::map<std::string, Parameters> activations;  ///< by tensor of the prepared graph
    std::map<std::string, Parameters> weights;      ///< by initializer, which holds the dequantized values
    std::map<std::string, Parameters> biases;
    std::map<std::string, std::vector<std::int32_t>> bias_codes;  ///< float can't hold those beyond 2^24
    /// Of activations whose pair only some readers see: names of the nodes that read the value before it, and
    /// "" where the graph's output is that value. The others read what comes out of the pair, all of them
    /// where the tensor is not in here.
    std::map<std::string, std::set<std::string>> float_readers;
    /// Nodes of the prepared graph that the file does not have: each a Relu or Clip that the pair behind it
    /// does there. An export that keeps the pair leaves it out again.
    std::set<std::string> implied_activations;
    [[nodiscard]] bool empty() const { return activations.empty() && weights.empty() && biases.empty(); }
};

struct Prepared {
    std::shared_ptr<const Model> original;
    std::shared_ptr<const Model> model;    ///< the prepared graph; every input has a fixed shape
    std::vector<Layer> layers;             ///< in topological order; every node is in exactly one
    std::vector<TensorType> tensor_types;  ///< by TensorId of model->graph()
    std::vector<int> layer_of_node;        ///< by NodeId: index into `layers`
    std::vector<LayerGroup> groups;        ///< every layer is in exactly one, alone or with others
    std::vector<int> group_of_layer;       ///< by index of `layers`: index into `groups`
    Given given;                           ///< of models that arrive quantized
    /// What `model` has as constants and other sizes of the open dimensions need (size_arithmetic.h).
    std::shared_ptr<const SizeArithmetic> sizes;
    std::vector<Problem> problems;  ///< what could not be folded or understood

    [[nodiscard]] const Layer* find_layer(const std::string& name) const;
    [[nodiscard]] const LayerGroup& group_of(int layer) const {
        return groups[static_cast<std::size_t>(group_of_layer[static_cast<std::size_t>(layer)])];
    }
    [[nodiscard]] int producing_layer(TensorId tensor) const;  ///< index into layers; -1 for graph inputs
};

struct PrepareOptions {
    /// Sizes to measure with (--input-shape), by input; an open first dimension becomes 1 by itself. One that
    /// the model declares otherwise is declared so from then on.
    std::map<std::string, Shape> input_shapes;
    int threads = 0;
    /// Values to measure with, by input, where made-up ones may not do: what chooses between branches,
    /// indices. One of other sizes than the input's is not used.
    std::map<std::string, Tensor> samples = {};
};

/// Errors: model.shape_unknown, runtime.failed, model.unsupported_opset, cancelled.
Result<std::shared_ptr<const Prepared>> prepare(std::shared_ptr<const Model> model,
                                                const PrepareOptions& options = {},
                                                const JobContext& job = {});

/// Largest |original - prepared| over all outputs for these inputs (one Tensor per model input). Pairs that
/// the model brought with it are put back for the comparison.
Result<double> max_difference(const Prepared& prepared, const std::vector<Tensor>& inputs);

}  // namespace quantwright
