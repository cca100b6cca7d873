#include "core/plan/target.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "core/plan/builtin_targets.h"

namespace quantwright {

namespace {

constexpr auto k_code = ErrorCode::plan_invalid;

std::optional<Role> find_role(const std::string& name) {
    if (name == "compute")
        return Role::compute;
    if (name == "elementwise")
        return Role::elementwise;
    if (name == "passive")
        return Role::passive;
    if (name == "activation")
        return Role::activation;
    return std::nullopt;
}

bool is_value(Field field, const std::string& value) {
    const auto& values = info(field).values;
    return std::find(values.begin(), values.end(), value) != values.end();
}

/// The keys of one JSON object. The first thing wrong is kept; what is read after it has its default.
class Keys {
public:
    Keys(const Json& json, std::string subject, std::string where)
        : m_json(json), m_subject(std::move(subject)), m_where(std::move(where)) {
        if (!m_json.is_object())
            wrong({}, "not an object");
    }

    bool flag(const char* key, bool otherwise) {
        const Json* value = find(key);
        if (value && !value->is_boolean())
            wrong(key, "true or false is wanted");
        return good(value) ? value->get<bool>() : otherwise;
    }

    std::string text(const char* key, const std::string& otherwise) {
        const Json* value = find(key);
        if (value && !value->is_string())
            wrong(key, "a text is wanted");
        return good(value) ? value->get<std::string>() : otherwise;
    }

    float positive(const char* key, float otherwise) {
        const Json* value = find(key);
        const double number = value && value->is_number() ? value->get<double>() : 0;
        const auto narrow = static_cast<float>(number);
        if (value && (!std::isfinite(narrow) || narrow < std::numeric_limits<float>::min()))
            wrong(key, "a positive number is wanted");
        return good(value) ? narrow : otherwise;
    }

    std::vector<std::string> texts(const char* key) {
        const Json* value = find(key);
        if (value && !(value->is_array() && std::all_of(value->begin(), value->end(),
                                                        [](const Json& one) { return one.is_string(); })))
            wrong(key, "an array of texts is wanted");
        return good(value) ? value->get<std::vector<std::string>>() : std::vector<std::string>();
    }

    /// Names of a field's values.
    std::set<std::string> values(const char* key, Field field) {
        const auto names = texts(key);
        for (const std::string& name : names)
            if (!is_value(field, name))
                wrong(key, "there is no " + name);
        return {names.begin(), names.end()};
    }

    /// Null if it is not there.
    const Json* object(const char* key) {
        const Json* value = find(key);
        if (value && !value->is_object())
            wrong(key, "an object is wanted");
        return good(value) ? value : nullptr;
    }

    void require(const char* key) {
        if (!find(key))
            wrong(key, "is not there");
    }

    void wrong(const std::string& key, const std::string& what) {
        if (!m_error)
            m_error = Error{k_code, m_subject, path(key) + ": " + what};
    }

    [[nodiscard]] std::string path(const std::string& key) const {
        return key.empty() ? m_where : m_where + "." + key;
    }

    /// A key that nobody asked for (what is missing may be misspelt there), else the first error.
    Status finish() {
        if (m_json.is_object())
            for (const auto& [key, value] : m_json.items())
                if (!m_known.contains(key))
                    return fail(k_code, m_subject, path(key) + ": there is no such key");
        if (m_error)
            return tl::unexpected<Error>(*m_error);
        return {};
    }

private:
    const Json* find(const char* key) {
        m_known.insert(key);
        if (!m_json.is_object())
            return nullptr;
        const auto found = m_json.find(key);
        return found == m_json.end() ? nullptr : &*found;
    }
    [[nodiscard]] bool good(const Json* value) const { return value && !m_error; }

