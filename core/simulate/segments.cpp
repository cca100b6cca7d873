#include "core/simulate/segments.h"

#include <algorithm>
#include <limits>
#include <set>

namespace quantwright {

namespace {

/// A segment of more layers costs more to make than it saves; session creation grows faster than the graph.
constexpr int k_most_layers = 32;
/// More groups than this cut through a model's length are not kept whole.
constexpr std::size_t k_longest_group = 64;

NodeId node_id(std::size_t index) {
    return static_cast<NodeId>(index);
}

std::int64_t bytes_of(const TensorType& type) {
    return element_count(type.shape) *
           static_cast<std::int64_t>(std::max<std::size_t>(1, size_of(type.type)));
}

class Cutter {
public:
    Cutter(const Prepared& prepared, int layers_each)
        : m_prepared(prepared), m_graph(prepared.model->graph()), m_nodes(m_graph.nodes().size()) {
        const int layers = static_cast<int>(prepared.layers.size());
        m_each = layers_each > 0 ? layers_each : std::clamp(layers / 14, 2, k_most_layers);
        measure();
    }

    std::vector<Segment> run() {
        std::vector<Segment> segments;
        for (std::size_t first = 0; first < m_nodes;) {
            const std::size_t end = next_cut(first);
            segments.push_back(segment(first, end));
            first = end;
        }
        return segments;
    }

private:
    /// By position p (in front of node p): the bytes alive there, and whether the graph may be cut.
    void measure() {
        m_alive.assign(m_nodes + 1, 0);
        m_allowed.assign(m_nodes + 1, true);
        m_layers_before.assign(m_nodes + 1, 0);
        for (std::size_t i = 0; i < m_graph.tensors().size(); ++i) {
            const GraphTensor& tensor = m_graph.tensors()[i];
            if (tensor.is_initializer || tensor.consumers.empty())
                continue;
            const std::size_t from = tensor.producer ? static_cast<std::size_t>(*tensor.producer) + 1 : 0;
            const std::size_t last = static_cast<std::size_t>(tensor.consumers.back());
            const TensorType& type = m_prepared.tensor_types[i];
            // What is no tensor of numbers can't be handed over.
            const bool numbers = type.type != ElementType::undefined && type.type != ElementType::string;
            for (std::size_t p = from; p <= last; ++p) {
                m_alive[p] += bytes_of(type);
                if (!numbers && tensor.producer)
                    m_allowed[p] = false;
            }
        }
        for (const Layer& layer : m_prepared.layers)
            forbid_inside(layer.nodes);
        for (const LayerGroup& group : m_prepared.groups) {
            std::vector<NodeId> nodes;
            for (const int layer : group.layers) {
                const auto& some = m_prepared.layers[static_cast<std::size_t>(layer)].nodes;
                nodes.insert(nodes.end(), some.begin(), some.end());
            }
            const auto [low, high] = std::minmax_element(nodes.begin(), nodes.end());
            if (static_cast<std::size_t>(*high) - static_cast<std::size_t>(*low) <= k_longest_group)
                forbid_inside(nodes);
        }
        std::set<int> seen;
        for (std::size_t p = 0; p < m_nodes; ++p) {
            seen.insert(m_prepared.layer_of_node[p]);
            m_layers_before[p + 1] = static_cast<int>(seen.size());
        }
    }

    void forbid_inside(const std::vector<NodeId>& nodes) {
        const auto [low, high] = std::minmax_element(nodes.begin(), nodes.end());
        for (std::size_t p = static_cast<std::size_t>(*low) + 1; p <= static_cast<std::size_t>(*high); ++p)
            m_allowed[p] = false;
    }

    /// The narrowest place that is neither near nor far; the last of equal ones.
    [[nodiscard]] std::size_t next_cut(std::size_t first) const {
        std::size_t best = m_nodes;
        std::int64_t least = std::numeric_limits<std::int64_t>::max();
        for (std::size_t p = first + 1; p < m_nodes; ++p) {
            const int layers = m_layers_before[p] - m_layers_before[first];
            if (best < m_nodes && layers > 2 * m_each)
                break;
            if (!m_allowed[p] || 2 * layers < m_each)
                continue;
            if (m_alive[p] <= least) {
                least = m_alive[p];
                best = p;
            }
        }
        // No small rest at the end.
        return m_layers_before[m_nodes] - m_layers_before[best] < (m_each + 1) / 2 ? m_nodes : best;
    }

