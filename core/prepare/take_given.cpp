#include "core/prepare/take_given.h"

#include <algorithm>
#include <functional>

#include "core/model/proto_helpers.h"
#include "core/prepare/implied_activations.h"
#include "core/prepare/quantization_nodes.h"

namespace quantwright {

namespace {

const onnx::NodeProto& proto_at(const WorkingGraph& graph, int node) {
    return graph.nodes()[static_cast<std::size_t>(node)].proto;
}

/// The same scale and zero point for every channel is one: the form in which this program shields float
/// layers from ONNX Runtime's optimizer.
std::optional<Parameters> as_one(std::optional<Parameters> parameters) {
    const auto alike = [](const auto& values) {
        return std::adjacent_find(values.begin(), values.end(), std::not_equal_to()) == values.end();
    };
    if (!parameters || parameters->axis < 0 || parameters->blocked() || !alike(parameters->scale) ||
        !alike(parameters->zero_point))
        return parameters;
    parameters->scale.resize(1);
    parameters->zero_point.resize(1);
    parameters->axis = -1;
    return parameters;
}

/// Codes that a Clip lets through.
bool narrow(const WorkingGraph& graph, const onnx::NodeProto& clip, Parameters& parameters) {
    const auto bound = [&](int input, std::int32_t& code) {
        if (input_of(clip, input).empty())
            return true;
        const auto values = codes_of(graph.constant(input_of(clip, input)));
        if (!values || values->size() != 1)
            return false;
        code = values->front();
        return true;
    };
    std::int32_t low = parameters.qmin, high = parameters.qmax;
    if (!bound(1, low) || !bound(2, high))
        return false;
    parameters.qmin = std::max(parameters.qmin, low);
    parameters.qmax = std::min(parameters.qmax, high);
    return parameters.qmin < parameters.qmax;
}

/// More dimensions than any tensor here has: of an activation's pair only one scale is taken anyway.
constexpr std::size_t k_highest_rank = 16;

/// A Clip to exactly what the codes of the pair before it can say changes nothing, nor did it stand in the
/// network that was quantized: the other form of that shield.
void drop_shields(WorkingGraph& graph) {
    for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
        const WorkingNode& node = graph.nodes()[i];
        const std::string source = input_of(node.proto, 0), result = output_of(node.proto, 0);
        const auto pair = graph.given().by_name.activations.find(source);
        if (node.removed || !is_op(node.proto, "Clip") || pair == graph.given().by_name.activations.end() ||
            graph.is_output(result) || graph.read_by_subgraph(result) ||
            graph.given().reads_float(source, static_cast<int>(i)))
            continue;
        const Parameters& parameters = pair->second;
        const auto is_end = [&](int input, std::int32_t code) {
            const Tensor bound = graph.constant(input_of(node.proto, input));
            return bound.type == ElementType::float32 && bound.floats().size() == 1 &&
                   bound.floats().front() ==
                       static_cast<float>(code - parameters.zero_point.front()) * parameters.scale.front();
        };
        if (!is_end(1, parameters.format->qmin) || !is_end(2, parameters.format->qmax))
            continue;
        graph.remove(static_cast<int>(i));
        graph.redirect_readers(result, source);
    }
}

class Taking {
public:
    explicit Taking(WorkingGraph& graph) : m_graph(graph), m_given(graph.given()) {}

    /// By tensor with a pair, its QuantizeLinear that went.
    std::unordered_map<std::string, int> run() {
        const int count = static_cast<int>(m_graph.nodes().size());
        for (int i = 0; i < count; ++i) {
            const WorkingNode& node = m_graph.nodes()[static_cast<std::size_t>(i)];
            if (node.removed)
                continue;
            if (dequantizes(node.proto))
                take_given_constant(m_graph, i);
            else if (quantizes(node.proto) && !m_graph.is_constant(input_of(node.proto, 0)))
                take_activation(i);
        }
        return std::move(m_places);
    }

private:
    void take_activation(int quantize) {
        const auto pair = pair_of(m_graph, quantize, 0);
        // Statistics and plans know one scale per activation.
        if (!pair || pair->parameters.axis >= 0)
            return;
        const std::string source = input_of(proto_at(m_graph, quantize), 0);
        const auto name = name_after(source, *pair);
        if (!name)
            return;
        if (!m_given.has_pair(source))
            return take_first(*pair, source, *name);
        const bool parallel = m_given.reads_float(source, quantize);
        if (m_given.by_name.activations.at(source) == pair->parameters && *name == source)
            return drop(*pair, source, source);
        take_further(*pair, source, *name, parallel);
    }

    /// What the tensor is called afterwards. Empty if the nodes must stay: two names of outputs on one value.
    [[nodiscard]] std::optional<std::string> name_after(const std::string& source,
                                                        const QuantizePair& pair) const {
        std::string output, ours;
        for (const int i : pair.dequantize) {
            const std::string& result = output_of(proto_at(m_graph, i), 0);
            if (m_graph.read_by_subgraph(result) || (m_graph.is_output(result) && !output.empty()))
                return std::nullopt;
            if (m_graph.is_output(result))
                output = result;
            if (source == result + "_unquantized")  // this program's own exports
                ours = result;
        }
        const bool fixed =
            m_graph.producer(source) < 0 || m_graph.is_output(source) || m_graph.read_by_subgraph(source);
        if (!output.empty() && fixed && !m_given.has_pair(source))
            return std::nullopt;
        if (!output.empty())
            return output;
        return !ours.empty() && !fixed ? ours : source;
    }

