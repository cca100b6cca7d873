#include "core/prepare/raise_nodes.h"

#include <Eigen/Core>
#include <algorithm>
#include <cstring>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "core/model/proto_helpers.h"

namespace quantwright {

namespace {

constexpr std::int64_t k_new_opset = 13;

bool is_standard_domain(const std::string& domain) {
    return domain.empty() || domain == "ai.onnx";
}

std::string input_at(const onnx::NodeProto& node, int index) {
    return index < node.input_size() ? node.input(index) : std::string();
}

std::string said(const onnx::NodeProto& node) {
    return node.name().empty() ? node.op_type() : node.op_type() + " " + node.name();
}

template <class T>
Tensor scalar_as(ElementType type, float value) {
    const T stored(value);
    std::vector<std::byte> bytes(sizeof stored);
    std::memcpy(bytes.data(), &stored, sizeof stored);
    return make_tensor(type, {}, std::move(bytes));
}

/// A scalar of an operator's own element type.
Tensor scalar(ElementType type, float value) {
    switch (type) {
        case ElementType::float64:
            return scalar_as<double>(type, value);
        case ElementType::float16:
            return scalar_as<Eigen::half>(type, value);
        case ElementType::bfloat16:
            return scalar_as<Eigen::bfloat16>(type, value);
        default:
            return scalar_as<float>(ElementType::float32, value);
    }
}

Tensor vector_of(std::vector<std::int64_t> values) {
    const auto count = static_cast<std::int64_t>(values.size());
    return make_tensor({count}, std::move(values));
}

/// What is known inside of one graph: its own tensors over those around it.
struct Scope {
    const KnownTensors* known;
    std::map<std::string, Tensor> constants;  ///< small ones, by name
    std::set<std::string> used;               ///< read by a node or given out

    [[nodiscard]] KnownTensor of(const std::string& name) const {
        const auto found = known->find(name);
        return found == known->end() ? KnownTensor{} : found->second;
    }
    [[nodiscard]] const Tensor* constant(const std::string& name) const {
        const auto found = constants.find(name);
        return found == constants.end() ? nullptr : &found->second;
    }
};

/// Softmax and its kin before opset 13 take everything from `axis` on as one; the same as along `axis` alone
/// where it is the last, or what is behind it has size 1. Nothing where that is not known.
std::optional<std::int64_t> as_one_axis(const onnx::NodeProto& node, const Scope& scope) {
    const std::int64_t axis = int_attribute(node, "axis", 1);
    if (axis == -1)
        return axis;
    const auto shape = scope.of(input_at(node, 0)).shape;
    if (!shape)
        return std::nullopt;
    const auto rank = static_cast<std::int64_t>(shape->size());
    const std::int64_t first = axis < 0 ? axis + rank : axis;
    if (first < 0 || first >= rank)
        return std::nullopt;
    if (first == rank - 1)
        return -1;
    const bool alone =
        std::all_of(shape->begin() + first + 1, shape->end(), [](std::int64_t size) { return size == 1; });
    return alone ? std::optional(first) : std::nullopt;
}

bool is_softmax(const onnx::NodeProto& node) {
    return is_standard_domain(node.domain()) &&
           (node.op_type() == "Softmax" || node.op_type() == "LogSoftmax" || node.op_type() == "Hardmax");
}

class Raiser {
public:
    Raiser(std::int64_t from, const onnx::GraphProto& graph) : m_from(from) { collect_names(graph, m_names); }

    [[nodiscard]] const std::optional<std::string>& refused() const { return m_refused; }

    void raise(onnx::GraphProto& graph, Scope scope) {
        look_at(graph, scope);
        onnx::GraphProto* const outer = std::exchange(m_graph, &graph);
        google::protobuf::RepeatedPtrField<onnx::NodeProto> before;
        before.Swap(graph.mutable_node());
        for (onnx::NodeProto& node : before) {
            raise_subgraphs(node, scope);
            if (is_standard_domain(node.domain()))
                raise_node(node, scope);
            if (!node.op_type().empty())
                graph.add_node()->Swap(&node);
        }
        m_graph = outer;
    }

private:
    using Form = void (Raiser::*)(onnx::NodeProto&, const Scope&);
    struct Change {
        std::int64_t since;
        Form form;
    };

