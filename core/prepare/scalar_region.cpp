#include "core/prepare/scalar_region.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "core/model/proto_helpers.h"
#include "core/prepare/float_values.h"

namespace quantwright {

namespace {

constexpr double k_none = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t k_most_nodes = 16;

const onnx::NodeProto& proto_at(const WorkingGraph& graph, int node) {
    return graph.nodes()[static_cast<std::size_t>(node)].proto;
}

bool is_elementwise(const onnx::NodeProto& node) {
    static const std::set<std::string> ops = {"Add",  "Sub",     "Mul",         "Div",  "Pow",
                                              "Neg",  "Erf",     "Tanh",        "Clip", "Relu",
                                              "Sqrt", "Sigmoid", "HardSigmoid", "Min",  "Max"};
    return is_standard(node) && ops.count(node.op_type()) != 0 && node.output_size() == 1;
}

std::optional<double> constant_number(const WorkingGraph& graph, const std::string& name) {
    const auto values = doubles_of(graph.constant(name));
    return values && values->size() == 1 ? std::optional(values->front()) : std::nullopt;
}

/// Numbers of one run through a region.
class Evaluation {
public:
    Evaluation(const WorkingGraph& graph, const Region& region) : m_graph(graph), m_region(region) {
        for (const int node : region.nodes)
            for (const std::string& input : proto_at(graph, node).input())
                if (const auto number = constant_number(graph, input))
                    m_values[input] = *number;
    }

    double at(double x) {
        m_values[m_region.from] = x;
        for (const int node : m_region.nodes)
            m_values[output_of(proto_at(m_graph, node), 0)] = value_of(proto_at(m_graph, node));
        return m_values[m_region.to];
    }

private:
    [[nodiscard]] double input(const onnx::NodeProto& node, int index, double missing = k_none) const {
        const auto found = m_values.find(input_of(node, index));
        return found == m_values.end() ? missing : found->second;
    }

    [[nodiscard]] double value_of(const onnx::NodeProto& node) const {
        const std::string& op = node.op_type();
        const double x = input(node, 0);
        if (op == "Neg")
            return -x;
        if (op == "Erf")
            return std::erf(x);
        if (op == "Tanh")
            return std::tanh(x);
        if (op == "Sqrt")
            return std::sqrt(x);
        if (op == "Sigmoid")
            return 1 / (1 + std::exp(-x));
        if (op == "Relu")
            return std::max(x, 0.0);
        if (op == "HardSigmoid")
            return std::clamp(float_attribute(node, "alpha", 0.2f) * x + float_attribute(node, "beta", 0.5f),
                              0.0, 1.0);
        if (op == "Clip") {
            const float lowest = std::numeric_limits<float>::lowest();
            const float largest = std::numeric_limits<float>::max();
            const double low = input(node, 1, float_attribute(node, "min", lowest));
            const double high = input(node, 2, float_attribute(node, "max", largest));
            return std::min(std::max(x, low), high);
        }
        return value_of_two(op, x, node);
    }

    [[nodiscard]] double value_of_two(const std::string& op, double x, const onnx::NodeProto& node) const {
        const double y = input(node, 1);
        if (op == "Min" || op == "Max") {
            double value = x;
            for (int i = 1; i < node.input_size(); ++i)
                value = op == "Min" ? std::min(value, input(node, i)) : std::max(value, input(node, i));
            return value;
        }
        if (op == "Add")
            return x + y;
        if (op == "Sub")
            return x - y;
        if (op == "Mul")
            return x * y;
        if (op == "Div")
            return x / y;
        return op == "Pow" ? std::pow(x, y) : k_none;
    }

