#include "core/evaluate/output_parts.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "core/evaluate/outputs.h"
#include "core/model/proto_helpers.h"

namespace quantwright {

namespace {

constexpr std::size_t most_parts = 16;
/// Beyond this an output is judged as a whole: the map of its parts would cost more than it tells.
constexpr std::int64_t most_elements = std::int64_t(16) << 20;
/// Parts of one kind are unlike things where one is this many times larger.
constexpr float unlike_size = 4;

struct Labels {
    std::vector<OutputPart> parts;
    std::vector<std::uint8_t> of;  ///< by element of the tensor
};

bool one_of(const std::string& op, std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), op) != names.end();
}

class PartFinder {
public:
    explicit PartFinder(const Prepared& prepared) : m_prepared(prepared), m_graph(prepared.model->graph()) {}

    OutputParts parts_of(const std::string& output) const {
        OutputParts result;
        result.name = output;
        const auto id = m_graph.find_tensor(output);
        if (!id)
            return result;
        result.shape = shape(*id);
        if (element_count(result.shape) > most_elements)
            return result;
        if (auto labels = walk(*id); labels && labels->parts.size() > 1) {
            result.parts = std::move(labels->parts);
            result.part_of = std::move(labels->of);
            for (std::size_t i = 0; i < result.parts.size(); ++i)
                find_range(result, static_cast<std::uint8_t>(i));
        }
        return result;
    }

private:
    [[nodiscard]] const Shape& shape(TensorId id) const {
        return m_prepared.tensor_types[static_cast<std::size_t>(id)].shape;
    }

    [[nodiscard]] const GraphNode* producer(TensorId id) const {
        const auto& node = m_graph[id].producer;
        return node ? &m_graph[*node] : nullptr;
    }

    static bool keeps_order(const std::string& op) {
        return one_of(op, {"Identity", "Cast", "Reshape", "Flatten", "Squeeze", "Unsqueeze"});
    }

    /// Labels of a tensor that Concats are behind; nothing where none is.
    [[nodiscard]] std::optional<Labels> walk(TensorId id) const {
        const GraphNode* node = producer(id);
        if (!node || node->inputs.empty() || !node->inputs[0])
            return std::nullopt;
        const std::string& op = node->proto->op_type();
        if (op == "Concat")
            return join(*node, id);
        if (keeps_order(op))
            return walk(*node->inputs[0]);
        if (op != "Transpose")
            return std::nullopt;
        auto labels = walk(*node->inputs[0]);
        if (labels)
            labels->of =
                transposed(labels->of, shape(*node->inputs[0]), ints_attribute(*node->proto, "perm"));
        return labels;
    }

    static std::vector<std::uint8_t> transposed(const std::vector<std::uint8_t>& from, const Shape& shape,
                                                std::vector<std::int64_t> perm) {
        const std::size_t rank = shape.size();
        if (perm.size() != rank) {  // left out: reversed
            perm.resize(rank);
            std::iota(perm.rbegin(), perm.rend(), 0);
        }
        std::vector<std::size_t> stride(rank, 1), size(rank), step(rank), at(rank, 0);
        for (std::size_t i = rank; i-- > 1;)
            stride[i - 1] = stride[i] * static_cast<std::size_t>(shape[i]);
        for (std::size_t i = 0; i < rank; ++i) {
            size[i] = static_cast<std::size_t>(shape[static_cast<std::size_t>(perm[i])]);
            step[i] = stride[static_cast<std::size_t>(perm[i])];
        }
        std::vector<std::uint8_t> to(from.size());
        std::size_t source = 0;
        for (std::uint8_t& label : to) {
            label = from[source];
            for (std::size_t i = rank; i-- > 0;) {
                source += step[i];
                if (++at[i] < size[i])
                    break;
                source -= step[i] * size[i];
                at[i] = 0;
            }
        }
        return to;
    }

    /// Op type of what made a value, whatever moved it since.
    [[nodiscard]] std::string kind(TensorId id) const {
        const GraphNode* node = producer(id);
        while (node && !node->inputs.empty() && node->inputs[0] &&
               (keeps_order(node->proto->op_type()) ||
                one_of(node->proto->op_type(), {"Transpose", "Slice", "Split"})))
            node = producer(*node->inputs[0]);
        return node ? node->proto->op_type() : std::string();
    }

    static bool same_parts(const Labels& a, const Labels& b) {
        return std::equal(a.parts.begin(), a.parts.end(), b.parts.begin(), b.parts.end(),
                          [](const OutputPart& x, const OutputPart& y) { return x.kind == y.kind; });
    }

