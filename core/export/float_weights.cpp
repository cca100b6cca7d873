#include "core/export/float_weights.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "core/model/proto_helpers.h"
#include "core/number/kernels.h"
#include "core/prepare/quantization_nodes.h"

namespace quantwright {

namespace {

/// Operators that give what they read in another order or shape: Q/DQ pairs may be moved across them.
bool moves_data(const onnx::NodeProto& node) {
    static const std::set<std::string> operators = {
        "DepthToSpace", "Dropout", "Expand",    "Flatten",   "Gather",         "GlobalMaxPool", "Identity",
        "MaxPool",      "Pad",     "Reshape",   "Resize",    "Slice",          "SpaceToDepth",  "Split",
        "Squeeze",      "Tile",    "Unsqueeze", "Transpose", "GatherElements", "GatherND"};
    return is_standard(node) && operators.contains(node.op_type());
}

bool is_convolution(const onnx::NodeProto& node) {
    return node.op_type() == "Conv" || node.op_type() == "ConvTranspose";
}

class Guard {
public:
    explicit Guard(onnx::GraphProto& graph) : m_graph(graph) {
        for (const auto& initializer : graph.initializer())
            m_constants[initializer.name()] = &initializer;
        for (const auto& output : graph.output())
            ++m_reads[output.name()];
        for (int i = 0; i < graph.node_size(); ++i) {
            const onnx::NodeProto& node = graph.node(i);
            for (const std::string& output : node.output())
                m_makers[output] = i;
            std::set<std::string> inside;
            for (const auto& attribute : node.attribute())
                if (attribute.has_g())
                    collect_names(attribute.g(), inside);
            for (const std::string& input : node.input())
                ++m_reads[input];
            for (const std::string& name : inside)
                ++m_reads[name];
        }
        collect_names(graph, m_names);
    }

    void run() {
        struct Place {
            int node;
            Pair pair;
            std::int64_t channels;
        };
        std::vector<Place> places;
        for (int i = 0; i < m_graph.node_size(); ++i) {
            const onnx::NodeProto& node = m_graph.node(i);
            if (!has_float_weight(node))
                continue;
            if (const auto pair = pair_behind(node.input(0))) {
                places.push_back({i, *pair, pair->direct ? channels_of(node) : 0});
                m_convolutions[node.input(0)] += places.back().channels > 1 ? 1 : 0;
            }
        }
        for (const auto& [index, pair, channels] : places) {
            onnx::NodeProto& node = *m_graph.mutable_node(index);
            node.set_input(0, channels > 1 ? with_channels(pair, node.input(0), channels, index)
                                           : clipped(pair, node.input(0), index));
        }
        put_in_order();
    }

private:
    struct Pair {
        int dequantize = -1;
        bool direct = true;  ///< nothing stands in between
        float scale = 0;
        std::int32_t zero_point = 0;
        const Format* format = nullptr;
    };

    [[nodiscard]] const onnx::TensorProto* constant(const std::string& name) const {
        const auto found = m_constants.find(name);
        return found == m_constants.end() ? nullptr : found->second;
    }

    [[nodiscard]] bool has_float_weight(const onnx::NodeProto& node) const {
        static const std::set<std::string> operators = {"Conv", "ConvTranspose", "Gemm", "MatMul"};
        if (!is_standard(node) || !operators.contains(node.op_type()) || node.input_size() < 2)
            return false;
        const auto* weight = constant(node.input(1));
        return weight && weight->data_type() == onnx::TensorProto::FLOAT;
    }

    /// The DequantizeLinear with one scale that the tensor comes from.
    [[nodiscard]] std::optional<Pair> pair_behind(std::string tensor) const {
        Pair pair;
        for (auto maker = m_makers.find(tensor); maker != m_makers.end(); maker = m_makers.find(tensor)) {
            const onnx::NodeProto& node = m_graph.node(maker->second);
            if (moves_data(node)) {
                pair.direct = false;
                tensor = node.input(0);
                continue;
            }
            if (!dequantizes(node))
                return std::nullopt;
            const auto* scale = constant(node.input(1));
            if (!scale || scale->data_type() != onnx::TensorProto::FLOAT)
                return std::nullopt;
            const Tensor scales = tensor_from(*scale);
            if (scales.floats().size() != 1)
                return std::nullopt;
            pair.dequantize = maker->second;
            pair.scale = scales.floats().front();
            ElementType type = ElementType::uint8;
            if (const auto* zero = constant(input_of(node, 2))) {
                const auto codes = codes_of(tensor_from(*zero));
                if (!codes || codes->size() != 1)
                    return std::nullopt;
                pair.zero_point = codes->front();
                type = static_cast<ElementType>(zero->data_type());
            }
            for (const Format& format : formats())
                if (format.is_integer && format.storage == type)
                    pair.format = &format;
            return pair.format ? std::optional(pair) : std::nullopt;
        }
        return std::nullopt;
    }

