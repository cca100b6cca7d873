#include "core/prepare/group_layers.h"

#include <onnx/onnx_pb.h>

#include <algorithm>

#include "core/model/proto_helpers.h"
#include "core/prepare/layer_cost.h"

namespace quantwright {

namespace {

bool is_one_of(const onnx::NodeProto& node, std::initializer_list<const char*> ops) {
    return is_standard(node) && std::find(ops.begin(), ops.end(), node.op_type()) != ops.end();
}

class Grouping {
public:
    Grouping(Prepared& prepared, const std::vector<Composite>& composites)
        : m_prepared(prepared), m_graph(prepared.model->graph()), m_composite_of(m_graph.nodes().size()) {
        for (const Composite& composite : composites)
            for (const std::string& name : composite.nodes)
                if (const auto node = m_graph.find_node(name))
                    m_composite_of[static_cast<std::size_t>(*node)] = &composite;
    }

    void group() {
        m_prepared.layer_of_node.assign(m_graph.nodes().size(), -1);
        for (std::size_t i = 0; i < m_graph.nodes().size(); ++i)
            if (m_prepared.layer_of_node[i] < 0)
                m_prepared.layers.push_back(layer_from(NodeId(i)));
    }

private:
    const onnx::NodeProto& proto(NodeId id) const { return *m_graph[id].proto; }

    /// For every size of open dimensions.
    bool is_constant(const std::string& name) const {
        const auto id = m_graph.find_tensor(name);
        return id && m_graph[*id].is_initializer && !m_prepared.sizes->results.contains(name);
    }

    const TensorType& type_of(TensorId id) const {
        return m_prepared.tensor_types[static_cast<std::size_t>(id)];
    }

    /// The one node that reads the tensor, if it is needed nowhere else and no layer has the node yet.
    std::optional<NodeId> sole_reader(TensorId tensor) const {
        const GraphTensor& t = m_graph[tensor];
        if (t.is_output || t.consumers.size() != 1 || m_graph[t.consumers.front()].has_subgraph ||
            m_prepared.given.activations.contains(t.name))
            return std::nullopt;
        const NodeId reader = t.consumers.front();
        if (m_composite_of[static_cast<std::size_t>(reader)])
            return std::nullopt;
        return m_prepared.layer_of_node[static_cast<std::size_t>(reader)] < 0 ? std::optional(reader)
                                                                              : std::nullopt;
    }

    bool is_activation(NodeId id, const std::string& read) const {
        const auto& node = proto(id);
        if (!is_one_of(node, {"Relu", "Clip"}) || input_of(node, 0) != read)
            return false;
        for (int i = 1; i < node.input_size(); ++i)  // bounds of Clip
            if (!input_of(node, i).empty() && !is_constant(input_of(node, i)))
                return false;
        return true;
    }

    /// The other input of an Add after MatMul, if it is one number per output channel.
    std::string linear_bias(NodeId add, const std::string& product, std::int64_t channels) const {
        const auto& node = proto(add);
        if (!is_op(node, "Add"))
            return {};
        const std::string& other = input_of(node, 0) == product ? input_of(node, 1) : input_of(node, 0);
        const auto id = m_graph.find_tensor(other);
        if (!id || !m_graph[*id].is_initializer)
            return {};
        const Shape& shape = type_of(*id).shape;
        return shape.size() == 1 && shape[0] == channels ? other : std::string();
    }

    void take(Layer& layer, NodeId node) {
        layer.nodes.push_back(node);
        m_prepared.layer_of_node[static_cast<std::size_t>(node)] = static_cast<int>(m_prepared.layers.size());
    }