    [[nodiscard]] std::optional<Labels> join(const GraphNode& node, TensorId output) const {
        const auto rank = static_cast<std::int64_t>(shape(output).size());
        std::int64_t axis = int_attribute(*node.proto, "axis", 1);
        axis += axis < 0 ? rank : 0;
        std::vector<Labels> inputs;
        std::vector<std::size_t> rows;  // elements of each input per step of the axes before
        const auto place = static_cast<std::ptrdiff_t>(axis);
        for (const auto& input : node.inputs) {
            if (!input)
                return std::nullopt;
            const Shape& size = shape(*input);
            if (static_cast<std::int64_t>(size.size()) != rank || axis >= rank || element_count(size) == 0)
                return std::nullopt;
            auto labels = walk(*input);
            if (!labels)
                labels = Labels{{{m_graph[*input].name, kind(*input), layer_of(node), -1, 0, 0}},
                                std::vector<std::uint8_t>(static_cast<std::size_t>(element_count(size)), 0)};
            inputs.push_back(std::move(*labels));
            rows.push_back(std::accumulate(
                size.begin() + place, size.end(), std::size_t(1),
                [](std::size_t n, std::int64_t d) { return n * static_cast<std::size_t>(d); }));
        }
        // Levels of a pyramid that each join the same things.
        const bool levels = inputs.front().parts.size() > 1 &&
                            std::all_of(inputs.begin(), inputs.end(),
                                        [&](const Labels& one) { return same_parts(one, inputs.front()); });
        Labels result;
        for (Labels& one : inputs) {
            if (levels && !result.parts.empty())
                continue;
            for (std::uint8_t& label : one.of)
                label = static_cast<std::uint8_t>(label + result.parts.size());
            result.parts.insert(result.parts.end(), one.parts.begin(), one.parts.end());
        }
        if (result.parts.size() > most_parts)
            return std::nullopt;
        const auto total = static_cast<std::size_t>(element_count(shape(output)));
        result.of.reserve(total);
        for (std::size_t row = 0; result.of.size() < total; ++row)
            for (std::size_t i = 0; i < inputs.size(); ++i) {
                const auto from = inputs[i].of.begin() + static_cast<std::ptrdiff_t>(row * rows[i]);
                result.of.insert(result.of.end(), from, from + static_cast<std::ptrdiff_t>(rows[i]));
            }
        return result;
    }

    [[nodiscard]] std::string layer_of(const GraphNode& node) const {
        const auto id = m_graph.find_node(node.name);
        if (!id)
            return node.name;
        const int layer = m_prepared.layer_of_node[static_cast<std::size_t>(*id)];
        return layer >= 0 ? m_prepared.layers[static_cast<std::size_t>(layer)].name : node.name;
    }

    /// A part that is a range of one axis, all along the others, can be said shortly.
    static void find_range(OutputParts& output, std::uint8_t label) {
        const auto wanted =
            static_cast<std::size_t>(std::count(output.part_of.begin(), output.part_of.end(), label));
        std::size_t stride = output.part_of.size();
        for (std::size_t axis = 0; axis < output.shape.size(); ++axis) {
            const auto size = static_cast<std::size_t>(output.shape[axis]);
            stride /= size;
            std::vector<std::size_t> hits(size, 0);
            for (std::size_t i = 0; i < output.part_of.size(); ++i)
                if (output.part_of[i] == label)
                    ++hits[i / stride % size];
            const std::size_t full = output.part_of.size() / size;
            const auto first = std::find(hits.begin(), hits.end(), full);
            const auto last = std::find_if(first, hits.end(), [&](std::size_t n) { return n != full; });
            if (size > 1 && static_cast<std::size_t>(last - first) * full == wanted) {
                OutputPart& part = output.parts[label];
                part.axis = static_cast<int>(axis);
                part.from = first - hits.begin();
                part.to = last - hits.begin();
                return;
            }
        }
    }

    const Prepared& m_prepared;
    const Graph& m_graph;
};

}  // namespace

std::vector<OutputParts> output_parts(const Prepared& prepared) {
    std::vector<OutputParts> result;
    const PartFinder finder(prepared);
    for (const ValueInfo& output : prepared.model->outputs()) {
        const auto id = prepared.model->graph().find_tensor(output.name);
        const ElementType type = id ? prepared.tensor_types[static_cast<std::size_t>(*id)].type : output.type;
        if (is_float_type(type))
            result.push_back(finder.parts_of(output.name));
    }
    return result;
}

