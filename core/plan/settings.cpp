#include "core/plan/settings.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace quantwright {

const std::vector<FieldInfo>& fields() {
    using enum FieldKind;
    static const std::vector<std::string_view> flags = {"false", "true"};
    static const std::vector<std::string_view> divisors = {"qmax", "half-span", "half-levels"};
    static const std::vector<std::string_view> scales = {"free", "power-of-two"};
    static const std::vector<std::string_view> code_ranges = {"full", "restricted", "reduced"};
    static const std::vector<FieldInfo> table = {
        {Field::mode, "mode", name, {"static", "dynamic", "weight-only", "fp16", "float"}},
        {Field::activation_format, "activation.format", name, {"int8", "uint8", "int16", "uint16", "float"}},
        {Field::activation_symmetric, "activation.symmetric", flag, flags},
        {Field::activation_granularity, "activation.granularity", name, {"tensor"}},
        {Field::activation_range, "activation.range", name, code_ranges},
        {Field::activation_scale, "activation.scale", name, scales},
        {Field::activation_divisor, "activation.divisor", name, divisors},
        {Field::threshold_method,
         "activation.threshold.method",
         name,
         {"minmax", "moving-average", "percentile", "mse", "kl", "histogram"}},
        {Field::threshold_percentile, "activation.threshold.percentile", number, {}, 50.000001, 100},
        {Field::weight_format, "weight.format", name, {"int8", "uint8", "int4", "uint4", "float"}},
        {Field::weight_symmetric, "weight.symmetric", flag, {"true", "false"}},
        {Field::weight_granularity, "weight.granularity", name, {"tensor", "channel", "group"}},
        {Field::weight_block_size, "weight.block_size", number, {}, 16, 4096, true},
        {Field::weight_range, "weight.range", name, code_ranges},
        {Field::weight_scale, "weight.scale", name, scales},
        {Field::weight_divisor, "weight.divisor", name, divisors},
        {Field::weight_storage, "weight.storage", name, {"int8", "uint8"}},
        {Field::rounding, "rounding", name, {"half-even", "half-away"}},
        {Field::clip, "clip", range, {}},
    };
    return table;
}

const FieldInfo& info(Field field) {
    return fields()[static_cast<std::size_t>(field)];
}

std::optional<Field> find_field(std::string_view path) {
    for (const FieldInfo& field : fields())
        if (field.path == path)
            return field.field;
    return std::nullopt;
}

namespace {

std::optional<double> parse_number(std::string_view text) {
    double value = 0;
    const auto end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, value);
    if (parsed.ec != std::errc() || parsed.ptr != end || !std::isfinite(value))
        return std::nullopt;
    return value;
}

bool is_range(std::string_view text) {
    const auto comma = text.find(',');
    if (comma == std::string_view::npos)
        return false;
    const auto low = parse_number(text.substr(0, comma)), high = parse_number(text.substr(comma + 1));
    return low && high && *low < *high;
}

/// JSON as the plan file spells a value: flags and numbers bare, ranges as arrays.
Json value_to_json(Field field, const std::string& value) {
    const FieldInfo& kind = info(field);
    if (kind.kind == FieldKind::flag)
        return value == "true";
    if (kind.kind == FieldKind::number)
        return kind.whole ? Json(static_cast<std::int64_t>(*parse_number(value)))
                          : Json(*parse_number(value));
    if (kind.kind == FieldKind::range) {
        const auto comma = value.find(',');
        return Json::array({*parse_number(std::string_view(value).substr(0, comma)),
                            *parse_number(std::string_view(value).substr(comma + 1))});
    }
    return value;
}

std::string number_text(const Json& json) {
    char text[32];
    const auto written = std::to_chars(text, text + sizeof text, json.get<double>());
    return {text, written.ptr};
}

