#include "core/prepare/prepare.h"

#include <onnx/onnx_pb.h>

#include <unordered_set>

#include "core/prepare/annotate.h"
#include "core/prepare/fold_batch_norm.h"
#include "core/prepare/fold_constants.h"
#include "core/prepare/fold_pad.h"
#include "core/prepare/fuse_composites.h"
#include "core/prepare/fuse_linear.h"
#include "core/prepare/group_layers.h"
#include "core/prepare/implied_activations.h"
#include "core/prepare/input_shapes.h"
#include "core/prepare/layer_groups.h"
#include "core/prepare/measure.h"
#include "core/prepare/raise_opset.h"
#include "core/prepare/size_facts.h"
#include "core/prepare/static_shapes.h"
#include "core/prepare/take_given.h"
#include "core/prepare/to_float32.h"
#include "core/prepare/unknown_operators.h"

namespace quantwright {

const Layer* Prepared::find_layer(const std::string& name) const {
    for (const Layer& layer : layers)
        if (layer.name == name)
            return &layer;
    return nullptr;
}

int Prepared::producing_layer(TensorId tensor) const {
    const auto& producer = model->graph()[tensor].producer;
    return producer ? layer_of_node[static_cast<std::size_t>(*producer)] : -1;
}

namespace {

constexpr int k_steps = 5;

/// Nodes that are left get names of their own: a layer is found by its name.
void make_names_unique(WorkingGraph& graph) {
    std::unordered_set<std::string> all, taken;
    for (const WorkingNode& node : graph.nodes())
        all.insert(node.proto.name());
    for (WorkingNode& node : graph.nodes()) {
        if (node.removed || taken.insert(node.proto.name()).second)
            continue;
        std::string name;
        for (int i = 2; name.empty() || all.count(name); ++i)
            name = node.proto.name() + "_" + std::to_string(i);
        node.proto.set_name(name);
        all.insert(name);
        taken.insert(name);
    }
}

/// The original nodes each node that is left stands for, with those of the constants it is the first to read.
std::unordered_map<std::string, Origins> origins_by_name(const WorkingGraph& graph) {
    std::unordered_map<std::string, Origins> result;
    std::unordered_set<std::uint32_t> claimed;
    const auto claim = [&claimed](Origins& to, const Origins& from) {
        for (const auto index : from)
            if (claimed.insert(index).second)
                to.push_back(index);
    };
    // Nodes' own origins first: what a node was made of is more its own than what it shares.
    for (const WorkingNode& node : graph.nodes())
        if (!node.removed)
            claim(result[node.proto.name()], node.origins);
    for (const WorkingNode& node : graph.nodes()) {
        if (node.removed)
            continue;
        for (const std::string& input : node.proto.input())
            claim(result[node.proto.name()], graph.constant_origins(input));
        for (const std::string& read : node.subgraph_reads)
            claim(result[node.proto.name()], graph.constant_origins(read));
    }
    return result;
}

/// `types`: what had to be measured on the way.
Status fold(WorkingGraph& graph, Prepared& prepared, const PrepareOptions& options, const JobContext& job,
            MeasuredTypes& types) {
    lift_constants(graph);
    remove_no_ops(graph);
    fold_constants(graph, options, job, prepared.problems);
    take_given_parameters(graph, prepared.problems);
    job.report(Stage::prepare, 2, k_steps);
    find_size_facts(graph);
    if (has_shape_nodes(graph)) {
        auto measured = measure(graph, options, job);
        if (!measured)
            return fail(measured);
        types = std::move(*measured);
        fold_shapes(graph, types);
        fold_constants(graph, options, job, prepared.problems, types);
        remove_no_ops(graph);
    }
    job.report(Stage::prepare, 3, k_steps);
    fold_pads(graph);
    fold_batch_norms(graph);
    graph.remove_dead();
    return job.cancelled() ? Status(JobContext::cancelled_error()) : Status();
}

/// What is left of the parameters that came with the model, by the names of the prepared graph.
Given given_of(const WorkingGraph& graph) {
    Given given = graph.given().by_name;
    std::erase_if(given.activations, [&](const auto& entry) {
        return graph.producer(entry.first) < 0 && graph.readers(entry.first).empty();
    });
    for (auto* constants : {&given.weights, &given.biases})
        std::erase_if(*constants, [&](const auto& entry) { return graph.readers(entry.first).empty(); });
    std::erase_if(given.bias_codes, [&](const auto& entry) { return !given.biases.contains(entry.first); });
    for (const auto& [tensor, nodes] : graph.given().float_readers)
        for (const int node : nodes)
            if (!graph.nodes()[static_cast<std::size_t>(node)].removed && given.activations.contains(tensor))
                given.float_readers[tensor].insert(
                    graph.nodes()[static_cast<std::size_t>(node)].proto.name());
    for (const std::string& tensor : graph.given().named_before)
        if (given.activations.contains(tensor))
            given.float_readers[tensor];
    for (const int node : graph.given().implied)
        if (const WorkingNode& added = graph.nodes()[static_cast<std::size_t>(node)]; !added.removed)
            given.implied_activations.insert(added.proto.name());
    for (const std::string& tensor : graph.given().float_outputs)
        if (given.activations.contains(tensor))
            given.float_readers[tensor].insert(std::string());
    return given;
}

/// Layers that can't run say so.
void mark_layers(Prepared& prepared, const WorkingGraph& graph) {
    const std::vector<bool> stuck = graph.nodes_that_cannot_run();
    for (std::size_t i = 0; i < stuck.size(); ++i)
        if (const auto node =
                stuck[i] ? prepared.model->graph().find_node(graph.nodes()[i].proto.name()) : std::nullopt)
            prepared.layers[static_cast<std::size_t>(prepared.layer_of_node[static_cast<std::size_t>(*node)])]
                .runs = false;
}

/// Types of everything in the graph; what fusing added are constants.
void add_constants(MeasuredTypes& types, const onnx::GraphProto& graph) {
    for (const auto& constant : graph.initializer())
        types[constant.name()] = {static_cast<ElementType>(constant.data_type()),
                                  {constant.dims().begin(), constant.dims().end()}};
}

/// What a file for every size says of its outputs where the model does not, or speaks of other inputs; and
/// which tensors of the prepared graph its arithmetic can take sizes from.
void describe_ends(SizeArithmetic& sizes, const Prepared& prepared) {
    const Graph& graph = prepared.model->graph();
    std::vector<std::string> ends;
    for (const GraphTensor& tensor : graph.tensors())
        if (tensor.is_input)
            ends.push_back(tensor.name);
    for (const Layer& layer : prepared.layers)
        for (const TensorId id : layer.outputs)
            ends.push_back(graph[id].name);
    find_same_shapes(sizes, ends);

    std::set<std::string> names;
    for (const auto& input : sizes.inputs)
        for (const auto& size : input.type().tensor_type().shape().dim())
            names.insert(size.dim_param());
    const auto& measured = prepared.model->proto().graph().output();
    for (int i = 0; i < measured.size(); ++i) {
        auto& output = sizes.outputs[static_cast<std::size_t>(i)];
        const bool is_known = output.type().has_tensor_type() && output.type().tensor_type().has_shape();
        if (!measured[i].type().has_tensor_type() || (is_known && !sizes.overridden))
            continue;
        *output.mutable_type() = measured[i].type();
        if (!sizes.has_open_input)
            continue;
        auto& tensor = *output.mutable_type()->mutable_tensor_type();
        tensor.clear_shape();
        if (const auto known = sizes.shapes.find(output.name()); known != sizes.shapes.end())
            *tensor.mutable_shape() = known->second;
        // Names that the inference made up say nothing to anybody.
        for (auto& size : *tensor.mutable_shape()->mutable_dim())
            if (!size.has_dim_value() && !names.contains(size.dim_param()))
                size.clear_dim_param();
        if (tensor.shape().dim().empty())
            tensor.clear_shape();
    }
}

Result<std::shared_ptr<const Prepared>> prepare_model(std::shared_ptr<const Model> model,
                                                      const PrepareOptions& options, const JobContext& job) {
    auto prepared = std::make_shared<Prepared>();
    prepared->original = std::move(model);
    if (prepared->original->already_quantized())
        prepared->problems.push_back(
            {std::string(name_of(ErrorCode::model_already_quantized)), Severity::info, {}, {}});

    job.report(Stage::prepare, 0, k_steps);
    const std::shared_ptr<const Model> current =
        raise_opset(as_float32(prepared->original, prepared->problems), options, job, prepared->problems);
    WorkingGraph graph(*current);
    if (auto shaped = fix_input_shapes(graph, options.input_shapes); !shaped)
        return fail(shaped);
    graph.remove_dead();
    mark_unknown_operators(graph, prepared->problems);
    job.report(Stage::prepare, 1, k_steps);
    MeasuredTypes known;
    if (auto folded = fold(graph, *prepared, options, job, known); !folded)
        return fail(folded);
    make_names_unique(graph);

    auto types = measure(graph, options, job, known);
    if (!types)
        return fail(types);
    add_declared_types(graph, *types);
    remove_no_ops(graph, *types);
    fuse_linear(graph, *types);
    const auto composites = fuse_composites(graph, *types);
    drop_unfused_activations(graph, composites);
    graph.remove_dead();
    onnx::ModelProto proto = graph.to_proto();
    add_constants(*types, proto.graph());
    job.report(Stage::prepare, 4, k_steps);
    annotate(*proto.mutable_graph(), *types, static_tensors(graph));
    auto made = Model::derive(std::move(proto), *current, graph.outside());
    if (!made)
        return fail(made);
    prepared->model = std::move(*made);
    for (const GraphTensor& tensor : prepared->model->graph().tensors()) {
        const auto found = types->find(tensor.name);
        prepared->tensor_types.push_back(found == types->end() ? TensorType{} : found->second);
    }
    prepared->given = given_of(graph);
    const auto sizes = std::make_shared<SizeArithmetic>(std::move(graph.sizes()));
    prepared->sizes = sizes;
    group_layers(*prepared, composites, current->graph(), origins_by_name(graph));
    mark_layers(*prepared, graph);
    describe_ends(*sizes, *prepared);
    find_groups(*prepared);
    job.report(Stage::prepare, k_steps, k_steps);
    return prepared;
}

}  // namespace

Result<std::shared_ptr<const Prepared>> prepare(std::shared_ptr<const Model> model,
                                                const PrepareOptions& options, const JobContext& job) {
    const std::string subject = model->path().string();
    return guarded(subject, [&] { return prepare_model(std::move(model), options, job); });
}

}  // namespace quantwright
