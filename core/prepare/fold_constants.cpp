#include "core/prepare/fold_constants.h"

#include <algorithm>

#include "core/model/proto_helpers.h"
#include "core/prepare/size_facts.h"
#include "core/prepare/static_shapes.h"
#include "core/runtime/session.h"

namespace quantwright {

namespace {

// A folded tensor larger than this and larger than what it is made of (Expand, ConstantOfShape) would make
// the model grow.
constexpr std::int64_t k_large_result = std::int64_t{64} << 20;

bool lift(const onnx::NodeProto& node, onnx::TensorProto& tensor) {
    for (const auto& attribute : node.attribute()) {
        const std::string& name = attribute.name();
        if (name == "value") {
            tensor = attribute.t();
        } else if (name == "value_float") {
            tensor = proto_from("", make_tensor({}, std::vector<float>{attribute.f()}));
        } else if (name == "value_floats") {
            tensor = proto_from(
                "", make_tensor({attribute.floats_size()},
                                std::vector<float>(attribute.floats().begin(), attribute.floats().end())));
        } else if (name == "value_int") {
            tensor = proto_from("", make_tensor({}, std::vector<std::int64_t>{attribute.i()}));
        } else if (name == "value_ints") {
            tensor = proto_from(
                "", make_tensor({attribute.ints_size()},
                                std::vector<std::int64_t>(attribute.ints().begin(), attribute.ints().end())));
        } else {
            continue;  // strings and sparse tensors stay nodes
        }
        tensor.set_name(output_of(node, 0));
        return true;
    }
    return false;
}

/// The constant part of the graph: its nodes, and the tensors the rest reads of it.
struct ConstantPart {
    struct Result {
        std::string name;
        int node;
        Origins origins;
        std::int64_t source_bytes;  ///< of the initializers it is made of
    };
    std::vector<int> nodes;
    std::vector<Result> results;
};

struct Source {
    Origins origins;
    std::int64_t bytes = 0;
};

/// Node i can be computed beforehand if everything it reads is known or was found so before.
bool is_computable(const WorkingGraph& graph, const WorkingNode& node,
                   const std::unordered_map<std::string, Source>& sources) {
    if (node.removed || !is_foldable_op(node))
        return false;
    for (const std::string& output : node.proto.output())
        if (graph.is_output(output))
            return false;  // stays the output of a node: not every reader of ONNX takes a constant there
    const auto& inputs = node.proto.input();
    return std::all_of(inputs.begin(), inputs.end(), [&](const std::string& name) {
        return name.empty() || sources.count(name) || graph.is_constant(name);
    });
}

ConstantPart find_constant_part(const WorkingGraph& graph) {
    ConstantPart part;
    std::unordered_map<std::string, Source> sources;
    std::vector<bool> inside(graph.nodes().size(), false);
    for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
        const WorkingNode& node = graph.nodes()[i];
        if (!is_computable(graph, node, sources))
            continue;
        inside[i] = true;
        part.nodes.push_back(static_cast<int>(i));
        Source source{node.origins, 0};
        for (const std::string& input : node.proto.input()) {
            if (const auto made = sources.find(input); made != sources.end()) {
                append(source.origins, made->second.origins);
                source.bytes += made->second.bytes;
            } else if (const auto* constant = graph.constant_proto(input)) {
                append(source.origins, graph.constant_origins(input));
                source.bytes += graph.is_inner_constant(input)
                                    ? static_cast<std::int64_t>(constant->ByteSizeLong())
                                    : static_cast<std::int64_t>(graph.outside_weight(input).bytes.size());
            }
        }
        std::sort(source.origins.begin(), source.origins.end());
        source.origins.erase(std::unique(source.origins.begin(), source.origins.end()), source.origins.end());
        for (const std::string& output : node.proto.output())
            if (!output.empty())
                sources[output] = source;
    }
    for (const int i : part.nodes)
        for (const std::string& output : graph.nodes()[static_cast<std::size_t>(i)].proto.output()) {
            const auto& readers = graph.readers(output);
            const bool leaves = std::any_of(readers.begin(), readers.end(), [&](int reader) {
                return !inside[static_cast<std::size_t>(reader)];
            });
            if (!output.empty() && leaves)
                part.results.push_back({output, i, sources[output].origins, sources[output].bytes});
        }
    return part;
}

onnx::ModelProto proto_of(const WorkingGraph& graph, const ConstantPart& part) {
    onnx::ModelProto model;
    model.set_ir_version(graph.frame_model().ir_version());
    *model.mutable_opset_import() = graph.frame_model().opset_import();
    auto& to = *model.mutable_graph();
    to.set_name("constants");
    std::unordered_set<std::string> taken;
    for (const int i : part.nodes) {
        const auto& node = graph.nodes()[static_cast<std::size_t>(i)].proto;
        *to.add_node() = node;
        for (const std::string& input : node.input())
            if (graph.is_constant(input) && taken.insert(input).second)
                *to.add_initializer() = *graph.constant_proto(input);
    }
    for (const auto& result : part.results)
        to.add_output()->set_name(result.name);
    return model;
}

/// Keeps how the results that depend on open dimensions are computed.
void record_size_arithmetic(WorkingGraph& graph, const ConstantPart& part,
                            const std::unordered_set<int>& kept, const MeasuredTypes& types) {
    if (graph.sizes().results.empty())
        return;
    Dependences dependences;
    for (const int i : part.nodes) {
        const onnx::NodeProto& node = graph.nodes()[static_cast<std::size_t>(i)].proto;
        const Dependence dependence = dependence_of(graph, node, dependences, types);
        // Of what every size has in common the recorded nodes need the value or how it is made; the latter is
        // always at hand.
        record_size_node(graph, node);
        for (const std::string& output : node.output())
            dependences[output] = dependence;
    }
    for (const auto& result : part.results)
        if (const Dependence& dependence = dependences[result.name];
            dependence.any && !kept.count(result.node))
            graph.sizes().results[result.name] = dependence.elements;
}

bool worth_keeping(const Tensor& value, std::int64_t source_bytes) {
    const auto bytes = static_cast<std::int64_t>(value.bytes.size());
    return value.type != ElementType::undefined && value.type != ElementType::string &&
           (bytes <= k_large_result || bytes <= source_bytes);
}

bool is_no_op(const WorkingGraph& graph, const onnx::NodeProto& node, const MeasuredTypes& types) {
    if (is_op(node, "Identity"))
        return true;
    if (is_op(node, "Cast")) {
        const auto from = types.find(input_of(node, 0));
        return from != types.end() && from->second.type != ElementType::undefined &&
               from->second.type == static_cast<ElementType>(int_attribute(node, "to", 0));
    }
    if (is_op(node, "Dropout") && graph.opset() >= 7) {
        const bool mask_wanted = !output_of(node, 1).empty() && (graph.is_output(output_of(node, 1)) ||
                                                                 !graph.readers(output_of(node, 1)).empty());
        if (mask_wanted)
            return false;
        if (input_of(node, 2).empty())
            return true;
        const Tensor training = graph.constant(input_of(node, 2));
        return training.bytes.size() == 1 && training.bytes[0] == std::byte{0};
    }
    if (is_op(node, "Pad")) {
        std::vector<std::int64_t> pads = ints_attribute(node, "pads");
        if (node.input_size() > 1) {
            const Tensor tensor = graph.constant(input_of(node, 1));
            if (tensor.type != ElementType::int64)
                return false;
            pads.assign(tensor.as<std::int64_t>().begin(), tensor.as<std::int64_t>().end());
        }
        return !pads.empty() && std::all_of(pads.begin(), pads.end(), [](auto pad) { return pad == 0; });
    }
    return false;
}

}  // namespace

