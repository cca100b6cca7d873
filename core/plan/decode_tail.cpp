#include "core/plan/decode_tail.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "core/model/proto_helpers.h"
#include "core/plan/resolve_parts.h"

namespace quantwright {

namespace {

/// From here on a part that shares its scale has at most 64 of 256 codes left for itself.
constexpr double unlike_widths = 4;

bool is_one_of(std::string_view op, std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), op) != names.end();
}

double width(Range range) {
    return std::max(0.0, double(range.max)) - std::min(0.0, double(range.min));
}

bool is_mover(std::string_view op) {
    return is_one_of(op, {"Concat", "Split", "Slice", "Reshape", "Transpose", "Flatten", "Squeeze",
                          "Unsqueeze", "Gather", "Identity"});
}

/// Logits of scores, most of which are for nothing (those of boxes are not negative on the whole), none of
/// them high.
bool leaves_no_room(const TensorStatistics& logits) {
    return logits.mean < 0 && logits.range.max < least_logit_end;
}

/// 0, 1, 2 … or another sequence with equal steps.
bool is_arithmetic(std::span<const float> values) {
    if (values.size() < 4 || values[1] == values[0])
        return false;
    const double step = double(values[1]) - values[0];
    for (std::size_t i = 2; i < values.size(); ++i)
        if (std::abs(values[i] - (values[0] + step * double(i))) > 1e-3 * std::abs(step))
            return false;
    return true;
}

class TailFinder {
public:
    explicit TailFinder(const Resolved& resolved)
        : m_resolved(resolved),
          m_prepared(*resolved.prepared),
          m_graph(resolved.prepared->model->graph()),
          m_readers(m_prepared.layers.size()),
          m_makers(m_prepared.layers.size()) {}

    std::vector<DecodeTail> run() {
        const std::size_t count = m_prepared.layers.size();
        for (std::size_t i = 0; i < count; ++i)
            link(static_cast<int>(i));
        find_tail();
        find_wanted();
        // Tails that meet are one.
        std::vector<DecodeTail> found;
        std::vector<int> owner(count, -1);
        for (std::size_t i = 0; i < count; ++i) {
            const auto why = sign(static_cast<int>(i));
            if (why == KeptFloat::no)
                continue;
            DecodeTail tail;
            tail.why = why;
            tail.signs = {static_cast<int>(i)};
            if (why == KeptFloat::shared_scale)
                note_ranges(static_cast<int>(i), tail);
            tail.layers = region(static_cast<int>(i));
            merge_into(found, owner, std::move(tail));
        }
        std::erase_if(found, [](const DecodeTail& tail) { return tail.layers.empty(); });
        for (DecodeTail& tail : found)
            find_ends(tail);
        return found;
    }

private:
    [[nodiscard]] const Layer& at(int layer) const {
        return m_prepared.layers[static_cast<std::size_t>(layer)];
    }

    [[nodiscard]] bool is_float(TensorId id) const {
        return m_prepared.tensor_types[static_cast<std::size_t>(id)].type == ElementType::float32;
    }

    void link(int layer) {
        for (const TensorId id : at(layer).inputs) {
            const int maker = m_prepared.producing_layer(id);
            if (maker < 0)
                continue;
            m_readers[static_cast<std::size_t>(maker)].push_back(layer);
            if (is_float(id))
                m_makers[static_cast<std::size_t>(layer)].push_back(maker);
        }
    }

    template <class Test>
    [[nodiscard]] bool any_node(int layer, Test test) const {
        const auto& nodes = at(layer).nodes;
        return std::any_of(nodes.begin(), nodes.end(),
                           [&](NodeId id) { return test(m_graph[id].proto->op_type()); });
    }

    /// Has most of a network's work, and belongs to the integers.
    [[nodiscard]] bool heavy(int layer) const {
        if (is_expectation(layer))
            return false;
        return any_node(layer,
                        [](const std::string& op) {
                            return op.starts_with("Conv") ||
                                   is_one_of(op, {"Gemm", "MatMul", "Einsum", "LSTM", "GRU", "RNN",
                                                  "Attention", "MultiHeadAttention", "DeformConv", "RoiAlign",
                                                  "If", "Loop", "Scan"});
                        }) ||
               m_graph[at(layer).nodes.front()].has_subgraph;
    }

    /// The mean over a distribution (DFL): a product of a Softmax with 0, 1, 2 …, written as a Conv or
    /// MatMul.
    [[nodiscard]] bool is_expectation(int layer) const {
        const Layer& facts = at(layer);
        if (facts.weight.empty() || !is_one_of(facts.op, {"Conv", "MatMul", "Gemm"}) ||
            facts.inputs.size() != 1)
            return false;
        const auto id = m_graph.find_tensor(facts.weight);
        const Shape& shape = m_prepared.tensor_types[static_cast<std::size_t>(*id)].shape;
        // One long axis: the bins.
        const auto long_axes =
            std::count_if(shape.begin(), shape.end(), [](std::int64_t n) { return n > 1; });
        if (long_axes != 1 || !behind_softmax(facts.inputs.front()))
            return false;
        const Tensor values = m_prepared.model->weight(facts.weight);
        return is_arithmetic(values.floats());
    }

