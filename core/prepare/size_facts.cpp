#include "core/prepare/size_facts.h"

#include <onnx/defs/schema.h>
#include <onnx/shape_inference/implementation.h>

#include <algorithm>

#include "core/model/proto_helpers.h"
#include "core/prepare/static_shapes.h"

namespace quantwright {

namespace {

// Larger constants are no shapes: the inference gets their type alone.
constexpr std::int64_t k_small_constant = 1024;
// Names for dimensions that the file leaves without one: each is a size of its own.
constexpr const char* k_unnamed = "quantwright_open_";

void describe(onnx::ValueInfoProto& value, const onnx::TensorProto& constant) {
    value.set_name(constant.name());
    auto& type = *value.mutable_type()->mutable_tensor_type();
    type.set_elem_type(constant.data_type());
    for (const auto size : constant.dims())
        type.mutable_shape()->add_dim()->set_dim_value(size);
}

std::int64_t element_count(const onnx::TensorProto& constant) {
    std::int64_t count = 1;
    for (const auto size : constant.dims())
        count *= size;
    return count;
}

/// The graph with open inputs and without its weights.
onnx::ModelProto open_proto(const WorkingGraph& graph) {
    onnx::ModelProto model;
    model.set_ir_version(graph.frame_model().ir_version());
    *model.mutable_opset_import() = graph.frame_model().opset_import();
    auto& to = *model.mutable_graph();
    int unnamed = 0;
    for (const auto& input : graph.sizes().inputs) {
        auto& added = *to.add_input() = input;
        if (!added.type().tensor_type().has_shape())
            continue;
        for (auto& size : *added.mutable_type()->mutable_tensor_type()->mutable_shape()->mutable_dim())
            if (!size.has_dim_value() && size.dim_param().empty())
                size.set_dim_param(k_unnamed + std::to_string(unnamed++));
    }
    std::unordered_set<std::string> taken;
    for (const WorkingNode& node : graph.nodes()) {
        if (node.removed)
            continue;
        *to.add_node() = node.proto;
        const auto take = [&](const std::string& name) {
            const auto* constant = graph.constant_proto(name);
            if (!constant || !taken.insert(name).second)
                return;
            if (graph.is_inner_constant(name) && element_count(*constant) <= k_small_constant)
                *to.add_initializer() = *constant;
            else
                describe(*to.add_input(), *constant);
        };
        std::for_each(node.proto.input().begin(), node.proto.input().end(), take);
        std::for_each(node.subgraph_reads.begin(), node.subgraph_reads.end(), take);
    }
    *to.mutable_output() = graph.frame_model().graph().output();
    return model;
}

bool is_any(const onnx::NodeProto& node, std::initializer_list<const char*> ops) {
    return std::any_of(ops.begin(), ops.end(), [&](const char* op) { return is_op(node, op); });
}

/// What is known of an input: nothing of it depends on a size, or which elements do.
Dependence of_input(const WorkingGraph& graph, const std::string& name, const Dependences& known) {
    if (const auto found = known.find(name); found != known.end())
        return found->second;
    const auto found = graph.sizes().results.find(name);
    return found == graph.sizes().results.end() ? Dependence{} : Dependence{true, found->second};
}

/// Elements of a list of numbers as flags, none where the input does not depend on a size; nothing where they
/// can't be told apart.
std::optional<std::vector<bool>> flags_of(const WorkingGraph& graph, const std::string& name,
                                          const Dependences& known, const MeasuredTypes& types) {
    const Dependence input = of_input(graph, name, known);
    if (input.any)
        return input.elements.empty() ? std::nullopt : std::optional(input.elements);
    const auto type = types.find(name);
    const auto* constant = graph.constant_proto(name);
    if (type == types.end() && !constant)
        return std::nullopt;
    const std::int64_t count =
        constant ? element_count(*constant) : quantwright::element_count(type->second.shape);
    return count <= k_small_constant ? std::optional(std::vector<bool>(static_cast<std::size_t>(count)))
                                     : std::nullopt;
}

std::optional<std::vector<std::int64_t>> whole_numbers(const WorkingGraph& graph, const std::string& name) {
    const Tensor tensor = graph.constant(name);
    if (tensor.type == ElementType::int64)
        return std::vector<std::int64_t>(tensor.as<std::int64_t>().begin(), tensor.as<std::int64_t>().end());
    if (tensor.type == ElementType::int32)
        return std::vector<std::int64_t>(tensor.as<std::int32_t>().begin(), tensor.as<std::int32_t>().end());
    return std::nullopt;
}

std::optional<std::vector<bool>> gathered(const WorkingGraph& graph, const onnx::NodeProto& node,
                                          const std::vector<bool>& data) {
    const auto indices = whole_numbers(graph, input_of(node, 1));
    if (!indices || int_attribute(node, "axis", 0) != 0)
        return std::nullopt;
    std::vector<bool> result;
    const auto count = static_cast<std::int64_t>(data.size());
    for (const std::int64_t index : *indices) {
        const std::int64_t at = index < 0 ? index + count : index;
        if (at < 0 || at >= count)
            return std::nullopt;
        result.push_back(data[static_cast<std::size_t>(at)]);
    }
    return result;
}

std::optional<std::vector<bool>> sliced(const WorkingGraph& graph, const onnx::NodeProto& node,
                                        const std::vector<bool>& data) {
    const auto one = [&](int input, std::int64_t fallback) -> std::optional<std::int64_t> {
        if (input_of(node, input).empty())
            return fallback;
        const auto values = whole_numbers(graph, input_of(node, input));
        return values && values->size() == 1 ? std::optional(values->front()) : std::nullopt;
    };
    const auto start = one(1, 0), end = one(2, 0), step = one(4, 1);
    const auto count = static_cast<std::int64_t>(data.size());
    if (node.input_size() < 3 || !start || !end || !step || *step <= 0)
        return std::nullopt;
    const auto place = [count](std::int64_t at) {
        return std::clamp<std::int64_t>(at < 0 ? at + count : at, 0, count);
    };
    std::vector<bool> result;
    for (std::int64_t i = place(*start); i < place(*end); i += *step)
        result.push_back(data[static_cast<std::size_t>(i)]);
    return result;
}

/// Operators on lists of sizes, element by element where that is possible.
std::optional<std::vector<bool>> elements_of(const WorkingGraph& graph, const onnx::NodeProto& node,
                                             const Dependences& known, const MeasuredTypes& types) {
    const auto flags = [&](int input) { return flags_of(graph, input_of(node, input), known, types); };
    if (is_any(node, {"Cast", "Squeeze", "Unsqueeze", "Identity", "Neg", "Abs", "Floor", "Ceil"}))
        return flags(0);
    const auto data = flags(0);
    if (!data)
        return std::nullopt;
    if (is_op(node, "Reshape"))
        return of_input(graph, input_of(node, 1), known).any ? std::nullopt : data;
    if (is_op(node, "Gather"))
        return gathered(graph, node, *data);
    if (is_op(node, "Slice"))
        return sliced(graph, node, *data);
    if (is_op(node, "Concat")) {
        std::vector<bool> all;
        for (int i = 0; i < node.input_size(); ++i) {
            const auto part = flags(i);
            if (!part)
                return std::nullopt;
            all.insert(all.end(), part->begin(), part->end());
        }
        const auto type = types.find(input_of(node, 0));
        const bool is_list = type == types.end() || type->second.shape.size() <= 1;
        return is_list ? std::optional(all) : std::nullopt;
    }
    if (is_any(node, {"Add", "Sub", "Mul", "Div"})) {
        const auto other = flags(1);
        if (!other || data->empty() || other->empty() ||
            (data->size() != other->size() && data->size() != 1 && other->size() != 1))
            return std::nullopt;
        std::vector<bool> result(std::max(data->size(), other->size()));
        for (std::size_t i = 0; i < result.size(); ++i)
            result[i] = (*data)[data->size() == 1 ? 0 : i] || (*other)[other->size() == 1 ? 0 : i];
        return result;
    }
    return std::nullopt;
}

Dependence from_flags(std::vector<bool> flags) {
    const bool any = std::find(flags.begin(), flags.end(), true) != flags.end();
    return {any, any ? std::move(flags) : std::vector<bool>()};
}

bool same(const onnx::TensorShapeProto& a, const onnx::TensorShapeProto& b) {
    return std::equal(a.dim().begin(), a.dim().end(), b.dim().begin(), b.dim().end(),
                      [](const auto& one, const auto& other) {
                          return one.has_dim_value()
                                     ? other.has_dim_value() && one.dim_value() == other.dim_value()
                                     : !one.dim_param().empty() && one.dim_param() == other.dim_param();
                      });
}

}  // namespace

void find_size_facts(WorkingGraph& graph) {
    SizeArithmetic& sizes = graph.sizes();
    sizes.shapes.clear();
    if (!sizes.has_open_input)
        return;
    onnx::ModelProto model = open_proto(graph);
    try {
        // Nothing checked, no error fatal; values of shape tensors followed.
        const onnx::ShapeInferenceOptions options(false, 0, true);
        onnx::shape_inference::InferShapes(model, onnx::OpSchemaRegistry::Instance(), options);
    } catch (const std::exception&) {
        // What was found so far stays in the proto.
    }
    for (const auto* values : {&model.graph().value_info(), &model.graph().input(), &model.graph().output()})
        for (const auto& value : *values)
            if (value.type().has_tensor_type() && value.type().tensor_type().has_shape())
                sizes.shapes[value.name()] = value.type().tensor_type().shape();
}

Dependence dependence_of_shape(const WorkingGraph& graph, const onnx::NodeProto& node) {
    const SizeArithmetic& sizes = graph.sizes();
    if (!sizes.has_open_input || graph.is_constant(input_of(node, 0)))
        return {};
    const auto found = sizes.shapes.find(input_of(node, 0));
    if (found == sizes.shapes.end())
        return {true, {}};
    std::vector<std::int64_t> open;
    for (const auto& size : found->second.dim())
        open.push_back(size.has_dim_value() ? 0 : 1);
    if (is_op(node, "Size"))
        return from_flags({std::find(open.begin(), open.end(), 1) != open.end()});
    const Shape part = part_of_shape(open, node);
    return from_flags({part.begin(), part.end()});
}

Dependence dependence_of(const WorkingGraph& graph, const onnx::NodeProto& node, const Dependences& known,
                         const MeasuredTypes& types) {
    const auto depends = [&](const std::string& input) {
        return !input.empty() && of_input(graph, input, known).any;
    };
    if (std::none_of(node.input().begin(), node.input().end(), depends))
        return {};
    if (auto elements = elements_of(graph, node, known, types))
        return from_flags(std::move(*elements));
    return {true, {}};
}

void record_size_node(WorkingGraph& graph, const onnx::NodeProto& node) {
    SizeArithmetic& sizes = graph.sizes();
    sizes.nodes.push_back(node);
    for (const std::string& input : node.input())
        if (const auto* constant = graph.constant_proto(input);
            constant && !graph.is_measured(input) && !sizes.constants.contains(input))
            // With its bytes: nobody else may need it, and then the prepared model does not have them.
            sizes.constants[input] =
                graph.is_inner_constant(input) ? *constant : proto_from(input, graph.outside_weight(input));
}

void find_same_shapes(SizeArithmetic& sizes, const std::vector<std::string>& ends) {
    const std::unordered_set<std::string> there(ends.begin(), ends.end());
    for (const auto& node : sizes.nodes) {
        if (!is_op(node, "Shape") && !is_op(node, "Size"))
            continue;
        const std::string& wanted = input_of(node, 0);
        if (there.contains(wanted)) {
            sizes.same_shape[wanted] = wanted;
            continue;
        }
        const auto shape = sizes.shapes.find(wanted);
        if (shape == sizes.shapes.end())
            continue;
        for (const std::string& end : ends)
            if (const auto other = sizes.shapes.find(end);
                other != sizes.shapes.end() && same(shape->second, other->second)) {
                sizes.same_shape[wanted] = end;
                break;
            }
    }
}

}  // namespace quantwright