    /// From onnx/docs/Changelog.md. Changes that only add types, negative axes, or attributes and inputs
    /// whose default is the old meaning, need nothing. In the order of opsets.
    static const std::multimap<std::string, Change>& changes() {
        static const std::multimap<std::string, Change> table = {
            {"BatchNormalization", {13, &Raiser::batch_normalization}},
            {"Scan", {9, &Raiser::scan}},
            {"Upsample", {13, &Raiser::upsample}},  // gone since 10, but some newer files have it
            {"Slice", {10, &Raiser::slice}},
            {"TopK", {10, &Raiser::top_k}},
            {"Clip", {11, &Raiser::clip}},
            {"Pad", {11, &Raiser::pad}},
            {"Resize", {11, &Raiser::resize}},
            {"Scatter", {11, &Raiser::scatter}},
            {"Dropout", {12, &Raiser::dropout}},
            {"Hardmax", {13, &Raiser::softmax}},
            {"LogSoftmax", {13, &Raiser::softmax}},
            {"Softmax", {13, &Raiser::softmax}},
            {"ReduceSum", {13, &Raiser::axes_to_input}},
            {"Squeeze", {13, &Raiser::axes_to_input}},
            {"Unsqueeze", {13, &Raiser::axes_to_input}},
            {"Split", {13, &Raiser::split}},
        };
        return table;
    }

    /// Constants that a form may depend on, and what is read at all.
    void look_at(const onnx::GraphProto& graph, Scope& scope) {
        constexpr std::int64_t few = 64;
        const auto take = [&](const std::string& name, const onnx::TensorProto& proto) {
            Shape shape(proto.dims().begin(), proto.dims().end());
            if (element_count(shape) > few)
                return;
            if (const Tensor tensor = tensor_from(proto); tensor.type != ElementType::undefined)
                scope.constants[name] =
                    make_tensor(tensor.type, tensor.shape, {tensor.bytes.begin(), tensor.bytes.end()});
        };
        std::set<std::string> fed;
        for (const auto& input : graph.input())
            fed.insert(input.name());
        for (const auto& tensor : graph.initializer())
            take(tensor.name(), tensor);
        for (const auto& node : graph.node()) {
            if (node.op_type() == "Constant" && node.output_size() == 1)
                if (const auto* value = find_attribute(node, "value"))
                    take(node.output(0), value->t());
            scope.used.insert(node.input().begin(), node.input().end());
            for (const auto& attribute : node.attribute()) {
                if (attribute.has_g())
                    collect_names(attribute.g(), scope.used);
                for (const auto& inner : attribute.graphs())
                    collect_names(inner, scope.used);
            }
        }
        for (const auto& output : graph.output())
            scope.used.insert(output.name());
    }

    void raise_subgraphs(onnx::NodeProto& node, const Scope& scope) {
        const auto enter = [&](onnx::GraphProto& graph) {
            // Two branches may call different tensors the same: only what is around them is known for
            // certain.
            std::set<std::string> own;
            for (const auto& input : graph.input())
                own.insert(input.name());
            for (const auto& inner : graph.node())
                own.insert(inner.output().begin(), inner.output().end());
            for (const auto& tensor : graph.initializer())
                own.insert(tensor.name());
            KnownTensors known = *scope.known;
            for (const auto& name : own)
                known.erase(name);
            add_known(graph, known);
            Scope inner = scope;
            for (const auto& name : own)
                inner.constants.erase(name);
            inner.known = &known;
            raise(graph, std::move(inner));
        };
        for (auto& attribute : *node.mutable_attribute()) {
            if (attribute.has_g())
                enter(*attribute.mutable_g());
            for (auto& inner : *attribute.mutable_graphs())
                enter(inner);
        }
    }

