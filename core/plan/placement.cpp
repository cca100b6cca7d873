// Which layers become integer and which tensors get a Q/DQ pair.
#include <onnx/defs/schema.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/model/proto_helpers.h"
#include "core/plan/resolve_parts.h"

namespace quantwright {

const Parameters* given_activation(const Resolved& resolved, TensorId tensor) {
    const Prepared& prepared = *resolved.prepared;
    const std::string& name = prepared.model->graph()[tensor].name;
    const auto found = prepared.given.activations.find(name);
    if (found == prepared.given.activations.end() || resolved.plan.tensors.contains(name))
        return nullptr;
    const int producer = prepared.producing_layer(tensor);
    const bool chosen = producer >= 0 && user_chose(resolved.layers[static_cast<std::size_t>(producer)],
                                                    Field::activation_format, Field::threshold_percentile);
    return chosen ? nullptr : &found->second;
}

const Parameters* given_weight(const Resolved& resolved, int layer) {
    const auto i = static_cast<std::size_t>(layer);
    const auto found = resolved.prepared->given.weights.find(resolved.prepared->layers[i].weight);
    if (found == resolved.prepared->given.weights.end() ||
        user_chose(resolved.layers[i], Field::weight_format, Field::weight_divisor))
        return nullptr;
    return &found->second;
}

namespace {

std::size_t index(TensorId id) {
    return static_cast<std::size_t>(id);
}

bool is_quantization_op(const std::string& op) {
    return op == "QuantizeLinear" || op == "DequantizeLinear" || op == "DynamicQuantizeLinear" ||
           op.starts_with("QLinear") || op.ends_with("Integer") || op.starts_with("QGemm") ||
           op.starts_with("MatMulInteger") || op.starts_with("MatMulNBits");
}

bool is_float(const Prepared& prepared, TensorId id) {
    return prepared.tensor_types[index(id)].type == ElementType::float32;
}

/// The activations of a layer that carry its data: the float ones (indices and shapes are not).
std::vector<TensorId> float_inputs(const Prepared& prepared, const Layer& layer) {
    std::vector<TensorId> result;
    std::copy_if(layer.inputs.begin(), layer.inputs.end(), std::back_inserter(result),
                 [&](TensorId id) { return is_float(prepared, id); });
    return result;
}

/// An elementwise layer one of whose operands is a float constant.
bool has_constant_operand(const Prepared& prepared, const Layer& layer) {
    const Graph& graph = prepared.model->graph();
    const GraphNode& node = graph[layer.nodes.front()];
    return std::any_of(node.inputs.begin(), node.inputs.end(), [&](const auto& input) {
        return input && graph[*input].is_initializer && is_float(prepared, *input) &&
               !prepared.tensor_types[index(*input)].shape.empty();
    });
}

bool is_plain_gemm(const onnx::NodeProto& node) {
    return int_attribute(node, "transA", 0) == 0 && float_attribute(node, "alpha", 1) == 1 &&
           float_attribute(node, "beta", 1) == 1;
}

/// The operator's schema takes float16 wherever this node has float data.
bool has_half_form(const onnx::NodeProto& node, std::int64_t opset) {
    const onnx::OpSchema* schema =
        onnx::OpSchemaRegistry::Schema(node.op_type(), static_cast<int>(opset), node.domain());
    if (!schema || schema->inputs().empty() || schema->outputs().empty())
        return false;
    static const auto* half = onnx::Utils::DataTypeUtils::ToType("tensor(float16)");
    // Cast and its like give the type that an attribute names.
    if (find_attribute(node, "to") || find_attribute(node, "dtype"))
        return false;
    // Schemas that allow what ONNX Runtime has no kernel for (1.31), and training, whose random numbers and
    // statistics differ with the type.
    const std::string reduction = string_attribute(node, "reduction", "none");
    if (node.op_type() == "MeanVarianceNormalization" || int_attribute(node, "training_mode", 0) != 0 ||
        (node.op_type() == "Dropout" && node.input_size() > 2) ||
        (node.op_type().starts_with("Scatter") && reduction != "none"))
        return false;
    return schema->inputs().front().GetTypes().contains(half) &&
           schema->outputs().front().GetTypes().contains(half);
}

const Role* role_of(const Resolved& resolved, std::size_t layer) {
    const TargetOperator* op = find_operator(*resolved.target, resolved.prepared->layers[layer].op);
    return op ? &op->role : nullptr;
}

/// Union of tensors that must have one scale; the representative is the earliest tensor's id.
class Sharing {
public:
    explicit Sharing(std::size_t count) : m_parent(count) { std::iota(m_parent.begin(), m_parent.end(), 0u); }
    std::size_t find(std::size_t i) {
        while (m_parent[i] != i)
            i = m_parent[i] = m_parent[m_parent[i]];
        return i;
    }
    /// The first one's representative stays.
    void join(std::size_t a, std::size_t b) { m_parent[find(b)] = find(a); }

private:
    std::vector<std::size_t> m_parent;
};

}  // namespace

KeptFloat quantizable(const Prepared& prepared, int layer_index, const Target& target) {
    const Layer& layer = prepared.layers[static_cast<std::size_t>(layer_index)];
    const Graph& graph = prepared.model->graph();
    const GraphNode& node = graph[layer.nodes.front()];
    if (!layer.runs)
        return KeptFloat::unknown_operator;
    if (node.has_subgraph)
        return KeptFloat::subgraph;
    if (is_quantization_op(node.proto->op_type()))
        return KeptFloat::already_quantized;
    const auto touches_codes = [&](TensorId id) {
        const auto producer = graph[id].producer;
        return producer && graph[*producer].proto->op_type() == "DequantizeLinear";
    };
    if (std::any_of(layer.inputs.begin(), layer.inputs.end(), touches_codes))
        return KeptFloat::already_quantized;
    const std::string& domain = node.proto->domain();
    if (!domain.empty() && domain != "ai.onnx")
        return KeptFloat::unknown_operator;
    const TargetOperator* op = find_operator(target, layer.op);
    if (!op)
        return KeptFloat::not_in_target;
    if (float_inputs(prepared, layer).empty() ||
        !std::all_of(layer.outputs.begin(), layer.outputs.end(),
                     [&](TensorId id) { return is_float(prepared, id); }))
        return KeptFloat::not_float_data;
    if (!op->has_static)
        return KeptFloat::not_in_target;
    if (op->needs_constant_weight && layer.weight.empty())
        return KeptFloat::no_constant_weight;
    if (layer.op == "Gemm" && !is_plain_gemm(*node.proto))
        return KeptFloat::not_in_target;
    if (op->role == Role::compute && layer.weight.empty() && float_inputs(prepared, layer).size() < 2)
        return KeptFloat::no_constant_weight;
    // A bias or operand: what Clip and its like have for bounds is no value.
    if ((op->role == Role::compute || op->role == Role::elementwise) && infinite_constant(prepared, layer))
        return KeptFloat::infinities;
    if (op->role == Role::elementwise && has_constant_operand(prepared, layer))
        return KeptFloat::constant_operand;
    return KeptFloat::no;
}

namespace {

class Placement {
public:
    explicit Placement(Resolved& resolved)
        : m_resolved(resolved),
          m_prepared(*resolved.prepared),
          m_graph(resolved.prepared->model->graph()),
          m_sharing(m_graph.tensors().size()) {}

