#include "core/model/graph.h"

#include <onnx/onnx_pb.h>

#include <functional>
#include <queue>
#include <unordered_set>

namespace quantwright {

namespace {

// Exporters nest two or three deep; protobuf's own limit for a file is about 33.
constexpr int k_deepest_subgraph = 64;

std::string display_name(const onnx::NodeProto& node, int index) {
    if (!node.name().empty())
        return node.name();
    for (const std::string& output : node.output())
        if (!output.empty())
            return output;
    return node.op_type() + "_" + std::to_string(index);
}

/// One graph or subgraph: who makes each name, what each node reads, what comes from outside.
struct Scope {
    static constexpr int k_given = -1;  ///< made by no node: an input or initializer

    const onnx::GraphProto& proto;
    std::unordered_map<std::string, int> makers = {};
    std::vector<std::vector<std::string>> subgraph_reads = {};  ///< per node
    std::vector<int> order = {};                                ///< node indices, topologically sorted
    std::vector<std::pair<std::string, int>> outer =
        {};  ///< read here, made outside; each once; by which node

    Status scan(int depth) {
        if (auto named = collect_makers(); !named)
            return named;
        if (auto read = collect_reads(depth); !read)
            return read;
        return sort();
    }

private:
    Status make(const std::string& name, int maker) {
        if (!name.empty() && !makers.emplace(name, maker).second)
            return fail(ErrorCode::model_duplicate_name, name,
                        maker == k_given
                            ? "an input or initializer has this name twice"
                            : "node " + display_name(proto.node(maker), maker) + " makes it again");
        return {};
    }

    Status collect_makers() {
        for (const auto& tensor : proto.initializer())
            if (auto made = make(tensor.name(), k_given); !made)
                return made;
        for (const auto& tensor : proto.sparse_initializer())
            if (auto made = make(tensor.values().name(), k_given); !made)
                return made;
        // Up to IR version 3 every initializer is listed among the inputs too.
        std::unordered_set<std::string> inputs;
        for (const auto& input : proto.input()) {
            if (!inputs.insert(input.name()).second)
                return fail(ErrorCode::model_duplicate_name, input.name(), "two inputs have this name");
            makers.emplace(input.name(), k_given);
        }
        for (int i = 0; i < proto.node_size(); ++i)
            for (const std::string& output : proto.node(i).output())
                if (auto made = make(output, i); !made)
                    return made;
        return {};
    }

    Status collect_reads(int depth) {
        if (depth > k_deepest_subgraph)
            return fail(ErrorCode::model_not_onnx, proto.name(), "subgraphs are nested too deep");
        std::unordered_set<std::string> seen_outside;
        const auto read = [&](const std::string& name, int node) {
            if (!name.empty() && !makers.count(name) && seen_outside.insert(name).second)
                outer.emplace_back(name, node);
        };
        subgraph_reads.resize(static_cast<std::size_t>(proto.node_size()));
        for (int i = 0; i < proto.node_size(); ++i) {
            for (const std::string& input : proto.node(i).input())
                read(input, i);
            std::unordered_set<std::string> seen;
            const auto enter = [&](const onnx::GraphProto& graph) -> Status {
                Scope inner{graph};
                if (auto scanned = inner.scan(depth + 1); !scanned)
                    return scanned;
                for (const auto& [name, reader] : inner.outer) {
                    if (seen.insert(name).second)
                        subgraph_reads[static_cast<std::size_t>(i)].push_back(name);
                    read(name, i);
                }
                return {};
            };
            for (const auto& attribute : proto.node(i).attribute()) {
                if (attribute.has_g())
                    if (auto entered = enter(attribute.g()); !entered)
                        return entered;
                for (const auto& graph : attribute.graphs())
                    if (auto entered = enter(graph); !entered)
                        return entered;
            }
        }
        for (const auto& output : proto.output())
            read(output.name(), k_given);
        return {};
    }

    /// Kahn's algorithm, always taking the ready node that comes first in the file.
    Status sort() {
        const auto count = static_cast<std::size_t>(proto.node_size());
        std::vector<std::vector<int>> readers(count), producers(count);
        std::vector<int> waiting(count, 0);
        for (std::size_t i = 0; i < count; ++i) {
            const auto depend = [&](const std::string& name) {
                const auto maker = makers.find(name);
                if (name.empty() || maker == makers.end() || maker->second == k_given)
                    return;
                readers[static_cast<std::size_t>(maker->second)].push_back(static_cast<int>(i));
                producers[i].push_back(maker->second);
                ++waiting[i];
            };
            for (const std::string& input : proto.node(static_cast<int>(i)).input())
                depend(input);
            for (const std::string& name : subgraph_reads[i])
                depend(name);
        }
        std::priority_queue<int, std::vector<int>, std::greater<>> ready;
        for (std::size_t i = 0; i < count; ++i)
            if (waiting[i] == 0)
                ready.push(static_cast<int>(i));
        while (!ready.empty()) {
            const int next = ready.top();
            ready.pop();
            order.push_back(next);
            for (const int reader : readers[static_cast<std::size_t>(next)])
                if (--waiting[static_cast<std::size_t>(reader)] == 0)
                    ready.push(reader);
        }
        return order.size() == count ? Status{} : cycle_error(waiting, producers);
    }

