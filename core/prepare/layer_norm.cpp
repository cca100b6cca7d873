#include "core/prepare/layer_norm.h"

#include <algorithm>
#include <set>

#include "core/model/proto_helpers.h"
#include "core/prepare/float_values.h"
#include "core/prepare/scalar_region.h"

namespace quantwright {

namespace {

class Matcher {
public:
    Matcher(const WorkingGraph& graph, const MeasuredTypes& types) : m_graph(graph), m_types(types) {}

    std::optional<LayerNorm> match(int variance) {
        const auto axes = mean_axes(variance);
        const int square = axes ? producer(input(variance, 0)) : -1;
        const std::string centred = square >= 0 ? squared(square) : std::string();
        const int centring = centred.empty() ? -1 : producer(centred);
        if (centring < 0 || !is(centring, "Sub"))
            return std::nullopt;
        LayerNorm norm;
        norm.from = input(centring, 0);
        const int mean = producer(input(centring, 1));
        if (mean < 0 || mean_axes(mean) != axes || input(mean, 0) != norm.from)
            return std::nullopt;
        const TensorType* type = type_of(norm.from);
        norm.shape = type ? last_axes(type->shape, *axes) : Shape{};
        if (norm.shape.empty() || m_graph.is_constant(norm.from))
            return std::nullopt;
        norm.type = type->type;
        m_nodes = {mean, centring, square, variance};
        m_mean = output(mean);
        m_from = norm.from;
        if (!divide(norm, centred, variance))
            return std::nullopt;
        scale_and_shift(norm);
        norm.nodes.assign(m_nodes.begin(), m_nodes.end());
        return is_closed(m_graph, norm.nodes, norm.from, norm.to) ? std::optional(std::move(norm))
                                                                  : std::nullopt;
    }

private:
    const onnx::NodeProto& proto(int node) const {
        return m_graph.nodes()[static_cast<std::size_t>(node)].proto;
    }
    bool is(int node, const char* op) const { return is_op(proto(node), op); }
    const std::string& input(int node, int index) const { return input_of(proto(node), index); }
    const std::string& output(int node) const { return output_of(proto(node), 0); }
    int producer(const std::string& name) const { return m_graph.producer(name); }

    const TensorType* type_of(const std::string& name) const {
        const auto found = m_types.find(name);
        return found == m_types.end() || found->second.type == ElementType::undefined ? nullptr
                                                                                      : &found->second;
    }

    std::optional<double> number(const std::string& name) const {
        const auto values = doubles_of(m_graph.constant(name));
        return values && values->size() == 1 ? std::optional(values->front()) : std::nullopt;
    }

    /// Axes of a mean that keeps its dimensions, sorted.
    std::optional<std::set<std::int64_t>> mean_axes(int node) const {
        if (!is(node, "ReduceMean") || int_attribute(proto(node), "keepdims", 1) != 1)
            return std::nullopt;
        std::vector<std::int64_t> axes = ints_attribute(proto(node), "axes");
        if (const std::string& name = input(node, 1); !name.empty()) {  // since opset 18
            const Tensor values = m_graph.constant(name);
            if (values.type != ElementType::int64)
                return std::nullopt;
            axes.assign(values.as<std::int64_t>().begin(), values.as<std::int64_t>().end());
        }
        const TensorType* type = type_of(input(node, 0));
        if (!type || axes.empty())
            return std::nullopt;
        std::set<std::int64_t> result;
        for (const std::int64_t axis : axes)
            result.insert(axis < 0 ? axis + static_cast<std::int64_t>(type->shape.size()) : axis);
        return result;
    }

    /// Sizes of the axes where they are the last ones.
    static Shape last_axes(const Shape& shape, const std::set<std::int64_t>& axes) {
        const auto rank = static_cast<std::int64_t>(shape.size());
        const auto count = static_cast<std::int64_t>(axes.size());
        if (count >= rank || *axes.begin() != rank - count || *axes.rbegin() != rank - 1)
            return {};
        return {shape.end() - count, shape.end()};
    }