    void run() {
        for (std::size_t i = 0; i < m_resolved.layers.size(); ++i) {
            ResolvedLayer& layer = m_resolved.layers[i];
            const auto [mode, reason] = judge(i);
            layer.mode = mode;
            layer.kept_float = reason;
        }
        m_resolved.tensors.assign(m_graph.tensors().size(), std::nullopt);
        for (std::size_t i = 0; i < m_resolved.layers.size(); ++i)
            if (m_resolved.layers[i].integers())
                place(i);
        keep_given_pairs();
        for (auto& tensor : m_resolved.tensors)
            if (tensor)
                tensor->scale_owner = static_cast<TensorId>(m_sharing.find(index(tensor->tensor)));
    }

private:
    struct Verdict {
        LayerMode mode = LayerMode::kept_float;
        KeptFloat reason = KeptFloat::no;
    };

    [[nodiscard]] bool made_in_integers(TensorId id) const {
        const int producer = m_prepared.producing_layer(id);
        return producer >= 0 && m_resolved.layers[static_cast<std::size_t>(producer)].integers();
    }

    [[nodiscard]] bool given(TensorId id) const { return given_activation(m_resolved, id) != nullptr; }

    [[nodiscard]] bool known(TensorId id) const {
        return given(id) || (m_resolved.statistics && m_resolved.statistics->find(m_graph[id].name));
    }