    void raise_node(onnx::NodeProto& node, const Scope& scope) {
        const auto [first, last] = changes().equal_range(node.op_type());
        for (auto change = first; change != last; ++change)
            if (change->second.since > m_from)
                (this->*change->second.form)(node, scope);
    }

    std::string free_name(const std::string& wanted) {
        std::string name = wanted;
        for (int i = 2; !m_names.insert(name).second; ++i)
            name = wanted + "_" + std::to_string(i);
        return name;
    }

    void refuse(const onnx::NodeProto& node) {
        if (!m_refused)
            m_refused = said(node);
    }

    std::string constant(const std::string& wanted, const Tensor& values) {
        std::string name = free_name(wanted);
        *m_graph->add_initializer() = proto_from(name, values);
        return name;
    }

    /// The first thing that the node gives out, for names of what is added.
    static std::string stem(const onnx::NodeProto& node) {
        for (const std::string& output : node.output())
            if (!output.empty())
                return output;
        return node.op_type();
    }

    void set_input(onnx::NodeProto& node, int index, const std::string& what, const Tensor& values) {
        while (node.input_size() <= index)
            node.add_input("");
        node.set_input(index, constant(stem(node) + what, values));
    }

    /// A node before or behind `node`, in its name; the name of what it gives.
    std::string add(const onnx::NodeProto& node, const char* op, const std::string& what,
                    std::vector<std::string> inputs, const std::function<void(onnx::NodeProto&)>& set = {}) {
        std::string output = free_name(stem(node) + what);
        add_as(node, op, what, std::move(inputs), output, set);
        return output;
    }

    void add_as(const onnx::NodeProto& node, const char* op, const std::string& what,
                std::vector<std::string> inputs, const std::string& output,
                const std::function<void(onnx::NodeProto&)>& set = {}) {
        onnx::NodeProto added = make_node(op, node.name().empty() ? std::string() : node.name() + what,
                                          std::move(inputs), {output});
        if (set)
            set(added);
        m_graph->add_node()->Swap(&added);
    }

    void drop_unread_outputs(onnx::NodeProto& node, const Scope& scope, int from) {
        auto& outputs = *node.mutable_output();
        for (int i = from; i < outputs.size(); ++i)
            if (!scope.used.contains(outputs[i]))
                outputs[i].clear();
        while (outputs.size() > from && outputs[outputs.size() - 1].empty())
            outputs.RemoveLast();
    }

    void axes_to_input(onnx::NodeProto& node, const Scope&) {
        if (!find_attribute(node, "axes"))
            return;
        std::vector<std::int64_t> axes = ints_attribute(node, "axes");
        remove_attribute(node, "axes");
        set_input(node, 1, "_axes", vector_of(std::move(axes)));
    }

    void split(onnx::NodeProto& node, const Scope&) {
        if (!find_attribute(node, "split"))
            return;
        std::vector<std::int64_t> sizes = ints_attribute(node, "split");
        remove_attribute(node, "split");
        set_input(node, 1, "_split", vector_of(std::move(sizes)));
    }

    void slice(onnx::NodeProto& node, const Scope&) {
        set_input(node, 1, "_starts", vector_of(ints_attribute(node, "starts")));
        set_input(node, 2, "_ends", vector_of(ints_attribute(node, "ends")));
        if (find_attribute(node, "axes"))
            set_input(node, 3, "_axes", vector_of(ints_attribute(node, "axes")));
        for (const char* name : {"starts", "ends", "axes"})
            remove_attribute(node, name);
    }

    void top_k(onnx::NodeProto& node, const Scope&) {
        set_input(node, 1, "_k", vector_of({int_attribute(node, "k", 1)}));
        remove_attribute(node, "k");
    }

