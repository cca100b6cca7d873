#include "core/board/profile_layers.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <map>
#include <string_view>

namespace quantwright {

namespace {

class LayerFinder {
public:
    explicit LayerFinder(const Prepared& prepared) : m_prepared(prepared), m_file(*prepared.original) {
        for (const Layer& layer : prepared.layers) {
            m_layers.emplace(layer.name, &layer);
            for (const std::string& node : layer.original_nodes)
                m_layers.emplace(node, &layer);
        }
    }

    [[nodiscard]] const Layer* find(const std::string& node) const {
        if (const Layer* layer = by_name(node))
            return layer;
        // Optimizers make new names of old ones: the longest that is its beginning.
        std::string_view rest = node;
        while (true) {
            const auto end = rest.find_last_of("_/:");
            if (end == std::string_view::npos || end == 0)
                return nullptr;
            rest = rest.substr(0, end);
            if (const Layer* layer = by_name(std::string(rest)))
                return layer;
        }
    }

private:
    [[nodiscard]] const Layer* by_name(const std::string& node) const {
        if (const auto found = m_layers.find(node); found != m_layers.end())
            return found->second;
        const auto id = m_file.graph().find_node(node);
        return id ? by_tensor(m_file.graph()[*id]) : nullptr;
    }

    /// The layer that makes a tensor which the node reads (through a pair) or makes.
    [[nodiscard]] const Layer* by_tensor(const GraphNode& node) const {
        constexpr int most_steps = 4;  // a pair, and another
        const Graph& file = m_file.graph();
        const GraphNode* at = &node;
        for (int step = 0; step < most_steps && at; ++step) {
            for (const auto& output : at->outputs)
                if (const Layer* layer = output ? maker_of(file[*output].name) : nullptr)
                    return layer;
            const std::string& op = at->proto->op_type();
            // Our own files give the tensor's name to what comes out of the pair.
            if (op == "QuantizeLinear" && !at->outputs.empty() && at->outputs[0])
                for (const NodeId reader : file[*at->outputs[0]].consumers)
                    for (const auto& output : file[reader].outputs)
                        if (const Layer* layer = output ? maker_of(file[*output].name) : nullptr)
                            return layer;
            if ((op != "QuantizeLinear" && op != "DequantizeLinear") || at->inputs.empty() || !at->inputs[0])
                return nullptr;
            const GraphTensor& input = file[*at->inputs[0]];
            if (const Layer* layer = maker_of(input.name))
                return layer;
            // Pairs on the network's inputs belong to the layer that reads them.
            if (!input.producer && at->outputs.size() == 1 && at->outputs[0])
                return reader_of(input.name);
            at = input.producer ? &file[*input.producer] : nullptr;
        }
        return nullptr;
    }

    [[nodiscard]] const Layer* maker_of(const std::string& tensor) const {
        const auto id = m_prepared.model->graph().find_tensor(tensor);
        const int layer = id ? m_prepared.producing_layer(*id) : -1;
        return layer >= 0 ? &m_prepared.layers[static_cast<std::size_t>(layer)] : nullptr;
    }

    [[nodiscard]] const Layer* reader_of(const std::string& tensor) const {
        const Graph& graph = m_prepared.model->graph();
        const auto id = graph.find_tensor(tensor);
        if (!id || graph[*id].consumers.empty())
            return nullptr;
        const int layer = m_prepared.layer_of_node[static_cast<std::size_t>(graph[*id].consumers.front())];
        return layer >= 0 ? &m_prepared.layers[static_cast<std::size_t>(layer)] : nullptr;
    }

    const Prepared& m_prepared;
    const Model& m_file;
    std::map<std::string, const Layer*> m_layers;
};

}  // namespace

void assign_layers(std::vector<NodeTime>& nodes, const Prepared& prepared) {
    const LayerFinder finder(prepared);
    for (NodeTime& node : nodes)
        if (const Layer* layer = finder.find(node.node))
            node.layer = layer->name;
}

}  // namespace quantwright
