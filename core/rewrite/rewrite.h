#pragma once
// The prepared graph with its quantized places marked: where the plan has a Q/DQ pair, a writer puts nodes.
// Simulation and export differ in their writer alone, so they can't disagree about the places.
#include <onnx/onnx_pb.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/plan/resolve.h"

namespace quantwright {

/// Writes one quantized place. Nodes go to the end of `graph`, which is built in topological order.
class PlaceWriter {
public:
    virtual ~PlaceWriter() = default;
    /// A quantized activation: reads `from`, gives `to`.
    virtual void activation(onnx::GraphProto& graph, const ResolvedTensor& tensor, const std::string& from,
                            const std::string& to) = 0;
    /// The layer's quantized weight under the name `to`.
    virtual void weight(onnx::GraphProto& graph, int layer, const std::string& to) = 0;
    /// The layer's int32 bias under the name `to`.
    virtual void bias(onnx::GraphProto& graph, int layer, const std::string& to) = 0;
    /// The compute node of a dynamic or weight-only layer, with its final input and output names (its
    /// constants under their initializers' names). True: the writer added it with all it needs. False: it is
    /// added as it is, its weight through weight().
    virtual bool special_node(onnx::GraphProto& graph, int layer, const onnx::NodeProto& node) = 0;
    /// Half precision: the borders of a region, its constants, its nodes.
    virtual void to_half(onnx::GraphProto& graph, const std::string& from, const std::string& to) = 0;
    virtual void from_half(onnx::GraphProto& graph, const std::string& from, const std::string& to) = 0;
    virtual void half_constant(onnx::GraphProto& graph, const Tensor& values, const std::string& to) = 0;
    virtual void half_node(onnx::GraphProto& graph, const onnx::NodeProto& node) = 0;
};

/// A run of nodes as a model of its own (core/simulate/segments.h).
struct NodeSpan {
    NodeId first{}, end{};        ///< [first, end)
    std::vector<TensorId> reads;  ///< made in front of it, no initializers
    std::vector<TensorId> gives;  ///< made in it and read behind it, as they are before their pair
};

struct RewriteOptions {
    std::optional<std::vector<int>> only_layers;  ///< see SimulationOptions
    bool weights = true, activations = true;
    /// Leave out a fused Relu or Clip where quantizing to the output's codes clips the same values anyway.
    bool drop_implied_activations = false;
    std::set<std::string> also_float;  ///< tensors inside a region of half precision to give as float, too
    /// Only these nodes. Pairs of what they read are not written: the tensor comes in as its readers see it,
    /// through two inputs where some see the value before the pair. The outputs are those of the model that
    /// are made in it, in the model's order, and then `gives`.
    std::optional<NodeSpan> span;
    std::set<TensorId> seen_after_pair;  ///< of a span: tensors whose pair is written in any case
};

struct Rewritten {
    onnx::ModelProto model;
    /// Names of the tensors after their pair, by TensorId of the prepared graph.
    std::map<TensorId, std::string> quantized_names;
    /// Of a span, by input of `model`: the tensor, and whether it is the value after its pair.
    struct SpanInput {
        TensorId tensor{};
        bool after_pair = false;
    };
    std::vector<SpanInput> span_inputs;
    std::vector<std::string> span_gives;  ///< names of the outputs that are NodeSpan::gives
    /// Half forms, by the name that the tensor has in the prepared graph.
    std::unordered_map<std::string, std::string> half_names;
};

[[nodiscard]] Rewritten rewrite(const Resolved& resolved, PlaceWriter& writer,
                                const RewriteOptions& options = {});

/// The tensors that have a pair under these options.
[[nodiscard]] std::set<TensorId> quantized_places(const Resolved& resolved, const RewriteOptions& options);

/// False: the node reads the value before the pair.
[[nodiscard]] bool reads_after_pair(const Resolved& resolved, TensorId tensor, NodeId reader);

/// Whether a span needs the pair of a tensor that is made in it: else it is its readers' elsewhere.
[[nodiscard]] bool pair_seen_inside(const Resolved& resolved, const NodeSpan& span, TensorId tensor);

/// True if the operator's schema takes float16 as this input.
[[nodiscard]] bool takes_half(const onnx::NodeProto& node, std::int64_t opset, int input);

/// True if the layer's last node is a Relu or Clip that the output's codes imply.
[[nodiscard]] bool activation_is_implied(const Resolved& resolved, int layer);

}  // namespace quantwright