/// Empty if the JSON is of the wrong kind; check_value() judges the rest.
std::optional<std::string> value_from_json(Field field, const Json& json) {
    const FieldKind kind = info(field).kind;
    if (kind == FieldKind::flag)
        return json.is_boolean() ? std::optional(std::string(json.get<bool>() ? "true" : "false"))
                                 : std::nullopt;
    if (kind == FieldKind::number)
        return json.is_number() ? std::optional(number_text(json)) : std::nullopt;
    if (kind == FieldKind::range) {
        if (!json.is_array() || json.size() != 2 || !json[0].is_number() || !json[1].is_number())
            return std::nullopt;
        return number_text(json[0]) + "," + number_text(json[1]);
    }
    return json.is_string() ? std::optional(json.get<std::string>()) : std::nullopt;
}

Status read_object(const Json& json, const std::string& prefix, Settings& settings,
                   const std::string& subject, const std::string& where) {
    if (!json.is_object())
        return fail(ErrorCode::plan_invalid, subject, where + ": not an object");
    for (const auto& [key, value] : json.items()) {
        const std::string path = prefix.empty() ? key : std::string(prefix).append(".").append(key);
        if (const auto field = find_field(path)) {
            const auto text = value_from_json(*field, value);
            if (!text || !check_value(*field, *text))
                return fail(
                    ErrorCode::plan_invalid, subject,
                    std::string(where).append(".").append(path).append(": bad value ") + value.dump());
            settings.set(*field, *text);
            continue;
        }
        const bool inner = std::any_of(fields().begin(), fields().end(), [&](const FieldInfo& candidate) {
            return candidate.path.starts_with(path + ".");
        });
        if (!inner)
            return fail(ErrorCode::plan_invalid, subject,
                        std::string(where).append(": unknown key \"").append(path).append("\""));
        if (auto read = read_object(value, path, settings, subject, where); !read)
            return read;
    }
    return {};
}

}  // namespace

Status check_value(Field field, std::string_view value) {
    const FieldInfo& field_info = info(field);
    bool valid = false;
    if (field_info.kind == FieldKind::number) {
        const auto number = parse_number(value);
        valid = number && *number >= field_info.low && *number <= field_info.high &&
                (!field_info.whole || *number == std::floor(*number));
    } else if (field_info.kind == FieldKind::range) {
        valid = is_range(value);
    } else {
        valid =
            std::find(field_info.values.begin(), field_info.values.end(), value) != field_info.values.end();
    }
    if (valid)
        return {};
    std::string allowed;
    for (const auto one : field_info.values)
        allowed += (allowed.empty() ? "" : ", ") + std::string(one);
    return fail(ErrorCode::plan_invalid, std::string(field_info.path),
                "\"" + std::string(value) + "\"" + (allowed.empty() ? "" : " is none of " + allowed));
}

std::optional<Range> clip_range(std::string_view value) {
    if (!is_range(value))
        return std::nullopt;
    const auto comma = value.find(',');
    return Range{static_cast<float>(*parse_number(value.substr(0, comma))),
                 static_cast<float>(*parse_number(value.substr(comma + 1)))};
}

std::string clip_text(Range range) {
    char text[64];
    auto end = std::to_chars(text, text + 32, range.min).ptr;
    *end++ = ',';
    end = std::to_chars(end, text + sizeof text, range.max).ptr;
    return {text, end};
}

bool Settings::empty() const {
    return std::none_of(m_values.begin(), m_values.end(),
                        [](const auto& value) { return value.has_value(); });
}

void Settings::override_with(const Settings& stronger) {
    for (std::size_t i = 0; i < m_values.size(); ++i)
        if (stronger.m_values[i])
            m_values[i] = stronger.m_values[i];
}

Json to_json(const Settings& settings) {
    Json json = Json::object();
    for (const FieldInfo& field : fields()) {
        const auto& value = settings[field.field];
        if (!value)
            continue;
        Json* place = &json;
        std::string_view path = field.path;
        for (auto dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.')) {
            place = &(*place)[std::string(path.substr(0, dot))];
            path.remove_prefix(dot + 1);
        }
        (*place)[std::string(path)] = value_to_json(field.field, *value);
    }
    return json;
}

Result<Settings> settings_from_json(const Json& json, const std::string& subject, const std::string& where) {
    Settings settings;
    if (auto read = read_object(json, {}, settings, subject, where); !read)
        return fail(read);
    return settings;
}

}  // namespace quantwright
