#include "core/prepare/raise_opset.h"

#include <onnx/defs/schema.h>
#include <onnx/onnx_pb.h>
#include <onnx/shape_inference/implementation.h>
#include <onnx/version_converter/convert.h>

#include <algorithm>
#include <set>

#include "core/model/proto_helpers.h"
#include "core/prepare/input_shapes.h"
#include "core/prepare/measure.h"
#include "core/prepare/raise_nodes.h"
#include "core/prepare/unknown_operators.h"
#include "core/runtime/session.h"

namespace quantwright {

namespace {

/// ONNX Runtime's operators begin with those of opset 7, and so does what is done here.
constexpr std::int64_t k_first_opset = 7;
/// Up to this one every initializer is an input too, which a caller may replace.
constexpr std::int64_t k_ir_of_input_weights = 3;
/// The IR version of opset 13.
constexpr std::int64_t k_ir = 7;

/// The weight's type and shape as an input: shapes follow from them, not from its bytes.
void add_as_input(onnx::GraphProto& graph, const std::string& name, const onnx::TensorProto& weight) {
    auto& input = *graph.add_input();
    input.set_name(name);
    auto& type = *input.mutable_type()->mutable_tensor_type();
    type.set_elem_type(weight.data_type());
    type.mutable_shape();
    for (const auto size : weight.dims())
        type.mutable_shape()->add_dim()->set_dim_value(size);
}

/// A weight that was taken out, and whether it was an input besides.
struct Outside {
    onnx::TensorProto weight;
    bool input = false;
};

std::vector<Outside> take_outside(onnx::GraphProto& graph) {
    std::set<std::string> inputs;
    for (const auto& input : graph.input())
        inputs.insert(input.name());
    std::vector<Outside> taken;
    auto& weights = *graph.mutable_initializer();
    for (const auto& weight : weights)
        if (weight.data_location() == onnx::TensorProto::EXTERNAL)
            taken.push_back({weight, inputs.contains(weight.name())});
    weights.erase(std::remove_if(weights.begin(), weights.end(),
                                 [](const auto& weight) {
                                     return weight.data_location() == onnx::TensorProto::EXTERNAL;
                                 }),
                  weights.end());
    for (const Outside& one : taken)
        if (!one.input)
            add_as_input(graph, one.weight.name(), one.weight);
    return taken;
}

void give_back(onnx::GraphProto& graph, const std::vector<Outside>& taken) {
    for (const Outside& one : taken) {
        *graph.add_initializer() = one.weight;
        auto& inputs = *graph.mutable_input();
        if (!one.input)
            inputs.erase(std::remove_if(inputs.begin(), inputs.end(),
                                        [&](const auto& input) { return input.name() == one.weight.name(); }),
                         inputs.end());
    }
}

/// What steps of the converter ask for (broadcasting), where the file does not say it.
onnx::ModelProto with_shapes(onnx::ModelProto model) {
    try {
        // Nothing checked, no error fatal; values of shape tensors followed.
        const onnx::ShapeInferenceOptions options(false, 0, true);
        onnx::shape_inference::InferShapes(model, onnx::OpSchemaRegistry::Instance(), options);
    } catch (const std::exception&) {
        return model;  // with the shapes found so far
    }
    return model;
}

/// A model older than opset 7 in opset 7, by ONNX's converter. It needs the shapes of weights, not their
/// values: those outside of the file are inputs for as long as it works.
Result<std::shared_ptr<const Model>> convert(const Model& model) {
    try {
        onnx::ModelProto before = model.proto();
        const auto outside = take_outside(*before.mutable_graph());
        onnx::ModelProto converted = onnx::version_conversion::ConvertVersion(
            with_shapes(std::move(before)), static_cast<int>(k_first_opset));
        give_back(*converted.mutable_graph(), outside);
        // What the converter does not carry over.
        *converted.mutable_metadata_props() = model.proto().metadata_props();
        if (model.proto().has_doc_string())
            converted.set_doc_string(model.proto().doc_string());
        if (model.proto().graph().has_doc_string())
            converted.mutable_graph()->set_doc_string(model.proto().graph().doc_string());
        return Model::derive(std::move(converted), model);
    } catch (const std::exception& e) {
        return fail(ErrorCode::model_unsupported_opset, {}, e.what());
    }
}

/// Types and shapes as ONNX's inference finds them, whatever the sizes of open dimensions are.
KnownTensors inferred(const Model& model, const std::map<std::string, Shape>& given) {
    constexpr std::size_t large = 1024;
    const onnx::GraphProto& from = model.proto().graph();
    onnx::ModelProto light;
    light.set_ir_version(k_ir);
    *light.mutable_opset_import() = model.proto().opset_import();
    onnx::GraphProto& to = *light.mutable_graph();
    to.set_name(from.name());
    const auto is_fed = [&](const std::string& name) {
        return std::any_of(model.inputs().begin(), model.inputs().end(),
                           [&](const ValueInfo& input) { return input.name == name; });
    };
    bool as_declared = true;
    for (const auto& input : from.input()) {
        if (!is_fed(input.name()))
            continue;
        *to.add_input() = input;
        const auto wanted = given.find(input.name());
        if (wanted == given.end() || !input.type().has_tensor_type())
            continue;
        auto& type = *to.mutable_input(to.input_size() - 1)->mutable_type()->mutable_tensor_type();
        const auto rank = static_cast<int>(wanted->second.size());
        if (!type.has_shape())
            for (int i = 0; i < rank; ++i)
                type.mutable_shape()->add_dim();
        for (int i = 0; i < rank && rank == type.shape().dim_size(); ++i)
            if (auto& dimension = *type.mutable_shape()->mutable_dim(i);
                dimension.has_dim_value() &&
                dimension.dim_value() != wanted->second[static_cast<std::size_t>(i)]) {
                as_declared = false;
                dimension.set_dim_value(wanted->second[static_cast<std::size_t>(i)]);
            }
    }
    for (const auto& weight : from.initializer()) {
        if (weight.ByteSizeLong() > large || weight.data_location() == onnx::TensorProto::EXTERNAL)
            add_as_input(to, weight.name(), weight);
        else
            *to.add_initializer() = weight;
    }
    for (const auto& node : from.node()) {
        const auto* value = node.op_type() == "Constant" ? find_attribute(node, "value") : nullptr;
        if (value && node.output_size() == 1 && value->ByteSizeLong() > large)
            add_as_input(to, node.output(0), value->t());
        else
            *to.add_node() = node;
    }
    if (as_declared) {
        *to.mutable_value_info() = from.value_info();
        *to.mutable_output() = from.output();
    }
    try {
        // Nothing checked, no error fatal; values of shape tensors followed.
        const onnx::ShapeInferenceOptions options(false, 0, true);
        onnx::shape_inference::InferShapes(light, onnx::OpSchemaRegistry::Instance(), options);
    } catch (const std::exception&) {
        // with the shapes found so far
    }
    KnownTensors known;
    add_known(light.graph(), known);
    return known;
}

/// Ranks and types as a run finds them, where they don't depend on sizes: behind a Squeeze that drops
/// whatever is 1, and behind branches, only what inference knows is certain.
void add_measured(const Model& model, const PrepareOptions& options, const JobContext& job,
                  KnownTensors& known) {
    WorkingGraph graph(model);
    if (!fix_input_shapes(graph, options.input_shapes))
        return;  // said when the model is prepared
    graph.remove_dead();
    std::vector<Problem> said_later;
    mark_unknown_operators(graph, said_later);
    const auto types = measure(graph, options, job);
    if (!types)
        return;
    std::set<std::string> uncertain;
    for (const WorkingNode& node : graph.nodes()) {
        if (node.removed)
            continue;
        const bool varies =
            node.has_subgraph || (is_op(node.proto, "Squeeze") && !find_attribute(node.proto, "axes") &&
                                  node.proto.input_size() < 2);
        const bool follows = std::any_of(node.proto.input().begin(), node.proto.input().end(),
                                         [&](const std::string& name) { return uncertain.contains(name); });
        for (const std::string& name : node.proto.output()) {
            const auto measured = types->find(name);
            KnownTensor& entry = known[name];
            if (entry.type == ElementType::undefined && measured != types->end())
                entry.type = measured->second.type;
            if (entry.shape)
                continue;
            if (varies || follows)
                uncertain.insert(name);
            else if (measured != types->end() && measured->second.type != ElementType::undefined)
                entry.shape = Shape(measured->second.shape.size(), -1);
        }
    }
}

/// Weights that were inputs too are constants, as newer files say it.
void set_ir(onnx::ModelProto& model, const Model& origin) {
    if (model.ir_version() <= k_ir_of_input_weights) {
        auto& inputs = *model.mutable_graph()->mutable_input();
        inputs.erase(std::remove_if(inputs.begin(), inputs.end(),
                                    [&](const auto& input) {
                                        return std::none_of(
                                            origin.inputs().begin(), origin.inputs().end(),
                                            [&](const ValueInfo& fed) { return fed.name == input.name(); });
                                    }),
                     inputs.end());
    }
    model.set_ir_version(std::max(model.ir_version(), k_ir));
}

/// Inputs whose declared size is 0 take any: ONNX Runtime would refuse every other than an empty tensor.
std::shared_ptr<const Model> with_open_inputs(std::shared_ptr<const Model> model) {
    const auto is_zero = [](const auto& dimension) {
        return dimension.has_dim_value() && dimension.dim_value() == 0;
    };
    onnx::ModelProto opened;
    bool any = false;
    for (int i = 0; i < model->proto().graph().input_size(); ++i) {
        const auto& input = model->proto().graph().input(i);
        if (std::none_of(model->inputs().begin(), model->inputs().end(),
                         [&](const ValueInfo& fed) { return fed.name == input.name(); }))
            continue;  // an initializer
        const auto& dimensions = input.type().tensor_type().shape().dim();
        for (int d = 0; d < dimensions.size(); ++d) {
            if (!is_zero(dimensions[d]))
                continue;
            if (!any)
                opened = model->proto();
            any = true;
            auto& type = *opened.mutable_graph()->mutable_input(i)->mutable_type()->mutable_tensor_type();
            type.mutable_shape()->mutable_dim(d)->clear_dim_value();
        }
    }
    if (!any)
        return model;
    auto derived = Model::derive(std::move(opened), *model);
    return derived ? *derived : model;
}

/// A model of opset 13 or newer with the old IR version.
std::shared_ptr<const Model> with_constant_weights(std::shared_ptr<const Model> model) {
    if (model->ir_version() > k_ir_of_input_weights)
        return model;
    onnx::ModelProto proto = model->proto();
    set_ir(proto, *model);
    const auto made = Model::derive(std::move(proto), *model);
    return made ? *made : model;
}

}  // namespace

std::shared_ptr<const Model> runnable(std::shared_ptr<const Model> model) {
    model = with_open_inputs(std::move(model));
    if (model->opset() >= k_first_opset)
        return model;
    const auto raised = convert(*model);
    return raised ? *raised : model;
}

std::shared_ptr<const Model> raise_opset(std::shared_ptr<const Model> model, const PrepareOptions& options,
                                         const JobContext& job, std::vector<Problem>& problems) {
    if (model->ir_version() > newest_ir_version())
        problems.push_back({"prepare.ir_version",
                            Severity::info,
                            {},
                            {std::to_string(model->ir_version()), std::to_string(newest_ir_version())}});
    if (model->opset() >= k_quantization_opset)
        return with_constant_weights(std::move(model));
    const std::string opset = std::to_string(model->opset());
    const auto refuse = [&](const std::string& what) {
        problems.push_back({"prepare.opset_too_old", Severity::warning, {}, {opset, what}});
        return model;
    };
    auto raised = model;
    if (model->opset() < k_first_opset) {
        const auto converted = convert(*model);
        if (!converted)
            return refuse(converted.error().detail);
        raised = *converted;
    }
    KnownTensors known = inferred(*raised, options.input_shapes);
    if (knows_too_little(raised->proto(), known))
        add_measured(*raised, options, job, known);
    onnx::ModelProto proto = raised->proto();
    if (const auto refused = raise_nodes(proto, known))
        return refuse(*refused);
    set_ir(proto, *raised);
    auto made = Model::derive(std::move(proto), *model);
    if (!made)
        return refuse(made.error().detail);
    problems.push_back(
        {"prepare.opset_raised", Severity::info, {}, {opset, std::to_string(k_quantization_opset)}});
    return *made;
}

}  // namespace quantwright