void lift_constants(WorkingGraph& graph) {
    for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
        const WorkingNode& node = graph.nodes()[i];
        onnx::TensorProto tensor;
        if (node.removed || !is_op(node.proto, "Constant") || graph.is_output(output_of(node.proto, 0)) ||
            !lift(node.proto, tensor))
            continue;
        const Origins origins = node.origins;
        graph.remove(static_cast<int>(i));
        graph.set_constant(std::move(tensor), origins);
    }
}

void remove_no_ops(WorkingGraph& graph, const MeasuredTypes& types) {
    auto& nodes = graph.nodes();
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        if (nodes[i].removed || !is_no_op(graph, nodes[i].proto, types))
            continue;
        const std::string source = input_of(nodes[i].proto, 0);
        const std::string result = output_of(nodes[i].proto, 0);
        if (graph.given().has_pair(result) || graph.given().is_split(source))
            continue;  // it keeps two values apart
        Origins origins = nodes[i].origins;
        for (int k = 1; k < nodes[i].proto.input_size(); ++k)
            append(origins, graph.constant_origins(input_of(nodes[i].proto, k)));

        if (!graph.is_output(result)) {
            if (graph.read_by_subgraph(result))
                continue;
            const auto& readers = graph.readers(result);
            const int first = readers.empty() ? graph.producer(source) : readers.front();
            graph.remove(static_cast<int>(i));
            graph.redirect_readers(result, source);
            if (first >= 0)
                append(nodes[static_cast<std::size_t>(first)].origins, origins);
            continue;
        }
        // The output's name must stay: the node before takes it over, where nothing else holds on to the old
        // one.
        const int producer = graph.producer(source);
        if (producer < 0 || graph.is_output(source) || graph.read_by_subgraph(source))
            continue;
        graph.remove(static_cast<int>(i));
        auto& before = nodes[static_cast<std::size_t>(producer)];
        const auto& outputs = before.proto.output();
        const auto place = std::find(outputs.begin(), outputs.end(), source) - outputs.begin();
        graph.redirect_readers(source, result);
        graph.rename_output(producer, static_cast<int>(place), result);
        append(before.origins, origins);
    }
}

void fold_constants(WorkingGraph& graph, const PrepareOptions& options, const JobContext& job,
                    std::vector<Problem>& problems, const MeasuredTypes& types) {
    const ConstantPart part = find_constant_part(graph);
    if (part.results.empty())
        return;
    SessionOptions settings;
    settings.threads = options.threads;
    settings.optimizations = Optimizations::off;
    auto refused = [&](const Error& error) {
        if (error.code != ErrorCode::cancelled)
            problems.push_back({"prepare.not_folded", Severity::warning, {}, {error.detail}});
    };
    const auto session = Session::create(
        proto_of(graph, part), [&](const std::string& name) { return graph.outside_weight(name); },
        "constants", settings);
    if (!session)
        return refused(session.error());
    const auto values = (*session)->run({}, job.token());
    if (!values)
        return refused(values.error());

    std::unordered_map<std::string, const Tensor*> by_name;
    for (std::size_t i = 0; i < values->size(); ++i)
        by_name[(*session)->output_names()[i]] = &(*values)[i];
    // A node goes only if all that is read of it is known now.
    std::unordered_set<int> kept;
    for (const auto& result : part.results)
        if (!worth_keeping(*by_name.at(result.name), result.source_bytes))
            kept.insert(result.node);
    record_size_arithmetic(graph, part, kept, types);
    for (const auto& result : part.results) {
        if (kept.count(result.node))
            continue;
        graph.remove(result.node);
        graph.set_constant(result.name, *by_name.at(result.name), result.origins);
    }
    graph.remove_dead();
}

}  // namespace quantwright