    void clip(onnx::NodeProto& node, const Scope& scope) {
        const ElementType type = type_of(node, scope);
        int index = 0;
        for (const char* name : {"min", "max"}) {
            ++index;
            if (!find_attribute(node, name))
                continue;
            set_input(node, index, std::string("_") + name, scalar(type, float_attribute(node, name, 0)));
            remove_attribute(node, name);
        }
    }

    void pad(onnx::NodeProto& node, const Scope& scope) {
        const float value = float_attribute(node, "value", 0);
        set_input(node, 1, "_pads", vector_of(ints_attribute(node, "pads")));
        if (value != 0 && string_attribute(node, "mode", "constant") == "constant")
            set_input(node, 2, "_value", scalar(type_of(node, scope), value));
        remove_attribute(node, "pads");
        remove_attribute(node, "value");
    }

    static ElementType type_of(const onnx::NodeProto& node, const Scope& scope) {
        const ElementType in = scope.of(input_at(node, 0)).type;
        return in != ElementType::undefined || node.output().empty() ? in : scope.of(node.output(0)).type;
    }

    void scatter(onnx::NodeProto& node, const Scope&) { node.set_op_type("ScatterElements"); }

    /// Inference: what goes in comes out. The mask has the runtime's value for that in these opsets, false.
    void dropout(onnx::NodeProto& node, const Scope& scope) {
        drop_unread_outputs(node, scope, 1);
        if (node.output_size() > 1) {
            const std::string shape = add(node, "Shape", "_shape", {input_at(node, 0)});
            const ElementType type = m_from >= 10 ? ElementType::boolean : type_of(node, scope);
            Tensor zero = type == ElementType::boolean ? make_tensor(type, {1}, std::vector<std::byte>(1))
                                                       : scalar(type, 0);
            zero.shape = {1};
            add_as(node, "ConstantOfShape", "_mask", {shape}, node.output(1), [&](onnx::NodeProto& mask) {
                auto& value = *mask.add_attribute();
                value.set_name("value");
                value.set_type(onnx::AttributeProto::TENSOR);
                *value.mutable_t() = proto_from("", zero);
            });
            node.mutable_output()->RemoveLast();
        }
        if (find_attribute(node, "ratio")) {
            set_input(node, 1, "_ratio", scalar(ElementType::float32, float_attribute(node, "ratio", 0.5f)));
            remove_attribute(node, "ratio");
        }
    }

    void softmax(onnx::NodeProto& node, const Scope& scope) {
        if (const auto axis = as_one_axis(node, scope)) {
            set_attribute(node, "axis", *axis);
            return;
        }
        // Two-dimensional, as the old operator takes it: right for every shape.
        const std::int64_t axis = int_attribute(node, "axis", 1);
        const std::string input = input_at(node, 0), output = node.output(0);
        const std::string shape = add(node, "Shape", "_shape", {input});
        const std::string flat = add(node, "Flatten", "_flat", {input},
                                     [&](onnx::NodeProto& flatten) { set_attribute(flatten, "axis", axis); });
        node.set_input(0, flat);
        node.set_output(0, free_name(output + "_rows"));
        set_attribute(node, "axis", std::int64_t{-1});
        const std::string rows = node.output(0), name = node.name();
        m_graph->add_node()->Swap(&node);
        m_graph->add_node()->CopyFrom(
            make_node("Reshape", name.empty() ? name : name + "_reshape", {rows, shape}, {output}));
        node.Clear();
    }

