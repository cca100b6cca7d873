#include "core/prepare/fold_batch_norm.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/model/proto_helpers.h"
#include "core/prepare/float_values.h"

namespace quantwright {

namespace {

/// y = factor * x + shift, per channel.
struct Affine {
    std::vector<double> factor, shift;
};

std::optional<Affine> affine_of(const WorkingGraph& graph, const onnx::NodeProto& norm) {
    if (int_attribute(norm, "training_mode", 0) != 0 || int_attribute(norm, "spatial", 1) != 1 ||
        graph.opset() < 7 || norm.input_size() != 5)
        return std::nullopt;
    for (int i = 1; i < norm.output_size(); ++i)
        if (!norm.output(i).empty())
            return std::nullopt;
    const auto scale = doubles_of(graph.constant(input_of(norm, 1))),
               bias = doubles_of(graph.constant(input_of(norm, 2)));
    const auto mean = doubles_of(graph.constant(input_of(norm, 3))),
               var = doubles_of(graph.constant(input_of(norm, 4)));
    if (!scale || !bias || !mean || !var || bias->size() != scale->size() || mean->size() != scale->size() ||
        var->size() != scale->size())
        return std::nullopt;
    const double epsilon = float_attribute(norm, "epsilon", 1e-5f);
    Affine affine;
    for (std::size_t c = 0; c < scale->size(); ++c) {
        affine.factor.push_back((*scale)[c] / std::sqrt((*var)[c] + epsilon));
        affine.shift.push_back((*bias)[c] - (*mean)[c] * affine.factor[c]);
        if (!std::isfinite(affine.factor[c]) || !std::isfinite(affine.shift[c]))
            return std::nullopt;
    }
    return affine;
}

/// Which output channel each element of a weight belongs to: runs of `inner` elements, `channels` of them in
/// turn, starting over with an offset of `channels` for each group.
struct ChannelLayout {
    std::int64_t inner = 1;
    std::int64_t channels = 1;         ///< per group
    std::int64_t outer_per_group = 1;  ///< how often the channels of one group come round
    [[nodiscard]] std::size_t channel(std::size_t element) const {
        const std::int64_t run = static_cast<std::int64_t>(element) / inner;
        return static_cast<std::size_t>(run / channels / outer_per_group * channels + run % channels);
    }
};

std::int64_t product(const Shape& shape, std::size_t from) {
    std::int64_t result = 1;
    for (std::size_t i = from; i < shape.size(); ++i)
        result *= shape[i];
    return result;
}

std::optional<ChannelLayout> layout_of(const onnx::NodeProto& node, const Shape& weight) {
    if (is_op(node, "Conv"))
        return weight.size() >= 3 ? std::optional(ChannelLayout{product(weight, 1), weight[0], 1})
                                  : std::nullopt;
    if (is_op(node, "ConvTranspose")) {  // weight: C x M/group x kernel
        const std::int64_t group = int_attribute(node, "group", 1);
        if (weight.size() < 3 || group < 1 || weight[0] % group != 0)
            return std::nullopt;
        return ChannelLayout{product(weight, 2), weight[1], weight[0] / group};
    }
    if (is_op(node, "Gemm") && weight.size() == 2)
        return int_attribute(node, "transB", 0) != 0 ? ChannelLayout{weight[1], weight[0], 1}
                                                     : ChannelLayout{1, weight[1], weight[0]};
    return std::nullopt;
}

/// The bias as one number per channel, zeros where there is none.
std::optional<std::vector<double>> bias_of(const WorkingGraph& graph, const onnx::NodeProto& node,
                                           std::size_t channels) {
    if (input_of(node, 2).empty())
        return std::vector<double>(channels, 0.0);
    const Tensor tensor = graph.constant(input_of(node, 2));
    auto values = doubles_of(tensor);
    if (!values)
        return std::nullopt;
    const double beta = is_op(node, "Gemm") ? float_attribute(node, "beta", 1) : 1.0;
    for (double& value : *values)
        value *= beta;
    if (values->size() == 1)
        values->resize(channels, values->front());
    const bool per_channel =
        values->size() == channels && (tensor.shape.empty() || tensor.shape.back() == 1 ||
                                       tensor.shape.back() == static_cast<std::int64_t>(channels));
    // C of Gemm may also be a column: one number per row, which is no bias of a channel.
    const bool column = tensor.shape.size() == 2 && tensor.shape[0] != 1;
    return per_channel && !column ? values : std::nullopt;
}

/// The name of a changed tensor: its own where nobody else reads it.
std::string name_for(const WorkingGraph& graph, const std::string& name, const std::string& node) {
    return graph.sole_reader(name) >= 0 ? name : graph.free_name(name + "/" + node);
}

std::string bias_name(const WorkingGraph& graph, const std::string& weight) {
    const std::string ending = "weight";
    if (weight.ends_with(ending))
        return graph.free_name(weight.substr(0, weight.size() - ending.size()) + "bias");
    return graph.free_name(weight + "_bias");
}

/// One number per channel of a constant that is spread over a result of `rank` dimensions, channels second.
std::optional<std::vector<double>> per_channel(const WorkingGraph& graph, const std::string& name,
                                               std::size_t rank, std::size_t channels) {
    const Tensor tensor = graph.constant(name);
    auto values = doubles_of(tensor);
    if (!values || tensor.shape.size() > rank)
        return std::nullopt;
    if (values->size() == 1)
        return std::vector<double>(channels, values->front());
    // From the back: 1 for every dimension behind the channels, then all of them.
    const std::size_t behind = rank - 2;
    const bool spread = values->size() == channels && tensor.shape.size() > behind &&
                        tensor.shape[tensor.shape.size() - 1 - behind] == static_cast<std::int64_t>(channels);
    return spread ? values : std::nullopt;
}

/// Adds what `node` does to `x` per channel to what is done after it.
bool put_before(const WorkingGraph& graph, const onnx::NodeProto& node, const std::string& x,
                std::size_t rank, Affine& after) {
    const bool first = input_of(node, 0) == x;
    if (first == (input_of(node, 1) == x) || (!first && (is_op(node, "Div") || is_op(node, "Sub"))))
        return false;
    const auto values = per_channel(graph, input_of(node, first ? 1 : 0), rank, after.factor.size());
    if (!values)
        return false;
    for (std::size_t c = 0; c < after.factor.size(); ++c) {
        const double value = (*values)[c];
        if (is_op(node, "Mul"))
            after.factor[c] *= value;
        else if (is_op(node, "Div"))
            after.factor[c] /= value;
        else
            after.shift[c] += after.factor[c] * (is_op(node, "Sub") ? -value : value);
        if (!std::isfinite(after.factor[c]) || !std::isfinite(after.shift[c]))
            return false;
    }
    return true;
}

/// A convolution or Gemm, and what is done to its result up to a BatchNormalization.
struct Chain {
    int layer = -1;
    std::vector<int> nodes;  ///< that are folded, the normalization first
    Affine affine;
};

bool is_scaling(const onnx::NodeProto& node) {
    return is_op(node, "Mul") || is_op(node, "Div") || is_op(node, "Add") || is_op(node, "Sub");
}

/// The value is read by the node alone, as it is: no pair of the model's own stands there.
bool is_private(const WorkingGraph& graph, const std::string& name, int reader) {
    return graph.sole_reader(name) == reader && !graph.given().has_pair(name);
}

/// PyTorch's quantization-aware training writes a division by the normalization's factor between the two.
std::optional<Chain> chain_before(const WorkingGraph& graph, int norm) {
    const auto& nodes = graph.nodes();
    const auto proto = [&](int index) -> const onnx::NodeProto& {
        return nodes[static_cast<std::size_t>(index)].proto;
    };
    auto affine = affine_of(graph, proto(norm));
    if (!affine)
        return std::nullopt;
    Chain chain{-1, {norm}, std::move(*affine)};
    std::vector<std::string> read;  // what each node but the normalization computes on
    std::string value = input_of(proto(norm), 0);
    while (chain.layer < 0) {
        const int index = is_private(graph, value, chain.nodes.back()) ? graph.producer(value) : -1;
        if (index < 0)
            return std::nullopt;
        if (!is_scaling(proto(index))) {
            chain.layer = index;
            break;
        }
        value = input_of(proto(index), graph.is_constant(input_of(proto(index), 0)) ? 1 : 0);
        chain.nodes.push_back(index);
        read.push_back(value);
    }
    const auto* weight = graph.constant_proto(input_of(proto(chain.layer), 1));
    if (!weight || weight->dims_size() < 2)
        return std::nullopt;
    const auto rank = static_cast<std::size_t>(weight->dims_size());
    for (std::size_t i = 0; i < read.size(); ++i)
        if (!put_before(graph, proto(chain.nodes[i + 1]), read[i], rank, chain.affine))
            return std::nullopt;
    return chain;
}

/// Trained weights must quantize to the same codes afterwards: they may be shifted, not scaled.
bool keeps_given(const WorkingGraph& graph, const onnx::NodeProto& node, Affine& affine) {
    const Given& given = graph.given().by_name;
    if (given.biases.count(input_of(node, 2)))
        return false;
    if (!given.weights.count(input_of(node, 1)))
        return true;
    constexpr double rounding = 1e-5;  // of a factor that was divided out in float
    const bool one = std::all_of(affine.factor.begin(), affine.factor.end(),
                                 [](double factor) { return std::abs(factor - 1) < rounding; });
    affine.factor.assign(affine.factor.size(), 1.0);
    return one;
}

void fold(WorkingGraph& graph, int norm_index) {
    auto& nodes = graph.nodes();
    auto chain = chain_before(graph, norm_index);
    if (!chain)
        return;
    const int index = chain->layer;
    WorkingNode& node = nodes[static_cast<std::size_t>(index)];
    if (node.proto.input_size() < 2 || !is_standard(node.proto) ||
        !keeps_given(graph, node.proto, chain->affine))
        return;
    const Affine& affine = chain->affine;
    const std::string weight_name = input_of(node.proto, 1);
    const Tensor weight = graph.constant(weight_name);
    const auto layout = layout_of(node.proto, weight.shape);
    auto weights = doubles_of(weight);
    if (!layout || !weights || input_of(node.proto, 0) == weight_name)
        return;
    const std::size_t channels = affine.factor.size();
    auto bias = bias_of(graph, node.proto, channels);
    if (!bias || weights->empty() || layout->channel(weights->size() - 1) + 1 != channels)
        return;
    for (std::size_t i = 0; i < weights->size(); ++i)
        (*weights)[i] *= affine.factor[layout->channel(i)];
    for (std::size_t c = 0; c < channels; ++c)
        (*bias)[c] = (*bias)[c] * affine.factor[c] + affine.shift[c];

    Origins origins;
    for (const int folded : chain->nodes) {
        const WorkingNode& one = nodes[static_cast<std::size_t>(folded)];
        append(origins, one.origins);
        for (const std::string& input : one.proto.input())
            append(origins, graph.constant_origins(input));
    }
    const std::string result = output_of(nodes[static_cast<std::size_t>(norm_index)].proto, 0);
    const bool same_weight = graph.given().by_name.weights.count(weight_name) != 0;
    const std::string new_weight =
        same_weight ? weight_name : name_for(graph, weight_name, node.proto.name());
    const bool has_bias = !input_of(node.proto, 2).empty();
    const std::string new_bias = has_bias ? name_for(graph, input_of(node.proto, 2), node.proto.name())
                                          : bias_name(graph, weight_name);
    for (const int folded : chain->nodes)
        graph.remove(folded);
    if (!same_weight)
        graph.set_constant(new_weight, tensor_of(weight.type, weight.shape, *weights),
                           new_weight == weight_name ? Origins{} : graph.constant_origins(weight_name));
    graph.set_constant(new_bias, tensor_of(weight.type, {static_cast<std::int64_t>(channels)}, *bias),
                       has_bias && new_bias != input_of(node.proto, 2)
                           ? graph.constant_origins(input_of(node.proto, 2))
                           : Origins{});
    graph.set_input(index, 1, new_weight);
    graph.set_input(index, 2, new_bias);
    if (is_op(node.proto, "Gemm") && find_attribute(node.proto, "beta"))
        set_attribute(node.proto, "beta", 1.0f);
    graph.rename_output(index, 0, result);
    append(node.origins, origins);
}

}  // namespace

void fold_batch_norms(WorkingGraph& graph) {
    for (std::size_t i = 0; i < graph.nodes().size(); ++i)
        if (!graph.nodes()[i].removed && is_op(graph.nodes()[i].proto, "BatchNormalization"))
            fold(graph, static_cast<int>(i));
}

}  // namespace quantwright
