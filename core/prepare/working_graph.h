#pragma once
// The graph while it is being prepared: nodes that can be taken out and tensors that can be renamed, with the
// original nodes each part stands for.
#include <onnx/onnx_pb.h>

#include <cstdint>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/model/model.h"

namespace quantwright {

/// Indices of nodes of the original Model's graph.
using Origins = std::vector<std::uint32_t>;

struct WorkingNode {
    onnx::NodeProto proto;
    Origins origins;
    bool removed = false;
    bool has_subgraph = false;
    std::vector<std::string> subgraph_reads;  ///< what its subgraphs read of this graph
};

/// Positions in nodes() stay valid; removed nodes are marked and left out of everything.
class WorkingGraph {
public:
    explicit WorkingGraph(const Model& origin);

    [[nodiscard]] const Model& origin() const { return *m_origin; }
    [[nodiscard]] std::vector<WorkingNode>& nodes() { return m_nodes; }
    [[nodiscard]] const std::vector<WorkingNode>& nodes() const { return m_nodes; }
    [[nodiscard]] onnx::GraphProto& frame() { return *m_frame.mutable_graph(); }  ///< inputs and outputs
    [[nodiscard]] const onnx::ModelProto& frame_model() const { return m_frame; }
    [[nodiscard]] std::int64_t opset() const { return m_origin->opset(); }

    [[nodiscard]] bool is_output(const std::string& name) const { return m_outputs.count(name) != 0; }
    [[nodiscard]] bool is_constant(const std::string& name) const { return m_constants.count(name) != 0; }
    /// A constant whose bytes are at hand in the proto, not outside of it.
    [[nodiscard]] bool is_inner_constant(const std::string& name) const;
    [[nodiscard]] const onnx::TensorProto* constant_proto(const std::string& name) const;
    /// Type `undefined` if there is no such constant.
    [[nodiscard]] Tensor constant(const std::string& name) const;
    [[nodiscard]] const Origins& constant_origins(const std::string& name) const;
    /// Adds the constant or replaces it.
    void set_constant(onnx::TensorProto proto, const Origins& origins);
    /// A name no tensor has: `wanted`, else with a number.
    [[nodiscard]] std::string free_name(const std::string& wanted) const;

    [[nodiscard]] int producer(const std::string& name) const;  ///< -1: none
    /// Ascending, each once; nodes whose subgraphs read it included.
    [[nodiscard]] const std::vector<int>& readers(const std::string& name) const;
    [[nodiscard]] bool read_by_subgraph(const std::string& name) const;
    /// The one node that reads it, if nothing else needs it; else -1.
    [[nodiscard]] int sole_reader(const std::string& name) const;

    void remove(int node);
    void set_input(int node, int input, const std::string& name);  ///< input may be one past the last
    /// Every reader of `from` reads `to` instead; none may be inside of a subgraph.
    void redirect_readers(const std::string& from, const std::string& to);
    /// The node's output gets another name; nobody may read the old one.
    void rename_output(int node, int output, const std::string& name);
    /// Takes out what no output needs: nodes, then constants.
    void remove_dead();

    /// The model as it stands, nodes in order. Unread constants are left out.
    [[nodiscard]] onnx::ModelProto to_proto() const;

private:
    void drop_reader(const std::string& name, int node);
    void add_reader(const std::string& name, int node);

    const Model* m_origin;
    onnx::ModelProto m_frame;  ///< without nodes and initializers
    std::vector<WorkingNode> m_nodes;
    struct Constant {
        onnx::TensorProto proto;
        Origins origins;
    };
    std::unordered_map<std::string, Constant> m_constants;
    std::vector<std::string> m_constant_order;
    std::unordered_map<std::string, int> m_producers;
    std::unordered_map<std::string, std::vector<int>> m_readers;
    std::unordered_set<std::string> m_outputs, m_subgraph_reads;
};

void append(Origins& to, const Origins& from);
/// The node is of the standard operator set.
[[nodiscard]] bool is_standard(const onnx::NodeProto& node);
/// Empty where there is no such input or output: a file may hold nodes the runtime would refuse.
[[nodiscard]] const std::string& input_of(const onnx::NodeProto& node, int index);
[[nodiscard]] const std::string& output_of(const onnx::NodeProto& node, int index);
[[nodiscard]] inline bool is_op(const onnx::NodeProto& node, const char* op) {
    return node.op_type() == op && is_standard(node);
}

}  // namespace quantwright
