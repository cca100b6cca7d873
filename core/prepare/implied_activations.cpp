#include "core/prepare/implied_activations.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <string_view>
#include <unordered_set>

#include "core/model/proto_helpers.h"
#include "core/number/kernels.h"
#include "core/prepare/float_values.h"
#include "core/prepare/group_layers.h"

namespace quantwright {

namespace {

constexpr float k_relu6 = 6;
constexpr float k_exactly = 1e-5f;  // 6 / 255 and back, in float
constexpr std::int64_t k_clip_inputs_opset = 11;

template <std::size_t N>
bool is_one_of(const onnx::NodeProto& node, const std::array<std::string_view, N>& ops) {
    return is_standard(node) && std::find(ops.begin(), ops.end(), node.op_type()) != ops.end();
}

class Implied {
public:
    Implied(WorkingGraph& graph, const std::unordered_map<std::string, int>& places)
        : m_graph(graph), m_given(graph.given()), m_places(places) {
        for (const WorkingNode& node : graph.nodes())
            m_node_names.insert(node.proto.name());
    }

    void run() {
        const int count = static_cast<int>(m_graph.nodes().size());
        for (int i = 0; i < count; ++i)
            if (is_there(i))
                look_for_relu6(proto(i));
        for (int i = 0; i < count; ++i)
            if (is_there(i))
                visit(i);
    }

private:
    [[nodiscard]] bool is_there(int node) const {
        return !m_graph.nodes()[static_cast<std::size_t>(node)].removed;
    }
    [[nodiscard]] const onnx::NodeProto& proto(int node) const {
        return m_graph.nodes()[static_cast<std::size_t>(node)].proto;
    }

    /// Parameters of a pair whose lowest code is 0.
    [[nodiscard]] const Parameters* pair_from_zero(const std::string& tensor) const {
        const auto found = m_given.by_name.activations.find(tensor);
        if (found == m_given.by_name.activations.end())
            return nullptr;
        const Parameters& parameters = found->second;
        return parameters.axis < 0 && parameters.zero_point.front() == parameters.qmin ? &parameters
                                                                                       : nullptr;
    }

    void look_for_relu6(const onnx::NodeProto& node) {
        if (is_op(node, "Clip")) {
            const int producer = m_graph.producer(input_of(node, 0));
            if (const auto bounds = bounds_of(node);
                producer >= 0 && bounds && *bounds == std::pair<double, double>(0, k_relu6))
                m_with_relu6.insert(proto(producer).op_type());
        } else if (const Parameters* pair = pair_from_zero(output_of(node, 0))) {
            if (takes_activation(node) && std::abs(representable(*pair).max - k_relu6) <= k_exactly)
                m_with_relu6.insert(node.op_type());
        }
    }

    void visit(int i) {
        const onnx::NodeProto& node = proto(i);
        const bool no_negatives = gives_no_negatives(node);
        if (no_negatives)
            for (const std::string& output : node.output())
                m_no_negatives.insert(output);
        else if (is_implied_behind(node))
            insert_behind(i);
    }

    [[nodiscard]] bool is_implied_behind(const onnx::NodeProto& node) const {
        const std::string& tensor = output_of(node, 0);
        // Who reads the value before the pair reads it without the activation: then there was none. This
        // program leaves none out where it names the value before the pair.
        if (!takes_activation(node) || node.output_size() != 1 || !m_places.contains(tensor) ||
            !pair_from_zero(tensor) || m_given.is_split(tensor) || m_given.named_before.contains(tensor))
            return false;
        // x * sigmoid(x) is hardly ever negative, and no activation follows it.
        const bool product = is_op(node, "Mul") || is_op(node, "Div");
        return !product || m_graph.is_constant(input_of(node, 0)) || m_graph.is_constant(input_of(node, 1));
    }

    [[nodiscard]] bool has_no_negatives(const std::string& tensor) const {
        if (m_no_negatives.contains(tensor) || pair_from_zero(tensor))
            return true;
        const auto values = m_graph.is_constant(tensor) ? doubles_of(m_graph.constant(tensor)) : std::nullopt;
        return values && std::all_of(values->begin(), values->end(), [](double x) { return x >= 0; });
    }

    [[nodiscard]] bool gives_no_negatives(const onnx::NodeProto& node) const {
        static constexpr std::array<std::string_view, 8> always = {
            "Relu", "Sigmoid", "HardSigmoid", "Softmax", "Softplus", "Exp", "Abs", "Sqrt"};
        static constexpr std::array<std::string_view, 21> of_first = {
            "MaxPool",      "AveragePool",  "GlobalMaxPool", "GlobalAveragePool",
            "ReduceMean",   "ReduceMax",    "ReduceSum",     "Reshape",
            "Flatten",      "Squeeze",      "Unsqueeze",     "Transpose",
            "Slice",        "Split",        "Gather",        "Tile",
            "DepthToSpace", "SpaceToDepth", "Expand",        "Identity",
            "Dropout"};
        static constexpr std::array<std::string_view, 7> of_all = {"Add",    "Sum", "Mul", "Div",
                                                                   "Concat", "Min", "Max"};
        if (is_one_of(node, always))
            return true;
        if (is_op(node, "Clip"))
            if (const auto bounds = bounds_of(node); bounds && bounds->first >= 0)
                return true;
        const bool interpolates = is_op(node, "Resize") && string_attribute(node, "mode", "") != "cubic";
        if (is_one_of(node, of_first) || is_op(node, "Clip") || interpolates)
            return has_no_negatives(input_of(node, 0));
        const auto& inputs = node.input();
        return is_one_of(node, of_all) && std::all_of(inputs.begin(), inputs.end(), [&](const auto& input) {
                   return has_no_negatives(input);
               });
    }