    template <class Test>
    [[nodiscard]] static bool all(const std::vector<TensorId>& ids, Test test) {
        return std::all_of(ids.begin(), ids.end(), test);
    }

    Verdict judge(std::size_t i) {
        const ResolvedLayer& layer = m_resolved.layers[i];
        const std::string& mode = layer[Field::mode].value;
        if (mode == "float")
            return {LayerMode::kept_float,
                    layer.proposed != KeptFloat::no ? layer.proposed : KeptFloat::chosen};
        if (!m_prepared.layers[i].runs)
            return {LayerMode::kept_float, KeptFloat::unknown_operator};
        if (mode == "fp16")
            return judge_half(i);
        if (mode == "dynamic" || mode == "weight-only")
            return judge_weights(i, mode == "dynamic");
        if (!m_prepared.given.empty() && !user_chose(layer, Field::mode, Field::mode))
            return judge_given(i);
        const bool no_activations = layer[Field::activation_format].value == "float";
        return no_activations ? judge_weights(i, false) : judge_static(i);
    }

    Verdict judge_static(std::size_t i) {
        const Layer& layer = m_prepared.layers[i];
        const KeptFloat reason = quantizable(m_prepared, static_cast<int>(i), *m_resolved.target);
        if (reason == KeptFloat::infinities)
            return infinite(layer, *infinite_constant(m_prepared, layer));
        if (reason == KeptFloat::no || reason == KeptFloat::constant_operand) {
            if (const auto tensor = infinite_input(m_resolved, layer))
                return infinite(layer, *tensor);
            if (const auto tensor = infinite_output(m_resolved, layer))
                return infinite(layer, *tensor);
        }
        if (reason != KeptFloat::no)
            return {LayerMode::kept_float, reason};
        const auto inputs = float_inputs(m_prepared, layer);
        const Role role = *role_of(m_resolved, i);
        // Passive and elementwise layers follow the integers that reach them; layers come in topological
        // order.
        if (role != Role::compute && !all(inputs, [&](TensorId id) { return made_in_integers(id); }))
            return {LayerMode::kept_float, KeptFloat::nothing_to_gain};
        const auto is_known = [&](TensorId id) { return known(id); };
        if (!all(inputs, is_known) || !all(layer.outputs, is_known))
            return {LayerMode::kept_float, KeptFloat::no_statistics};
        return {LayerMode::static_, KeptFloat::no};
    }

    /// A layer of a model that brought its parameters with it: as it came.
    Verdict judge_given(std::size_t i) {
        const Layer& layer = m_prepared.layers[i];
        const auto inputs = float_inputs(m_prepared, layer);
        const bool inputs_given = all(inputs, [&](TensorId id) { return known(id) && is_given_place(id); });
        if (!layer.weight.empty()) {
            if (!m_prepared.given.weights.contains(layer.weight))
                return {LayerMode::kept_float, KeptFloat::not_given};
            return {inputs_given ? LayerMode::static_ : LayerMode::weight_only, KeptFloat::no};
        }
        const bool outputs_given =
            all(layer.outputs, [&](TensorId id) { return known(id) && is_given_place(id); });
        if (inputs.empty() || !inputs_given || !outputs_given)
            return {LayerMode::kept_float, KeptFloat::not_given};
        return {LayerMode::static_, KeptFloat::no};
    }

