#include "core/xslim/from_plan.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "core/plan/graph_parts.h"
#include "core/plan/target.h"
#include "core/xslim/to_plan.h"

namespace quantwright {

namespace {

using Texts = std::vector<std::string>;

bool contains(const Texts& list, const std::string& one) {
    return std::find(list.begin(), list.end(), one) != list.end();
}

/// "99.99" → 0.9999.
double share(const std::string& percent) {
    double value = 0;
    std::from_chars(percent.data(), percent.data() + percent.size(), value);
    char text[32];
    const auto written = std::to_chars(text, text + sizeof text, value / 100, std::chars_format::general, 12);
    std::from_chars(text, written.ptr, value);
    return value;
}

bool is_threshold(Field field) {
    return field == Field::threshold_method || field == Field::threshold_percentile;
}

/// A rule about one operator and nothing else that sets the mode and nothing else.
bool is_operator_rule(const Rule& rule) {
    Settings rest = rule.set;
    rest.set(Field::mode, std::nullopt);
    return !rule.op.empty() && rule.name.empty() && rule.position.empty() && rest.empty() &&
           rule.set[Field::mode];
}

class FromPlan {
public:
    FromPlan(const Plan& plan, const Prepared* prepared, std::vector<Problem>& problems)
        : m_plan(plan), m_prepared(prepared), m_problems(problems) {}

    Json run(const std::filesystem::path& model) {
        choose_level();
        truncate();
        if (m_prepared)
            from_layers();
        else
            from_names();
        name_the_rest();

        Json json = Json::object();
        json["model_parameters"] = Json::object();
        if (!model.empty())
            json["model_parameters"]["onnx_model"] = model.string();
        if (m_level <= 2)
            json["calibration_parameters"] = {{"calibration_type", calibration_type()}};
        Json& quantization = json["quantization_parameters"] = Json::object();
        if (m_level != 0 || m_plan.defaults[Field::mode])
            quantization["precision_level"] = m_level;
        // A plan says what is quantized how; the values stay as they are.
        if (m_level <= 2)
            quantization["finetune_level"] = 0;
        if (const auto& percent = m_plan.defaults[Field::threshold_percentile];
            percent && m_level <= 2 && calibration_type() == "percentile")
            quantization["max_percentile"] = share(*percent);
        if (!m_custom.empty())
            quantization["custom_setting"] = m_custom;
        if (has_word_for_truncation() && !m_plan.truncate.empty())
            quantization["truncate_var_names"] = m_plan.truncate;
        if (!m_types.empty())
            quantization["ignore_op_types"] = m_types;
        if (!m_names.empty())
            quantization["ignore_op_names"] = m_names;
        return json;
    }

private:
    void no_word(const std::string& place, std::string_view key, const std::string& value) {
        m_problems.push_back({"config.no_word", Severity::warning, place, {std::string(key), value}});
    }
    void no_word(const std::string& place, Field field, const std::string& value) {
        no_word(place, info(field).path, value);
    }

    [[nodiscard]] std::string calibration_type() const {
        const std::string method = m_plan.defaults[Field::threshold_method].value_or("minmax");
        return contains({"minmax", "percentile", "kl", "mse"}, method) ? method : "minmax";
    }

    /// At the other levels xslim quantizes the whole network.
    [[nodiscard]] bool has_word_for_truncation() const { return m_level <= 2; }

    void truncate() {
        if (m_plan.truncate.empty())
            return;
        if (m_prepared) {
            std::vector<std::string> unknown;
            const auto behind = layers_behind(*m_prepared, m_plan.truncate, unknown);
            m_behind.insert(behind.begin(), behind.end());
            for (const std::string& name : unknown)
                m_problems.push_back({"plan.truncation_unknown",
                                      Severity::warning,
                                      name,
                                      {comma_separated(similar_tensors(*m_prepared, name))}});
        }
        if (!has_word_for_truncation())
            m_problems.push_back(m_prepared
                                     ? Problem{"config.written_out", Severity::info, "truncate", {}}
                                     : Problem{"config.needs_model", Severity::warning, "truncate", {}});
    }

