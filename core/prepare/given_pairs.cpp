#include "core/prepare/given_pairs.h"

#include "core/model/proto_helpers.h"
#include "core/number/kernels.h"

namespace quantwright {

namespace {

class PutBack {
public:
    explicit PutBack(const Prepared& prepared)
        : m_given(prepared.given), m_model(prepared.model->proto()), m_graph(*m_model.mutable_graph()) {}

    onnx::ModelProto run() {
        for (const auto& output : m_graph.output())
            if (has_pair(output.name()) && !reads_float(output.name(), {}))
                m_after_pair.insert(output.name());
        for (const auto& input : m_graph.input())
            add_pair(input.name());
        for (const auto& from : m_graph.node()) {
            onnx::NodeProto& node = *m_nodes.add_node();
            node = from;
            for (std::string& input : *node.mutable_input())
                input = has_pair(input) && !reads_float(input, from.name()) ? after(input) : written(input);
            for (std::string& output : *node.mutable_output())
                output = written(output);
            for (const std::string& output : from.output())
                add_pair(output);
        }
        m_graph.mutable_node()->Swap(m_nodes.mutable_node());
        m_graph.clear_value_info();
        return std::move(m_model);
    }

private:
    [[nodiscard]] bool has_pair(const std::string& name) const { return m_given.activations.contains(name); }
    [[nodiscard]] bool reads_float(const std::string& name, const std::string& node) const {
        const auto found = m_given.float_readers.find(name);
        return found != m_given.float_readers.end() && found->second.contains(node);
    }
    /// What the producer writes.
    [[nodiscard]] std::string written(const std::string& name) const {
        return m_after_pair.contains(name) ? name + "/before_pair" : name;
    }
    [[nodiscard]] std::string after(const std::string& name) const {
        return m_after_pair.contains(name) ? name : name + "/after_pair";
    }

    std::string add_code(const std::string& name, std::int32_t code, ElementType type) {
        *m_graph.add_initializer() = proto_from(name, make_tensor(type, {}, pack({&code, 1}, type)));
        return name;
    }

    void add_pair(const std::string& name) {
        if (!has_pair(name))
            return;
        const Parameters& parameters = m_given.activations.at(name);
        const Format& format = *parameters.format;
        const std::string to = after(name), scale = to + "/scale";
        *m_graph.add_initializer() = proto_from(scale, make_tensor({}, parameters.scale));
        const std::string zero = add_code(to + "/zero_point", parameters.zero_point.front(), format.storage);
        std::string codes = to + "/codes";
        add_node("QuantizeLinear", {written(name), scale, zero}, codes, format);
        if (parameters.qmin != format.qmin || parameters.qmax != format.qmax) {
            const std::string low = add_code(to + "/low", parameters.qmin, format.storage);
            const std::string high = add_code(to + "/high", parameters.qmax, format.storage);
            *m_nodes.add_node() = make_node("Clip", to + "/Clip", {codes, low, high}, {to + "/clipped"});
            codes = to + "/clipped";
        }
        add_node("DequantizeLinear", {codes, scale, zero}, to, format);
    }

    void add_node(const char* op, std::vector<std::string> inputs, const std::string& output,
                  const Format& format) {
        onnx::NodeProto& node = *m_nodes.add_node();
        node = make_node(op, output + "/" + op, std::move(inputs), {output});
        std::int64_t opset = 0;
        for (const auto& import : m_model.opset_import())
            if (import.domain().empty() || import.domain() == "ai.onnx")
                opset = import.version();
        if (format.bits == 16 && opset < 21) {  // before, in the runtime's own domain
            node.set_domain("com.microsoft");
            set_opset(m_model, "com.microsoft", 1);
        }
    }

    const Given& m_given;
    onnx::ModelProto m_model;
    onnx::GraphProto& m_graph;
    onnx::GraphProto m_nodes;
    std::set<std::string> m_after_pair;  ///< outputs of the graph that are the value after the pair
};

}  // namespace

onnx::ModelProto with_given_pairs(const Prepared& prepared) {
    return PutBack(prepared).run();
}

}  // namespace quantwright
