#include <algorithm>
#include <set>

#include "core/export/qoperator_writer.h"
#include "core/model/proto_helpers.h"

namespace quantwright {

namespace {

struct Pairs {
    std::set<std::string> signed_data, unsigned_weights;  ///< float tensors
    std::set<std::string> zero_points;                    ///< of the signed data
    /// Codes and zero points of signed weights that multiply signed data.
    std::set<std::string> weights;
    bool mixed = false;      ///< somewhere signed data meet unsigned weights
    bool may_change = true;  ///< nothing but pairs reads the codes or their zero points
};

bool is_product(const onnx::NodeProto& node) {
    const std::string& op = node.op_type();
    return (op == "Conv" || op == "Gemm" || op == "MatMul") && node.input_size() > 1;
}

class Finder {
public:
    explicit Finder(const onnx::GraphProto& graph) : m_graph(graph) {
        for (const auto& initializer : graph.initializer())
            m_constants[initializer.name()] = initializer.data_type();
    }

    Pairs find() {
        for (const auto& node : m_graph.node())
            if (is_quantize(node) && codes_of(node) == onnx::TensorProto::INT8) {
                m_codes.insert(node.output(0));
                m_pairs.zero_points.insert(node.input(2));
            }
        std::map<std::string, const onnx::NodeProto*> signed_weights;
        for (const auto& node : m_graph.node()) {
            if (!is_dequantize(node))
                continue;
            const bool constant = m_constants.contains(node.input(0));
            if (m_codes.contains(node.input(0)))
                m_pairs.signed_data.insert(node.output(0));
            else if (constant && codes_of(node) == onnx::TensorProto::UINT8)
                m_pairs.unsigned_weights.insert(node.output(0));
            else if (constant && codes_of(node) == onnx::TensorProto::INT8)
                signed_weights[node.output(0)] = &node;
        }
        for (const auto& node : m_graph.node()) {
            if (!is_product(node) || !m_pairs.signed_data.contains(node.input(0)))
                continue;
            m_pairs.mixed |= m_pairs.unsigned_weights.contains(node.input(1));
            if (const auto weight = signed_weights.find(node.input(1)); weight != signed_weights.end())
                m_pairs.weights.insert({weight->second->input(0), weight->second->input(2)});
        }
        look_for_other_readers();
        return std::move(m_pairs);
    }

private:
    /// Type of a pair's codes, by its zero point; 0 without one.
    [[nodiscard]] int codes_of(const onnx::NodeProto& node) const {
        const auto zero_point = m_constants.find(node.input_size() > 2 ? node.input(2) : std::string());
        return zero_point == m_constants.end() ? 0 : zero_point->second;
    }

    void look_for_other_readers() {
        const auto touches = [&](const std::string& name) {
            return m_codes.contains(name) || m_pairs.zero_points.contains(name) ||
                   m_pairs.weights.contains(name);
        };
        for (const auto& node : m_graph.node()) {
            // A constant's DequantizeLinear that shares the data's zero point would not move with it.
            const bool moves = is_quantize(node) ||
                               (is_dequantize(node) &&
                                (m_codes.contains(node.input(0)) || m_pairs.weights.contains(node.input(0))));
            if (!moves && std::any_of(node.input().begin(), node.input().end(), touches))
                m_pairs.may_change = false;
        }
        for (const auto& output : m_graph.output())
            if (touches(output.name()))
                m_pairs.may_change = false;
    }

    const onnx::GraphProto& m_graph;
    std::map<std::string, int> m_constants;  ///< type of each initializer
    std::set<std::string> m_codes;           ///< of the signed data
    Pairs m_pairs;
};

}  // namespace

void make_unsigned(onnx::GraphProto& graph, bool all) {
    const Pairs pairs = Finder(graph).find();
    if (!pairs.may_change || !(all || pairs.mixed))
        return;
    for (auto& initializer : *graph.mutable_initializer()) {
        if (!pairs.zero_points.contains(initializer.name()) && !pairs.weights.contains(initializer.name()))
            continue;
        const Tensor values = tensor_from(initializer);
        std::vector<std::byte> moved;
        moved.reserve(values.bytes.size());
        for (const std::int8_t one : values.as<std::int8_t>())
            moved.push_back(static_cast<std::byte>(one + 128));
        initializer =
            proto_from(initializer.name(), make_tensor(ElementType::uint8, values.shape, std::move(moved)));
    }
}

}  // namespace quantwright
