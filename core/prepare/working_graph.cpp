#include "core/prepare/working_graph.h"

#include <algorithm>

#include "core/model/proto_helpers.h"

namespace quantwright {

namespace {
// Bytes of a constant that joins the proto in any case: shapes, axes, biases.
constexpr std::size_t k_inside = 4096;
}  // namespace

void append(Origins& to, const Origins& from) {
    to.insert(to.end(), from.begin(), from.end());
}

bool is_standard(const onnx::NodeProto& node) {
    return node.domain().empty() || node.domain() == "ai.onnx";
}

const std::string& input_of(const onnx::NodeProto& node, int index) {
    static const std::string none;
    return index < node.input_size() ? node.input(index) : none;
}

const std::string& output_of(const onnx::NodeProto& node, int index) {
    static const std::string none;
    return index < node.output_size() ? node.output(index) : none;
}

WorkingGraph::WorkingGraph(const Model& origin) : m_origin(&origin), m_frame(origin.proto()) {
    onnx::GraphProto& graph = frame();
    for (auto& tensor : *graph.mutable_initializer()) {
        const std::string name = tensor.name();
        m_constant_order.push_back(name);
        m_constants[name].proto.Swap(&tensor);
    }
    graph.clear_initializer();
    graph.clear_node();
    for (const auto& output : graph.output())
        m_outputs.insert(output.name());

    const Graph& index = origin.graph();
    m_nodes.reserve(index.nodes().size());
    for (std::size_t i = 0; i < index.nodes().size(); ++i) {
        const GraphNode& from = index.nodes()[i];
        WorkingNode& node = m_nodes.emplace_back();
        node.proto = *from.proto;
        // A layer is named by its first output where the node has no name; folding may rename that output.
        node.proto.set_name(from.name);
        node.origins = {static_cast<std::uint32_t>(i)};
        node.has_subgraph = from.has_subgraph;
        const auto own = static_cast<std::size_t>(node.proto.input_size());
        for (std::size_t k = own; k < from.inputs.size(); ++k) {
            node.subgraph_reads.push_back(index[*from.inputs[k]].name);
            m_subgraph_reads.insert(node.subgraph_reads.back());
            add_reader(node.subgraph_reads.back(), static_cast<int>(i));
        }
        for (const std::string& name : node.proto.input())
            add_reader(name, static_cast<int>(i));
        for (const std::string& name : node.proto.output())
            if (!name.empty())
                m_producers[name] = static_cast<int>(i);
    }
}

bool WorkingGraph::is_inner_constant(const std::string& name) const {
    const auto* proto = constant_proto(name);
    return proto && proto->data_location() != onnx::TensorProto::EXTERNAL;
}

const onnx::TensorProto* WorkingGraph::constant_proto(const std::string& name) const {
    const auto found = m_constants.find(name);
    return found == m_constants.end() ? nullptr : &found->second.proto;
}

Tensor WorkingGraph::constant(const std::string& name) const {
    const auto* proto = constant_proto(name);
    if (!proto || is_measured(name))
        return {};
    return is_inner_constant(name) ? tensor_from(*proto) : outside_weight(name);
}

Tensor WorkingGraph::outside_weight(const std::string& name) const {
    const auto found = m_outside.find(name);
    return found == m_outside.end() ? m_origin->weight(name) : found->second;
}

const Origins& WorkingGraph::constant_origins(const std::string& name) const {
    static const Origins none;
    const auto found = m_constants.find(name);
    return found == m_constants.end() ? none : found->second.origins;
}

void WorkingGraph::set_constant(onnx::TensorProto proto, const Origins& origins) {
    const std::string name = proto.name();
    const auto [found, added] = m_constants.try_emplace(name);
    if (added)
        m_constant_order.push_back(name);
    found->second.proto.Swap(&proto);
    append(found->second.origins, origins);
}

void WorkingGraph::set_constant(const std::string& name, const Tensor& value, const Origins& origins) {
    if (m_origin->external_weights().empty() || value.bytes.size() <= k_inside) {
        set_constant(proto_from(name, value), origins);
        return;
    }
    onnx::TensorProto proto;
    proto.set_name(name);
    proto.set_data_type(static_cast<int>(value.type));
    proto.mutable_dims()->Add(value.shape.begin(), value.shape.end());
    proto.set_data_location(onnx::TensorProto::EXTERNAL);
    set_constant(std::move(proto), origins);
    m_outside[name] = value;
}

std::string WorkingGraph::free_name(const std::string& wanted) const {
    std::string name = wanted;
    for (int i = 2; m_constants.count(name) || m_producers.count(name) || m_readers.count(name) ||
                    m_origin->graph().find_tensor(name);
         ++i)
        name = wanted + "_" + std::to_string(i);
    return name;
}

int WorkingGraph::producer(const std::string& name) const {
    const auto found = m_producers.find(name);
    return found == m_producers.end() ? -1 : found->second;
}

const std::vector<int>& WorkingGraph::readers(const std::string& name) const {
    static const std::vector<int> none;
    const auto found = m_readers.find(name);
    return found == m_readers.end() ? none : found->second;
}

bool WorkingGraph::read_by_subgraph(const std::string& name) const {
    return m_subgraph_reads.count(name) != 0;
}

int WorkingGraph::sole_reader(const std::string& name) const {
    const auto& all = readers(name);
    return all.size() == 1 && !is_output(name) && !read_by_subgraph(name) ? all.front() : -1;
}

void WorkingGraph::drop_reader(const std::string& name, int node) {
    const auto found = m_readers.find(name);
    if (found != m_readers.end())
        std::erase(found->second, node);
}

void WorkingGraph::add_reader(const std::string& name, int node) {
    if (name.empty())
        return;
    auto& all = m_readers[name];
    const auto place = std::lower_bound(all.begin(), all.end(), node);
    if (place == all.end() || *place != node)
        all.insert(place, node);
}

void WorkingGraph::remove(int index) {
    WorkingNode& node = m_nodes[static_cast<std::size_t>(index)];
    node.removed = true;
    for (const std::string& name : node.proto.input())
        drop_reader(name, index);
    for (const std::string& name : node.subgraph_reads)
        drop_reader(name, index);
    for (const std::string& name : node.proto.output())
        if (const auto found = m_producers.find(name); found != m_producers.end() && found->second == index)
            m_producers.erase(found);
}

void WorkingGraph::replace(int index, onnx::NodeProto proto) {
    WorkingNode& node = m_nodes[static_cast<std::size_t>(index)];
    proto.set_name(node.proto.name());
    remove(index);
    node.removed = false;
    node.proto.Swap(&proto);
    for (const std::string& name : node.proto.input())
        add_reader(name, index);
    for (const std::string& name : node.subgraph_reads)
        add_reader(name, index);
    for (const std::string& name : node.proto.output())
        if (!name.empty())
            m_producers[name] = index;
}

void WorkingGraph::set_input(int index, int input, const std::string& name) {
    WorkingNode& node = m_nodes[static_cast<std::size_t>(index)];
    if (input == node.proto.input_size())
        node.proto.add_input();
    const std::string old = node.proto.input(input);
    node.proto.set_input(input, name);
    const auto& inputs = node.proto.input();
    if (std::find(inputs.begin(), inputs.end(), old) == inputs.end())
        drop_reader(old, index);
    add_reader(name, index);
}

void WorkingGraph::redirect_readers(const std::string& from, const std::string& to) {
    const std::vector<int> moved = readers(from);
    m_readers.erase(from);
    for (const int reader : moved) {
        for (std::string& input : *m_nodes[static_cast<std::size_t>(reader)].proto.mutable_input())
            if (input == from)
                input = to;
        add_reader(to, reader);
    }
}

void WorkingGraph::rename_output(int index, int output, const std::string& name) {
    WorkingNode& node = m_nodes[static_cast<std::size_t>(index)];
    const std::string old = node.proto.output(output);
    m_producers.erase(old);
    node.proto.set_output(output, name);
    m_producers[name] = index;
    if (auto entry = m_given.by_name.activations.extract(old)) {
        entry.key() = name;
        m_given.by_name.activations.insert(std::move(entry));
    }
    if (auto entry = m_given.float_readers.extract(old)) {
        entry.key() = name;
        m_given.float_readers.insert(std::move(entry));
    }
}

void WorkingGraph::remove_dead() {
    for (int i = static_cast<int>(m_nodes.size()) - 1; i >= 0; --i) {
        const WorkingNode& node = m_nodes[static_cast<std::size_t>(i)];
        const auto& outputs = node.proto.output();
        const bool needed = std::any_of(outputs.begin(), outputs.end(), [this](const std::string& name) {
            return !name.empty() && (is_output(name) || !readers(name).empty());
        });
        if (!node.removed && !needed)
            remove(i);
    }
}

std::vector<bool> WorkingGraph::nodes_that_cannot_run() const {
    std::vector<bool> result(m_nodes.size(), false);
    for (std::size_t i = 0; i < m_nodes.size(); ++i) {
        const WorkingNode& node = m_nodes[i];
        const auto depends = [&](const std::string& name) {
            const int made_by = producer(name);
            return made_by >= 0 && result[static_cast<std::size_t>(made_by)];
        };
        const auto& inputs = node.proto.input();
        result[i] =
            !node.removed && (node.unknown || std::any_of(inputs.begin(), inputs.end(), depends) ||
                              std::any_of(node.subgraph_reads.begin(), node.subgraph_reads.end(), depends));
    }
    return result;
}

onnx::ModelProto WorkingGraph::runnable_proto() const {
    const std::vector<bool> left_out = nodes_that_cannot_run();
    onnx::ModelProto model = to_proto();
    if (std::find(left_out.begin(), left_out.end(), true) == left_out.end())
        return model;
    onnx::GraphProto& graph = *model.mutable_graph();
    graph.clear_node();
    for (std::size_t i = 0; i < m_nodes.size(); ++i)
        if (!m_nodes[i].removed && !left_out[i])
            *graph.add_node() = m_nodes[i].proto;
    auto& outputs = *graph.mutable_output();
    outputs.erase(std::remove_if(outputs.begin(), outputs.end(),
                                 [&](const auto& output) {
                                     const int made_by = producer(output.name());
                                     return made_by >= 0 && left_out[static_cast<std::size_t>(made_by)];
                                 }),
                  outputs.end());
    graph.clear_value_info();
    return model;
}

onnx::ModelProto WorkingGraph::to_proto() const {
    onnx::ModelProto model = m_frame;
    onnx::GraphProto& graph = *model.mutable_graph();
    for (const WorkingNode& node : m_nodes)
        if (!node.removed)
            *graph.add_node() = node.proto;
    for (const std::string& name : m_constant_order)
        if (is_output(name) || !readers(name).empty())
            *graph.add_initializer() = m_constants.at(name).proto;
    return model;
}

}  // namespace quantwright
