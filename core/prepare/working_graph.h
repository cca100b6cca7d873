#pragma once
// The graph while it is being prepared: nodes that can be taken out and tensors that can be renamed, with the
// original nodes each part stands for.
#include <onnx/onnx_pb.h>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/model/model.h"
#include "core/prepare/prepare.h"
#include "core/prepare/size_arithmetic.h"

namespace quantwright {

/// Indices of nodes of the original Model's graph.
using Origins = std::vector<std::uint32_t>;

struct WorkingNode {
    onnx::NodeProto proto;
    Origins origins;
    bool removed = false;
    bool has_subgraph = false;
    std::vector<std::string> subgraph_reads;  ///< what its subgraphs read of this graph
    bool unknown = false;                     ///< the runtime does not know its operator
};

/// Parameters that came with the model, while nodes may still go: see Given.
struct WorkingGiven {
    Given by_name;  ///< without float_readers
    /// Tensors whose pair only some readers see: nodes that read the value before it.
    std::unordered_map<std::string, std::set<int>> float_readers;
    std::unordered_set<std::string> float_outputs;  ///< the graph's output is the value before the pair
    /// This program's own exports: the value before the pair has the tensor's name, the one after it another.
    std::unordered_set<std::string> named_before;
    std::set<int> implied;  ///< nodes that the file does not have: see Given::implied_activations

    [[nodiscard]] bool has_pair(const std::string& tensor) const {
        return by_name.activations.count(tensor) != 0;
    }
    [[nodiscard]] bool reads_float(const std::string& tensor, int node) const {
        const auto found = float_readers.find(tensor);
        return found != float_readers.end() && found->second.count(node) != 0;
    }
    /// Some reader of the tensor sees the value before its pair.
    [[nodiscard]] bool is_split(const std::string& tensor) const {
        return float_outputs.count(tensor) != 0 || float_readers.count(tensor) != 0;
    }
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
    [[nodiscard]] WorkingGiven& given() { return m_given; }
    [[nodiscard]] const WorkingGiven& given() const { return m_given; }

    [[nodiscard]] bool is_output(const std::string& name) const { return m_outputs.count(name) != 0; }
    [[nodiscard]] bool is_constant(const std::string& name) const { return m_constants.count(name) != 0; }
    /// A constant whose bytes are at hand in the proto, not outside of it.
    [[nodiscard]] bool is_inner_constant(const std::string& name) const;
    [[nodiscard]] const onnx::TensorProto* constant_proto(const std::string& name) const;
    /// Type `undefined` if there is no such constant, or one that holds for the measured sizes alone.
    [[nodiscard]] Tensor constant(const std::string& name) const;
    /// A constant that is another one for inputs of other sizes: sizes().results.
    [[nodiscard]] bool is_measured(const std::string& name) const { return m_sizes.results.count(name) != 0; }
    [[nodiscard]] SizeArithmetic& sizes() { return m_sizes; }
    [[nodiscard]] const SizeArithmetic& sizes() const { return m_sizes; }
    [[nodiscard]] const Origins& constant_origins(const std::string& name) const;
    /// Adds the constant or replaces it. Large ones stay outside of the proto in a model whose weights do.
    void set_constant(onnx::TensorProto proto, const Origins& origins);
    void set_constant(const std::string& name, const Tensor& value, const Origins& origins);
    /// Constants outside of the proto that are not origin()'s.
    [[nodiscard]] const std::map<std::string, Tensor>& outside() const { return m_outside; }
    /// Bytes of a constant outside of the proto.
    [[nodiscard]] Tensor outside_weight(const std::string& name) const;
    /// A name no tensor has: `wanted`, else with a number.
    [[nodiscard]] std::string free_name(const std::string& wanted) const;

    [[nodiscard]] int producer(const std::string& name) const;  ///< -1: none
    /// Ascending, each once; nodes whose subgraphs read it included.
    [[nodiscard]] const std::vector<int>& readers(const std::string& name) const;
    [[nodiscard]] bool read_by_subgraph(const std::string& name) const;
    /// The one node that reads it, if nothing else needs it; else -1.
    [[nodiscard]] int sole_reader(const std::string& name) const;

    void remove(int node);
    /// Another operator in the node's place, with its name and origins; outputs may differ.
    void replace(int node, onnx::NodeProto proto);
    void set_input(int node, int input, const std::string& name);  ///< input may be one past the last
    /// Every reader of `from` reads `to` instead; none may be inside of a subgraph.
    void redirect_readers(const std::string& from, const std::string& to);
    /// The node's output gets another name, its given parameters with it; nobody may read the old one.
    void rename_output(int node, int output, const std::string& name);
    /// Takes out what no output needs: nodes, then constants.
    void remove_dead();

    /// By node: its operator or one that it depends on is unknown to the runtime.
    [[nodiscard]] std::vector<bool> nodes_that_cannot_run() const;

    /// The model as it stands, nodes in order. Unread constants are left out.
    [[nodiscard]] onnx::ModelProto to_proto() const;
    /// The part of it that the runtime knows, with the outputs that are left.
    [[nodiscard]] onnx::ModelProto runnable_proto() const;

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
    std::map<std::string, Tensor> m_outside;
    WorkingGiven m_given;
    SizeArithmetic m_sizes;
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
