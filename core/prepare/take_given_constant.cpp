// Dequantized weights and biases become float constants that quantize to the same codes again.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/model/proto_helpers.h"
#include "core/number/kernels.h"
#include "core/prepare/quantization_nodes.h"
#include "core/prepare/take_given.h"

namespace quantwright {

namespace {

/// Codes on their way to the layer that reads them.
struct Codes {
    Shape shape;
    std::vector<std::int32_t> values;
    Parameters parameters;
    std::string wanted_name;  ///< empty: no better one than the reader's
    std::vector<int> nodes;   ///< that go
};

const onnx::NodeProto& proto_at(const WorkingGraph& graph, int node) {
    return graph.nodes()[static_cast<std::size_t>(node)].proto;
}

/// The parameters have as many scales as the tensor wants.
bool fits(const Parameters& parameters, const Shape& shape) {
    const auto rank = static_cast<int>(shape.size());
    std::size_t wanted = 1;
    if (parameters.blocked() && parameters.axis < rank)
        wanted = static_cast<std::size_t>(
            element_count(blocked_shape(shape, parameters.axis, parameters.block_size)));
    else if (parameters.axis >= 0 && parameters.axis < rank)
        wanted = static_cast<std::size_t>(shape[static_cast<std::size_t>(parameters.axis)]);
    return parameters.axis < rank && parameters.scale.size() == wanted;
}

/// One scale may be that of the only channel: it is, where the node names an axis of one element.
void find_only_channel(const WorkingGraph& graph, int node, const Shape& shape, Parameters& parameters) {
    const onnx::NodeProto& proto = proto_at(graph, node);
    const std::int64_t rank = static_cast<std::int64_t>(shape.size());
    std::int64_t axis = int_attribute(proto, "axis", rank);
    if (axis < 0)
        axis += rank;
    if (parameters.axis < 0 && axis >= 0 && axis < rank && shape[static_cast<std::size_t>(axis)] == 1 &&
        graph.constant(input_of(proto, 1)).shape.size() == 1)
        parameters.axis = static_cast<int>(axis);
}

std::string without_ending(const std::string& name, const std::string& ending) {
    return name.ends_with(ending) ? name.substr(0, name.size() - ending.size()) : std::string();
}

/// Constant codes that `node` dequantizes.
std::optional<Codes> stored_codes(const WorkingGraph& graph, int node) {
    const std::string& name = input_of(proto_at(graph, node), 0);
    const Tensor stored = graph.constant(name);
    auto values = codes_of(stored);
    auto parameters = parameters_of(graph, proto_at(graph, node), stored.type, stored.shape.size());
    if (!values || !parameters || parameters->format->storage != stored.type)
        return std::nullopt;
    find_only_channel(graph, node, stored.shape, *parameters);
    std::string wanted = without_ending(name, "_quantized");
    if (wanted.empty() && graph.sole_reader(name) == node)
        wanted = name;
    return Codes{stored.shape, std::move(*values), *parameters, wanted, {node}};
}

/// A float constant that is quantized and dequantized: PyTorch's way of exporting weights.
std::optional<Codes> computed_codes(const WorkingGraph& graph, int node) {
    int before = graph.producer(input_of(proto_at(graph, node), 0));
    if (before >= 0 && is_op(proto_at(graph, before), "Clip"))
        before = graph.producer(input_of(proto_at(graph, before), 0));
    if (before < 0 || !quantizes(proto_at(graph, before)))
        return std::nullopt;
    const std::string& name = input_of(proto_at(graph, before), 0);
    const Tensor values = graph.constant(name);
    const auto floats = values.floats();
    auto pair = pair_of(graph, before, values.shape.size());
    if (pair)
        find_only_channel(graph, before, values.shape, pair->parameters);
    if (values.type != ElementType::float32 || !pair || pair->dequantize.size() != 1 ||
        !fits(pair->parameters, values.shape) ||
        !std::all_of(floats.begin(), floats.end(), [](float x) { return std::isfinite(x); }))
        return std::nullopt;
    Codes codes{values.shape, quantize(floats, values.shape, pair->parameters), pair->parameters, {}, {}};
    if (graph.sole_reader(name) == before)
        codes.wanted_name = name;
    codes.nodes = {before, node};
    if (pair->clip >= 0)
        codes.nodes.push_back(pair->clip);
    return codes;
}

void transpose(Codes& codes, const std::vector<std::int64_t>& order) {
    const std::size_t rank = codes.shape.size();
    std::vector<std::int64_t> strides(rank, 1);
    for (std::size_t i = rank; i-- > 1;)
        strides[i - 1] = strides[i] * codes.shape[i];
    Shape shape(rank);
    for (std::size_t i = 0; i < rank; ++i)
        shape[i] = codes.shape[static_cast<std::size_t>(order[i])];
    std::vector<std::int32_t> moved(codes.values.size());
    for (std::size_t at = 0; at < moved.size(); ++at) {
        auto rest = static_cast<std::int64_t>(at);
        std::int64_t from = 0;
        for (std::size_t i = rank; i-- > 0; rest /= shape[i])
            from += rest % shape[i] * strides[static_cast<std::size_t>(order[i])];
        moved[at] = codes.values[static_cast<std::size_t>(from)];
    }
    if (codes.parameters.axis >= 0) {
        const auto place = std::find(order.begin(), order.end(), codes.parameters.axis);
        codes.parameters.axis = static_cast<int>(place - order.begin());
    }
    codes.shape = std::move(shape);
    codes.values = std::move(moved);
}

bool transpose(Codes& codes, const onnx::NodeProto& node) {
    const std::size_t rank = codes.shape.size();
    if (codes.parameters.blocked())
        return false;
    std::vector<std::int64_t> order = ints_attribute(node, "perm");
    if (order.empty())
        for (std::size_t i = rank; i-- > 0;)
            order.push_back(static_cast<std::int64_t>(i));
    std::vector<std::int64_t> sorted = order, all(rank);
    std::sort(sorted.begin(), sorted.end());
    std::iota(all.begin(), all.end(), 0);
    if (sorted != all)
        return false;
    transpose(codes, order);
    return true;
}

std::int64_t product(const Shape& shape, std::size_t begin, std::size_t end) {
    std::int64_t result = 1;
    for (std::size_t i = begin; i < end; ++i)
        result *= shape[i];
    return result;
}

/// The axis of `to` that walks through the elements as `axis` of `from` does; -1: none.
int same_axis(const Shape& from, const Shape& to, int axis) {
    const auto at = static_cast<std::size_t>(axis);
    for (std::size_t i = 0; i < to.size(); ++i)
        if (to[i] == from[at] && product(to, 0, i) == product(from, 0, at))
            return static_cast<int>(i);
    return -1;
}

bool reshape(Codes& codes, const WorkingGraph& graph, const onnx::NodeProto& node) {
    const Tensor wanted = graph.constant(input_of(node, 1));
    if (codes.parameters.blocked() || wanted.type != ElementType::int64 ||
        int_attribute(node, "allowzero", 0) != 0)
        return false;
    Shape shape(wanted.as<std::int64_t>().begin(), wanted.as<std::int64_t>().end());
    std::int64_t known = 1;
    for (std::size_t i = 0; i < shape.size(); ++i) {
        if (shape[i] == 0 && i < codes.shape.size())
            shape[i] = codes.shape[i];
        if (shape[i] > 0)
            known *= shape[i];
    }
    const auto count = static_cast<std::int64_t>(codes.values.size());
    if (const auto open = std::find(shape.begin(), shape.end(), -1); open != shape.end() && known > 0)
        *open = count / known;
    if (known == 0 || product(shape, 0, shape.size()) != count)
        return false;
    if (codes.parameters.axis >= 0) {
        codes.parameters.axis = same_axis(codes.shape, shape, codes.parameters.axis);
        if (codes.parameters.axis < 0)
            return false;
    }
    codes.shape = std::move(shape);
    return true;
}

/// Follows the codes through what exporters put between them and the layer; gives the last tensor's name.
std::string follow(const WorkingGraph& graph, Codes& codes, std::string name) {
    for (int next = graph.sole_reader(name); next >= 0; next = graph.sole_reader(name)) {
        const onnx::NodeProto& node = proto_at(graph, next);
        if (input_of(node, 0) != name)
            break;
        const bool moved = is_op(node, "Transpose") ? transpose(codes, node)
                                                    : is_op(node, "Reshape") && reshape(codes, graph, node);
        if (!moved)
            break;
        codes.nodes.push_back(next);
        name = output_of(node, 0);
    }
    return name;
}

enum class Use { weight, bias, other };

Use use_of(const onnx::NodeProto& node, const std::string& name) {
    const bool layer =
        is_op(node, "Conv") || is_op(node, "ConvTranspose") || is_op(node, "Gemm") || is_op(node, "MatMul");
    if (!layer || input_of(node, 0) == name)
        return Use::other;
    const bool second = input_of(node, 1) == name, third = input_of(node, 2) == name;
    if (second == third)
        return Use::other;
    return second ? Use::weight : Use::bias;
}

/// The one use that all readers make of it.
Use use_of(const WorkingGraph& graph, const std::string& name) {
    const auto& readers = graph.readers(name);
    if (readers.empty() || graph.is_output(name) || graph.read_by_subgraph(name))
        return Use::other;
    const Use first = use_of(proto_at(graph, readers.front()), name);
    const bool same = std::all_of(readers.begin(), readers.end(),
                                  [&](int reader) { return use_of(proto_at(graph, reader), name) == first; });
    return same ? first : Use::other;
}

/// As DequantizeLinear computes it: in float.
std::vector<float> bias_values(const Codes& codes) {
    std::vector<float> values;
    for (std::size_t i = 0; i < codes.values.size(); ++i)
        values.push_back(static_cast<float>(codes.values[i]) *
                         codes.parameters.scale[codes.parameters.axis >= 0 ? i : 0]);
    return values;
}

/// Float values of the codes; empty where they would not quantize to the same codes again.
std::optional<std::vector<float>> values_of(const Codes& codes, Use use) {
    const Parameters& parameters = codes.parameters;
    const bool wide = parameters.format == &format_int32();
    const auto& zeros = parameters.zero_point;
    if (!fits(parameters, codes.shape) || use == Use::other || wide != (use == Use::bias))
        return std::nullopt;
    if (use == Use::bias) {
        const bool plain = codes.shape.size() == 1 &&
                           std::all_of(zeros.begin(), zeros.end(), [](auto zero) { return zero == 0; });
        return plain ? std::optional(bias_values(codes)) : std::nullopt;
    }
    auto values = dequantize(codes.values, codes.shape, parameters);
    return quantize(values, codes.shape, parameters) == codes.values ? std::optional(std::move(values))
                                                                     : std::nullopt;
}

}  // namespace

bool take_given_constant(WorkingGraph& graph, int dequantize_node) {
    auto codes = stored_codes(graph, dequantize_node);
    if (!codes)
        codes = computed_codes(graph, dequantize_node);
    if (!codes)
        return false;
    const std::string read = follow(graph, *codes, output_of(proto_at(graph, dequantize_node), 0));
    const Use use = use_of(graph, read);
    auto values = values_of(*codes, use);
    if (!values)
        return false;

    const std::string& wanted = codes->wanted_name;
    const bool wanted_goes = std::any_of(codes->nodes.begin(), codes->nodes.end(), [&](int node) {
        return wanted == output_of(proto_at(graph, node), 0) || wanted == input_of(proto_at(graph, node), 0);
    });
    const bool takes_wanted = !wanted.empty() && (wanted_goes || graph.free_name(wanted) == wanted);
    const std::string name = takes_wanted ? wanted : read;
    Origins origins;
    for (const int node : codes->nodes) {
        append(origins, graph.nodes()[static_cast<std::size_t>(node)].origins);
        for (const std::string& input : proto_at(graph, node).input())
            append(origins, graph.constant_origins(input));
    }
    for (const int node : codes->nodes)
        graph.remove(node);
    graph.set_constant(name, make_tensor(codes->shape, std::move(*values)), origins);
    if (name != read)
        graph.redirect_readers(read, name);
    auto& kept = use == Use::weight ? graph.given().by_name.weights : graph.given().by_name.biases;
    kept[name] = codes->parameters;
    if (use == Use::bias)
        graph.given().by_name.bias_codes[name] = codes->values;
    return true;
}

}  // namespace quantwright
