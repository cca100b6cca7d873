#include "core/plan/target.h"

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

Result<TargetOperator> operator_from_json(const Json& json, const std::string& subject,
                                          const std::string& where) {
    if (auto keys = only_keys(json, {"role", "per_channel", "needs_constant_weight", "shares_inputs"}, k_code,
                              subject, where);
        !keys)
        return fail(keys);
    const auto role = find_role(json.value("role", ""));
    if (!role)
        return fail(k_code, subject, where + ".role: no such role");
    return TargetOperator{*role, json.value("per_channel", false), json.value("needs_constant_weight", false),
                          json.value("shares_inputs", false)};
}

Result<Target> read_target(const Json& json, const std::string& subject) {
    if (auto keys = only_keys(
            json,
            {"quantwright_target", "name", "label", "defaults", "presets", "operators", "activation_formats",
             "weight_formats", "symmetric_divisor", "restricted_weights", "scale_floor", "integer_bias",
             "float_output_of_gemm", "emits_unsigned", "runs_on_host", "one_weight_zero_point", "notes"},
            k_code, subject, "target");
        !keys)
        return fail(keys);
    if (json.value("quantwright_target", 0) != 1)
        return fail(k_code, subject, "quantwright_target: this program reads version 1");
    Target target;
    target.name = json.value("name", "");
    target.label = json.value("label", target.name);
    auto defaults = settings_from_json(json.value("defaults", Json::object()), subject, "defaults");
    if (!defaults)
        return fail(defaults);
    target.defaults = *defaults;
    target.presets["default"] = {};
    // items() does not keep a temporary alive.
    const Json presets = json.value("presets", Json::object()),
               operators = json.value("operators", Json::object());
    for (const auto& [name, value] : presets.items()) {
        auto preset = settings_from_json(value, subject, "presets." + name);
        if (!preset)
            return fail(preset);
        target.presets[name] = *preset;
    }
    for (const auto& [name, value] : operators.items()) {
        auto one = operator_from_json(value, subject, "operators." + name);
        if (!one)
            return fail(one);
        target.operators[name] = *one;
    }
    target.formats = json.value("activation_formats", std::set<std::string>{});
    target.weight_formats = json.value("weight_formats", std::set<std::string>{});
    target.symmetric_divisor = json.value("symmetric_divisor", target.symmetric_divisor);
    target.restricted_weights = json.value("restricted_weights", false);
    target.scale_floor = json.value("scale_floor", target.scale_floor);
    target.integer_bias = json.value("integer_bias", true);
    target.float_output_of_gemm = json.value("float_output_of_gemm", false);
    target.runs_on_host = json.value("runs_on_host", true);
    target.emits_unsigned = json.value("emits_unsigned", false);
    target.one_weight_zero_point = json.value("one_weight_zero_point", false);
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
    try {
        return read_target(json, subject);
    } catch (const std::exception& e) {  // a value of the wrong kind
        return fail(k_code, subject, e.what());
    }
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
