// Which layers become integer and which tensors get a Q/DQ pair.
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <numeric>

#include "core/model/proto_helpers.h"
#include "core/plan/resolve_parts.h"

namespace quantwright {

namespace {

std::size_t index(TensorId id) {
    return static_cast<std::size_t>(id);
}

bool is_quantization_op(const std::string& op) {
    return op == "QuantizeLinear" || op == "DequantizeLinear" || op == "DynamicQuantizeLinear" ||
           op.starts_with("QLinear") || op.ends_with("Integer") || op.starts_with("QGemm") ||
           op.starts_with("MatMulInteger") || op.starts_with("MatMulNBits");
}

bool is_float(const Prepared& prepared, TensorId id) {
    return prepared.tensor_types[index(id)].type == ElementType::float32;
}

/// The activations of a layer that carry its data: the float ones (indices and shapes are not).
std::vector<TensorId> float_inputs(const Prepared& prepared, const Layer& layer) {
    std::vector<TensorId> result;
    std::copy_if(layer.inputs.begin(), layer.inputs.end(), std::back_inserter(result),
                 [&](TensorId id) { return is_float(prepared, id); });
    return result;
}

/// An elementwise layer one of whose operands is a float constant.
bool has_constant_operand(const Prepared& prepared, const Layer& layer) {
    const Graph& graph = prepared.model->graph();
    const GraphNode& node = graph[layer.nodes.front()];
    return std::any_of(node.inputs.begin(), node.inputs.end(), [&](const auto& input) {
        return input && graph[*input].is_initializer && is_float(prepared, *input) &&
               !prepared.tensor_types[index(*input)].shape.empty();
    });
}

bool is_plain_gemm(const onnx::NodeProto& node) {
    return int_attribute(node, "transA", 0) == 0 && float_attribute(node, "alpha", 1) == 1 &&
           float_attribute(node, "beta", 1) == 1;
}

const Role* role_of(const Resolved& resolved, std::size_t layer) {
    const TargetOperator* op = find_operator(*resolved.target, resolved.prepared->layers[layer].op);
    return op ? &op->role : nullptr;
}

/// Union of tensors that must have one scale; the representative is the earliest tensor's id.
class Sharing {
public:
    explicit Sharing(std::size_t count) : m_parent(count) { std::iota(m_parent.begin(), m_parent.end(), 0u); }
    std::size_t find(std::size_t i) {
        while (m_parent[i] != i)
            i = m_parent[i] = m_parent[m_parent[i]];
        return i;
    }
    /// The first one's representative stays.
    void join(std::size_t a, std::size_t b) { m_parent[find(b)] = find(a); }

private:
    std::vector<std::size_t> m_parent;
};

}  // namespace

KeptFloat quantizable(const Prepared& prepared, int layer_index, const Target& target) {
    const Layer& layer = prepared.layers[static_cast<std::size_t>(layer_index)];
    const Graph& graph = prepared.model->graph();
    const GraphNode& node = graph[layer.nodes.front()];
    if (node.has_subgraph)
        return KeptFloat::subgraph;
    if (is_quantization_op(node.proto->op_type()))
        return KeptFloat::already_quantized;
    const auto touches_codes = [&](TensorId id) {
        const auto producer = graph[id].producer;
        return producer && graph[*producer].proto->op_type() == "DequantizeLinear";
    };
    if (std::any_of(layer.inputs.begin(), layer.inputs.end(), touches_codes))
        return KeptFloat::already_quantized;
    const std::string& domain = node.proto->domain();
    if (!domain.empty() && domain != "ai.onnx")
        return KeptFloat::unknown_operator;
    const TargetOperator* op = find_operator(target, layer.op);
    if (!op)
        return KeptFloat::not_in_target;
    if (float_inputs(prepared, layer).empty() ||
        !std::all_of(layer.outputs.begin(), layer.outputs.end(),
                     [&](TensorId id) { return is_float(prepared, id); }))
        return KeptFloat::not_float_data;
    if (op->needs_constant_weight && layer.weight.empty())
        return KeptFloat::no_constant_weight;
    if (layer.op == "Gemm" && !is_plain_gemm(*node.proto))
        return KeptFloat::not_in_target;
    if (op->role == Role::compute && layer.weight.empty() && float_inputs(prepared, layer).size() < 2)
        return KeptFloat::no_constant_weight;
    if (op->role == Role::elementwise && has_constant_operand(prepared, layer))
        return KeptFloat::constant_operand;
    return KeptFloat::no;
}

namespace {

class Placement {
public:
    explicit Placement(Resolved& resolved)
        : m_resolved(resolved),
          m_prepared(*resolved.prepared),
          m_graph(resolved.prepared->model->graph()),
          m_sharing(m_graph.tensors().size()) {}