    /// A node that still waits has a producer that waits; going back along them ends on the cycle itself.
    Status cycle_error(const std::vector<int>& waiting,
                       const std::vector<std::vector<int>>& producers) const {
        const auto waits = [&](int node) { return waiting[static_cast<std::size_t>(node)] > 0; };
        int node = 0;
        while (!waits(node))
            ++node;
        std::vector<bool> seen(waiting.size(), false);
        while (!seen[static_cast<std::size_t>(node)]) {
            seen[static_cast<std::size_t>(node)] = true;
            for (const int producer : producers[static_cast<std::size_t>(node)])
                if (waits(producer)) {
                    node = producer;
                    break;
                }
        }
        return fail(ErrorCode::model_cyclic, display_name(proto.node(node), node),
                    "it needs, through other nodes, its own output");
    }
};

}  // namespace

Result<Graph> Graph::build(const onnx::GraphProto& proto) {
    Scope scope{proto};
    if (auto scanned = scope.scan(0); !scanned)
        return fail(scanned);
    if (!scope.outer.empty()) {
        const auto& [name, reader] = scope.outer.front();
        return fail(ErrorCode::model_dangling_name, name,
                    reader == Scope::k_given
                        ? "it is a graph output"
                        : "node " + display_name(proto.node(reader), reader) + " reads it");
    }

    Graph graph;
    const auto tensor = [&graph](const std::string& name) {
        const auto [found, added] = graph.m_tensor_ids.emplace(name, TensorId(graph.m_tensors.size()));
        if (added)
            graph.m_tensors.emplace_back().name = name;
        return found->second;
    };
    const auto at = [&graph](TensorId id) -> GraphTensor& {
        return graph.m_tensors[static_cast<std::size_t>(id)];
    };

    for (const auto& input : proto.input())
        at(tensor(input.name())).is_input = true;
    const auto initialize = [&](const std::string& name) {
        if (name.empty())
            return;
        GraphTensor& initializer = at(tensor(name));
        initializer.is_initializer = true;
        initializer.is_input = false;
    };
    for (const auto& initializer : proto.initializer())
        initialize(initializer.name());
    for (const auto& initializer : proto.sparse_initializer())
        initialize(initializer.values().name());

    for (const int index : scope.order) {
        const auto& node_proto = proto.node(index);
        const auto id = NodeId(graph.m_nodes.size());
        GraphNode& node = graph.m_nodes.emplace_back();
        node.proto = &node_proto;
        node.name = display_name(node_proto, index);
        graph.m_node_ids.emplace(node.name, id);
        const auto read = [&](const std::string& name) {
            if (name.empty()) {
                node.inputs.emplace_back();
                return;
            }
            const TensorId input = tensor(name);
            node.inputs.emplace_back(input);
            auto& consumers = at(input).consumers;
            if (consumers.empty() || consumers.back() != id)
                consumers.push_back(id);
        };
        for (const std::string& name : node_proto.input())
            read(name);
        for (const std::string& name : scope.subgraph_reads[static_cast<std::size_t>(index)])
            read(name);
        for (const auto& attribute : node_proto.attribute())
            node.has_subgraph |= attribute.has_g() || attribute.graphs_size() > 0;
        for (const std::string& name : node_proto.output()) {
            if (name.empty()) {
                node.outputs.emplace_back();
                continue;
            }
            const TensorId output = tensor(name);
            node.outputs.emplace_back(output);
            at(output).producer = id;
        }
    }
    for (const auto& output : proto.output())
        at(tensor(output.name())).is_output = true;
    return graph;
}

std::optional<TensorId> Graph::find_tensor(std::string_view name) const {
    const auto found = m_tensor_ids.find(std::string(name));
    return found == m_tensor_ids.end() ? std::nullopt : std::optional(found->second);
}

std::optional<NodeId> Graph::find_node(std::string_view name) const {
    const auto found = m_node_ids.find(std::string(name));
    return found == m_node_ids.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace quantwright