    /// Dynamic and weight-only: what has a constant weight to quantize.
    Verdict judge_weights(std::size_t i, bool dynamic) {
        const Layer& layer = m_prepared.layers[i];
        const GraphNode& node = m_graph[layer.nodes.front()];
        if (const KeptFloat reason = readable(node); reason != KeptFloat::no)
            return {LayerMode::kept_float, reason};
        const TargetOperator* op = find_operator(*m_resolved.target, layer.op);
        if (!op || (op->role == Role::compute && layer.op == "Gemm" && !is_plain_gemm(*node.proto)))
            return {LayerMode::kept_float, KeptFloat::not_in_target};
        const bool no_codes = m_resolved.layers[i][Field::weight_format].value == "float";
        if (op->role != Role::compute || layer.weight.empty() || no_codes)
            return {LayerMode::kept_float, KeptFloat::needs_weight};
        if (!is_float(m_prepared, *m_graph.find_tensor(layer.weight)))
            return {LayerMode::kept_float, KeptFloat::not_float_data};
        // An infinity has no code and no range, and times a weight whose code is zero it is NaN.
        if (const auto tensor = infinite_input(m_resolved, layer))
            return infinite(layer, *tensor);
        if (dynamic && op->dynamic)
            return {LayerMode::dynamic, KeptFloat::no};
        // Dynamic where the operator has no such form: at least its weights.
        if (m_resolved.target->modes.contains("weight-only"))
            return {LayerMode::weight_only, KeptFloat::no};
        return {LayerMode::kept_float, KeptFloat::not_in_target};
    }

    Verdict judge_half(std::size_t i) {
        const Layer& layer = m_prepared.layers[i];
        for (const NodeId id : layer.nodes)
            if (const KeptFloat reason = readable(m_graph[id]); reason != KeptFloat::no)
                return {LayerMode::kept_float, reason};
        const auto inputs = float_inputs(m_prepared, layer);
        const bool floats_out = all(layer.outputs, [&](TensorId id) { return is_float(m_prepared, id); });
        if (inputs.empty() || !floats_out)
            return {LayerMode::kept_float, KeptFloat::not_float_data};
        for (const NodeId id : layer.nodes)
            if (!has_half_form(*m_graph[id].proto, m_prepared.model->opset()))
                return {LayerMode::kept_float, KeptFloat::no_fp16};
        // float16 has infinities; what the other factor is rounded to may be zero.
        if (const auto tensor = infinite_input(m_resolved, layer); tensor && multiplies(m_prepared, layer))
            return infinite(layer, *tensor);
        if (overflows_half(layer)) {
            m_resolved.problems.push_back({"fp16.overflow", Severity::warning, layer.name, {}});
            return {LayerMode::kept_float, KeptFloat::fp16_overflow};
        }
        return {LayerMode::fp16, KeptFloat::no};
    }

    Verdict infinite(const Layer& layer, const InfiniteTensor& tensor) {
        m_resolved.problems.push_back(
            {"activation.infinite", Severity::info, layer.name, {tensor.name, std::to_string(tensor.count)}});
        return {LayerMode::kept_float, KeptFloat::infinities};
    }

    [[nodiscard]] bool overflows_half(const Layer& layer) const {
        constexpr float largest = 65504;  // IEEE 754 binary16
        const auto beyond = [](float x) { return !std::isinf(x) && (x < -largest || x > largest); };
        for (const NodeId id : layer.nodes)
            for (const auto& input : m_graph[id].inputs)
                if (input && m_graph[*input].is_initializer && is_float(m_prepared, *input)) {
                    const Tensor values = m_prepared.model->weight(m_graph[*input].name);
                    const auto floats = values.floats();
                    if (std::any_of(floats.begin(), floats.end(), beyond))
                        return true;
                }
        for (const auto* ids : {&layer.inputs, &layer.outputs})
            for (const TensorId id : *ids)
                if (const TensorStatistics* known_range =
                        m_resolved.statistics ? m_resolved.statistics->find(m_graph[id].name) : nullptr)
                    if (beyond(known_range->range.min) || beyond(known_range->range.max))
                        return true;
        return false;
    }

    /// An operator whose meaning is known, outside subgraphs.
    [[nodiscard]] static KeptFloat readable(const GraphNode& node) {
        if (node.has_subgraph)
            return KeptFloat::subgraph;
        if (is_quantization_op(node.proto->op_type()))
            return KeptFloat::already_quantized;
        const std::string& domain = node.proto->domain();
        return domain.empty() || domain == "ai.onnx" ? KeptFloat::no : KeptFloat::unknown_operator;
    }

    /// The model has a pair here (whatever parameters it has now).
    [[nodiscard]] bool is_given_place(TensorId id) const {
        return m_prepared.given.activations.contains(m_graph[id].name);
    }