    void find_weight(Layer& layer, NodeId id) const {
        const auto& node = proto(id);
        if (!is_one_of(node, {"Conv", "ConvTranspose", "Gemm", "MatMul"}) || node.input_size() < 2 ||
            !is_constant(input_of(node, 1)))
            return;
        if (layer.op == "MatMul" && type_of(*m_graph.find_tensor(input_of(node, 1))).shape.size() != 2)
            return;
        layer.weight = input_of(node, 1);
        if (layer.op == "Conv")
            layer.weight_channel_axis = 0;
        else if (layer.op == "Gemm")
            layer.weight_channel_axis = int_attribute(node, "transB", 0) != 0 ? 0 : 1;
        else
            layer.weight_channel_axis = 1;
        if (!input_of(node, 2).empty() && is_constant(input_of(node, 2)))
            layer.bias = input_of(node, 2);
    }

    Layer layer_from(const Composite& composite) {
        Layer layer;
        layer.op = composite.op;
        layer.composite = true;
        NodeId last{};
        for (std::size_t i = 0; i < m_graph.nodes().size(); ++i)
            if (m_composite_of[i] == &composite)
                take(layer, last = NodeId(i));
        layer.name = m_graph[layer.nodes.front()].name;
        find_ends(layer, last);
        return layer;
    }

    Layer layer_from(NodeId id) {
        if (const Composite* composite = m_composite_of[static_cast<std::size_t>(id)])
            return layer_from(*composite);
        Layer layer;
        layer.name = m_graph[id].name;
        layer.op = proto(id).op_type();
        take(layer, id);
        find_weight(layer, id);
        const bool fuses = takes_activation(proto(id));
        NodeId last = id;
        if (fuses && is_op(proto(id), "MatMul") && !layer.weight.empty())
            if (const auto add = sole_reader(*m_graph[id].outputs[0])) {
                const auto channels = type_of(*m_graph.find_tensor(layer.weight)).shape[1];
                layer.bias = linear_bias(*add, proto(id).output(0), channels);
                if (!layer.bias.empty())
                    take(layer, last = *add);
            }
        if (fuses)
            if (const auto next = sole_reader(*m_graph[last].outputs[0]);
                next && is_activation(*next, proto(last).output(0))) {
                layer.activation = proto(*next).op_type();
                take(layer, last = *next);
            }
        find_ends(layer, last);
        add_cost(layer, m_prepared);
        return layer;
    }

    void find_ends(Layer& layer, NodeId last) const {
        for (const NodeId node : layer.nodes)
            for (const auto& input : m_graph[node].inputs) {
                if (!input || m_graph[*input].is_initializer)
                    continue;
                const auto& producer = m_graph[*input].producer;
                const bool inside = producer && std::find(layer.nodes.begin(), layer.nodes.end(),
                                                          *producer) != layer.nodes.end();
                if (!inside &&
                    std::find(layer.inputs.begin(), layer.inputs.end(), *input) == layer.inputs.end())
                    layer.inputs.push_back(*input);
            }
        for (const auto& output : m_graph[last].outputs)
            if (output)
                layer.outputs.push_back(*output);
    }

    Prepared& m_prepared;
    const Graph& m_graph;
    std::vector<const Composite*> m_composite_of;  ///< by NodeId; null: none
};

}  // namespace

bool takes_activation(const onnx::NodeProto& node) {
    return is_one_of(node, {"Conv", "ConvTranspose", "Gemm", "MatMul", "Add", "Sub", "Mul", "Div", "Sum",
                            "BatchNormalization"});
}

void group_layers(Prepared& prepared, const std::vector<Composite>& composites, const Graph& worked_on,
                  const std::unordered_map<std::string, Origins>& origins) {
    Grouping(prepared, composites).group();
    const Graph& graph = prepared.model->graph();
    for (Layer& layer : prepared.layers) {
        Origins all;
        for (const NodeId node : layer.nodes)
            if (const auto found = origins.find(graph[node].name); found != origins.end())
                append(all, found->second);
        std::sort(all.begin(), all.end());
        for (const auto index : all)
            if (const std::string& name = worked_on.nodes()[index].name;
                prepared.original->graph().find_node(name))
                layer.original_nodes.push_back(name);
    }
}

}  // namespace quantwright