    /// Of a convolution's input, as its weights say it; 0 for other operators.
    [[nodiscard]] std::int64_t channels_of(const onnx::NodeProto& node) const {
        const auto& sizes = constant(node.input(1))->dims();
        if (!is_convolution(node) || sizes.size() < 2)
            return 0;
        return node.op_type() == "Conv" ? sizes[1] * int_attribute(node, "group", 1) : sizes[0];
    }

    std::string fresh(const std::string& wanted) {
        std::string name = wanted;
        for (int i = 2; !m_names.insert(name).second; ++i)
            name = wanted + "_" + std::to_string(i);
        return name;
    }

    std::string add_constant(const std::string& wanted, const Tensor& values) {
        std::string name = fresh(wanted);
        m_added.push_back(proto_from(name, values));
        return name;
    }

    /// The same DequantizeLinear with its scale once per channel; where others read it too, one of its own.
    std::string with_channels(const Pair& pair, const std::string& tensor, std::int64_t channels,
                              int before) {
        const auto [known, is_new] = m_per_channel.try_emplace(tensor);
        if (!is_new)
            return known->second;
        const auto count = static_cast<std::size_t>(channels);
        const ElementType type = pair.format->storage;
        const std::vector<std::int32_t> zero_points(count, pair.zero_point);
        const std::string scale =
            add_constant(tensor + "_scales", make_tensor({channels}, std::vector<float>(count, pair.scale)));
        const std::string zero_point =
            add_constant(tensor + "_zero_points", make_tensor(type, {channels}, pack(zero_points, type)));
        onnx::NodeProto& old = *m_graph.mutable_node(pair.dequantize);
        onnx::NodeProto node = old;
        while (node.input_size() < 3)
            node.add_input("");
        node.set_input(1, scale);
        node.set_input(2, zero_point);
        set_attribute(node, "axis", std::int64_t{1});
        known->second = tensor;
        if (m_reads[tensor] == m_convolutions[tensor]) {
            old = std::move(node);
            return tensor;
        }
        known->second = fresh(tensor + "_by_channel");
        node.set_name(known->second + "_DequantizeLinear");
        node.set_output(0, known->second);
        m_inserted[before].push_back(std::move(node));
        return known->second;
    }

    std::string clipped(const Pair& pair, const std::string& tensor, int before) {
        const auto [known, is_new] = m_clipped.try_emplace(tensor);
        if (!is_new)
            return known->second;
        const auto bound = [&](std::int32_t code) {
            return make_tensor(Shape{},
                               std::vector<float>{static_cast<float>(code - pair.zero_point) * pair.scale});
        };
        const std::string low = add_constant(tensor + "_lowest", bound(pair.format->qmin));
        const std::string high = add_constant(tensor + "_highest", bound(pair.format->qmax));
        known->second = fresh(tensor + "_in_range");
        m_inserted[before].push_back(
            make_node("Clip", known->second + "_Clip", {tensor, low, high}, {known->second}));
        return known->second;
    }

    void put_in_order() {
        for (auto& constant : m_added)
            m_graph.add_initializer()->Swap(&constant);
        if (m_inserted.empty())
            return;
        google::protobuf::RepeatedPtrField<onnx::NodeProto> before;
        before.Swap(m_graph.mutable_node());
        for (int i = 0; i < before.size(); ++i) {
            for (onnx::NodeProto& node : m_inserted[i])
                m_graph.add_node()->Swap(&node);
            m_graph.add_node()->Swap(&before[i]);
        }
    }

    onnx::GraphProto& m_graph;
    std::map<std::string, const onnx::TensorProto*> m_constants;
    std::map<std::string, int> m_makers, m_reads;
    std::map<std::string, int> m_convolutions;  ///< readers that get a scale per channel
    std::set<std::string> m_names;
    std::vector<onnx::TensorProto> m_added;
    std::map<int, std::vector<onnx::NodeProto>> m_inserted;  ///< by the node that they stand before
    std::map<std::string, std::string> m_per_channel, m_clipped;
};

}  // namespace

void keep_weights_float(onnx::GraphProto& graph) {
    Guard(graph).run();
}

}  // namespace quantwright
