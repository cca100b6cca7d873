// Range and parameters of every tensor with a Q/DQ pair.
#include <algorithm>
#include <charconv>

#include "core/base/parallel.h"
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
    Ranges(Resolved& resolved, const JobContext& job)
        : m_resolved(resolved), m_graph(resolved.prepared->model->graph()), m_job(job) {}

    Status run() {
        if (auto found = find_thresholds(); !found)
            return found;
        for (auto& tensor : m_resolved.tensors)
            if (tensor)
                choose_alone(*tensor);
        if (m_stale > 0)
            m_resolved.problems.push_back(
                {"improved.stale_ranges",
                 Severity::info,
                 {},
                 {std::to_string(m_stale), std::to_string(m_resolved.improved->ranges.size())}});
        leave_room_for_scores();
        widen_shared();
        for (auto& tensor : m_resolved.tensors)
            if (tensor)
                adopt_owner(*tensor);
        return {};
    }

private:
    /// What decides a tensor's range, and where that came from.
    struct Question {
        Origin origin = Origin::target;
        std::string method;
        double percentile = 0;
        std::optional<Range> clip;
        bool given = false;
        [[nodiscard]] bool searches() const { return !clip && !given; }
    };

    Question question(const ResolvedTensor& tensor) const {
        const ResolvedLayer& layer = layer_for(tensor);
        Question result;
        result.method = layer[Field::threshold_method].value;
        result.origin = layer[Field::threshold_method].origin;
        std::string percentile = layer[Field::threshold_percentile].value;
        const auto found = m_resolved.plan.tensors.find(m_graph[tensor.tensor].name);
        if (found != m_resolved.plan.tensors.end()) {
            const Settings& own = found->second;
            if (own[Field::threshold_method]) {
                result.method = *own[Field::threshold_method];
                result.origin = Origin::tensor;
            }
            percentile = own[Field::threshold_percentile].value_or(percentile);
            if (own[Field::clip]) {
                result.clip = clip_range(*own[Field::clip]);
                result.origin = Origin::tensor;
            }
        }
        result.percentile = number(percentile);
        result.given = !result.clip && given_activation(m_resolved, tensor.tensor);
        return result;
    }

    /// The searches are what takes time: all of them first, side by side.
    Status find_thresholds() {
        std::vector<ResolvedTensor*> tensors;
        for (auto& tensor : m_resolved.tensors)
            if (tensor) {
                tensor->scheme = activation_scheme(layer_for(*tensor), *m_resolved.target);
                tensors.push_back(&*tensor);
            }
        const auto one = [&](int i) -> Status {
            if (m_job.cancelled())
                return JobContext::cancelled_error();
            const ResolvedTensor& tensor = *tensors[static_cast<std::size_t>(i)];
            if (const Question asked = question(tensor); asked.searches())
                static_cast<void>(threshold(tensor, asked));
            return {};
        };
        constexpr std::size_t few = 16;  // not worth a thread
        return for_each_parallel(static_cast<int>(tensors.size()),
                                 tensors.size() <= few ? 1 : worker_count(0), one);
    }

    [[nodiscard]] Range threshold(const ResolvedTensor& tensor, const Question& asked) const {
        const Statistics& statistics = *m_resolved.statistics;
        return statistics.thresholds.find(*statistics.find(m_graph[tensor.tensor].name),
                                          *find_threshold_method(asked.method), asked.percentile,
                                          tensor.scheme);
    }

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
        const Question asked = question(tensor);
        tensor.origin = asked.origin;
        if (asked.clip) {
            tensor.range = *asked.clip;
            return;
        }
        if (asked.given) {
            const Parameters* given = given_activation(m_resolved, tensor.tensor);
            tensor.parameters = *given;
            tensor.scheme.format = given->format;
            tensor.range = representable(*given);
            tensor.origin = Origin::given;
            return;
        }
        const std::string& name = m_graph[tensor.tensor].name;
        if (!can_find(*m_resolved.statistics->find(name), *find_threshold_method(asked.method)))
            m_resolved.problems.push_back(
                {"statistics.no_moving_average", Severity::warning, name, {asked.method}});
        tensor.searched = tensor.range = threshold(tensor, asked);
        use_improved(tensor, name);
    }

    /// Unless the user chose for that tensor or layer.
    void use_improved(ResolvedTensor& tensor, const std::string& name) {
        if (!m_resolved.improved || tensor.origin > Origin::improved)
            return;
        const auto better = m_resolved.improved->ranges.find(name);
        if (better == m_resolved.improved->ranges.end())
            return;
        if (better->second.plain != tensor.searched) {
            ++m_stale;
            return;
        }
        tensor.range = better->second.range;
        tensor.origin = Origin::improved;
    }

    /// Unless the user chose a range or a threshold for that tensor or layer.
    void leave_room_for_scores() {
        std::string names;
        int widened = 0;
        for (const TensorId id : score_logits(m_resolved)) {
            ResolvedTensor& tensor = *m_resolved.tensors[static_cast<std::size_t>(id)];
            if (tensor.origin > Origin::improved || tensor.range.max >= least_logit_end)
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
    const JobContext& m_job;
    int m_stale = 0;  ///< tensors whose improved range was made for another one
};

}  // namespace

Status choose_ranges(Resolved& resolved, const JobContext& job) {
    return Ranges(resolved, job).run();
}

}  // namespace quantwright