    [[nodiscard]] bool behind_softmax(TensorId tensor) const {
        for (int steps = 0; steps < 8; ++steps) {
            const auto& producer = m_graph[tensor].producer;
            if (!producer)
                return false;
            const GraphNode& node = m_graph[*producer];
            const std::string& op = node.proto->op_type();
            if (op == "Softmax")
                return true;
            if (!is_one_of(op, {"Transpose", "Reshape", "Squeeze", "Unsqueeze", "Flatten"}) ||
                !node.inputs[0])
                return false;
            tensor = *node.inputs[0];
        }
        return false;
    }

    /// No heavy layer reads, through whatever, what these make.
    void find_tail() {
        m_tail.assign(m_prepared.layers.size(), false);
        for (std::size_t i = m_prepared.layers.size(); i-- > 0;) {
            const auto& readers = m_readers[i];
            m_tail[i] = !heavy(static_cast<int>(i)) &&
                        std::all_of(readers.begin(), readers.end(),
                                    [&](int r) { return m_tail[static_cast<std::size_t>(r)]; });
        }
    }

    /// Where the user chose static, or for a layer of the tail that it leads to: integers need integers
    /// before them.
    void find_wanted() {
        m_wanted.assign(m_prepared.layers.size(), false);
        for (std::size_t i = m_prepared.layers.size(); i-- > 0;) {
            const Choice& mode = m_resolved.layers[i][Field::mode];
            const auto& readers = m_readers[i];
            m_wanted[i] = (mode.origin > Origin::given && mode.value == "static") ||
                          (m_tail[i] && std::any_of(readers.begin(), readers.end(), [&](int reader) {
                               return m_wanted[static_cast<std::size_t>(reader)];
                           }));
        }
    }

    /// Why this layer tells of a tail, or nothing.
    [[nodiscard]] KeptFloat sign(int layer) const {
        if (m_wanted[static_cast<std::size_t>(layer)] || at(layer).composite)
            return KeptFloat::no;
        // Ranks by value, wherever it stands: equal codes lose the order.
        if (any_node(layer, [](const std::string& op) {
                return op == "TopK" || op == "NonMaxSuppression" || op.find("NMS") != std::string::npos;
            }))
            return KeptFloat::selection;
        if (!m_tail[static_cast<std::size_t>(layer)])
            return KeptFloat::no;
        if (is_expectation(layer) || is_grid(layer) ||
            any_node(layer, [](const std::string& op) { return op == "Exp" || op == "Pow"; }))
            return KeptFloat::decode;
        if (joins_unlike(layer))
            return KeptFloat::shared_scale;
        return is_score_map(layer) ? KeptFloat::scores : KeptFloat::no;
    }

    /// Scores by place (a heat map, or by anchor and class) that stand at an output, and calibration images
    /// that have no good one.
    [[nodiscard]] bool is_score_map(int layer) const {
        if (at(layer).op != "Sigmoid" || at(layer).inputs.size() != 1 || at(layer).outputs.size() != 1)
            return false;
        const TensorId logits = at(layer).inputs.front(), scores = at(layer).outputs.front();
        const Shape& shape = m_prepared.tensor_types[static_cast<std::size_t>(scores)].shape;
        if (std::count_if(shape.begin(), shape.end(), [](std::int64_t n) { return n > 1; }) < 2)
            return false;
        const auto& readers = m_graph[scores].consumers;
        // What is multiplied with something is a gate.
        const bool only_moved = std::all_of(readers.begin(), readers.end(), [&](NodeId reader) {
            return is_mover(m_graph[reader].proto->op_type());
        });
        const auto* known =
            m_resolved.statistics ? m_resolved.statistics->find(m_graph[logits].name) : nullptr;
        return only_moved && known && leaves_no_room(*known);
    }

    /// Adds a constant that differs from place to place: anchors or the points of a grid.
    [[nodiscard]] bool is_grid(int layer) const {
        const GraphNode& node = m_graph[at(layer).nodes.front()];
        if (!is_one_of(node.proto->op_type(), {"Add", "Sub"}))
            return false;
        return std::any_of(node.inputs.begin(), node.inputs.end(), [&](const auto& input) {
            if (!input || !m_graph[*input].is_initializer || !is_float(*input))
                return false;
            const Shape& shape = m_prepared.tensor_types[static_cast<std::size_t>(*input)].shape;
            return std::count_if(shape.begin(), shape.end(), [](std::int64_t n) { return n > 1; }) >= 2;
        });
    }