    void run() {
        for (std::size_t i = 0; i < m_resolved.layers.size(); ++i)
            m_resolved.layers[i].kept_float = judge(i);
        m_resolved.tensors.assign(m_graph.tensors().size(), std::nullopt);
        for (std::size_t i = 0; i < m_resolved.layers.size(); ++i)
            if (m_resolved.layers[i].quantized())
                place(i);
        for (auto& tensor : m_resolved.tensors)
            if (tensor)
                tensor->scale_owner = static_cast<TensorId>(m_sharing.find(index(tensor->tensor)));
    }

private:
    [[nodiscard]] bool made_in_integers(TensorId id) const {
        const int producer = m_prepared.producing_layer(id);
        return producer >= 0 && m_resolved.layers[static_cast<std::size_t>(producer)].quantized();
    }

    [[nodiscard]] bool known(TensorId id) const {
        return m_resolved.statistics && m_resolved.statistics->find(m_graph[id].name);
    }

    KeptFloat judge(std::size_t i) {
        const Layer& layer = m_prepared.layers[i];
        if (m_resolved.layers[i][Field::mode].value == "float")
            return KeptFloat::chosen;
        const KeptFloat reason = quantizable(m_prepared, static_cast<int>(i), *m_resolved.target);
        if (reason != KeptFloat::no)
            return reason;
        const auto inputs = float_inputs(m_prepared, layer);
        const Role role = *role_of(m_resolved, i);
        // Passive and elementwise layers follow the integers that reach them; layers come in topological
        // order.
        if (role != Role::compute &&
            !std::all_of(inputs.begin(), inputs.end(), [&](TensorId id) { return made_in_integers(id); }))
            return KeptFloat::nothing_to_gain;
        if (!std::all_of(inputs.begin(), inputs.end(), [&](TensorId id) { return known(id); }) ||
            !std::all_of(layer.outputs.begin(), layer.outputs.end(), [&](TensorId id) { return known(id); }))
            return KeptFloat::no_statistics;
        return KeptFloat::no;
    }

    [[nodiscard]] bool integer_reader(NodeId node) const {
        return m_resolved
            .layers[static_cast<std::size_t>(m_prepared.layer_of_node[static_cast<std::size_t>(node)])]
            .quantized();
    }

    /// A product whose result nobody reads as integers may leave the kernel as float: no second rounding.
    [[nodiscard]] bool writes_float(const Layer& layer) const {
        if (!m_resolved.target->float_output_of_gemm || (layer.op != "Gemm" && layer.op != "MatMul"))
            return false;
        return std::none_of(layer.outputs.begin(), layer.outputs.end(), [&](TensorId id) {
            const auto& readers = m_graph[id].consumers;
            return std::any_of(readers.begin(), readers.end(),
                               [&](NodeId node) { return integer_reader(node); });
        });
    }

    void add_pair(TensorId id) {
        auto& slot = m_resolved.tensors[index(id)];
        if (slot)
            return;
        slot.emplace();
        slot->tensor = id;
        if (!made_in_integers(id))
            for (const NodeId reader : m_graph[id].consumers)
                if (!integer_reader(reader))
                    slot->float_consumers.push_back(reader);
    }

    void place(std::size_t i) {
        const Layer& layer = m_prepared.layers[i];
        const TargetOperator& op = *find_operator(*m_resolved.target, layer.op);
        const auto inputs = float_inputs(m_prepared, layer);
        for (const TensorId id : inputs)
            add_pair(id);
        if (!writes_float(layer))
            for (const TensorId id : layer.outputs)
                add_pair(id);
        const bool shares = op.role == Role::passive || op.shares_inputs;
        if (!shares)
            return;
        for (const TensorId id : inputs)
            m_sharing.join(index(inputs.front()), index(id));
        for (const TensorId id : layer.outputs)
            m_sharing.join(index(inputs.front()), index(id));
    }

    Resolved& m_resolved;
    const Prepared& m_prepared;
    const Graph& m_graph;
    Sharing m_sharing;
};

}  // namespace

void place_pairs(Resolved& resolved) {
    Placement(resolved).run();
}

}  // namespace quantwright
