#include "core/export/qoperator_writer.h"

#include <algorithm>
#include <set>

#include "core/model/proto_helpers.h"

namespace quantwright {

namespace {

constexpr const char* k_contrib_domain = "com.microsoft";

void collect_reads(const onnx::NodeProto& node, std::set<std::string>& reads) {
    reads.insert(node.input().begin(), node.input().end());
    const auto collect = [&](const onnx::GraphProto& subgraph) {
        for (const auto& inner : subgraph.node())
            collect_reads(inner, reads);
        for (const auto& output : subgraph.output())
            reads.insert(output.name());
    };
    for (const auto& attribute : node.attribute()) {
        collect(attribute.g());
        for (const auto& subgraph : attribute.graphs())
            collect(subgraph);
    }
}

template <class Field, class Test>
void keep_if(Field& field, Test test) {
    field.erase(std::remove_if(field.begin(), field.end(), [&](const auto& one) { return !test(one); }),
                field.end());
}

}  // namespace

QOperatorWriter::QOperatorWriter(const Resolved& resolved, onnx::ModelProto& model)
    : m_resolved(resolved),
      m_prepared(*resolved.prepared),
      m_model(model),
      m_index(model.graph(), *resolved.prepared->model),
      m_taken(static_cast<std::size_t>(model.graph().node_size())) {}

void QOperatorWriter::run() {
    onnx::GraphProto& graph = *m_model.mutable_graph();
    for (int i = 0; i < graph.node_size(); ++i)
        if (!m_taken[static_cast<std::size_t>(i)] && !take(i))
            *m_new.add_node() = graph.node(i);
    graph.mutable_node()->Swap(m_new.mutable_node());
    for (auto& initializer : *m_new.mutable_initializer())
        graph.add_initializer()->Swap(&initializer);
    remove_unread();
    if (m_contrib)
        set_opset(m_model, k_contrib_domain, 1);
}

int QOperatorWriter::layer_of(int position) const {
    const Node& node = m_model.graph().node(position);
    const Graph& graph = m_prepared.model->graph();
    if (!node.name().empty()) {
        const auto id = graph.find_node(node.name());
        return id ? m_prepared.layer_of_node[static_cast<std::size_t>(*id)] : -1;
    }
    // A node without a name: by what it gives, which has another name where a pair follows.
    std::string output = node.output(0);
    if (const auto ending = m_index.ending_of(output)) {
        const std::string& codes = ending->codes.tensor;
        output = codes.substr(0, codes.rfind("_quantized"));
    }
    const auto id = graph.find_tensor(output);
    return id ? m_prepared.producing_layer(*id) : -1;
}

bool QOperatorWriter::take(int position) {
    const Node& node = m_model.graph().node(position);
    if (is_quantize(node) || is_dequantize(node) || node.output_size() < 1)
        return false;
    const int layer = layer_of(position);
    if (layer < 0 || !m_resolved.layers[static_cast<std::size_t>(layer)].integers())
        return false;
    if (convert(position)) {
        m_converted.insert(layer);
        m_remaining.erase(layer);
        return true;
    }
    if (!m_converted.contains(layer)) {
        const auto [known, is_new] = m_remaining.try_emplace(layer, true);
        known->second = known->second && has_integer_operator(node);
    }
    return false;
}

bool QOperatorWriter::convert(int position) {
    const Node& node = m_model.graph().node(position);
    if (!node.domain().empty() && node.domain() != "ai.onnx")
        return false;
    const std::string& op = node.op_type();
    if (op == "Conv")
        return convolution(node);
    if (op == "Gemm")
        return gemm(node);
    if (op == "MatMul")
        return matrix_product(node, position);
    if (op == "Add" || op == "Mul")
        return elementwise(node);
    if (op == "Concat")
        return concatenation(node);
    if (op == "Relu" || op == "Clip")
        return activation(node, position);
    return one_input(node) || passive(node);
}

/// Pairs that nobody needs any more, and the names of what is gone.
void QOperatorWriter::remove_unread() {
    onnx::GraphProto& graph = *m_model.mutable_graph();
    std::set<std::string> reads;
    for (const auto& output : graph.output())
        reads.insert(output.name());
    std::vector<bool> needed(static_cast<std::size_t>(graph.node_size()));
    for (int i = graph.node_size() - 1; i >= 0; --i) {
        const Node& node = graph.node(i);
        const bool pair = is_quantize(node) || is_dequantize(node);
        if (pair && !reads.contains(node.output(0)))
            continue;
        needed[static_cast<std::size_t>(i)] = true;
        collect_reads(node, reads);
    }
    google::protobuf::RepeatedPtrField<onnx::NodeProto> kept;
    std::set<std::string> made;
    for (int i = 0; i < graph.node_size(); ++i)
        if (needed[static_cast<std::size_t>(i)]) {
            made.insert(graph.node(i).output().begin(), graph.node(i).output().end());
            kept.Add()->Swap(graph.mutable_node(i));
        }
    graph.mutable_node()->Swap(&kept);
    keep_if(*graph.mutable_initializer(), [&](const auto& one) { return reads.contains(one.name()); });
    for (const auto& input : graph.input())
        made.insert(input.name());
    keep_if(*graph.mutable_value_info(), [&](const auto& one) { return made.contains(one.name()); });
}

void QOperatorWriter::add(std::string_view op, const std::string& name, Names inputs,
                          const std::string& output) {
    *m_new.add_node() = make_node(op, name, std::move(inputs), {output});
}

onnx::NodeProto& QOperatorWriter::add_contrib(std::string_view op, const std::string& name, Names inputs,
                                              const std::string& output) {
    add(op, name, std::move(inputs), output);
    Node& node = *m_new.mutable_node()->rbegin();
    node.set_domain(k_contrib_domain);
    m_contrib = true;
    return node;
}

std::string QOperatorWriter::add_constant(const std::string& wanted, const Tensor& value) {
    std::string name = m_index.fresh_name(wanted);
    *m_new.add_initializer() = proto_from(name, value);
    return name;
}

std::string QOperatorWriter::begin(const Ending& ending) {
    for (const int node : ending.nodes)
        m_taken[static_cast<std::size_t>(node)] = true;
    return ending.clips() ? m_index.fresh_name(ending.codes.tensor + "_unclipped") : ending.codes.tensor;
}

void QOperatorWriter::finish(const Ending& ending, const std::string& written) {
    if (!ending.clips())
        return;
    const std::string& codes = ending.codes.tensor;
    const auto bound = [&](std::int32_t code, const char* suffix) {
        return add_constant(codes + suffix,
                            make_tensor(ending.codes.type, {}, {static_cast<std::byte>(code)}));
    };
    const std::string low = bound(ending.low, "_min"), high = bound(ending.high, "_max");
    add("Clip", m_index.fresh_name(codes + "_Clip"), {written, low, high}, codes);
}

/// A concatenation of one tensor: a table of 256 codes, each dequantized and quantized again.
void QOperatorWriter::requantize(const Codes& from, const Codes& to, const std::string& name,
                                 const std::string& output) {
    Names inputs = target(to);
    for (std::string& part : parts(from))
        inputs.push_back(std::move(part));
    set_attribute(add_contrib("QLinearConcat", name, std::move(inputs), output), "axis", std::int64_t{0});
}

}  // namespace quantwright
