#include "core/prepare/to_float32.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/model/proto_helpers.h"
#include "core/number/convert.h"

namespace quantwright {

namespace {

// Fewer numbers than this are no weights: factors of a size, a scale.
constexpr std::int64_t k_weight_elements = 17;

/// Attributes that name the type of what an operator makes.
bool names_type(const std::string& attribute) {
    return attribute == "to" || attribute == "dtype" || attribute == "output_dtype" ||
           attribute == "output_datatype";
}

class Conversion {
public:
    explicit Conversion(const Model& model) : m_model(model) {}

    /// Null where there is nothing to convert.
    Result<std::shared_ptr<const Model>> run() {
        find_types();
        if (m_types.empty())
            return std::shared_ptr<const Model>();
        m_proto = m_model.proto();
        onnx::GraphProto& graph = *m_proto.mutable_graph();
        convert_graph(graph);
        for (auto& function : *m_proto.mutable_functions())
            for (auto& node : *function.mutable_node())
                convert_node(node);
        cast_inputs(graph);
        cast_outputs(graph);
        return Model::derive(std::move(m_proto), m_model, std::move(m_outside));
    }

    [[nodiscard]] const std::set<ElementType>& found() const { return m_found; }
    [[nodiscard]] std::int64_t overflows() const { return m_overflows; }

private:
    void find_types() {
        std::set<ElementType> ends;
        for (const auto* values : {&m_model.inputs(), &m_model.outputs()})
            for (const ValueInfo& value : *values)
                ends.insert(value.type);
        bool double_weights = false;
        for (const auto& tensor : m_model.proto().graph().initializer()) {
            std::int64_t count = 1;
            for (const auto size : tensor.dims())
                count *= size;
            double_weights |= tensor.data_type() == onnx::TensorProto::DOUBLE && count >= k_weight_elements;
        }
        if (double_weights || ends.contains(ElementType::float64))
            m_types.insert(ElementType::float64);
        m_types.insert(ElementType::float16);
        m_types.insert(ElementType::bfloat16);
        for (const ElementType type : m_types)
            if (ends.contains(type))
                m_found.insert(type);
        note_types(m_model.proto().graph());
        if (m_found.empty())
            m_types.clear();
    }

    /// What is there of the types in question.
    void note_types(const onnx::GraphProto& graph) {
        for (const auto& tensor : graph.initializer())
            note(tensor.data_type());
        for (const auto& node : graph.node())
            for (const auto& attribute : node.attribute()) {
                if (attribute.has_t())
                    note(attribute.t().data_type());
                if (names_type(attribute.name()))
                    note(static_cast<int>(attribute.i()));
                if (attribute.has_g())
                    note_types(attribute.g());
                for (const auto& inner : attribute.graphs())
                    note_types(inner);
            }
    }
    void note(int type) {
        if (m_types.contains(static_cast<ElementType>(type)))
            m_found.insert(static_cast<ElementType>(type));
    }

    [[nodiscard]] bool converts(int type) const { return m_types.contains(static_cast<ElementType>(type)); }

    void convert_graph(onnx::GraphProto& graph) {
        for (auto& tensor : *graph.mutable_initializer())
            convert_tensor(tensor);
        for (auto& node : *graph.mutable_node())
            convert_node(node);
        const bool is_main = &graph == &m_proto.graph();
        for (auto& value : *graph.mutable_value_info())
            convert_type(*value.mutable_type());
        if (is_main)
            return;  // its inputs and outputs keep their types
        for (auto* values : {graph.mutable_input(), graph.mutable_output()})
            for (auto& value : *values)
                convert_type(*value.mutable_type());
    }

    void convert_node(onnx::NodeProto& node) {
        for (auto& attribute : *node.mutable_attribute()) {
            if (names_type(attribute.name()) && converts(static_cast<int>(attribute.i())))
                attribute.set_i(onnx::TensorProto::FLOAT);
            if (attribute.has_t())
                convert_tensor(*attribute.mutable_t());
            for (auto& tensor : *attribute.mutable_tensors())
                convert_tensor(tensor);
            if (attribute.has_tp())
                convert_type(*attribute.mutable_tp());
            if (attribute.has_g())
                convert_graph(*attribute.mutable_g());
            for (auto& inner : *attribute.mutable_graphs())
                convert_graph(inner);
        }
    }

    void convert_type(onnx::TypeProto& type) {
        if (type.has_tensor_type() && converts(type.tensor_type().elem_type()))
            type.mutable_tensor_type()->set_elem_type(onnx::TensorProto::FLOAT);
        if (type.has_sequence_type())
            convert_type(*type.mutable_sequence_type()->mutable_elem_type());
        if (type.has_optional_type())
            convert_type(*type.mutable_optional_type()->mutable_elem_type());
        if (type.has_map_type())
            convert_type(*type.mutable_map_type()->mutable_value_type());
    }

    void convert_tensor(onnx::TensorProto& tensor) {
        if (!converts(tensor.data_type()))
            return;
        const bool outside = tensor.data_location() == onnx::TensorProto::EXTERNAL;
        const Tensor before = outside ? m_model.weight(tensor.name()) : tensor_from(tensor);
        if (before.type == ElementType::undefined)
            return;
        Tensor after = convert(before, ElementType::float32);
        if (before.type == ElementType::float64)
            count_overflows(before.as<double>(), after.floats());
        if (outside) {
            tensor.set_data_type(onnx::TensorProto::FLOAT);
            m_outside[tensor.name()] = std::move(after);
            return;
        }
        onnx::TensorProto converted = proto_from(tensor.name(), after);
        if (tensor.has_doc_string())
            converted.set_doc_string(tensor.doc_string());
        tensor.Swap(&converted);
    }

