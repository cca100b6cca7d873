#include "core/export/raise_operators.h"

#include <algorithm>
#include <set>

#include "core/model/proto_helpers.h"

namespace quantwright {

namespace {

class Raiser {
public:
    explicit Raiser(std::set<std::string> names) : m_names(std::move(names)) {}

    /// `values` as an input at place `index` of the node.
    void set_input(onnx::GraphProto& graph, onnx::NodeProto& node, int index, const std::string& what,
                   const Tensor& values) {
        std::string name = node.output(0) + what;
        for (int i = 2; !m_names.insert(name).second; ++i)
            name = node.output(0) + what + "_" + std::to_string(i);
        *graph.add_initializer() = proto_from(name, values);
        while (node.input_size() <= index)
            node.add_input("");
        node.set_input(index, name);
    }

private:
    std::set<std::string> m_names;
};

/// An operator whose form changed: `apply` says it in the form of `since`, or, where `possible` is false for
/// the node, it can't be done. From onnx/docs/Changelog.md; changes that only add types, or attributes whose
/// default is the old meaning, need nothing.
struct Change {
    std::int64_t since;
    std::set<std::string> ops;
    bool (*possible)(const onnx::NodeProto&);
    void (*apply)(Raiser&, onnx::GraphProto&, onnx::NodeProto&);
};

bool always(const onnx::NodeProto&) {
    return true;
}
bool never(const onnx::NodeProto&) {
    return false;
}
void nothing(Raiser&, onnx::GraphProto&, onnx::NodeProto&) {}

void axes_to_input(Raiser& raiser, onnx::GraphProto& graph, onnx::NodeProto& node) {
    if (!find_attribute(node, "axes"))
        return;
    std::vector<std::int64_t> axes = ints_attribute(node, "axes");
    const auto count = static_cast<std::int64_t>(axes.size());
    remove_attribute(node, "axes");
    raiser.set_input(graph, node, 1, "_axes", make_tensor({count}, std::move(axes)));
}

void name_split_count(Raiser&, onnx::GraphProto&, onnx::NodeProto& node) {
    if (node.input_size() < 2 || node.input(1).empty())
        set_attribute(node, "num_outputs", static_cast<std::int64_t>(node.output_size()));
}

void name_roi_transformation(Raiser&, onnx::GraphProto&, onnx::NodeProto& node) {
    if (!find_attribute(node, "coordinate_transformation_mode"))
        set_attribute(node, "coordinate_transformation_mode", std::string("output_half_pixel"));
}

void rename_grid_mode(Raiser&, onnx::GraphProto&, onnx::NodeProto& node) {
    const std::string mode = string_attribute(node, "mode", "bilinear");
    if (mode == "bilinear")
        set_attribute(node, "mode", std::string("linear"));
    else if (mode == "bicubic")
        set_attribute(node, "mode", std::string("cubic"));
}

void axis_to_input(Raiser& raiser, onnx::GraphProto& graph, onnx::NodeProto& node) {
    const std::int64_t axis = int_attribute(node, "axis", 1);
    remove_attribute(node, "axis");
    raiser.set_input(graph, node, 2, "_axis", make_tensor(Shape{}, std::vector<std::int64_t>{axis}));
}

bool has_one_output(const onnx::NodeProto& node) {
    return std::count_if(node.output().begin(), node.output().end(),
                         [](const std::string& name) { return !name.empty(); }) == 1;
}

const std::vector<Change>& changes() {
    static const std::vector<Change> table = {
        {14, {"BatchNormalization"}, has_one_output, nothing},  // more outputs: training, said otherwise
        {16, {"RoiAlign"}, always, name_roi_transformation},
        {18,
         {"ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean", "ReduceMin",
          "ReduceProd", "ReduceSumSquare"},
         always,
         axes_to_input},
        {18, {"Split"}, always, name_split_count},
        {20, {"GridSample"}, always, rename_grid_mode},
        {20, {"DFT"}, always, axis_to_input},
        {21, {"GroupNormalization"}, never, nothing},  // scale and bias per channel instead of per group
    };
    return table;
}

/// Calls `visit(graph, node, change)` for every change between the opsets, in the order of opsets.
template <class Graph, class Visit>
void for_each_change(Graph& graph, std::int64_t from, std::int64_t to, const Visit& visit) {
    const int count = graph.node_size();
    for (int i = 0; i < count; ++i) {
        auto& node = [&]() -> auto& {
            if constexpr (std::is_const_v<Graph>)
                return graph.node(i);
            else
                return *graph.mutable_node(i);
        }
        ();
        if (node.domain().empty() || node.domain() == "ai.onnx")
            for (const Change& change : changes())
                if (change.since > from && change.since <= to && change.ops.contains(node.op_type()))
                    visit(graph, node, change);
        for (int a = 0; a < node.attribute_size(); ++a) {
            if constexpr (std::is_const_v<Graph>) {
                if (node.attribute(a).has_g())
                    for_each_change(node.attribute(a).g(), from, to, visit);
                for (const auto& inner : node.attribute(a).graphs())
                    for_each_change(inner, from, to, visit);
            } else {
                auto& attribute = *node.mutable_attribute(a);
                if (attribute.has_g())
                    for_each_change(*attribute.mutable_g(), from, to, visit);
                for (auto& inner : *attribute.mutable_graphs())
                    for_each_change(inner, from, to, visit);
            }
        }
    }
}

}  // namespace

std::int64_t default_opset(const onnx::ModelProto& model) {
    for (const auto& opset : model.opset_import())
        if (opset.domain().empty() || opset.domain() == "ai.onnx")
            return opset.version();
    return 0;
}

std::optional<std::string> cannot_raise(const onnx::ModelProto& model, std::int64_t to) {
    const std::int64_t from = default_opset(model);
    if (from >= to)
        return std::nullopt;
    if (from < k_lowest_raised_opset || to > k_highest_raised_opset)
        return "opset " + std::to_string(from);
    // A function's operators must mean the same in the model's opset; its body stays what it is.
    if (model.functions_size() > 0)
        return model.functions(0).name();
    std::optional<std::string> refused;
    for_each_change(model.graph(), from, to,
                    [&](const onnx::GraphProto&, const onnx::NodeProto& node, const Change& change) {
                        if (!refused && !change.possible(node))
                            refused = node.op_type() + " " + node.name();
                    });
    return refused;
}

void raise_operators(onnx::ModelProto& model, std::int64_t to) {
    const std::int64_t from = default_opset(model);
    if (from >= to)
        return;
    std::set<std::string> names;
    collect_names(model.graph(), names);
    Raiser raiser(std::move(names));
    for_each_change(*model.mutable_graph(), from, to,
                    [&](onnx::GraphProto& graph, onnx::NodeProto& node, const Change& change) {
                        change.apply(raiser, graph, node);
                    });
    set_opset(model, "", to);
    model.set_ir_version(std::max(model.ir_version(), needed_ir(model)));
}

namespace {

/// The IR version that brought an element type; 0 for those that were always there. The numbers are
/// TensorProto.DataType's, also of types that the library is too old for.
std::int64_t ir_of_type(std::int64_t type) {
    if (type >= 17 && type <= 20)  // 8-bit floats
        return 9;
    if (type == 21 || type == 22)  // uint4, int4
        return 10;
    if (type == 23)  // float4e2m1
        return 11;
    if (type == 24)  // float8e8m0
        return 12;
    return type > 24 ? 13 : 0;  // uint2, int2
}

std::int64_t ir_of_types(const onnx::GraphProto& graph) {
    std::int64_t ir = 0;
    const auto see = [&](std::int64_t type) { ir = std::max(ir, ir_of_type(type)); };
    for (const auto& tensor : graph.initializer())
        see(tensor.data_type());
    for (const auto* values : {&graph.input(), &graph.output(), &graph.value_info()})
        for (const auto& value : *values)
            see(value.type().tensor_type().elem_type());
    for (const auto& node : graph.node())
        for (const auto& attribute : node.attribute()) {
            see(attribute.t().data_type());
            if (node.op_type() == "Cast" && attribute.name() == "to")
                see(attribute.i());
            if (attribute.has_g())
                ir = std::max(ir, ir_of_types(attribute.g()));
            for (const auto& inner : attribute.graphs())
                ir = std::max(ir, ir_of_types(inner));
        }
    return ir;
}

}  // namespace

std::int64_t needed_ir(const onnx::ModelProto& model) {
    constexpr std::int64_t of_functions = 8;
    return std::max({ir_of_opset(std::max(default_opset(model), k_lowest_raised_opset)),
                     ir_of_types(model.graph()), model.functions_size() > 0 ? of_functions : 0});
}

std::int64_t ir_of_opset(std::int64_t opset) {
    if (opset >= 25)
        return 13;
    if (opset >= 24)
        return 12;
    if (opset >= 23)
        return 11;
    if (opset >= 21)
        return 10;
    if (opset >= 19)
        return 9;
    if (opset >= 15)
        return 8;
    return 7;
}

}  // namespace quantwright
