#include "core/export/runtime_forms.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/export/graph_parts.h"
#include "core/model/proto_helpers.h"

namespace quantwright {

namespace {

/// QuantizeLinear has output_dtype.
constexpr std::int64_t k_typed_opset = 21;

bool is(const onnx::NodeProto& node, std::string_view op) {
    return node.op_type() == op && (node.domain().empty() || node.domain() == "ai.onnx");
}

/// The runtime writes Q/DQ pairs behind these.
bool moves_codes(const onnx::NodeProto& node) {
    constexpr std::string_view ops[] = {"MaxPool", "Reshape", "Slice", "Squeeze", "Transpose", "Unsqueeze"};
    return std::any_of(std::begin(ops), std::end(ops), [&](std::string_view op) { return is(node, op); });
}

class Forms {
public:
    Forms(onnx::ModelProto& model, const Resolved& resolved)
        : m_graph(*model.mutable_graph()),
          m_prepared(*resolved.prepared),
          m_typed(opset_of(model) >= k_typed_opset) {
        for (auto& initializer : *m_graph.mutable_initializer()) {
            m_constants[initializer.name()] = &initializer;
            m_names.insert(initializer.name());
        }
        for (const auto& input : m_graph.input()) {
            m_names.insert(input.name());
            ++m_readers[input.name()];  // an initializer that is an input, too, keeps its shape
        }
        for (const auto& output : m_graph.output())
            m_read_as_float.insert(output.name());
        for (const auto& node : m_graph.node()) {
            m_names.insert(node.output().begin(), node.output().end());
            m_names.insert(node.name());
            m_quantized = m_quantized || node.op_type() == "QuantizeLinear";
            for (const std::string& input : node.input()) {
                ++m_readers[input];
                if (!is(node, "QuantizeLinear"))
                    m_read_as_float.insert(input);
            }
            for (const auto& attribute : node.attribute())
                m_subgraphs = m_subgraphs || attribute.has_g() || attribute.graphs_size() > 0;
        }
    }

    void run() {
        if (!m_quantized)
            return;
        google::protobuf::RepeatedPtrField<onnx::NodeProto> old;
        old.Swap(m_graph.mutable_node());
        for (onnx::NodeProto& node : old) {
            if (is_misread(node))
                stand_before(node);
            if (is(node, "Add"))
                widen_row(node);
            const auto pair = m_typed && moves_codes(node) ? m_int8.find(node.input(0)) : m_int8.end();
            if (pair != m_int8.end() && m_read_as_float.contains(node.output(0)))
                write_with_pair(std::move(node), pair->second);
            else
                add(std::move(node));
        }
    }

private:
    struct Pair {
        std::string scale, zero_point;
    };

    static std::int64_t opset_of(const onnx::ModelProto& model) {
        for (const auto& opset : model.opset_import())
            if (opset.domain().empty() || opset.domain() == "ai.onnx")
                return opset.version();
        return 0;
    }

    std::string fresh(const std::string& wanted) {
        std::string name = wanted;
        for (int i = 2; !m_names.insert(name).second; ++i)
            name = wanted + "_" + std::to_string(i);
        return name;
    }

    void add(onnx::NodeProto node) {
        if (node.op_type() == "DequantizeLinear" && !m_constants.contains(node.input(0))) {
            m_dequantized.insert(node.output(0));
            const auto zero_point =
                node.input_size() > 2 ? m_constants.find(node.input(2)) : m_constants.end();
            if (zero_point != m_constants.end() && node.domain().empty() &&
                zero_point->second->data_type() == onnx::TensorProto::INT8 &&
                zero_point->second->dims_size() == 0)
                m_int8[node.output(0)] = {node.input(1), node.input(2)};
        }
        if (is(node, "MatMul") && m_dequantized.contains(node.input(0)))
            m_products[node.output(0)] = node_name(node);
        *m_graph.add_node() = std::move(node);
    }

    void write_with_pair(onnx::NodeProto node, const Pair pair) {
        const std::string to = node.output(0);
        const std::string moved = fresh(to + "_unquantized"), codes = fresh(to + "_quantized");
        node.set_output(0, moved);
        add(std::move(node));
        add(make_node("QuantizeLinear", fresh(to + "_QuantizeLinear"), {moved, pair.scale, pair.zero_point},
                      {codes}));
        add(make_node("DequantizeLinear", fresh(to + "_DequantizeLinear"),
                      {codes, pair.scale, pair.zero_point}, {to}));
    }