    void choose_level() {
        const std::string mode = m_plan.defaults[Field::mode].value_or("static");
        m_level = mode == "fp16" ? 4 : mode == "float" ? 100 : mode == "static" ? 0 : 3;
        const auto dynamic_rules = [&](const std::string& op) {
            return std::any_of(m_plan.rules.begin(), m_plan.rules.end(), [&](const Rule& rule) {
                return is_operator_rule(rule) && rule.op == op && rule.set[Field::mode] == "dynamic";
            });
        };
        if (m_level == 3 && !(mode == "weight-only" &&
                              (all_present(xslim_dynamic_operators(), dynamic_rules) || has_none_dynamic())))
            m_problems.push_back({"config.nearest_level", Severity::warning, "defaults", {mode, "3"}});
        const auto float_rules = [&](const std::string& op) {
            return std::any_of(m_plan.rules.begin(), m_plan.rules.end(), [&](const Rule& rule) {
                return is_operator_rule(rule) && rule.op == op && rule.set[Field::mode] == "float";
            });
        };
        if (m_level == 0 && all_present(xslim_level_2_operators(), float_rules))
            m_level = 2;
    }

    /// True if `test` holds for those of the operators that the model has (all where it isn't known), and it
    /// has one.
    template <class Test>
    [[nodiscard]] bool all_present(const Texts& operators, Test test) const {
        bool any = false;
        for (const std::string& op : operators) {
            if (m_prepared && !has_operator(op))
                continue;
            any = true;
            if (!test(op))
                return false;
        }
        return any;
    }

    /// Then weights alone are all that level 3 quantizes.
    [[nodiscard]] bool has_none_dynamic() const {
        const Texts& dynamic = xslim_dynamic_operators();
        return m_prepared && std::none_of(dynamic.begin(), dynamic.end(),
                                          [&](const std::string& op) { return has_operator(op); });
    }

    [[nodiscard]] bool has_operator(const std::string& op) const {
        return std::any_of(m_prepared->layers.begin(), m_prepared->layers.end(),
                           [&](const Layer& layer) { return layer.op == op; });
    }

    /// What the level alone makes of an operator.
    [[nodiscard]] std::string mode_of_level(const std::string& op) const {
        switch (m_level) {
            case 2:
                return contains(xslim_level_2_operators(), op) ? "float" : "static";
            case 3:
                return contains(xslim_dynamic_operators(), op) ? "dynamic" : "weight-only";
            case 4:
                return "fp16";
            case 100:
                return "float";
            default:
                return "static";
        }
    }

    // Without the model: operator rules and layers that stay float.

    void from_names() {
        for (std::size_t i = 0; i < m_plan.rules.size(); ++i) {
            const Rule& rule = m_plan.rules[i];
            if (!is_operator_rule(rule)) {
                m_problems.push_back(
                    {"config.needs_model", Severity::warning, "rules[" + std::to_string(i) + "]", {}});
                continue;
            }
            const std::string& mode = *rule.set[Field::mode];
            if (mode == mode_of_level(rule.op))
                continue;
            if (mode == "float")
                m_types.push_back(rule.op);
            else
                no_word("rules[" + std::to_string(i) + "]", Field::mode, mode);
        }
        for (const auto& [name, settings] : m_plan.layers) {
            if (settings[Field::mode] == "float")
                m_names.push_back(name);
            else if (settings[Field::mode] && settings[Field::mode] != "static")
                no_word(name, Field::mode, *settings[Field::mode]);
            if (settings[Field::threshold_method] || settings[Field::threshold_percentile])
                m_problems.push_back({"config.needs_model", Severity::warning, name, {}});
        }
    }

    // With the model: what every layer ends up with.

    [[nodiscard]] Settings choices_of(const Layer& layer) const {
        const auto index = static_cast<int>(&layer - m_prepared->layers.data());
        Settings settings;
        for (const Rule& rule : m_plan.rules)
            if (matches(rule, *m_prepared, index))
                settings.override_with(rule.set);
        if (is_behind(layer))
            settings.set(Field::mode, "float");
        for (const std::string* name : {&m_prepared->group_of(index).name, &layer.name})
            if (const auto own = m_plan.layers.find(*name); own != m_plan.layers.end())
                settings.override_with(own->second);
        return settings;
    }

    [[nodiscard]] bool is_behind(const Layer& layer) const {
        return m_behind.contains(static_cast<int>(&layer - m_prepared->layers.data()));
    }

    void from_layers() {
        choose_types();
        for (std::size_t i = 0; i < m_plan.rules.size(); ++i)
            if (!is_operator_rule(m_plan.rules[i]))
                m_problems.push_back(
                    {"config.written_out", Severity::info, "rules[" + std::to_string(i) + "]", {}});
        for (const auto& [name, settings] : m_plan.layers)
            if (!settings.empty() && !m_prepared->find_layer(name))
                m_problems.push_back({"plan.unknown_layer", Severity::warning, name, {}});
        for (const Layer& layer : m_prepared->layers) {
            const Settings settings = choices_of(layer);
            const bool left_out =
                contains(m_types, layer.op) || (has_word_for_truncation() && is_behind(layer));
            const std::string base = left_out ? "float" : mode_of_level(layer.op);
            const std::string mode =
                settings[Field::mode].value_or(m_plan.defaults[Field::mode].value_or("static"));
            if (mode == "float" && base != "float")
                m_names.push_back(layer.name);
            else if (mode != base && settings[Field::mode])
                no_word(layer.name, Field::mode, mode);
            if (mode != "float")
                customize(layer, settings);
        }
    }

