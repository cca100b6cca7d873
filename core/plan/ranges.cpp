// Range and parameters of every tensor with a Q/DQ pair.
#include <algorithm>
#include <charconv>

#include "core/plan/decode_tail.h"
#include "core/plan/resolve_parts.h"

namespace quantwright {

Scheme activation_scheme(const ResolvedLayer& layer, const Target& target) {
    Scheme scheme;
    scheme.format = find_format(layer[Field::activation_format].value);
    scheme.symmetric = layer[Field::activation_symmetric].value == "true";
    scheme.codes = *find_code_range(layer[Field::activation_range].value);
    scheme.divisor = *find_divisor(layer[Field::activation_divisor].value);
    scheme.power_of_two = layer[Field::activation_scale].value == "power-of-two";
    scheme.rounding = *find_rounding(layer[Field::rounding].value);
    scheme.scale_floor = target.scale_floor;
    return scheme;
}

bool user_chose(const ResolvedLayer& layer, Field first, Field last) {
    for (auto i = static_cast<std::size_t>(first); i <= static_cast<std::size_t>(last); ++i)
        if (layer.choices[i].origin > Origin::given)
            return true;
    return false;
}

Parameters activation_parameters(const Target& target, Range range, const Scheme& scheme) {
    Parameters parameters = parameters_from(range, scheme);
    if (target.onnx_arithmetic && scheme.format->is_integer) {
        // QuantizeLinear clamps to what the type holds: with fewer codes the scale is wider, the clamp is
        // not.
        parameters.qmin = scheme.format->qmin;
        parameters.qmax = scheme.format->qmax;
        parameters.rounding = Rounding::half_even;
    }
    return parameters;
}

namespace {

double number(const std::string& text) {
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

class Ranges {
public:
    explicit Ranges(Resolved& resolved) : m_resolved(resolved), m_graph(resolved.prepared->model->graph()) {}

    void run() {
        for (auto& tensor : m_resolved.tensors)
            if (tensor)
                choose_alone(*tensor);
        leave_room_for_scores();
        widen_shared();
        for (auto& tensor : m_resolved.tensors)
            if (tensor)
                adopt_owner(*tensor);
    }

private:
    /// The layer whose settings a tensor follows: its producer, or its first reader in integers.
    const ResolvedLayer& layer_for(const ResolvedTensor& tensor) const {
        const Prepared& prepared = *m_resolved.prepared;
        const int producer = prepared.producing_layer(tensor.tensor);
        if (producer >= 0 && m_resolved.layers[static_cast<std::size_t>(producer)].integers())
            return m_resolved.layers[static_cast<std::size_t>(producer)];
        for (const NodeId reader : m_graph[tensor.tensor].consumers) {
            const auto layer =
                static_cast<std::size_t>(prepared.layer_of_node[static_cast<std::size_t>(reader)]);
            if (m_resolved.layers[layer].integers())
                return m_resolved.layers[layer];
        }
        return m_resolved.layers[static_cast<std::size_t>(std::max(producer, 0))];
    }

    void choose_alone(ResolvedTensor& tensor) {
        const ResolvedLayer& layer = layer_for(tensor);
        const std::string& name = m_graph[tensor.tensor].name;
        tensor.scheme = activation_scheme(layer, *m_resolved.target);
        Choice method = layer[Field::threshold_method];
        std::string percentile = layer[Field::threshold_percentile].value;
        tensor.origin = method.origin;
        if (const auto found = m_resolved.plan.tensors.find(name); found != m_resolved.plan.tensors.end()) {
            const Settings& own = found->second;
            if (own[Field::threshold_method]) {
                method.value = *own[Field::threshold_method];
                tensor.origin = Origin::tensor;
            }
            percentile = own[Field::threshold_percentile].value_or(percentile);
            if (own[Field::clip]) {
                tensor.range = *clip_range(*own[Field::clip]);
                tensor.origin = Origin::tensor;
                return;
            }
        }
        if (const Parameters* given = given_activation(m_resolved, tensor.tensor)) {
            tensor.parameters = *given;
            tensor.scheme.format = given->format;
            tensor.range = representable(*given);
            tensor.origin = Origin::given;
            return;
        }
        const TensorStatistics& statistics = *m_resolved.statistics->find(name);
        if (!can_find(statistics, *find_threshold_method(method.value)))
            m_resolved.problems.push_back(
                {"statistics.no_moving_average", Severity::warning, name, {method.value}});
        tensor.range = find_threshold(statistics, *find_threshold_method(method.value), number(percentile),
                                      tensor.scheme);
    }

    /// Unless the user chose a range or a threshold for that tensor or layer.
    void leave_room_for_scores() {
        std::string names;
        int widened = 0;
        for (const TensorId id : score_logits(m_resolved)) {
            ResolvedTensor& tensor = *m_resolved.tensors[static_cast<std::size_t>(id)];
            if (tensor.origin > Origin::proposed || tensor.range.max >= least_logit_end)
                continue;
            tensor.range.max = least_logit_end;
            tensor.origin = Origin::proposed;
            constexpr int shown = 3;
            if (widened < shown)
                names += (widened > 0 ? ", " : "") + m_graph[id].name;
            else if (widened == shown)
                names += ", …";
            ++widened;
        }
        if (widened > 0)
            m_resolved.problems.push_back(
                {"proposed.score_range", Severity::info, {}, {std::to_string(widened), names}});
    }

    /// A Concat that shares one scale between its inputs needs a range that holds all of them, unless the
    /// user clipped one.
    void widen_shared() {
        for (const auto& tensor : m_resolved.tensors) {
            if (!tensor || tensor->scale_owner == tensor->tensor)
                continue;
            auto& owner = m_resolved.tensors[static_cast<std::size_t>(tensor->scale_owner)];
            if (!owner)
                continue;
            if (tensor->origin == Origin::given || owner->origin == Origin::given)
                continue;
            if (tensor->origin == Origin::tensor && owner->origin != Origin::tensor) {
                owner->range = tensor->range;
                owner->origin = Origin::tensor;
            } else if (owner->origin != Origin::tensor && joined_by_concat(*tensor)) {
                owner->range = {std::min(owner->range.min, tensor->range.min),
                                std::max(owner->range.max, tensor->range.max)};
            }
        }
    }

    /// True for an input of a Concat-like layer; what passive layers give lies within their input's range
    /// anyway.
    [[nodiscard]] bool joined_by_concat(const ResolvedTensor& tensor) const {
        const auto& readers = m_graph[tensor.tensor].consumers;
        return std::any_of(readers.begin(), readers.end(), [&](NodeId node) {
            const auto layer =
                static_cast<std::size_t>(m_resolved.prepared->layer_of_node[static_cast<std::size_t>(node)]);
            const TargetOperator* op =
                find_operator(*m_resolved.target, m_resolved.prepared->layers[layer].op);
            return op && op->shares_inputs && m_resolved.layers[layer].integers();
        });
    }

    void adopt_owner(ResolvedTensor& tensor) {
        if (tensor.origin == Origin::given)
            return;
        const auto& owner = m_resolved.tensors[static_cast<std::size_t>(tensor.scale_owner)];
        if (owner && owner->tensor != tensor.tensor) {
            tensor.range = owner->range;
            tensor.scheme = owner->scheme;
            tensor.origin = owner->origin;
            if (owner->origin == Origin::given) {
                tensor.parameters = owner->parameters;
                return;
            }
        }
        tensor.parameters = activation_parameters(*m_resolved.target, tensor.range, tensor.scheme);
    }

    Resolved& m_resolved;
    const Graph& m_graph;
};

}  // namespace

void choose_ranges(Resolved& resolved) {
    Ranges(resolved).run();
}

}  // namespace quantwright