    [[nodiscard]] Segment segment(std::size_t first, std::size_t end) const {
        Segment result;
        result.nodes.first = node_id(first);
        result.nodes.end = node_id(end);
        for (std::size_t i = 0; i < m_graph.tensors().size(); ++i) {
            const GraphTensor& tensor = m_graph.tensors()[i];
            if (tensor.is_initializer)
                continue;
            const auto id = static_cast<TensorId>(i);
            const bool before = !tensor.producer || *tensor.producer < result.nodes.first;
            const bool inside = tensor.producer && !before && *tensor.producer < result.nodes.end;
            const bool behind = !tensor.consumers.empty() && tensor.consumers.back() >= result.nodes.end;
            if (before && std::any_of(tensor.consumers.begin(), tensor.consumers.end(), [&](NodeId reader) {
                    return result.nodes.first <= reader && reader < result.nodes.end;
                }))
                result.nodes.reads.push_back(id);
            if (inside && behind)
                result.nodes.gives.push_back(id);
            if ((before || inside) && behind) {
                result.alive.push_back(id);
                result.alive_bytes += bytes_of(m_prepared.tensor_types[i]);
            }
        }
        std::set<int> layers;
        for (std::size_t node = first; node < end; ++node)
            layers.insert(m_prepared.layer_of_node[node]);
        result.layers.assign(layers.begin(), layers.end());
        const auto& outputs = m_prepared.model->outputs();
        for (std::size_t i = 0; i < outputs.size(); ++i) {
            const auto id = m_graph.find_tensor(outputs[i].name);
            const auto producer = id ? m_graph[*id].producer : std::nullopt;
            if (producer && result.nodes.first <= *producer && *producer < result.nodes.end)
                result.outputs.push_back(static_cast<int>(i));
        }
        return result;
    }

    const Prepared& m_prepared;
    const Graph& m_graph;
    const std::size_t m_nodes;
    int m_each = 2;
    std::vector<std::int64_t> m_alive;
    std::vector<bool> m_allowed;
    std::vector<int> m_layers_before;
};

}  // namespace

Segment joined(const Prepared& prepared, const std::vector<Segment>& chain, std::size_t first,
               std::size_t end) {
    Segment result = chain[first];
    std::set<TensorId> reads(result.nodes.reads.begin(), result.nodes.reads.end()), made;
    made.insert(result.nodes.gives.begin(), result.nodes.gives.end());
    std::set<int> layers(result.layers.begin(), result.layers.end()),
        outputs(result.outputs.begin(), result.outputs.end());
    for (std::size_t i = first + 1; i < end; ++i) {
        const Segment& next = chain[i];
        for (const TensorId tensor : next.nodes.reads)
            if (!made.contains(tensor))
                reads.insert(tensor);
        made.insert(next.nodes.gives.begin(), next.nodes.gives.end());
        layers.insert(next.layers.begin(), next.layers.end());
        outputs.insert(next.outputs.begin(), next.outputs.end());
    }
    const Segment& last = chain[end - 1];
    result.nodes.end = last.nodes.end;
    result.nodes.reads.assign(reads.begin(), reads.end());
    result.nodes.gives.clear();
    for (const TensorId tensor : made)
        if (prepared.model->graph()[tensor].consumers.back() >= result.nodes.end)
            result.nodes.gives.push_back(tensor);
    result.layers.assign(layers.begin(), layers.end());
    result.outputs.assign(outputs.begin(), outputs.end());
    result.alive = last.alive;
    result.alive_bytes = last.alive_bytes;
    return result;
}

std::vector<Segment> cut_into_segments(const Prepared& prepared, int layers_each) {
    return Cutter(prepared, layers_each).run();
}

}  // namespace quantwright
