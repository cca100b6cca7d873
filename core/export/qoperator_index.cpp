#include "core/export/qoperator_index.h"

#include <algorithm>
#include <limits>

#include "core/model/proto_helpers.h"
#include "core/number/kernels.h"

namespace quantwright {

namespace {

constexpr float k_infinity = std::numeric_limits<float>::infinity();

bool is_standard(const onnx::NodeProto& node) {
    return node.domain().empty() || node.domain() == "ai.onnx";
}

std::vector<std::int32_t> integers(const Tensor& tensor) {
    const auto widened = [](const auto& values) {
        return std::vector<std::int32_t>(values.begin(), values.end());
    };
    switch (tensor.type) {
        case ElementType::uint8:
            return widened(tensor.as<std::uint8_t>());
        case ElementType::int8:
            return widened(tensor.as<std::int8_t>());
        case ElementType::uint16:
            return widened(tensor.as<std::uint16_t>());
        case ElementType::int16:
            return widened(tensor.as<std::int16_t>());
        case ElementType::int32:
            return widened(tensor.as<std::int32_t>());
        default:
            return {};
    }
}

std::int32_t lowest(ElementType type) {
    return type == ElementType::int8 ? -128 : 0;
}

std::int32_t highest(ElementType type) {
    return type == ElementType::int8 ? 127 : 255;
}

}  // namespace

bool is_quantize(const onnx::NodeProto& node) {
    return node.op_type() == "QuantizeLinear";
}

bool is_dequantize(const onnx::NodeProto& node) {
    return node.op_type() == "DequantizeLinear";
}

bool Codes::one_zero_point() const {
    return std::all_of(zero_point.begin(), zero_point.end(),
                       [&](std::int32_t one) { return one == zero_point.front(); });
}

bool Ending::clips() const {
    return low > lowest(codes.type) || high < highest(codes.type);
}

QdqIndex::QdqIndex(const onnx::GraphProto& graph, const Model& weights) : m_graph(graph), m_weights(weights) {
    for (const auto& initializer : graph.initializer()) {
        m_initializers[initializer.name()] = &initializer;
        m_taken.insert(initializer.name());
    }
    for (const auto& input : graph.input())
        m_taken.insert(input.name());
    for (int i = 0; i < graph.node_size(); ++i) {
        const auto& node = graph.node(i);
        m_taken.insert(node.name());
        for (const std::string& output : node.output()) {
            m_producers[output] = i;
            m_taken.insert(output);
        }
        for (int k = 0; k < node.input_size(); ++k) {
            const auto first = node.input().begin();
            if (std::find(first, first + k, node.input(k)) != first + k)
                continue;  // x * x reads x once
            Readers& readers = m_readers[node.input(k)];
            readers.node = readers.count++ == 0 ? i : readers.node;
        }
        for (const auto& attribute : node.attribute()) {
            add_reads(attribute.g());
            for (const auto& subgraph : attribute.graphs())
                add_reads(subgraph);
        }
    }
    for (const auto& output : graph.output())
        m_readers[output.name()].count += 2;
}

/// What a subgraph names must stay as it is: two readers are no sole reader.
void QdqIndex::add_reads(const onnx::GraphProto& subgraph) {
    for (const auto& node : subgraph.node()) {
        for (const std::string& input : node.input())
            m_readers[input].count += 2;
        for (const std::string& output : node.output())
            m_taken.insert(output);
        for (const auto& attribute : node.attribute()) {
            add_reads(attribute.g());
            for (const auto& inner : attribute.graphs())
                add_reads(inner);
        }
    }
    for (const auto& output : subgraph.output())
        m_readers[output.name()].count += 2;
}

Tensor QdqIndex::constant(const std::string& tensor) const {
    const auto found = m_initializers.find(tensor);
    if (found == m_initializers.end())
        return {};
    Tensor values = tensor_from(*found->second);
    return values.type == ElementType::undefined ? m_weights.weight(tensor) : values;
}

std::optional<Shape> QdqIndex::constant_shape(const std::string& tensor) const {
    const auto found = m_initializers.find(tensor);
    if (found == m_initializers.end())
        return std::nullopt;
    return Shape(found->second->dims().begin(), found->second->dims().end());
}

std::optional<Codes> QdqIndex::codes_of(const onnx::NodeProto& node, const std::string& codes) const {
    if (node.input_size() < 3 || int_attribute(node, "block_size", 0) != 0)
        return std::nullopt;
    const Tensor scale = constant(node.input(1)), zero_point = constant(node.input(2));
    if (scale.type != ElementType::float32 || scale.shape.size() > 1)
        return std::nullopt;
    Codes result;
    result.tensor = codes;
    result.scale_name = node.input(1);
    result.zero_point_name = node.input(2);
    result.type = zero_point.type;
    result.scale.assign(scale.floats().begin(), scale.floats().end());
    result.zero_point = integers(zero_point);
    if (result.scale.empty() || result.scale.size() != result.zero_point.size())
        return std::nullopt;
    if (!scale.shape.empty())
        result.axis = static_cast<int>(int_attribute(node, "axis", 1));
    return result;
}

std::optional<Codes> QdqIndex::codes_behind(const std::string& tensor) const {
    const auto producer = m_producers.find(tensor);
    if (producer == m_producers.end() || !is_dequantize(m_graph.node(producer->second)))
        return std::nullopt;
    const auto& node = m_graph.node(producer->second);
    return codes_of(node, node.input(0));
}

std::optional<Codes> QdqIndex::bytes_behind(const std::string& tensor) const {
    auto codes = codes_behind(tensor);
    return codes && codes->is_byte() && codes->per_tensor() ? codes : std::nullopt;
}

int QdqIndex::sole_reader(const std::string& tensor) const {
    const auto readers = m_readers.find(tensor);
    return readers != m_readers.end() && readers->second.count == 1 ? readers->second.node : -1;
}

/// Adds what the activation clips to; false if the node is none with constant bounds.
bool QdqIndex::narrow(const onnx::NodeProto& activation, std::vector<std::pair<float, float>>& bounds) const {
    if (!is_standard(activation))
        return false;
    if (activation.op_type() == "Relu") {
        bounds.emplace_back(0.0f, k_infinity);
        return true;
    }
    if (activation.op_type() != "Clip")
        return false;
    std::pair<float, float> both(-k_infinity, k_infinity);
    const auto read = [&](int input, float& bound) {
        if (activation.input_size() <= input || activation.input(input).empty())
            return true;
        const Tensor value = constant(activation.input(input));
        if (value.type != ElementType::float32 || value.floats().size() != 1)
            return false;
        bound = value.floats()[0];
        return true;
    };
    if (!read(1, both.first) || !read(2, both.second))
        return false;
    bounds.push_back(both);
    return true;
}

std::optional<Ending> QdqIndex::follow(int node) const {
    Ending ending;
    std::vector<std::pair<float, float>> bounds;
    while (node >= 0 && !is_quantize(m_graph.node(node))) {
        if (!narrow(m_graph.node(node), bounds))
            return std::nullopt;
        ending.nodes.push_back(node);
        node = sole_reader(m_graph.node(node).output(0));
    }
    if (node < 0)
        return std::nullopt;
    ending.nodes.push_back(node);
    auto codes = codes_of(m_graph.node(node), m_graph.node(node).output(0));
    if (!codes || !codes->is_byte() || !codes->per_tensor())
        return std::nullopt;
    ending.codes = std::move(*codes);
    const std::int32_t qmin = lowest(ending.codes.type), qmax = highest(ending.codes.type);
    const ScaleZeroPoint one{ending.codes.scale.front(), ending.codes.zero_point.front()};
    ending.low = qmin;
    ending.high = qmax;
    for (const auto& [min, max] : bounds) {
        const auto clipped = [&, low = quantize_one(min, one, qmin, qmax),
                              high = quantize_one(max, one, qmin, qmax)](std::int32_t code) {
            return std::min(std::max(code, low), high);
        };
        ending.low = clipped(ending.low);
        ending.high = clipped(ending.high);
    }
    return ending;
}

std::optional<Ending> QdqIndex::ending_of(const std::string& tensor) const {
    return follow(sole_reader(tensor));
}

std::optional<Ending> QdqIndex::ending_at(int activation) const {
    return follow(activation);
}

std::string QdqIndex::fresh_name(const std::string& wanted) {
    std::string name = wanted;
    for (int i = 2; !m_taken.insert(name).second; ++i)
        name = wanted + "_" + std::to_string(i);
    return name;
}

}  // namespace quantwright