    /// Pairs that the model brought stay, and everybody reads what comes out of them, as it was trained.
    void keep_given_pairs() {
        for (const auto& [name, parameters] : m_prepared.given.activations) {
            const auto id = m_graph.find_tensor(name);
            if (!id || !given(*id))
                continue;
            auto& slot = m_resolved.tensors[index(*id)];
            if (!slot) {
                slot.emplace();
                slot->tensor = *id;
            }
            slot->float_consumers.clear();
            const auto floats = m_prepared.given.float_readers.find(name);
            if (floats == m_prepared.given.float_readers.end())
                continue;
            for (const NodeId reader : m_graph[*id].consumers)
                if (floats->second.contains(m_graph[reader].proto->name()))
                    slot->float_consumers.push_back(reader);
        }
    }

    [[nodiscard]] bool integer_reader(NodeId node) const {
        return m_resolved
            .layers[static_cast<std::size_t>(m_prepared.layer_of_node[static_cast<std::size_t>(node)])]
            .integers();
    }

    [[nodiscard]] const std::string& layer_op(NodeId node) const {
        return m_prepared
            .layers[static_cast<std::size_t>(m_prepared.layer_of_node[static_cast<std::size_t>(node)])]
            .op;
    }

    /// A product whose result nobody reads as integers may leave the kernel as float: no second rounding. So
    /// must what only operators read that are safe with float alone (Target::float_inputs).
    [[nodiscard]] bool writes_float(const Layer& layer) const {
        const Target& target = *m_resolved.target;
        const bool product = layer.op == "Gemm" || layer.op == "MatMul";
        return std::all_of(layer.outputs.begin(), layer.outputs.end(), [&](TensorId id) {
            const auto& readers = m_graph[id].consumers;
            const auto all = [&](auto test) { return std::all_of(readers.begin(), readers.end(), test); };
            if (target.float_output_of_gemm && product)
                return all([&](NodeId node) { return !integer_reader(node); });
            return !readers.empty() && !m_graph[id].is_output &&
                   all([&](NodeId node) { return target.float_inputs.contains(layer_op(node)); });
        });
    }

    void add_pair(TensorId id) {
        auto& slot = m_resolved.tensors[index(id)];
        if (slot || !known(id))
            return;
        slot.emplace();
        slot->tensor = id;
        if (!made_in_integers(id))
            for (const NodeId reader : m_graph[id].consumers)
                if (!integer_reader(reader))
                    slot->float_consumers.push_back(reader);
    }

    /// Target::pairs_at_inputs: compute and elementwise layers have a pair before them.
    [[nodiscard]] bool reads_codes(std::size_t layer) const {
        const Role* role = role_of(m_resolved, layer);
        return m_resolved.layers[layer].integers() && role &&
               (*role == Role::compute || *role == Role::elementwise);
    }

    void add_pair_for_readers(TensorId id) {
        auto& slot = m_resolved.tensors[index(id)];
        if (slot || !known(id))
            return;
        slot.emplace();
        slot->tensor = id;
        for (const NodeId reader : m_graph[id].consumers)
            if (!reads_codes(
                    static_cast<std::size_t>(m_prepared.layer_of_node[static_cast<std::size_t>(reader)])))
                slot->float_consumers.push_back(reader);
    }

    void place(std::size_t i) {
        const Layer& layer = m_prepared.layers[i];
        const TargetOperator* op = find_operator(*m_resolved.target, layer.op);
        const auto inputs = float_inputs(m_prepared, layer);
        if (m_resolved.target->pairs_at_inputs) {
            for (const TensorId id : inputs)
                if (reads_codes(i))
                    add_pair_for_readers(id);
            return;
        }
        for (const TensorId id : inputs)
            add_pair(id);
        if (!writes_float(layer))
            for (const TensorId id : layer.outputs)
                add_pair(id);
        const bool shares = op && (op->role == Role::passive || op->shares_inputs);
        if (!shares || inputs.empty())
            return;
        for (const TensorId id : inputs)
            m_sharing.join(index(inputs.front()), index(id));
        for (const TensorId id : layer.outputs)
            m_sharing.join(index(inputs.front()), index(id));
    }

    Resolved& m_resolved;
    const Prepared& m_prepared;
    const Graph& m_graph;
    Sharing m_sharing;
};

}  // namespace

void place_pairs(Resolved& resolved) {
    Placement(resolved).run();
}

}  // namespace quantwright