    struct Joined {
        std::string name;
        Range range;
    };

    /// What a Concat joins, where the ranges are known.
    [[nodiscard]] std::vector<Joined> joined(int layer) const {
        std::vector<Joined> result;
        if (!m_resolved.statistics || at(layer).op != "Concat")
            return result;
        for (const TensorId id : at(layer).inputs)
            if (const auto* known = m_resolved.statistics->find(m_graph[id].name); known && is_float(id))
                if (width(known->range) > 0)  // a part that is zero loses nothing
                    result.push_back({m_graph[id].name, known->range});
        std::sort(result.begin(), result.end(),
                  [](const Joined& a, const Joined& b) { return width(a.range) > width(b.range); });
        return result;
    }

    [[nodiscard]] bool joins_unlike(int layer) const {
        const auto parts = joined(layer);
        return parts.size() > 1 && width(parts.front().range) >= unlike_widths * width(parts.back().range);
    }

    void note_ranges(int layer, DecodeTail& tail) const {
        const auto parts = joined(layer);
        tail.wide = parts.front().name;
        tail.wide_range = parts.front().range;
        tail.narrow = parts.back().name;
        tail.narrow_range = parts.back().range;
    }

    /// Of a sign: in a tail, everything that leads with it to the outputs it reaches; elsewhere what leads to
    /// the values it ranks, as long as nobody else reads it.
    [[nodiscard]] std::vector<int> region(int sign) const {
        std::vector<bool> in(m_prepared.layers.size(), false);
        const auto mark = [&](int layer) { in[static_cast<std::size_t>(layer)] = true; };
        mark(sign);
        if (m_tail[static_cast<std::size_t>(sign)])
            for (int i = sign; i < static_cast<int>(in.size()); ++i)
                if (in[static_cast<std::size_t>(i)])
                    for (const int reader : m_readers[static_cast<std::size_t>(i)])
                        mark(reader);
        for (int i = static_cast<int>(in.size()) - 1; i >= 0; --i) {
            if (!in[static_cast<std::size_t>(i)])
                continue;
            for (const int maker : m_makers[static_cast<std::size_t>(i)]) {
                const auto& readers = m_readers[static_cast<std::size_t>(maker)];
                const bool only_here = std::all_of(readers.begin(), readers.end(), [&](int reader) {
                    return in[static_cast<std::size_t>(reader)] || m_tail[static_cast<std::size_t>(reader)];
                });
                if (!heavy(maker) && only_here)
                    mark(maker);
            }
        }
        std::vector<int> layers;
        for (std::size_t i = 0; i < in.size(); ++i)
            if (in[i])
                layers.push_back(static_cast<int>(i));
        return layers;
    }

    void find_ends(DecodeTail& tail) const {
        for (const int layer : tail.layers) {
            const auto& readers = m_readers[static_cast<std::size_t>(layer)];
            if (std::none_of(readers.begin(), readers.end(), [&](int reader) {
                    return std::binary_search(tail.layers.begin(), tail.layers.end(), reader);
                }))
                tail.ends.push_back(layer);
        }
    }

    static void merge_into(std::vector<DecodeTail>& found, std::vector<int>& owner, DecodeTail tail) {
        std::set<int> met;
        for (const int layer : tail.layers)
            if (const int other = owner[static_cast<std::size_t>(layer)]; other >= 0)
                met.insert(other);
        const int into = met.empty() ? static_cast<int>(found.size()) : *met.begin();
        if (met.empty())
            found.emplace_back();
        else
            met.erase(met.begin());
        DecodeTail& whole = found[static_cast<std::size_t>(into)];
        const auto add = [&](DecodeTail& part) {
            // Ranges that don't fit say most, a ranking more than arithmetic.
            const auto strength = [](KeptFloat why) {
                constexpr std::array weakest_first{KeptFloat::scores, KeptFloat::decode, KeptFloat::selection,
                                                   KeptFloat::shared_scale};
                return std::find(weakest_first.begin(), weakest_first.end(), why) - weakest_first.begin();
            };
            const auto unlike = [](const DecodeTail& one) {
                return one.wide.empty() ? 0 : width(one.wide_range) / width(one.narrow_range);
            };
            const bool leads = whole.why == KeptFloat::no || strength(part.why) > strength(whole.why) ||
                               (part.why == whole.why && unlike(part) > unlike(whole));
            if (leads) {
                whole.why = part.why;
                whole.wide = part.wide;
                whole.narrow = part.narrow;
                whole.wide_range = part.wide_range;
                whole.narrow_range = part.narrow_range;
            }
            whole.signs.insert(leads ? whole.signs.begin() : whole.signs.end(), part.signs.begin(),
                               part.signs.end());
            std::vector<int> both;
            std::set_union(whole.layers.begin(), whole.layers.end(), part.layers.begin(), part.layers.end(),
                           std::back_inserter(both));
            whole.layers = std::move(both);
            part.layers.clear();
        };
        add(tail);
        for (const int other : met)
            add(found[static_cast<std::size_t>(other)]);
        for (const int layer : whole.layers)
            owner[static_cast<std::size_t>(layer)] = into;
    }

