#pragma once
// An index over a model's main graph: who makes each tensor, who reads it, in topological order.
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/result.h"
#include "core/model/tensor.h"

namespace onnx {
class GraphProto;
class NodeProto;
}  // namespace onnx

namespace quantwright {

/// Positions in Graph::nodes() and Graph::tensors(); valid for one snapshot only.
enum class NodeId : std::uint32_t {};
enum class TensorId : std::uint32_t {};

struct GraphNode {
    const onnx::NodeProto* proto = nullptr;       ///< lives as long as the Model
    std::string name;                             ///< the node's, else its first output's
    std::vector<std::optional<TensorId>> inputs;  ///< empty optional: input left out
    std::vector<std::optional<TensorId>> outputs;
    bool has_subgraph = false;  ///< If, Loop, Scan: its outer-scope reads are in `inputs` too, after its own
};

struct GraphTensor {
    std::string name;
    std::optional<NodeId> producer;
    std::vector<NodeId> consumers;  ///< each once, in topological order
    bool is_input = false;          ///< a graph input that is not an initializer
    bool is_output = false;
    bool is_initializer = false;
};

class Graph {
public:
    /// Errors: model.cyclic, model.duplicate_name, model.dangling_name (subject: node or value).
    static Result<Graph> build(const onnx::GraphProto& proto);

    [[nodiscard]] const std::vector<GraphNode>& nodes() const { return m_nodes; }
    [[nodiscard]] const std::vector<GraphTensor>& tensors() const { return m_tensors; }
    [[nodiscard]] const GraphNode& operator[](NodeId id) const {
        return m_nodes[static_cast<std::size_t>(id)];
    }
    [[nodiscard]] const GraphTensor& operator[](TensorId id) const {
        return m_tensors[static_cast<std::size_t>(id)];
    }
    [[nodiscard]] std::optional<TensorId> find_tensor(std::string_view name) const;
    [[nodiscard]] std::optional<NodeId> find_node(std::string_view name) const;  ///< by GraphNode::name

private:
    std::vector<GraphNode> m_nodes;
    std::vector<GraphTensor> m_tensors;
    std::unordered_map<std::string, TensorId> m_tensor_ids;
    std::unordered_map<std::string, NodeId> m_node_ids;
};

}  // namespace quantwright