    const Json& m_json;
    std::string m_subject, m_where;
    std::set<std::string> m_known;
    std::optional<Error> m_error;
};

Result<TargetOperator> operator_from_json(const Json& json, const std::string& subject,
                                          const std::string& where) {
    Keys keys(json, subject, where);
    TargetOperator result;
    keys.require("role");
    if (const auto role = find_role(keys.text("role", "elementwise")))
        result.role = *role;
    else
        keys.wrong("role", "there are compute, elementwise, passive and activation");
    result.per_channel = keys.flag("per_channel", result.per_channel);
    result.needs_constant_weight = keys.flag("needs_constant_weight", result.needs_constant_weight);
    result.shares_inputs = keys.flag("shares_inputs", result.shares_inputs);
    result.dynamic = keys.flag("dynamic", result.dynamic);
    result.has_static = keys.flag("static", result.has_static);
    if (auto valid = keys.finish(); !valid)
        return fail(valid);
    return result;
}

/// { "activation.symmetric": [true], … }: paths as in --set, values as in plan files.
Status read_allowed(const Json& json, const std::string& subject, const std::string& where, Target& target) {
    for (const auto& [path, values] : json.items()) {
        const std::string here = std::string(where).append(".").append(path);
        const auto field = find_field(path);
        const bool listable = field && !info(*field).values.empty();
        if (!listable)
            return fail(k_code, subject, here + ": there is no such field, or its values can't be listed");
        if (!values.is_array() || values.empty())
            return fail(k_code, subject, here + ": an array of values is wanted");
        for (const Json& value : values) {
            const bool flag = info(*field).kind == FieldKind::flag;
            std::string text;
            if (flag && value.is_boolean())
                text = value.get<bool>() ? "true" : "false";
            else if (!flag && value.is_string())
                text = value.get<std::string>();
            if (!is_value(*field, text))
                return fail(k_code, subject, here + ": " + value.dump() + " is none of the field's values");
            target.allowed[*field].insert(text);
        }
    }
    return {};
}

/// What every layer falls back to has to be there, and to be something the target runs.
Status check_defaults(const Target& target, const std::string& subject, const std::string& where) {
    for (const FieldInfo& field : fields()) {
        const auto& value = target.defaults[field.field];
        const std::string path = where + "." + std::string(field.path);
        if (field.field == Field::clip) {
            if (value)
                return fail(k_code, subject, path + ": belongs to one tensor");
            continue;
        }
        if (!value)
            return fail(k_code, subject, path + ": is not there");
        const auto found = target.allowed.find(field.field);
        const bool runs = (found == target.allowed.end() || found->second.contains(*value)) &&
                          (field.field != Field::mode || target.modes.contains(*value)) &&
                          (field.field != Field::activation_format || target.formats.contains(*value)) &&
                          (field.field != Field::weight_format || target.weight_formats.contains(*value));
        if (!runs)
            return fail(k_code, subject, path + ": the target itself does not run " + *value);
    }
    return {};
}

Result<Target> read_target(const Json& json, const std::string& subject) {
    const std::string where = "target";
    Keys keys(json, subject, where);
    if (const Json* version = json.is_object() && json.contains("quantwright_target")
                                  ? &json.at("quantwright_target")
                                  : nullptr;
        json.is_object() && (!version || !version->is_number_integer() || *version != 1))
        return fail(k_code, subject, keys.path("quantwright_target") + ": this program reads version 1");
    Target target;
    for (const char* key : {"quantwright_target", "name", "defaults", "operators", "modes",
                            "activation_formats", "weight_formats"})
        keys.require(key);
    target.name = keys.text("name", {});
    target.label = keys.text("label", target.name);
    target.modes = keys.values("modes", Field::mode);
    target.modes.insert("float");
    target.formats = keys.values("activation_formats", Field::activation_format);
    target.weight_formats = keys.values("weight_formats", Field::weight_format);
    target.scale_floor = keys.positive("scale_floor", target.scale_floor);
    target.half_kernels = keys.flag("half_kernels", target.half_kernels);
    target.integer_bias = keys.flag("integer_bias", target.integer_bias);
    target.float_output_of_gemm = keys.flag("float_output_of_gemm", target.float_output_of_gemm);
    const auto float_inputs = keys.texts("float_inputs");
    target.float_inputs = {float_inputs.begin(), float_inputs.end()};
    const auto constant_inputs = keys.texts("constant_inputs");
    target.constant_inputs = {constant_inputs.begin(), constant_inputs.end()};
    target.runs_on_host = keys.flag("runs_on_host", target.runs_on_host);
    target.emits_unsigned = keys.flag("emits_unsigned", target.emits_unsigned);
    target.requantizes_float_weights =
        keys.flag("requantizes_float_weights", target.requantizes_float_weights);
    target.one_weight_zero_point = keys.flag("one_weight_zero_point", target.one_weight_zero_point);
    target.dynamic_matmul = keys.flag("dynamic_matmul", target.dynamic_matmul);
    target.pairs_at_inputs = keys.flag("pairs_at_inputs", target.pairs_at_inputs);
    target.one_scale_per_group = keys.flag("one_scale_per_group", target.one_scale_per_group);
    target.onnx_arithmetic = keys.flag("onnx_arithmetic", target.onnx_arithmetic);
    target.sidecar = keys.text("sidecar", {});
    target.notes = keys.texts("notes");
    if (target.name.empty())
        keys.wrong("name", "is empty");
    if (!target.sidecar.empty() && target.sidecar != "tensorrt" && target.sidecar != "ncnn")
        keys.wrong("sidecar", "there are tensorrt and ncnn");
    const Json* defaults = keys.object("defaults");
    const Json* operators = keys.object("operators");
    const Json* allowed = keys.object("allowed");
    if (auto valid = keys.finish(); !valid)
        return fail(valid);

    for (const auto& [name, value] : operators->items()) {
        auto one = operator_from_json(value, subject, keys.path("operators." + name));
        if (!one)
            return fail(one);
        target.operators[name] = *one;
    }
    if (allowed)
        if (auto valid = read_allowed(*allowed, subject, keys.path("allowed"), target); !valid)
            return fail(valid);
    auto settings = settings_from_json(*defaults, subject, keys.path("defaults"));
    if (!settings)
        return fail(settings);
    target.defaults = std::move(*settings);
    if (auto valid = check_defaults(target, subject, keys.path("defaults")); !valid)
        return fail(valid);
    return target;
}

using Targets = std::vector<std::shared_ptr<const Target>>;

const Targets& all_targets() {
    static const Targets targets = [] {
        Targets result;
        for (const auto text : builtin_targets())
            if (const auto json = parse_json(text, k_code, "target"))
                if (auto target = target_from_json(*json, "target"))
                    result.push_back(std::make_shared<const Target>(std::move(*target)));
        return result;
    }();
    return targets;
}

}  // namespace

Result<Target> target_from_json(const Json& json, const std::string& subject) {
    return read_target(json, subject);
}

std::vector<std::string> target_names() {
    std::vector<std::string> names;
    for (const auto& target : all_targets())
        names.push_back(target->name);
    return names;
}

Result<std::shared_ptr<const Target>> find_target(const std::string& name) {
    std::string known;
    for (const auto& target : all_targets()) {
        if (target->name == name)
            return target;
        known += (known.empty() ? "" : ", ") + target->name;
    }
    return fail(k_code, name, "no such target; there are " + known);
}

}  // namespace quantwright
