// Scales of weights and biases, and their codes.
#include <algorithm>
#include <cmath>

#include "core/model/proto_helpers.h"
#include "core/number/kernels.h"
#include "core/plan/resolve_parts.h"

namespace quantwright {

namespace {

/// Largest |code| of a bias: half of int32, so that bias and products together can't overflow the
/// accumulator.
constexpr double k_bias_limit = 1 << 30;

Scheme weight_scheme(const ResolvedLayer& layer, const Target& target) {
    Scheme scheme;
    scheme.format = find_format(layer[Field::weight_format].value);
    scheme.symmetric = layer[Field::weight_symmetric].value == "true";
    scheme.codes = *find_code_range(layer[Field::weight_range].value);
    if (!scheme.symmetric && scheme.codes == CodeRange::restricted)
        scheme.codes = CodeRange::full;  // the lowest code is left out for the sake of symmetry alone
    scheme.divisor = *find_divisor(layer[Field::weight_divisor].value);
    scheme.power_of_two = layer[Field::weight_scale].value == "power-of-two";
    scheme.rounding = *find_rounding(layer[Field::rounding].value);
    scheme.scale_floor = target.scale_floor;
    return scheme;
}

/// Channels of one convolution group share the widest of their ranges.
void share_in_groups(std::vector<Range>& channels, std::int64_t groups) {
    const std::size_t size = channels.size() / static_cast<std::size_t>(std::max<std::int64_t>(groups, 1));
    if (size == 0)
        return;
    for (std::size_t first = 0; first + size <= channels.size(); first += size) {
        Range all;
        for (std::size_t c = first; c < first + size; ++c) {
            all.min = c == first ? channels[c].min : std::min(all.min, channels[c].min);
            all.max = c == first ? channels[c].max : std::max(all.max, channels[c].max);
        }
        std::fill_n(channels.begin() + static_cast<std::ptrdiff_t>(first), size, all);
    }
}

Parameters weight_parameters(const Prepared& prepared, const Layer& layer, const ResolvedLayer& choices,
                             const Target& target, const Tensor& weight, const Scheme& scheme) {
    const std::string& granularity = choices[Field::weight_granularity].value;
    const int channel = layer.weight_channel_axis;
    if (granularity == "tensor" || channel < 0)
        return parameters_from(ranges_along(weight.floats(), weight.shape, -1).front(), scheme);
    if (granularity == "group" && weight.shape.size() == 2 && !layer.op.starts_with("Conv")) {
        const int axis = 1 - channel;  // the one that is summed over
        const int block = std::atoi(choices[Field::weight_block_size].value.c_str());
        return parameters_from(ranges_in_blocks(weight.floats(), weight.shape, axis, block), axis, block,
                               scheme);
    }
    auto ranges = ranges_along(weight.floats(), weight.shape, channel);
    if (layer.op.starts_with("Conv")) {
        const auto& node = *prepared.model->graph()[layer.nodes.front()].proto;
        const std::int64_t groups = int_attribute(node, "group", 1);
        if (granularity == "group" || (target.one_scale_per_group && groups > 1))
            share_in_groups(ranges, groups);
    }
    return parameters_from(ranges, channel, scheme);
}

/// Scale of the layer's data input, where it has a pair of its own.
std::optional<float> input_scale(const Resolved& resolved, const Layer& layer) {
    if (layer.inputs.empty())
        return std::nullopt;
    const auto& tensor = resolved.tensors[static_cast<std::size_t>(layer.inputs.front())];
    return tensor ? std::optional(tensor->parameters.scale.front()) : std::nullopt;
}

/// Raises the weight scale of channels whose bias would not fit into int32 (near-dead channels have tiny
/// scales).
int raise_for_bias(Parameters& weight, std::span<const float> bias, float input) {
    int raised = 0;
    if (weight.per_channel()) {
        for (std::size_t c = 0; c < bias.size(); ++c) {
            const double wanted = std::abs(double(bias[c])) / k_bias_limit / input;
            if (weight.scale[c] < wanted) {
                weight.scale[c] = static_cast<float>(wanted) * 1.0000002f;
                ++raised;
            }
        }
        return raised;
    }
    for (const float value : bias)
        if (const double wanted = std::abs(double(value)) / k_bias_limit / input;
            weight.scale.front() < wanted) {
            weight.scale.front() = static_cast<float>(wanted) * 1.0000002f;
            raised = 1;
        }
    return raised;
}

Parameters bias_parameters(const Parameters& weight, float input) {
    Parameters bias;
    bias.format = &format_int32();
    bias.qmin = format_int32().qmin;
    bias.qmax = format_int32().qmax;
    for (const float scale : weight.scale)
        bias.scale.push_back(input * scale);  // in float, as the runtimes multiply
    bias.zero_point.assign(bias.scale.size(), 0);
    bias.axis = weight.per_channel() ? 0 : -1;
    return bias;
}

/// The bias can join the integer accumulator: one value per output channel of a Conv or Gemm.
bool bias_can_be_integer(const Layer& layer, const Tensor& bias, const Tensor& weight) {
    return (layer.op == "Conv" || layer.op == "Gemm") && bias.shape.size() == 1 &&
           bias.shape[0] == weight.shape[static_cast<std::size_t>(layer.weight_channel_axis)];
}

/// What was made better for the layer, where it is of these parameters.
std::shared_ptr<const ImprovedWeight> improved_for(const Resolved& resolved, std::size_t layer) {
    const auto& weight = resolved.layers[layer].weight;
    if (!weight || !resolved.improved || given_weight(resolved, static_cast<int>(layer)))
        return nullptr;
    const auto found = resolved.improved->weights.find(resolved.prepared->layers[layer].name);
    if (found == resolved.improved->weights.end() || found->second->plain != weight->parameters)
        return nullptr;
    const Model& model = *resolved.prepared->model;
    const auto elements = [&model](const std::string& name) {
        return name.empty() ? 0 : static_cast<std::size_t>(element_count(model.weight(name).shape));
    };
    const ImprovedWeight& better = *found->second;
    const bool fits =
        better.codes.size() == elements(weight->initializer) &&
        (better.bias.empty() || better.bias.size() == elements(resolved.prepared->layers[layer].bias));
    return fits ? found->second : nullptr;
}

/// The improved bias, divided by its scale, is within int32's safe half. (A plain one is, see
/// raise_for_bias().)
bool bias_fits(const ImprovedWeight& weight, float input) {
    const Parameters& parameters = weight.parameters;
    for (std::size_t c = 0; c < weight.bias.size(); ++c)
        if (const double scale = parameters.scale[parameters.per_channel() ? c : 0];
            std::abs(double(weight.bias[c])) > k_bias_limit * input * scale)
            return false;
    return true;
}

/// False where the bias does not fit the scale of what the layer reads now.
bool use_improved(Resolved& resolved, std::size_t index, std::shared_ptr<const ImprovedWeight> improved) {
    ResolvedLayer& layer = resolved.layers[index];
    const auto scale = input_scale(resolved, resolved.prepared->layers[index]);
    if (layer.integers() && scale && !improved->parameters.blocked() && !bias_fits(*improved, *scale))
        return false;
    layer.weight->parameters = improved->parameters;
    if (layer.bias)
        layer.bias = bias_parameters(improved->parameters, *scale);
    layer.weight->improved = std::move(improved);
    return true;
}

}  // namespace

std::shared_ptr<const Resolved> with_improved(const Resolved& resolved, int layer,
                                              std::shared_ptr<const ImprovedWeight> weight) {
    auto result = std::make_shared<Resolved>(resolved);
    return use_improved(*result, static_cast<std::size_t>(layer), std::move(weight)) ? result : nullptr;
}

void quantize_weights(Resolved& resolved) {
    const Model& model = *resolved.prepared->model;
    int unsigned_layers = 0, raised_channels = 0, raised_layers = 0;
    for (std::size_t i = 0; i < resolved.layers.size(); ++i) {
        const Layer& layer = resolved.prepared->layers[i];
        ResolvedLayer& choices = resolved.layers[i];
        const bool codes = choices.integers() || choices.mode == LayerMode::dynamic ||
                           choices.mode == LayerMode::weight_only;
        const Parameters* given = given_weight(resolved, static_cast<int>(i));
        if (!codes || layer.weight.empty())
            continue;
        if (!given && choices[Field::weight_format].value == "float")
            continue;
        const Tensor weight = model.weight(layer.weight);
        const auto values = weight.floats();
        if (!std::all_of(values.begin(), values.end(), [](float x) { return std::isfinite(x); }))
            resolved.problems.push_back({"weight.not_finite", Severity::warning, layer.name, {}});
        ResolvedWeight& result = choices.weight.emplace();
        result.initializer = layer.weight;
        result.scheme = weight_scheme(choices, *resolved.target);
        result.parameters = given ? *given
                                  : weight_parameters(*resolved.prepared, layer, choices, *resolved.target,
                                                      weight, result.scheme);
        result.storage = result.parameters.format->storage;
        const bool has_unsigned_kernels = choices.integers() || choices.mode == LayerMode::dynamic;
        if (!given && has_unsigned_kernels && choices[Field::weight_storage].value == "uint8" &&
            result.storage == ElementType::int8) {
            result.storage = ElementType::uint8;
            ++unsigned_layers;
        }
        if (!choices.integers())
            continue;
        if (given) {  // with the bias as it came: codes or float
            const auto trained = resolved.prepared->given.biases.find(layer.bias);
            if (trained != resolved.prepared->given.biases.end())
                choices.bias = trained->second;
            continue;
        }
        const auto scale = input_scale(resolved, layer);
        // Where the plan leaves biases float, ONNX Runtime's optimizer makes them int32 in the files that it
        // runs, and those that don't fit wrap around.
        if (layer.bias.empty() || !scale ||
            !(resolved.target->integer_bias || resolved.target->sidecar.empty()))
            continue;
        const Tensor bias = model.weight(layer.bias);
        if (!bias_can_be_integer(layer, bias, weight))
            continue;
        result.raised_channels = raise_for_bias(result.parameters, bias.floats(), *scale);
        raised_channels += result.raised_channels;
        raised_layers += result.raised_channels > 0 ? 1 : 0;
        if (resolved.target->integer_bias)
            choices.bias = bias_parameters(result.parameters, *scale);
    }
    if (raised_layers > 0)
        resolved.problems.push_back({"weight.scale_raised",
                                     Severity::info,
                                     {},
                                     {std::to_string(raised_channels), std::to_string(raised_layers)}});
    std::size_t improved = 0;
    for (std::size_t i = 0; i < resolved.layers.size(); ++i)
        if (auto better = improved_for(resolved, i))
            improved += use_improved(resolved, i, std::move(better)) ? 1 : 0;
    if (const std::size_t made = resolved.improved ? resolved.improved->weights.size() : 0; improved < made)
        resolved.problems.push_back(
            {"improved.stale", Severity::info, {}, {std::to_string(made - improved), std::to_string(made)}});
    if (unsigned_layers > 0)
        resolved.problems.push_back(
            {"weight.uint8_storage", Severity::info, {}, {std::to_string(unsigned_layers)}});
}

std::vector<std::int32_t> weight_codes(const Resolved& resolved, int layer) {
    const auto& weight = *resolved.layers[static_cast<std::size_t>(layer)].weight;
    if (weight.improved)
        return weight.improved->codes;
    const Tensor values = resolved.prepared->model->weight(weight.initializer);
    return quantize(values.floats(), values.shape, weight.parameters);
}

Tensor bias_values(const Resolved& resolved, int layer) {
    const auto index = static_cast<std::size_t>(layer);
    Tensor values = resolved.prepared->model->weight(resolved.prepared->layers[index].bias);
    const auto& weight = resolved.layers[index].weight;
    if (weight && weight->improved && !weight->improved->bias.empty())
        return make_tensor(std::move(values.shape), weight->improved->bias);
    return values;
}

std::vector<std::int32_t> bias_codes(const Resolved& resolved, int layer) {
    const auto index = static_cast<std::size_t>(layer);
    const std::string& name = resolved.prepared->layers[index].bias;
    const Given& given = resolved.prepared->given;
    if (const auto came = given.bias_codes.find(name);
        came != given.bias_codes.end() && given.biases.at(name) == *resolved.layers[index].bias)
        return came->second;
    const Tensor values = bias_values(resolved, layer);
    // In double: a float quotient beyond 2^24 would lose the low bits of the code.
    const Parameters& parameters = *resolved.layers[index].bias;
    const auto floats = values.floats();
    std::vector<std::int32_t> codes(floats.size());
    for (std::size_t c = 0; c < codes.size(); ++c) {
        const double scale = parameters.scale[parameters.per_channel() ? c : 0];
        codes[c] = static_cast<std::int32_t>(
            std::clamp(std::nearbyint(floats[c] / scale), -2147483648.0, 2147483647.0));
    }
    return codes;
}

}  // namespace quantwright
