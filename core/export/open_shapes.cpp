#include "core/export/open_shapes.h"

#include <algorithm>
#include <set>
#include <unordered_set>

#include "core/model/proto_helpers.h"
#include "core/prepare/size_arithmetic.h"
#include "core/prepare/working_graph.h"

namespace quantwright {

namespace {

class Opening {
public:
    Opening(onnx::GraphProto& graph, const SizeArithmetic& sizes,
            const std::unordered_map<std::string, std::string>& half_names)
        : m_graph(graph), m_sizes(sizes), m_half_names(half_names) {
        for (const auto& node : sizes.nodes)
            for (const std::string& output : node.output())
                m_recipes[output] = &node;
        for (int i = 0; i < graph.node_size(); ++i)
            for (const std::string& output : graph.node(i).output())
                m_producers[output] = i;
        for (const auto& input : graph.input())
            m_known.insert(input.name());
        for (const auto& constant : graph.initializer())
            m_known.insert(constant.name());
    }

    std::vector<std::string> run() {
        // By first reader: what was added for an earlier one is there for the later ones.
        std::vector<std::pair<int, std::string>> wanted;
        std::vector<std::string> stayed;
        const auto readers = first_readers();
        for (const auto& constant : m_graph.initializer()) {
            if (!m_sizes.results.contains(constant.name()))
                continue;
            const auto reader = readers.find(constant.name());
            const int before = reader == readers.end() ? m_graph.node_size() : reader->second;
            m_can_open.clear();
            if (can_open(constant.name(), before))
                wanted.emplace_back(before, constant.name());
            else
                stayed.push_back(constant.name());
        }
        std::stable_sort(wanted.begin(), wanted.end(),
                         [](const auto& a, const auto& b) { return a.first < b.first; });
        std::unordered_set<std::string> opened;
        for (const auto& [before, name] : wanted) {
            m_known.erase(name);
            opened.insert(name);
        }
        auto& initializers = *m_graph.mutable_initializer();
        initializers.erase(
            std::remove_if(initializers.begin(), initializers.end(),
                           [&](const auto& constant) { return opened.contains(constant.name()); }),
            initializers.end());
        for (const auto& [before, name] : wanted)
            add(name, before);
        if (!m_added.empty())
            sort();
        return stayed;
    }

private:
    /// By constant: the first node that reads it, branches included.
    [[nodiscard]] std::unordered_map<std::string, int> first_readers() const {
        std::unordered_map<std::string, int> readers;
        for (int i = 0; i < m_graph.node_size(); ++i) {
            std::set<std::string> read(m_graph.node(i).input().begin(), m_graph.node(i).input().end());
            for (const auto& attribute : m_graph.node(i).attribute())
                if (attribute.has_g())
                    collect_names(attribute.g(), read);
            for (const std::string& name : read)
                readers.emplace(name, i);
        }
        return readers;
    }

    /// Whether the graph makes the tensor in front of this node. What is behind it may depend on it.
    [[nodiscard]] bool made_before(const std::string& tensor, int node) const {
        const auto made = m_producers.find(tensor);
        return made != m_producers.end() && made->second < node;
    }

    /// The name under which the graph has a tensor of these dimensions in front of this node; codes where
    /// there are some, so that no float value is made for its shape alone. Empty: there is none.
    [[nodiscard]] std::string source_of(const std::string& tensor, int before) const {
        const auto same = m_sizes.same_shape.find(tensor);
        if (same == m_sizes.same_shape.end())
            return {};
        std::string name = same->second;
        if (const auto half = m_half_names.find(name);
            half != m_half_names.end() && !m_producers.contains(name))
            name = half->second;
        const auto made = m_producers.find(name);
        if (made == m_producers.end())
            return m_known.contains(name) && !m_sizes.results.contains(name) ? name : std::string();
        if (made->second >= before)
            return {};
        const auto& node = m_graph.node(made->second);
        if (is_op(node, "DequantizeLinear") && m_producers.contains(input_of(node, 0)))
            return input_of(node, 0);
        return name;
    }

    [[nodiscard]] bool can_open(const std::string& name, int before) {
        if (const auto known = m_can_open.find(name); known != m_can_open.end())
            return known->second;
        const auto recipe = m_recipes.find(name);
        bool possible = recipe != m_recipes.end();
        if (possible && takes_shape(*recipe->second))
            possible = !source_of(input_of(*recipe->second, 0), before).empty() ||
                       can_open(input_of(*recipe->second, 0), before);
        else if (possible)
            possible = std::all_of(recipe->second->input().begin(), recipe->second->input().end(),
                                   [&](const std::string& input) {
                                       return input.empty() || m_sizes.constants.contains(input) ||
                                              made_before(input, before) || can_open(input, before);
                                   });
        return m_can_open[name] = possible;
    }

