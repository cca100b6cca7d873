#include "core/export/qat_schemes.h"

#include <algorithm>
#include <charconv>

namespace quantwright {

namespace {

using Choices = std::array<Choice, field_count>;

const std::string& value(const Choices& choices, Field field) {
    return choices[static_cast<std::size_t>(field)].value;
}

std::string in_quotes(std::string_view text) {
    return "\"" + std::string(text) + "\"";
}

std::string shortest_text(float number) {
    char text[32];
    return {text, std::to_chars(text, text + sizeof text, number).ptr};
}

/// PyTorch has no 4- and 16-bit types for fake quantizers: a wider one with the codes said.
std::string dtype(const Format& format, std::int32_t qmin) {
    if (format.bits > 8)
        return "qint32";
    return qmin < 0 ? "qint8" : "quint8";
}

}  // namespace

LayerMode intended_mode(const ResolvedLayer& layer) {
    const bool only_uncalibrated =
        layer.kept_float == KeptFloat::no_statistics || layer.kept_float == KeptFloat::nothing_to_gain;
    return only_uncalibrated ? LayerMode::static_ : layer.mode;
}

void QatSchemes::nearest(Field field, const std::string& value, const std::string& instead) {
    const std::string path(info(field).path);
    if (m_told.insert(path + "=" + value).second)
        m_problems.push_back({"qat.nearest", Severity::info, {}, {path, value, instead}});
}

Scheme QatSchemes::scheme(const Choices& choices, bool is_weight) const {
    Scheme scheme;
    const std::string& name = value(choices, is_weight ? Field::weight_format : Field::activation_format);
    if (const Format* format = find_format(name))
        scheme.format = format;
    scheme.symmetric =
        value(choices, is_weight ? Field::weight_symmetric : Field::activation_symmetric) == "true";
    // Symmetric codes in 16 unsigned bits stand for the same values as in 16 signed ones.
    if (name == "uint16" && scheme.symmetric)
        scheme.format = find_format("int16");
    scheme.codes = find_code_range(value(choices, is_weight ? Field::weight_range : Field::activation_range))
                       .value_or(CodeRange::full);
    scheme.divisor =
        find_divisor(value(choices, is_weight ? Field::weight_divisor : Field::activation_divisor))
            .value_or(Divisor::qmax);
    scheme.power_of_two =
        value(choices, is_weight ? Field::weight_scale : Field::activation_scale) == "power-of-two";
    scheme.scale_floor = m_target.scale_floor;
    return scheme;
}

/// Type and codes. PyTorch divides a symmetric range by half the span of the codes: without the lowest one
/// that is qmax.
std::string QatSchemes::codes(const Choices& choices, bool is_weight) {
    const Scheme chosen = scheme(choices, is_weight);
    std::int32_t qmin = chosen.qmin();
    const std::int32_t qmax = chosen.qmax();
    const bool even = (qmax - qmin) % 2 != 0;
    if (chosen.symmetric && chosen.divisor == Divisor::qmax && even)
        ++qmin;
    if (chosen.symmetric && chosen.divisor == Divisor::half_levels)
        nearest(is_weight ? Field::weight_divisor : Field::activation_divisor, "half-levels", "half-span");
    if (chosen.power_of_two)
        nearest(is_weight ? Field::weight_scale : Field::activation_scale, "power-of-two", "free");
    if (value(choices, Field::rounding) == "half-away")
        nearest(Field::rounding, "half-away", "half-even");
    return "\"dtype\": " + in_quotes(dtype(*chosen.format, qmin)) +
           ", \"quant_min\": " + std::to_string(qmin) + ", \"quant_max\": " + std::to_string(qmax);
}

std::string QatSchemes::activation(const Choices& choices, LayerMode mode, const std::optional<Range>& clip) {
    if (mode == LayerMode::weight_only)
        return "None";
    if (mode == LayerMode::dynamic)  // DynamicQuantizeLinear: uint8, the range of each run
        return "{\"observer\": \"batch\", \"qscheme\": \"per_tensor_affine\", \"dtype\": \"quint8\", "
               "\"quant_min\": 0, \"quant_max\": 255}";
    const bool symmetric = value(choices, Field::activation_symmetric) == "true";
    std::string text = "{";
    if (clip) {
        const ScaleZeroPoint fixed = choose_parameters(*clip, scheme(choices, false));
        text += "\"scale\": " + shortest_text(fixed.scale) +
                ", \"zero_point\": " + std::to_string(fixed.zero_point) + ", ";
    } else {
        const std::string& method = value(choices, Field::threshold_method);
        std::string observer = method;
        if (method != "minmax" && method != "moving-average" && method != "histogram") {
            observer = "histogram";
            nearest(Field::threshold_method, method, observer);
        }
        text += "\"observer\": " + in_quotes(observer) + ", ";
    }
    text += "\"qscheme\": " + in_quotes(symmetric ? "per_tensor_symmetric" : "per_tensor_affine") + ", ";
    return text + codes(choices, false) + "}";
}

std::string QatSchemes::weight(const Choices& choices, const std::string& op) {
    if (value(choices, Field::weight_format) == "float")
        return "None";
    const std::string& granularity = value(choices, Field::weight_granularity);
    if (granularity == "group")
        nearest(Field::weight_granularity, "group", "channel");
    const bool per_channel = granularity != "tensor";
    const bool symmetric = value(choices, Field::weight_symmetric) != "false";
    std::string text = "{\"observer\": ";
    text += in_quotes(per_channel ? "per-channel" : "minmax") + ", \"qscheme\": ";
    text += in_quotes(std::string(per_channel ? "per_channel_" : "per_tensor_") +
                      (symmetric ? "symmetric" : "affine"));
    if (per_channel)  // output channels of PyTorch's own weight layouts
        text += std::string(", \"ch_axis\": ") + (op == "ConvTranspose" ? "1" : "0");
    return text + ", " + codes(choices, true) + "}";
}

int QatSchemes::add(const Choices& choices, LayerMode mode, const std::string& op,
                    const std::optional<Range>& clip) {
    const std::string text = "{\"activation\": " + activation(choices, mode, clip) +
                             ",\n     \"weight\": " + weight(choices, op) + "}";
    const auto found = std::find(m_texts.begin(), m_texts.end(), text);
    if (found == m_texts.end())
        m_texts.push_back(text);
    return static_cast<int>(std::find(m_texts.begin(), m_texts.end(), text) - m_texts.begin());
}

}  // namespace quantwright