    /// Before opset 9 `spatial = 0` has a scale, shift, mean and variance for each element instead of each
    /// channel.
    void batch_normalization(onnx::NodeProto& node, const Scope& scope) {
        drop_unread_outputs(node, scope, 1);
        if (int_attribute(node, "spatial", 1) != 0) {
            remove_attribute(node, "spatial");
            return;
        }
        if (node.input_size() < 5 || node.output_size() > 1) {
            refuse(node);
            return;
        }
        const ElementType type = type_of(node, scope);
        const std::string epsilon =
            constant(stem(node) + "_epsilon", scalar(type, float_attribute(node, "epsilon", 1e-5f)));
        const std::string moved = add(node, "Sub", "_centered", {node.input(0), node.input(3)});
        const std::string above = add(node, "Add", "_variance", {node.input(4), epsilon});
        const std::string deviation = add(node, "Sqrt", "_deviation", {above});
        const std::string normal = add(node, "Div", "_normalized", {moved, deviation});
        const std::string scaled = add(node, "Mul", "_scaled", {normal, node.input(1)});
        const std::string shift = node.input(2);
        node.clear_attribute();
        node.set_op_type("Add");
        node.mutable_input()->DeleteSubrange(2, 3);
        node.set_input(0, scaled);
        node.set_input(1, shift);
    }

    void upsample(onnx::NodeProto& node, const Scope& scope) {
        if (const auto* scales = find_attribute(node, "scales")) {
            std::vector<float> values(scales->floats().begin(), scales->floats().end());
            const auto count = static_cast<std::int64_t>(values.size());
            set_input(node, 1, "_scales", make_tensor({count}, std::move(values)));
            remove_attribute(node, "scales");
        }
        node.set_op_type("Resize");
        resize_from(node, scope, true);
    }

    void resize(onnx::NodeProto& node, const Scope& scope) { resize_from(node, scope, false); }

    /// Before opset 11: coordinates without an offset; the nearest is the one below where the size grows and
    /// the one above where it shrinks (ONNX Runtime, and ONNX's own test of opset 10).
    void resize_from(onnx::NodeProto& node, const Scope& scope, bool grows_only) {
        const std::string scales = input_at(node, 1);
        while (node.input_size() < 3)
            node.add_input("");
        node.set_input(1, "");
        node.set_input(2, scales);
        set_attribute(node, "coordinate_transformation_mode", std::string("asymmetric"));
        if (string_attribute(node, "mode", "nearest") != "nearest")
            return;
        const Tensor* values = scope.constant(scales);
        const bool known = values && values->type == ElementType::float32;
        const auto all = [&](bool (*holds)(float)) {
            return known && std::all_of(values->floats().begin(), values->floats().end(), holds);
        };
        const bool grows = grows_only || all([](float scale) { return scale >= 1; });
        if (grows || all([](float scale) { return scale <= 1; })) {
            set_attribute(node, "nearest_mode", std::string(grows ? "floor" : "ceil"));
            return;
        }
        // Either can happen: the axes that grow first, the others by a second node. By 1 nothing changes.
        const std::string one = constant(stem(node) + "_one", scalar(ElementType::float32, 1));
        const std::string growing = add(node, "Max", "_growing", {scales, one});
        const std::string shrinking = add(node, "Min", "_shrinking", {scales, one});
        const std::string grown =
            add(node, "Resize", "_grown", {node.input(0), "", growing}, [&](onnx::NodeProto& first) {
                *first.mutable_attribute() = node.attribute();
                set_attribute(first, "nearest_mode", std::string("floor"));
            });
        node.set_input(0, grown);
        node.set_input(2, shrinking);
        set_attribute(node, "nearest_mode", std::string("ceil"));
    }