    void count_overflows(std::span<const double> before, std::span<const float> after) {
        for (std::size_t i = 0; i < before.size(); ++i)
            m_overflows += std::isfinite(before[i]) && !std::isfinite(after[i]) ? 1 : 0;
    }

    std::string fresh(const std::string& wanted) {
        std::string name = wanted;
        for (int i = 2;
             m_model.graph().find_tensor(name) || m_model.graph().find_node(name) || m_added.contains(name);
             ++i)
            name = wanted + "_" + std::to_string(i);
        m_added.insert(name);
        return name;
    }

    [[nodiscard]] static onnx::NodeProto cast(std::string name, std::string from, std::string to, int type) {
        onnx::NodeProto node = make_node("Cast", std::move(name), {std::move(from)}, {std::move(to)});
        set_attribute(node, "to", static_cast<std::int64_t>(type));
        return node;
    }

    /// Everybody reads the float32 form of an input.
    void cast_inputs(onnx::GraphProto& graph) {
        std::vector<onnx::NodeProto> casts;
        std::set<std::string> fed;
        for (const ValueInfo& input : m_model.inputs())
            fed.insert(input.name);
        for (auto& input : *graph.mutable_input()) {
            if (!converts(input.type().tensor_type().elem_type()))
                continue;
            if (!fed.contains(input.name())) {  // an initializer's declaration
                convert_type(*input.mutable_type());
                continue;
            }
            const std::string to = fresh(input.name() + "_float32");
            rename_reads(graph, input.name(), to);
            casts.push_back(cast(to + "_cast", input.name(), to, onnx::TensorProto::FLOAT));
        }
        for (auto& node : *graph.mutable_node())
            casts.push_back(std::move(node));
        graph.clear_node();
        for (auto& node : casts)
            *graph.add_node() = std::move(node);
    }

    /// The output's name is that of the value in its own type.
    void cast_outputs(onnx::GraphProto& graph) {
        std::vector<onnx::NodeProto> casts;
        for (const auto& output : graph.output()) {
            const int type = output.type().tensor_type().elem_type();
            if (!converts(type))
                continue;
            const std::string& name = output.name();
            const auto is_end = [&](const auto& end) { return end.name() == name; };
            std::string from = name;
            if (std::any_of(graph.input().begin(), graph.input().end(), is_end))
                continue;  // the graph gives what it takes
            from = fresh(name + "_float32");
            rename_reads(graph, name, from);
            for (auto& node : *graph.mutable_node())
                for (std::string& made : *node.mutable_output())
                    if (made == name) {
                        if (node.name().empty())
                            node.set_name(name);
                        made = from;
                    }
            for (auto& tensor : *graph.mutable_initializer())
                if (tensor.name() == name) {
                    if (const auto outside = m_outside.extract(name))
                        m_outside[from] = outside.mapped();
                    tensor.set_name(from);
                }
            casts.push_back(cast(from + "_cast", from, name, type));
        }
        for (auto& node : casts)
            *graph.add_node() = std::move(node);
    }

    static void rename_reads(onnx::GraphProto& graph, const std::string& from, const std::string& to) {
        for (auto& node : *graph.mutable_node()) {
            for (std::string& input : *node.mutable_input())
                if (input == from)
                    input = to;
            for (auto& attribute : *node.mutable_attribute()) {
                if (attribute.has_g())
                    rename_captured(*attribute.mutable_g(), from, to);
                for (auto& inner : *attribute.mutable_graphs())
                    rename_captured(inner, from, to);
            }
        }
    }

    /// Subgraphs that have a value of this name themselves mean that one.
    static void rename_captured(onnx::GraphProto& graph, const std::string& from, const std::string& to) {
        for (const auto& input : graph.input())
            if (input.name() == from)
                return;
        for (const auto& tensor : graph.initializer())
            if (tensor.name() == from)
                return;
        rename_reads(graph, from, to);
        for (auto& output : *graph.mutable_output())
            if (output.name() == from)
                output.set_name(to);
    }

    const Model& m_model;
    onnx::ModelProto m_proto;
    std::map<std::string, Tensor> m_outside;
    std::set<ElementType> m_types;  ///< that are converted
    std::set<ElementType> m_found;
    std::set<std::string> m_added;
    std::int64_t m_overflows = 0;
};

}  // namespace

std::shared_ptr<const Model> as_float32(std::shared_ptr<const Model> model, std::vector<Problem>& problems) {
    Conversion conversion(*model);
    auto converted = conversion.run();
    if (!converted || !*converted)
        return model;
    std::string types;
    for (const ElementType type : conversion.found())
        types += (types.empty() ? "" : ", ") + std::string(name_of(type));
    problems.push_back({"prepare.taken_as_float32",
                        conversion.overflows() > 0 ? Severity::warning : Severity::info,
                        {},
                        {types, std::to_string(conversion.overflows())}});
    return *converted;
}

}  // namespace quantwright