    const Resolved& m_resolved;
    const Prepared& m_prepared;
    const Graph& m_graph;
    std::vector<std::vector<int>> m_readers, m_makers;  ///< by layer; makers of float inputs only
    std::vector<bool> m_tail, m_wanted;
};

/// What takes a tail back: the layers it ends in, for what leads to them follows; all where they are many.
std::string undo_options(const Prepared& prepared, const DecodeTail& tail) {
    if (tail.ends.size() > 3)
        return "--set '*:mode=static'";
    std::string text;
    for (const int layer : tail.ends)
        text += (text.empty() ? "--set '" : " --set '") +
                prepared.layers[static_cast<std::size_t>(layer)].name + ":mode=static'";
    return text;
}

std::string number(float value) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.3g", static_cast<double>(value));
    return text.data();
}

std::string range_text(Range range) {
    return number(range.min) + " … " + number(range.max);
}

}  // namespace

std::vector<DecodeTail> find_decode_tails(const Resolved& resolved) {
    return TailFinder(resolved).run();
}

std::vector<TensorId> score_logits(const Resolved& resolved) {
    const Prepared& prepared = *resolved.prepared;
    const Graph& graph = prepared.model->graph();
    const auto proposed = [&](NodeId node) {
        const int layer = prepared.layer_of_node[static_cast<std::size_t>(node)];
        return resolved.layers[static_cast<std::size_t>(layer)].proposed != KeptFloat::no;
    };
    const auto reach_sigmoid = [&](TensorId from) {
        std::set<TensorId> seen{from};
        std::vector<TensorId> next{from};
        while (!next.empty()) {
            const TensorId id = next.back();
            next.pop_back();
            for (const NodeId reader : graph[id].consumers) {
                const GraphNode& node = graph[reader];
                if (!proposed(reader))
                    continue;
                if (node.proto->op_type() == "Sigmoid")
                    return true;
                if (!is_mover(node.proto->op_type()))
                    continue;
                for (const auto& output : node.outputs)
                    if (output && seen.insert(*output).second)
                        next.push_back(*output);
            }
        }
        return false;
    };
    std::vector<TensorId> result;
    for (const auto& tensor : resolved.tensors) {
        if (!tensor || !resolved.statistics)
            continue;
        const auto* known = resolved.statistics->find(graph[tensor->tensor].name);
        if (known && leaves_no_room(*known) && reach_sigmoid(tensor->tensor))
            result.push_back(tensor->tensor);
    }
    return result;
}

void propose_float_tails(Resolved& resolved) {
    const Prepared& prepared = *resolved.prepared;
    if (!prepared.given.empty())  // as it was trained
        return;
    for (const DecodeTail& tail : find_decode_tails(resolved)) {
        std::set<int> proposed;
        for (const int index : tail.layers) {
            ResolvedLayer& layer = resolved.layers[static_cast<std::size_t>(index)];
            Choice& mode = layer.choices[static_cast<std::size_t>(Field::mode)];
            if (mode.origin > Origin::defaults || mode.value != "static" ||
                layer[Field::activation_format].value == "float" ||
                quantizable(prepared, index, *resolved.target) != KeptFloat::no)
                continue;
            mode = {"float", Origin::proposed};
            layer.proposed = tail.why;
            proposed.insert(index);
        }
        if (proposed.empty())
            continue;
        std::string names;
        constexpr std::size_t shown = 3;
        std::size_t named = 0;
        for (auto it = proposed.rbegin(); it != proposed.rend() && named < shown; ++it, ++named)
            names += (named > 0 ? ", " : "") + prepared.layers[static_cast<std::size_t>(*it)].name;
        if (proposed.size() > shown)
            names += ", …";
        std::vector<std::string> arguments{std::to_string(proposed.size()), names,
                                           undo_options(prepared, tail)};
        if (tail.why == KeptFloat::shared_scale)
            arguments.insert(arguments.end(), {tail.wide, range_text(tail.wide_range), tail.narrow,
                                               range_text(tail.narrow_range)});
        const std::string& about = prepared.layers[static_cast<std::size_t>(tail.signs.front())].name;
        resolved.problems.push_back(
            {"proposed." + std::string(name_of(tail.why)), Severity::info, about, std::move(arguments)});
    }
}

}  // namespace quantwright