    const WorkingGraph& m_graph;
    const Region& m_region;
    std::map<std::string, double> m_values;
};

/// Adds the nodes between `from` and `tensor`; false if something else is read.
bool collect(const WorkingGraph& graph, const std::string& from, const std::string& tensor,
             std::set<int>& nodes) {
    if (tensor == from || tensor.empty() || constant_number(graph, tensor))
        return true;
    const int producer = graph.producer(tensor);
    if (producer < 0 || !is_elementwise(proto_at(graph, producer)) || nodes.size() > k_most_nodes)
        return false;
    if (!nodes.insert(producer).second)
        return true;
    const auto& inputs = proto_at(graph, producer).input();
    return std::all_of(inputs.begin(), inputs.end(),
                       [&](const std::string& input) { return collect(graph, from, input, nodes); });
}

bool same_type(const MeasuredTypes& types, const std::string& a, const std::string& b) {
    const auto first = types.find(a), second = types.find(b);
    return first != types.end() && second != types.end() && first->second.type == second->second.type &&
           first->second.shape == second->second.shape && first->second.type != ElementType::undefined;
}

}  // namespace

bool is_closed(const WorkingGraph& graph, const std::vector<int>& nodes, const std::string& from,
               const std::string& result) {
    std::set<bool> sides;  // of the pair that `from` may have
    for (const int node : nodes) {
        for (const std::string& input : proto_at(graph, node).input())
            if (input == from)
                sides.insert(graph.given().reads_float(from, node));
        for (const std::string& output : proto_at(graph, node).output()) {
            if (output.empty() || output == result)
                continue;
            const auto& readers = graph.readers(output);
            const bool inside = std::all_of(readers.begin(), readers.end(), [&](int reader) {
                return std::binary_search(nodes.begin(), nodes.end(), reader);
            });
            if (!inside || graph.is_output(output) || graph.read_by_subgraph(output) ||
                graph.given().has_pair(output))
                return false;
        }
    }
    return sides.size() == 1;
}

std::optional<Region> region_between(const WorkingGraph& graph, const MeasuredTypes& types,
                                     const std::string& from, const std::string& to) {
    std::set<int> nodes;
    if (graph.is_constant(from) || !same_type(types, from, to) || !collect(graph, from, to, nodes))
        return std::nullopt;
    Region region{from, to, {nodes.begin(), nodes.end()}};
    for (const int node : region.nodes)
        if (!same_type(types, from, output_of(proto_at(graph, node), 0)))
            return std::nullopt;
    return is_closed(graph, region.nodes, from, to) ? std::optional(std::move(region)) : std::nullopt;
}

std::vector<std::string> elementwise_sources(const WorkingGraph& graph, const std::string& tensor,
                                             int depth) {
    std::vector<std::string> all = {tensor};
    std::size_t done = 0;
    for (int step = 0; step < depth; ++step)
        for (const std::size_t end = all.size(); done < end; ++done) {
            const int producer = graph.producer(all[done]);
            if (producer < 0 || !is_elementwise(proto_at(graph, producer)))
                continue;
            for (const std::string& input : proto_at(graph, producer).input())
                if (!input.empty() && !graph.is_constant(input) &&
                    std::find(all.begin(), all.end(), input) == all.end())
                    all.push_back(input);
        }
    return all;
}

std::vector<std::string> elementwise_results(const WorkingGraph& graph, const std::string& tensor,
                                             int depth) {
    std::vector<std::string> all = {tensor};
    for (int step = 0; step < depth; ++step) {
        const int reader = graph.sole_reader(all.back());
        if (reader < 0 || !is_elementwise(proto_at(graph, reader)))
            break;
        all.push_back(output_of(proto_at(graph, reader), 0));
    }
    return all;
}

double distance(const WorkingGraph& graph, const Region& region,
                const std::function<double(double)>& wanted) {
    Evaluation evaluation(graph, region);
    double largest = 0;
    constexpr std::array<double, 9> special = {-30, -3, -1e-3, 0, 1e-3, 3, 6, 30, 100};
    const auto compare = [&](double x) {
        const double difference = std::abs(evaluation.at(x) - wanted(x)) / (1 + std::abs(x));
        largest =
            std::isnan(difference) ? std::numeric_limits<double>::infinity() : std::max(largest, difference);
    };
    for (const double x : special)
        compare(x);
    for (double x = -8; x < 8; x += 0.173)
        compare(x);
    return largest;
}

}  // namespace quantwright