    /// Empty where they are computed.
    [[nodiscard]] std::optional<std::pair<double, double>> bounds_of(const onnx::NodeProto& clip) const {
        std::array<double, 2> bounds = {-std::numeric_limits<double>::infinity(),
                                        std::numeric_limits<double>::infinity()};
        for (const int i : {0, 1}) {
            const auto place = static_cast<std::size_t>(i);
            if (const auto* old = find_attribute(clip, i == 0 ? "min" : "max"))
                bounds[place] = static_cast<double>(old->f());
            const std::string& input = input_of(clip, i + 1);
            if (input.empty())
                continue;
            const auto values =
                m_graph.is_constant(input) ? doubles_of(m_graph.constant(input)) : std::nullopt;
            if (!values || values->size() != 1)
                return std::nullopt;
            bounds[place] = values->front();
        }
        return std::pair(bounds[0], bounds[1]);
    }

    [[nodiscard]] bool is_relu6(const Parameters& pair, const std::string& op) const {
        const ScaleZeroPoint one{pair.scale.front(), pair.zero_point.front()};
        const bool clips_there = quantize_one(k_relu6, one, pair.qmin, pair.qmax) == pair.qmax;
        return clips_there &&
               (representable(pair).max >= k_relu6 - one.scale / 2 || m_with_relu6.contains(op));
    }

    void insert_behind(int producer) {
        const std::string tensor = output_of(proto(producer), 0);
        const int place = m_places.at(tensor);
        if (place <= producer || is_there(place))
            return;
        const bool relu6 = is_relu6(*pair_from_zero(tensor), proto(producer).op_type());
        const std::string before = m_graph.free_name(tensor + "_before_activation");
        auto pair = m_given.by_name.activations.extract(tensor);  // it stays on what the readers read
        m_graph.rename_output(producer, 0, before);
        m_given.by_name.activations.insert(std::move(pair));
        m_graph.replace(place, relu6 ? relu6_of(before, tensor) : make_node("Relu", {}, {before}, {tensor}));
        WorkingNode& added = m_graph.nodes()[static_cast<std::size_t>(place)];
        added.proto.set_name(free_node_name(tensor + (relu6 ? "_Clip" : "_Relu")));
        added.origins.clear();
        m_given.implied.insert(place);
        m_no_negatives.insert(tensor);
    }

    onnx::NodeProto relu6_of(const std::string& from, const std::string& to) {
        if (m_graph.opset() < k_clip_inputs_opset) {
            onnx::NodeProto clip = make_node("Clip", {}, {from}, {to});
            set_attribute(clip, "min", 0.0f);
            set_attribute(clip, "max", k_relu6);
            return clip;
        }
        if (m_low.empty()) {
            m_low = add_constant("relu6_min", 0);
            m_high = add_constant("relu6_max", k_relu6);
        }
        return make_node("Clip", {}, {from, m_low, m_high}, {to});
    }

    std::string add_constant(const std::string& wanted, float value) {
        std::string name = m_graph.free_name(wanted);
        m_graph.set_constant(proto_from(name, make_tensor({}, std::vector<float>{value})), {});
        return name;
    }

    std::string free_node_name(const std::string& wanted) {
        std::string name = wanted;
        for (int i = 2; !m_node_names.insert(name).second; ++i)
            name = wanted + "_" + std::to_string(i);
        return name;
    }

    WorkingGraph& m_graph;
    WorkingGiven& m_given;
    const std::unordered_map<std::string, int>& m_places;
    std::unordered_set<std::string> m_node_names, m_no_negatives;
    std::unordered_set<std::string> m_with_relu6;  ///< operators behind one of which the file shows Relu6
    std::string m_low, m_high;                     ///< bounds of all Clips
};

}  // namespace

void add_implied_activations(WorkingGraph& graph, const std::unordered_map<std::string, int>& places) {
    Implied(graph, places).run();
}

void drop_unfused_activations(WorkingGraph& graph, const std::vector<Composite>& composites) {
    std::unordered_set<std::string> inside;
    for (const Composite& composite : composites)
        inside.insert(composite.nodes.begin(), composite.nodes.end());
    std::set<int>& implied = graph.given().implied;
    for (auto next = implied.begin(); next != implied.end();) {
        const int node = *next;
        const WorkingNode& activation = graph.nodes()[static_cast<std::size_t>(node)];
        const std::string before = input_of(activation.proto, 0), tensor = output_of(activation.proto, 0);
        const int producer = activation.removed ? -1 : graph.producer(before);
        if (producer < 0) {
            next = implied.erase(next);
            continue;
        }
        const onnx::NodeProto& from = graph.nodes()[static_cast<std::size_t>(producer)].proto;
        if (takes_activation(from) && !inside.contains(from.name())) {
            ++next;
            continue;
        }
        const auto place = std::find(from.output().begin(), from.output().end(), before);
        const int output = static_cast<int>(place - from.output().begin());
        graph.remove(node);
        graph.rename_output(producer, output, tensor);
        next = implied.erase(next);
    }
}

}  // namespace quantwright