    [[nodiscard]] static bool takes_shape(const onnx::NodeProto& node) {
        return is_op(node, "Shape") || is_op(node, "Size");
    }

    /// Makes the tensor with the model's own nodes, what they read first.
    void add(const std::string& name, int before) {
        if (name.empty() || m_known.contains(name) || m_producers.contains(name))
            return;
        if (const auto constant = m_sizes.constants.find(name); constant != m_sizes.constants.end()) {
            *m_graph.add_initializer() = constant->second;
            m_known.insert(name);
            return;
        }
        onnx::NodeProto node = *m_recipes.at(name);
        const std::string source = takes_shape(node) ? source_of(input_of(node, 0), before) : std::string();
        if (!source.empty())
            node.set_input(0, source);
        else
            for (const std::string& input : node.input())
                add(input, before);
        m_known.insert(node.output().begin(), node.output().end());
        m_added.push_back(std::move(node));
    }

    /// What a node needs comes before it; otherwise the order stays.
    void sort() {
        std::vector<onnx::NodeProto> all;
        all.reserve(m_added.size() + static_cast<std::size_t>(m_graph.node_size()));
        std::unordered_set<std::string> there, later;
        for (const auto& node : m_added)
            later.insert(node.output().begin(), node.output().end());
        for (const auto& node : m_graph.node())
            later.insert(node.output().begin(), node.output().end());
        std::vector<bool> placed(m_added.size(), false);
        const auto ready = [&](const onnx::NodeProto& node) {
            return std::all_of(node.input().begin(), node.input().end(), [&](const std::string& input) {
                return !later.contains(input) || there.contains(input);
            });
        };
        // The added nodes stand in an order that they can run in.
        const auto place_added = [&] {
            for (std::size_t i = 0; i < m_added.size(); ++i)
                if (!placed[i] && ready(m_added[i])) {
                    placed[i] = true;
                    there.insert(m_added[i].output().begin(), m_added[i].output().end());
                    all.push_back(m_added[i]);
                }
        };
        place_added();
        for (auto& node : *m_graph.mutable_node()) {
            there.insert(node.output().begin(), node.output().end());
            all.push_back(std::move(node));
            place_added();
        }
        m_graph.clear_node();
        for (auto& node : all)
            *m_graph.add_node() = std::move(node);
    }

    onnx::GraphProto& m_graph;
    const SizeArithmetic& m_sizes;
    const std::unordered_map<std::string, std::string>& m_half_names;
    std::unordered_map<std::string, const onnx::NodeProto*> m_recipes;
    std::unordered_map<std::string, int> m_producers;  ///< by tensor: the graph's node
    std::unordered_map<std::string, bool> m_can_open;
    std::unordered_set<std::string> m_known;
    std::vector<onnx::NodeProto> m_added;
};

/// Types stay; sizes stay where they are the same for every input.
void open_types(onnx::GraphProto& graph, const SizeArithmetic& sizes) {
    for (auto& value : *graph.mutable_value_info()) {
        if (!value.type().has_tensor_type() || !value.type().tensor_type().has_shape())
            continue;
        auto& tensor = *value.mutable_type()->mutable_tensor_type();
        const auto known = sizes.shapes.find(value.name());
        auto& dimensions = *tensor.mutable_shape()->mutable_dim();
        const bool same_rank =
            known != sizes.shapes.end() && known->second.dim_size() == tensor.shape().dim_size();
        for (int i = 0; i < dimensions.size(); ++i)
            if (!same_rank || !known->second.dim(i).has_dim_value())
                dimensions[i].clear_dim_value();
    }
}

}  // namespace

std::vector<std::string> open_shapes(onnx::ModelProto& model, const Prepared& prepared,
                                     const std::unordered_map<std::string, std::string>& half_names) {
    const SizeArithmetic& sizes = *prepared.sizes;
    onnx::GraphProto& graph = *model.mutable_graph();
    std::vector<std::string> stayed;
    if (sizes.has_open_input) {
        stayed = Opening(graph, sizes, half_names).run();
        open_types(graph, sizes);
    }
    graph.clear_input();
    for (const auto& input : sizes.inputs)
        *graph.add_input() = input;
    graph.clear_output();
    for (const auto& output : sizes.outputs)
        *graph.add_output() = output;
    return stayed;
}

std::vector<std::string> computed_constants(const onnx::GraphProto& opened, const Target& target) {
    std::unordered_set<std::string> computed;
    for (const auto& node : opened.node())
        computed.insert(node.output().begin(), node.output().end());
    std::vector<std::string> names;
    for (const auto& node : opened.node()) {
        if (!is_standard(node) || !target.constant_inputs.contains(node.op_type()))
            continue;
        for (int i = 1; i < node.input_size(); ++i)
            if (!node.input(i).empty() && computed.contains(node.input(i))) {
                names.push_back(node.name());
                break;
            }
    }
    return names;
}

}  // namespace quantwright