    void widen_row(onnx::NodeProto& add) {
        for (int i = 0; i < 2; ++i) {
            const auto product = m_products.find(add.input(i));
            const auto row = m_constants.find(add.input(1 - i));
            if (product == m_products.end() || row == m_constants.end() || row->second->dims_size() != 1)
                continue;
            const std::size_t axes = axes_of(product->second, false);
            if (axes < 3)
                return;
            widen(add, 1 - i, *row->second, axes);
            return;
        }
    }

    void widen(onnx::NodeProto& add, int input, onnx::TensorProto& row, std::size_t axes) {
        const bool alone =
            m_readers[row.name()] == 1 && !m_subgraphs && row.data_location() != onnx::TensorProto::EXTERNAL;
        if (alone) {
            const std::int64_t count = row.dims(0);
            row.mutable_dims()->Resize(static_cast<int>(axes), 1);
            for (auto& size : *row.mutable_dims())
                size = 1;
            row.set_dims(static_cast<int>(axes) - 1, count);
            return;
        }
        Tensor values = m_prepared.model->weight(row.name());
        if (values.type == ElementType::undefined)
            return;
        values.shape.insert(values.shape.begin(), axes - 1, 1);
        const std::string name = fresh(row.name() + "_row");
        *m_graph.add_initializer() = proto_from(name, values);
        add.set_input(input, name);
    }

    /// What the optimizers do with it between integer layers is wrong.
    static bool is_misread(const onnx::NodeProto& node) {
        if (is(node, "AveragePool")) {
            const auto dilations = ints_attribute(node, "dilations");
            return std::any_of(dilations.begin(), dilations.end(), [](std::int64_t d) { return d != 1; });
        }
        return is(node, "Resize") &&
               (find_attribute(node, "axes") || string_attribute(node, "mode", "nearest") == "cubic");
    }

    /// The same values by an operator that no optimizer knows a rule for.
    void stand_before(onnx::NodeProto& node) {
        const std::size_t axes = axes_of(node_name(node), true);
        const std::string letters = "abcdefgh";
        if (axes == 0 || axes > letters.size())
            return;
        const std::string to = fresh(node.input(0) + "_same");
        auto same =
            make_node(axes == 4 ? "DepthToSpace" : "Einsum", fresh(to + "_node"), {node.input(0)}, {to});
        if (axes == 4) {
            set_attribute(same, "blocksize", std::int64_t{1});
        } else {
            auto& equation = *same.add_attribute();
            equation.set_name("equation");
            equation.set_type(onnx::AttributeProto::STRING);
            equation.set_s(letters.substr(0, axes) + "->" + letters.substr(0, axes));
        }
        node.set_input(0, to);
        add(std::move(same));
    }

    static std::string node_name(const onnx::NodeProto& node) {
        return node.name().empty() ? node.output(0) : node.name();
    }

    /// Of the first input or output of a node of the prepared graph; 0 where it isn't known.
    [[nodiscard]] std::size_t axes_of(const std::string& name, bool of_input) const {
        const Graph& graph = m_prepared.model->graph();
        const auto id = graph.find_node(name);
        if (!id)
            return 0;
        const auto& tensors = of_input ? graph[*id].inputs : graph[*id].outputs;
        return tensors.empty() || !tensors.front()
                   ? 0
                   : m_prepared.tensor_types[static_cast<std::size_t>(*tensors.front())].shape.size();
    }

    onnx::GraphProto& m_graph;
    const Prepared& m_prepared;
    const bool m_typed;
    bool m_quantized = false;
    std::set<std::string> m_names;          ///< of tensors and nodes
    std::set<std::string> m_read_as_float;  ///< by something else than QuantizeLinear, or from outside
    std::map<std::string, onnx::TensorProto*> m_constants;
    std::map<std::string, int> m_readers;
    bool m_subgraphs = false;                       ///< which read what is not seen here
    std::set<std::string> m_dequantized;            ///< activations
    std::map<std::string, Pair> m_int8;             ///< tensors that int8 codes give, one scale for all
    std::map<std::string, std::string> m_products;  ///< of a MatMul in integers, with its name
};

}  // namespace

void avoid_known_faults(onnx::ModelProto& model, const Resolved& resolved) {
    Forms(model, resolved).run();
}

}  // namespace quantwright