    void take_first(const QuantizePair& pair, const std::string& source, const std::string& name) {
        const auto& readers = m_graph.readers(source);
        std::set<int> others(readers.begin(), readers.end());
        others.erase(pair.quantize);
        if (m_graph.is_output(source))
            m_given.float_outputs.insert(source);
        if (!others.empty())
            m_given.float_readers[source] = std::move(others);
        m_given.by_name.activations[source] = pair.parameters;
        const bool own_name = std::any_of(pair.dequantize.begin(), pair.dequantize.end(), [&](int node) {
            return output_of(proto_at(m_graph, node), 0) == source + "_dequantized";
        });
        if (own_name && name == source && m_graph.producer(source) >= 0)
            m_given.named_before.insert(source);
        drop(pair, source, name);
        m_places[name] = pair.quantize;
    }

    /// One more pair on the same value with other parameters: a tensor of its own.
    void take_further(const QuantizePair& pair, const std::string& source, const std::string& name,
                      bool parallel) {
        const std::string own = name == source ? m_graph.free_name(source + "_requantized") : name;
        std::vector<std::string> results;
        for (const int i : pair.dequantize)
            results.push_back(output_of(proto_at(m_graph, i), 0));
        remove_all_but_quantize(pair, pair.quantize);
        onnx::NodeProto identity = make_node("Identity", {}, {source}, {own});
        m_graph.replace(pair.quantize, std::move(identity));
        if (parallel)
            m_given.float_readers[source].insert(pair.quantize);
        for (const std::string& result : results)
            if (result != own)
                m_graph.redirect_readers(result, own);
        m_given.by_name.activations[own] = pair.parameters;
    }

    void remove_all_but_quantize(const QuantizePair& pair, int heir) {
        Origins origins;
        const auto take = [&](int node) {
            append(origins, m_graph.nodes()[static_cast<std::size_t>(node)].origins);
            for (const std::string& input : proto_at(m_graph, node).input())
                append(origins, m_graph.constant_origins(input));
            m_graph.remove(node);
        };
        for (const int node : pair.dequantize)
            take(node);
        if (pair.clip >= 0)
            take(pair.clip);
        if (heir != pair.quantize)
            take(pair.quantize);
        if (heir >= 0)
            append(m_graph.nodes()[static_cast<std::size_t>(heir)].origins, origins);
    }

    /// The nodes go; who read what they gave reads `source`, which is called `name` from then on.
    void drop(const QuantizePair& pair, const std::string& source, const std::string& name) {
        std::vector<std::string> results;
        int reader = -1;
        for (const int i : pair.dequantize) {
            results.push_back(output_of(proto_at(m_graph, i), 0));
            if (const auto& readers = m_graph.readers(results.back()); reader < 0 && !readers.empty())
                reader = readers.front();
        }
        const int producer = m_graph.producer(source);
        if (const auto found = m_given.float_readers.find(source); found != m_given.float_readers.end()) {
            found->second.erase(pair.quantize);
            if (found->second.empty())
                m_given.float_readers.erase(found);
        }
        remove_all_but_quantize(pair, producer >= 0 ? producer : reader);
        for (const std::string& result : results)
            if (result != name)
                m_graph.redirect_readers(result, name);
        if (name == source)
            return;
        m_graph.redirect_readers(source, name);
        const auto& outputs = proto_at(m_graph, producer).output();
        const auto place = std::find(outputs.begin(), outputs.end(), source) - outputs.begin();
        m_graph.rename_output(producer, static_cast<int>(place), name);
    }

    WorkingGraph& m_graph;
    WorkingGiven& m_given;
    std::unordered_map<std::string, int> m_places;
};

}  // namespace

std::optional<QuantizePair> pair_of(const WorkingGraph& graph, int quantize, std::size_t rank) {
    const onnx::NodeProto& first = proto_at(graph, quantize);
    const auto parameters = parameters_of(graph, first, ElementType::undefined, rank);
    if (!parameters || !quantizes(first))
        return std::nullopt;
    QuantizePair pair{quantize, -1, {}, *parameters};
    const auto is_inside = [&](const std::string& codes) {
        return !graph.is_output(codes) && !graph.read_by_subgraph(codes) && !graph.readers(codes).empty();
    };
    std::string codes = output_of(first, 0);
    if (!is_inside(codes))
        return std::nullopt;
    const int next = graph.sole_reader(codes);
    if (next >= 0 && is_op(proto_at(graph, next), "Clip")) {
        if (!narrow(graph, proto_at(graph, next), pair.parameters))
            return std::nullopt;
        pair.clip = next;
        codes = output_of(proto_at(graph, next), 0);
        if (!is_inside(codes))
            return std::nullopt;
    }
    for (const int reader : graph.readers(codes)) {
        const onnx::NodeProto& last = proto_at(graph, reader);
        if (!dequantizes(last) || input_of(last, 0) != codes)
            return std::nullopt;
        const ElementType type = parameters->format->storage;
        const auto own = parameters->axis < 0 ? as_one(parameters_of(graph, last, type, k_highest_rank))
                                              : parameters_of(graph, last, type, rank);
        if (!own || *own != *parameters)
            return std::nullopt;
        pair.dequantize.push_back(reader);
    }
    return pair;
}

void take_given_parameters(WorkingGraph& graph, std::vector<Problem>& problems) {
    if (!graph.origin().already_quantized())
        return;
    const auto places = Taking(graph).run();
    drop_shields(graph);
    add_implied_activations(graph, places);
    graph.remove_dead();
    int left = 0;
    std::string first;
    for (const WorkingNode& node : graph.nodes())
        if (!node.removed && (quantizes(node.proto) || dequantizes(node.proto)) && left++ == 0)
            first = node.proto.name();
    if (left > 0)
        problems.push_back({"prepare.pairs_kept", Severity::warning, {}, {std::to_string(left), first}});
}

}  // namespace quantwright