    /// Opset 8's Scan has a batch axis in front of everything. That is a scan over the batch, each step of
    /// which scans one sequence.
    void scan(onnx::NodeProto& node, const Scope&) {
        const auto* body = find_attribute(node, "body");
        const auto scanned = static_cast<int>(int_attribute(node, "num_scan_inputs", 0));
        const int states = node.input_size() - 1 - scanned;
        if (!body || scanned <= 0 || states < 0 || !input_at(node, 0).empty()) {  // lengths of sequences
            refuse(node);
            return;
        }
        onnx::GraphProto step;
        step.set_name(free_name(stem(node) + "_step"));
        onnx::NodeProto inner =
            make_node("Scan", node.name().empty() ? "" : node.name() + "_sequence", {}, {});
        for (int i = 0; i < states + scanned; ++i) {
            const std::string name = free_name(stem(node) + "_in");
            step.add_input()->set_name(name);
            inner.add_input(name);
        }
        for (const auto& output : node.output()) {
            const std::string name = free_name((output.empty() ? stem(node) : output) + "_out");
            step.add_output()->set_name(name);
            inner.add_output(name);
        }
        const auto directions = ints_attribute(node, "directions");
        *inner.add_attribute() = *body;
        set_attribute(inner, "num_scan_inputs", static_cast<std::int64_t>(scanned));
        if (!directions.empty())
            set_attribute(inner, "scan_input_directions", directions);
        *step.add_node() = std::move(inner);

        remove_attribute(node, "directions");
        for (auto& attribute : *node.mutable_attribute())
            if (attribute.name() == "body")
                attribute.mutable_g()->Swap(&step);
        node.mutable_input()->DeleteSubrange(0, 1);
        set_attribute(node, "num_scan_inputs", static_cast<std::int64_t>(states + scanned));
    }

public:
    /// What a graph says of its own tensors.
    static void add_known(const onnx::GraphProto& graph, KnownTensors& known) {
        const auto add = [&](const onnx::ValueInfoProto& value) {
            if (!value.type().has_tensor_type())
                return;
            const auto& tensor = value.type().tensor_type();
            KnownTensor& entry = known[value.name()];
            entry.type = static_cast<ElementType>(tensor.elem_type());
            if (!tensor.has_shape())
                return;
            Shape shape;
            for (const auto& dimension : tensor.shape().dim())
                shape.push_back(dimension.has_dim_value() ? dimension.dim_value() : -1);
            entry.shape = std::move(shape);
        };
        for (const auto* values : {&graph.input(), &graph.value_info(), &graph.output()})
            for (const auto& value : *values)
                add(value);
        for (const auto& tensor : graph.initializer())
            known[tensor.name()] = {static_cast<ElementType>(tensor.data_type()),
                                    Shape(tensor.dims().begin(), tensor.dims().end())};
    }

private:
    std::int64_t m_from;
    std::set<std::string> m_names;
    std::optional<std::string> m_refused;
    onnx::GraphProto* m_graph = nullptr;
};

std::int64_t standard_opset(const onnx::ModelProto& model) {
    for (const auto& opset : model.opset_import())
        if (is_standard_domain(opset.domain()))
            return opset.version();
    return 1;
}

}  // namespace

void add_known(const onnx::GraphProto& graph, KnownTensors& known) {
    Raiser::add_known(graph, known);
}

std::optional<std::string> raise_nodes(onnx::ModelProto& model, const KnownTensors& known) {
    // A function's operators must mean the same in the model's opset; its body stays what it is.
    if (model.functions_size() > 0)
        return model.functions(0).name();
    Raiser raiser(standard_opset(model), model.graph());
    raiser.raise(*model.mutable_graph(), Scope{&known, {}, {}});
    set_opset(model, "", k_new_opset);
    return raiser.refused();
}

bool knows_too_little(const onnx::ModelProto& model, const KnownTensors& known) {
    const Scope scope{&known, {}, {}};
    return std::any_of(model.graph().node().begin(), model.graph().node().end(), [&](const auto& node) {
        if (!is_standard_domain(node.domain()))
            return false;
        const KnownTensor input = scope.of(input_at(node, 0));
        const bool has_value =
            find_attribute(node, "min") || find_attribute(node, "max") || find_attribute(node, "value");
        if (node.op_type() == "Clip" || node.op_type() == "Pad")
            return has_value && input.type == ElementType::undefined;
        return is_softmax(node) && int_attribute(node, "axis", 1) != -1 && !input.shape;
    });
}

}  // namespace quantwright
