// Scales of weights and biases, and their codes.
#include <algorithm>
#include <cmath>

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
    scheme.restricted = scheme.symmetric && target.restricted_weights && scheme.format->qmin < 0;
    scheme.symmetric_divisor = scheme.format->qmin < 0 ? target.symmetric_divisor : 0;
    scheme.scale_floor = target.scale_floor;
    return scheme;
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

}  // namespace

void quantize_weights(Resolved& resolved) {
    const Model& model = *resolved.prepared->model;
    int unsigned_layers = 0, raised_channels = 0, raised_layers = 0;
    for (std::size_t i = 0; i < resolved.layers.size(); ++i) {
        const Layer& layer = resolved.prepared->layers[i];
        ResolvedLayer& choices = resolved.layers[i];
        if (!choices.quantized() || layer.weight.empty())
            continue;
        const Tensor weight = model.weight(layer.weight);
        ResolvedWeight& result = choices.weight.emplace();
        result.initializer = layer.weight;
        result.scheme = weight_scheme(choices, *resolved.target);
        const bool per_channel = choices[Field::weight_granularity].value == "channel";
        const int axis = per_channel ? layer.weight_channel_axis : -1;
        const auto ranges = ranges_along(weight.floats(), weight.shape, axis);
        result.parameters = axis >= 0 ? parameters_from(ranges, axis, result.scheme)
                                      : parameters_from(ranges.front(), result.scheme);
        result.storage = result.scheme.format->storage;
        if (choices[Field::weight_storage].value == "uint8" && result.storage == ElementType::int8) {
            result.storage = ElementType::uint8;
            ++unsigned_layers;
        }
        const auto scale = input_scale(resolved, layer);
        if (layer.bias.empty() || !resolved.target->integer_bias || !scale)
            continue;
        const Tensor bias = model.weight(layer.bias);
        if (!bias_can_be_integer(layer, bias, weight))
            continue;
        result.raised_channels = raise_for_bias(result.parameters, bias.floats(), *scale);
        raised_channels += result.raised_channels;
        raised_layers += result.raised_channels > 0 ? 1 : 0;
        choices.bias = bias_parameters(result.parameters, *scale);
    }
    if (raised_layers > 0)
        resolved.problems.push_back({"weight.scale_raised",
                                     Severity::info,
                                     {},
                                     {std::to_string(raised_channels), std::to_string(raised_layers)}});
    if (unsigned_layers > 0)
        resolved.problems.push_back(
            {"weight.uint8_storage", Severity::info, {}, {std::to_string(unsigned_layers)}});
}

std::vector<std::int32_t> weight_codes(const Resolved& resolved, int layer) {
    const auto& weight = *resolved.layers[static_cast<std::size_t>(layer)].weight;
    const Tensor values = resolved.prepared->model->weight(weight.initializer);
    return quantize(values.floats(), values.shape, weight.parameters);
}

std::vector<std::int32_t> bias_codes(const Resolved& resolved, int layer) {
    const auto index = static_cast<std::size_t>(layer);
    const Tensor values = resolved.prepared->model->weight(resolved.prepared->layers[index].bias);
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