    /// Operators that stay float wherever they stand.
    void choose_types() {
        for (const Rule& rule : m_plan.rules) {
            if (!is_operator_rule(rule) || rule.set[Field::mode] != "float" ||
                mode_of_level(rule.op) == "float" || contains(m_types, rule.op))
                continue;
            const bool everywhere =
                std::all_of(m_prepared->layers.begin(), m_prepared->layers.end(), [&](const Layer& layer) {
                    return layer.op != rule.op || choices_of(layer)[Field::mode] == "float";
                });
            if (everywhere)
                m_types.push_back(rule.op);
        }
    }

    void customize(const Layer& layer, const Settings& settings) {
        const auto &method = settings[Field::threshold_method],
                   &percent = settings[Field::threshold_percentile];
        if (!method && !percent)
            return;
        const std::string effective = method.value_or(calibration_type());
        const bool known = contains({"minmax", "percentile", "kl", "mse"}, effective);
        if (m_level > 2 || !known) {
            no_word(layer.name, Field::threshold_method, effective);
            return;
        }
        Json custom = {{"input_names", names(layer.inputs)}, {"output_names", names(layer.outputs)}};
        if (percent && effective == "percentile")
            custom["max_percentile"] = share(*percent);
        else if (percent)
            no_word(layer.name, Field::threshold_percentile, *percent);
        if (method)
            custom["calibration_type"] = effective;
        m_custom.push_back(std::move(custom));
    }

    [[nodiscard]] Texts names(const std::vector<TensorId>& ids) const {
        Texts result;
        for (const TensorId id : ids)
            result.push_back(m_prepared->model->graph()[id].name);
        return result;
    }

    // What xslim has no word for at all.

    void name_the_rest() {
        if (m_plan.target != "spacemit-k1")
            no_word("plan", "target", m_plan.target);
        if (m_plan.preset != "default")
            no_word("plan", "preset", m_plan.preset);
        if (!m_plan.model_sha256.empty() && !m_prepared)
            m_problems.push_back({"config.needs_model", Severity::info, "model_sha256", {}});
        name_fields("defaults", m_plan.defaults);
        if (const auto& method = m_plan.defaults[Field::threshold_method];
            m_level > 2 ? method.has_value() : method && *method != calibration_type())
            no_word("defaults", Field::threshold_method, *method);
        if (const auto& percent = m_plan.defaults[Field::threshold_percentile];
            percent && (m_level > 2 || calibration_type() != "percentile"))
            no_word("defaults", Field::threshold_percentile, *percent);
        for (std::size_t i = 0; i < m_plan.rules.size(); ++i)
            name_fields("rules[" + std::to_string(i) + "]", m_plan.rules[i].set);
        for (const auto& [name, settings] : m_plan.layers)
            name_fields(name, settings);
        for (const auto& [name, settings] : m_plan.tensors)
            for (const FieldInfo& field : fields())
                if (const auto& value = settings[field.field])
                    no_word(name, field.path, *value);
        for (const std::string& image : m_plan.excluded_images)
            no_word("plan", "excluded_images", image);
        m_problems.push_back(
            {"config.add_data", Severity::info, "calibration_parameters.input_parametres", {}});
    }

    /// Everything but mode and threshold. What xslim does anyway needs no word.
    void name_fields(const std::string& place, const Settings& settings) {
        static const auto target = find_target("spacemit-k1");
        for (const FieldInfo& field : fields()) {
            const auto& value = settings[field.field];
            if (!value || field.field == Field::mode || is_threshold(field.field))
                continue;
            if (target && (*target)->defaults[field.field] == *value)
                m_problems.push_back(
                    {"config.implied", Severity::info, place, {std::string(field.path), *value}});
            else
                no_word(place, field.path, *value);
        }
    }

    const Plan& m_plan;
    const Prepared* m_prepared;
    std::vector<Problem>& m_problems;
    int m_level = 0;
    Texts m_types, m_names;
    std::set<int> m_behind;  ///< layers that the truncation cuts off
    Json m_custom = Json::array();
};

}  // namespace

Json xslim_from_plan(const Plan& plan, const Prepared* prepared, const std::filesystem::path& model,
                     std::vector<Problem>& problems) {
    return FromPlan(plan, prepared, problems).run(model);
}

}  // namespace quantwright