    /// What the node squares; empty if it does something else.
    std::string squared(int node) const {
        if (is(node, "Mul") && input(node, 0) == input(node, 1))
            return input(node, 0);
        return is(node, "Pow") && number(input(node, 1)) == 2.0 ? input(node, 0) : std::string();
    }

    /// x - mean once more, as some exporters write it.
    bool is_centred(const std::string& name, const std::string& centred) {
        if (name == centred)
            return true;
        const int node = producer(name);
        if (node < 0 || !is(node, "Sub") || input(node, 0) != m_from || input(node, 1) != m_mean)
            return false;
        m_nodes.insert(node);
        return true;
    }

    int next(const std::string& name, const char* op) {
        const int node = m_graph.sole_reader(name);
        return node >= 0 && is(node, op) ? node : -1;
    }

    bool divide(LayerNorm& norm, const std::string& centred, int variance) {
        const int add = next(output(variance), "Add");
        if (add < 0)
            return false;
        const auto epsilon = number(input(add, input(add, 0) == output(variance) ? 1 : 0));
        const int root = next(output(add), "Sqrt");
        if (!epsilon || root < 0)
            return false;
        norm.epsilon = static_cast<float>(*epsilon);
        m_nodes.insert({add, root});
        if (const int division = next(output(root), "Div"); division >= 0) {
            m_nodes.insert(division);
            norm.to = output(division);
            return is_centred(input(division, 0), centred);
        }
        const int inverse = next(output(root), "Reciprocal");
        const int product = inverse >= 0 ? next(output(inverse), "Mul") : -1;
        if (product < 0)
            return false;
        m_nodes.insert({inverse, product});
        norm.to = output(product);
        return is_centred(input(product, input(product, 0) == output(inverse) ? 1 : 0), centred);
    }

    /// The constant of the normalized shape that `op` joins to the result so far; empty without one.
    std::string joined(LayerNorm& norm, const char* op) {
        const int node = next(norm.to, op);
        if (node < 0 || m_graph.given().has_pair(norm.to))
            return {};
        std::string name = input(node, input(node, 0) == norm.to ? 1 : 0);
        const TensorType *type = type_of(name), *whole = type_of(norm.from);
        if (!m_graph.is_constant(name) || !type || type->shape != norm.shape || type->type != whole->type)
            return {};
        m_nodes.insert(node);
        norm.to = output(node);
        return name;
    }

    void scale_and_shift(LayerNorm& norm) {
        norm.scale = joined(norm, "Mul");
        norm.shift = joined(norm, "Add");
    }

    const WorkingGraph& m_graph;
    const MeasuredTypes& m_types;
    std::set<int> m_nodes;
    std::string m_mean, m_from;
};

}  // namespace

std::optional<LayerNorm> layer_norm_from(const WorkingGraph& graph, const MeasuredTypes& types,
                                         int variance) {
    return Matcher(graph, types).match(variance);
}

onnx::NodeProto layer_norm_node(WorkingGraph& graph, const LayerNorm& norm) {
    std::string scale = norm.scale;
    if (scale.empty()) {
        const std::vector<double> ones(static_cast<std::size_t>(element_count(norm.shape)), 1.0);
        scale = graph.free_name(norm.to + "_scale");
        graph.set_constant(proto_from(scale, tensor_of(norm.type, norm.shape, ones)), {});
    }
    std::vector<std::string> inputs = {norm.from, scale};
    if (!norm.shift.empty())
        inputs.push_back(norm.shift);
    onnx::NodeProto node = make_node("LayerNormalization", {}, std::move(inputs), {norm.to});
    set_attribute(node, "axis", -static_cast<std::int64_t>(norm.shape.size()));
    set_attribute(node, "epsilon", norm.epsilon);
    return node;
}

}  // namespace quantwright