std::optional<WorstPart> worst_part(const std::vector<OutputError>& outputs) {
    std::optional<WorstPart> worst;
    int candidates = 0;
    const auto consider = [&](const OutputError& output, const OutputPart* part,
                              const std::optional<double>& snr_db) {
        ++candidates;
        if (!worst || (snr_db && (!worst->snr_db || *snr_db < *worst->snr_db)))
            worst = WorstPart{output.name, part ? std::optional(*part) : std::nullopt, snr_db};
    };
    for (const OutputError& output : outputs) {
        if (output.parts.empty() && output.known)
            consider(output, nullptr, output.snr_db);
        for (const PartError& part : output.parts)
            if (part.known)
                consider(output, &part.part, part.snr_db);
    }
    return candidates > 1 ? worst : std::nullopt;
}

void PartSums::add(std::span<const float> reference, std::span<const float> value) {
    errors.add(reference, value);
    for (const float x : reference)
        largest = std::max(largest, std::fabs(x));
}

void PartSums::add(const PartSums& other) {
    errors.add(other.errors);
    largest = std::max(largest, other.largest);
}

namespace {

bool known(const PartSums& sums) {
    const auto snr = sums.errors.snr_db();
    return sums.errors.count() > 0 && sums.largest > 0 && (!snr || std::isfinite(*snr));
}

}  // namespace

std::vector<std::optional<OutputSample>> output_sample(const std::vector<OutputParts>& outputs,
                                                       const std::vector<Tensor>& reference,
                                                       const std::vector<Tensor>& value) {
    std::vector<const Tensor*> expected, given;
    for (const auto& [tensors, floats] : {std::pair{&reference, &expected}, {&value, &given}})
        for (const Tensor& tensor : *tensors)
            if (is_float(tensor))
                floats->push_back(&tensor);
    if (expected.size() != outputs.size() || given.size() != outputs.size())
        return {};
    std::vector<std::optional<OutputSample>> sample(outputs.size());
    std::vector<std::vector<float>> f_part, q_part;  // one part's elements side by side
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        const Floats f(*expected[i]), q(*given[i]);
        if (f.values().size() != q.values().size())
            continue;
        OutputSample& one = sample[i].emplace();
        one.whole.add(f.values(), q.values());
        const OutputParts& facts = outputs[i];
        if (facts.parts.empty() || expected[i]->shape != facts.shape)
            continue;
        f_part.assign(facts.parts.size(), {});
        q_part.assign(facts.parts.size(), {});
        for (std::size_t e = 0; e < facts.part_of.size(); ++e) {
            f_part[facts.part_of[e]].push_back(f.values()[e]);
            q_part[facts.part_of[e]].push_back(q.values()[e]);
        }
        one.parts.resize(facts.parts.size());
        for (std::size_t part = 0; part < facts.parts.size(); ++part)
            one.parts[part].add(f_part[part], q_part[part]);
    }
    return sample;
}

OutputErrors::OutputErrors(std::vector<OutputParts> outputs) : m_facts(std::move(outputs)) {
    for (const OutputParts& facts : m_facts)
        m_outputs.push_back({{}, std::vector<PartSums>(facts.parts.size()), 0, 0});
}

void OutputErrors::add(const std::vector<std::optional<OutputSample>>& sample) {
    for (std::size_t i = 0; i < sample.size() && i < m_outputs.size(); ++i) {
        if (!sample[i])
            continue;
        Output& output = m_outputs[i];
        output.whole.add(sample[i]->whole);
        output.cosines += sample[i]->whole.errors.cosine();
        ++output.samples;
        for (std::size_t part = 0; part < sample[i]->parts.size(); ++part)
            output.parts[part].add(sample[i]->parts[part]);
    }
}

std::vector<OutputError> OutputErrors::errors() const {
    std::vector<OutputError> result;
    for (std::size_t o = 0; o < m_outputs.size(); ++o) {
        const Output& output = m_outputs[o];
        const OutputParts& facts = m_facts[o];
        if (output.samples == 0)
            return {};
        OutputError one;
        one.name = facts.name;
        one.known = known(output.whole);
        one.snr_db = finite_snr_db(output.whole.errors);
        one.cosine = output.cosines / static_cast<double>(output.samples);
        float smallest = 0, largest = 0;
        bool one_kind = true;
        for (std::size_t i = 0; i < output.parts.size(); ++i) {
            const float size = output.parts[i].largest;
            if (size > 0)
                smallest = smallest > 0 ? std::min(smallest, size) : size;
            largest = std::max(largest, size);
            one_kind = one_kind && facts.parts[i].kind == facts.parts[0].kind;
        }
        if (!one_kind || largest >= unlike_size * smallest)
            for (std::size_t i = 0; i < output.parts.size(); ++i)
                if (output.parts[i].errors.count() > 0)
                    one.parts.push_back(
                        {facts.parts[i], known(output.parts[i]), finite_snr_db(output.parts[i].errors)});
        result.push_back(std::move(one));
    }
    return result;
}

}  // namespace quantwright
