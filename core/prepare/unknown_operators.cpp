#include "core/prepare/unknown_operators.h"

#include <onnx/defs/schema.h>
#include <onnx/shape_inference/implementation.h>

#include <algorithm>
#include <map>

#include "core/runtime/session.h"

namespace quantwright {

namespace {

using Opsets = std::map<std::string, std::int64_t>;

std::string domain_of(const std::string& domain) {
    return domain == "ai.onnx" ? std::string() : domain;
}

template <class Imports>
Opsets opsets_of(const Imports& imports) {
    Opsets opsets;
    for (const auto& import : imports)
        opsets[domain_of(import.domain())] = import.version();
    return opsets;
}

/// Answers which operators there are, asking the runtime once about each that ONNX's own list lacks.
class KnownOperators {
public:
    explicit KnownOperators(const onnx::ModelProto& model) : m_opsets(opsets_of(model.opset_import())) {
        for (const auto& function : model.functions())
            m_functions[{domain_of(function.domain()), function.name()}] = &function;
    }

    /// The first operator the node needs that nobody knows; empty if there is none.
    std::string missing_in(const onnx::NodeProto& node) { return missing_in(node, m_opsets); }

private:
    std::string missing_in(const onnx::NodeProto& node, const Opsets& opsets) {
        const std::string domain = domain_of(node.domain());
        std::string missing;
        if (const auto function = m_functions.find({domain, node.op_type()}); function != m_functions.end())
            missing = missing_in_function(*function->second);
        else if (!is_known(domain, node.op_type(), opsets))
            missing = domain.empty() ? node.op_type() : domain + ":" + node.op_type();
        for (const auto& attribute : node.attribute()) {
            if (attribute.has_g() && missing.empty())
                missing = missing_in_nodes(attribute.g().node(), opsets);
            for (const auto& graph : attribute.graphs())
                if (missing.empty())
                    missing = missing_in_nodes(graph.node(), opsets);
        }
        return missing;
    }

    template <class Nodes>
    std::string missing_in_nodes(const Nodes& nodes, const Opsets& opsets) {
        for (const auto& node : nodes)
            if (auto missing = missing_in(node, opsets); !missing.empty())
                return missing;
        return {};
    }

    std::string missing_in_function(const onnx::FunctionProto& function) {
        const auto [known, is_new] = m_of_functions.try_emplace(&function);  // empty while it is looked at
        if (is_new) {
            std::string missing = missing_in_nodes(function.node(), opsets_of(function.opset_import()));
            m_of_functions[&function] = missing;
            return missing;
        }
        return known->second;
    }

    bool is_known(const std::string& domain, const std::string& op, const Opsets& opsets) {
        const auto opset = opsets.find(domain);
        if (opset == opsets.end())
            return false;
        if (onnx::OpSchemaRegistry::Schema(op, static_cast<int>(opset->second), domain))
            return true;
        const auto [known, is_new] = m_known.try_emplace({domain, op});
        if (is_new)
            known->second = runtime_knows(domain, op, opset->second);
        return known->second;
    }

    Opsets m_opsets;
    std::map<std::pair<std::string, std::string>, const onnx::FunctionProto*> m_functions;
    std::map<const onnx::FunctionProto*, std::string> m_of_functions;
    std::map<std::pair<std::string, std::string>, bool> m_known;
};

bool is_complete(const onnx::ValueInfoProto& value) {
    if (!value.type().has_tensor_type() || !value.type().tensor_type().has_shape() ||
        value.type().tensor_type().elem_type() == 0)
        return false;
    const auto& dimensions = value.type().tensor_type().shape().dim();
    return std::all_of(dimensions.begin(), dimensions.end(),
                       [](const auto& dimension) { return dimension.dim_value() > 0; });
}

}  // namespace

void mark_unknown_operators(WorkingGraph& graph, std::vector<Problem>& problems) {
    KnownOperators known(graph.frame_model());
    std::vector<std::pair<std::string, std::string>> found;  // operator, first node
    std::map<std::string, int> counts;
    for (WorkingNode& node : graph.nodes()) {
        if (node.removed)
            continue;
        const std::string missing = known.missing_in(node.proto);
        if (missing.empty())
            continue;
        node.unknown = true;
        if (counts[missing]++ == 0)
            found.emplace_back(missing, node.proto.name());
    }
    for (const auto& [op, node] : found)
        problems.push_back(
            {"prepare.unknown_operator", Severity::warning, node, {op, std::to_string(counts[op])}});
}

void add_declared_types(const WorkingGraph& graph, MeasuredTypes& types) {
    const std::vector<bool> stuck = graph.nodes_that_cannot_run();
    if (std::find(stuck.begin(), stuck.end(), true) == stuck.end())
        return;
    onnx::ModelProto model = graph.to_proto();
    onnx::GraphProto& to = *model.mutable_graph();
    to.clear_value_info();
    const auto is_missing = [&](const std::string& name) {
        return !types.count(name) && graph.producer(name) >= 0;
    };
    const onnx::GraphProto& from = graph.origin().proto().graph();
    for (const auto* declared : {&from.value_info(), &from.output()})
        for (const auto& value : *declared)
            if (is_missing(value.name()) && is_complete(value) && !graph.is_output(value.name()))
                *to.add_value_info() = value;
    for (auto& output : *to.mutable_output())
        for (const auto& value : from.output())
            if (value.name() == output.name() && is_missing(value.name()) && is_complete(value))
                output = value;
    for (const auto& [name, type] : types) {
        if (type.type == ElementType::undefined || graph.producer(name) < 0 || graph.is_output(name))
            continue;
        auto& value = *to.add_value_info();
        value.set_name(name);
        auto& tensor = *value.mutable_type()->mutable_tensor_type();
        tensor.set_elem_type(static_cast<int>(type.type));
        tensor.mutable_shape();
        for (const auto size : type.shape)
            tensor.mutable_shape()->add_dim()->set_dim_value(size);
    }
    try {
        onnx::shape_inference::InferShapes(model);
    } catch (const std::exception&) {
        // What the file declares contradicts itself; it is still all there is.
    }
    for (const auto* values : {&model.graph().value_info(), &model.graph().output()})
        for (const auto& value : *values)
            if (is_missing(value.name()) && is_complete(value)) {
                const auto& tensor = value.type().tensor_type();
                TensorType& type = types[value.name()];
                type.type = static_cast<ElementType>(tensor.elem_type());
                for (const auto& dimension : tensor.shape().dim())
                    type.shape.push_back(dimension.dim_value());
            }
}

}  // namespace quantwright
