#include "core/xslim/to_plan.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "core/plan/edit_parts.h"
#include "core/plan/graph_parts.h"

namespace quantwright {

const std::vector<std::string>& xslim_level_2_operators() {
    static const std::vector<std::string> operators = {"Add", "Sub", "Mul", "Div", "Sigmoid"};
    return operators;
}

const std::vector<std::string>& xslim_dynamic_operators() {
    static const std::vector<std::string> operators = {"MatMul", "LSTM", "Attention"};
    return operators;
}

namespace {

/// 0.9999 → "99.99", without the noise of the multiplication.
std::string percent(double share) {
    char text[32];
    const auto written = std::to_chars(text, text + sizeof text, 100 * share, std::chars_format::general, 12);
    return {text, written.ptr};
}

class ToPlan {
public:
    ToPlan(const XslimConfig& config, const Prepared* prepared, std::vector<Problem>& problems)
        : m_config(config), m_prepared(prepared), m_problems(problems) {
        m_plan.target = "spacemit-k1";
        if (prepared)
            m_plan.model_sha256 = prepared->original->sha256();
    }

    Plan run() {
        level();
        if (m_config.is_static()) {
            threshold(m_plan.defaults, "calibration_parameters.calibration_type", m_config.calibration_type,
                      m_config.said.contains("quantization_parameters.max_percentile")
                          ? std::optional(m_config.max_percentile)
                          : std::nullopt,
                      false);
            truncate();
            for (const XslimCustom& custom : m_config.custom)
                customize(custom);
        }
        if (m_config.precision_level < 100)
            ignore();
        choose_parts();
        return std::move(m_plan);
    }

private:
    [[nodiscard]] bool has_operator(const std::string& op) const {
        return !m_prepared || std::any_of(m_prepared->layers.begin(), m_prepared->layers.end(),
                                          [&](const Layer& layer) { return layer.op == op; });
    }

    void add_rule(const std::string& op, const char* mode) {
        Rule rule;
        rule.op = op;
        rule.set.set(Field::mode, mode);
        m_plan.rules.push_back(std::move(rule));
    }

    void level() {
        switch (m_config.precision_level) {
            case 2:
                for (const std::string& op : xslim_level_2_operators())
                    if (has_operator(op))
                        add_rule(op, "float");
                break;
            case 3:
                m_plan.defaults.set(Field::mode, "weight-only");
                for (const std::string& op : xslim_dynamic_operators())
                    if (has_operator(op))
                        add_rule(op, "dynamic");
                break;
            case 4:
                m_plan.defaults.set(Field::mode, "fp16");
                break;
            case 100:
                m_plan.defaults.set(Field::mode, "float");
                break;
            default:
                if (m_config.said.contains("quantization_parameters.precision_level"))
                    m_plan.defaults.set(Field::mode, "static");
        }
    }

    /// minmax is the target's own default: said only where it takes back something else.
    void threshold(Settings& settings, const std::string& key, const std::string& type,
                   std::optional<double> max_percentile, bool inner) {
        if (type == "default")
            m_problems.push_back({"config.own_search", Severity::info, key, {"mse"}});
        if (const std::string method = type == "default" ? "mse" : type; inner || method != "minmax")
            settings.set(Field::threshold_method, method);
        if (type == "percentile" && max_percentile)
            settings.set(Field::threshold_percentile, percent(*max_percentile));
    }

    void needs_model(const std::string& key) {
        m_problems.push_back({"config.needs_model", Severity::warning, key, {}});
    }

    void name_unknown(const std::vector<std::string>& tensors) {
        for (const std::string& name : tensors)
            m_problems.push_back({"config.unknown_tensor", Severity::warning, name, {}});
    }

    Settings& settings_of(const Layer& layer) {
        return m_parts[static_cast<int>(&layer - m_prepared->layers.data())];
    }

    /// The file names operators, each by itself: the other parts of their groups stay as they are.
    void choose_parts() {
        for (const FieldInfo& field : fields()) {
            std::map<std::string, std::vector<int>> layers;
            for (const auto& [layer, settings] : m_parts)
                if (const auto& value = settings[field.field])
                    layers[*value].push_back(layer);
            for (const auto& [value, all] : layers)
                // The values are those of this program's own tables.
                (void)apply(m_plan, edit_parts(*m_prepared, m_plan, all, field.field, value,
                                               [](int) { return true; }));
        }
    }

    void truncate() {
        std::vector<std::string>& names = m_plan.truncate = m_config.truncate_at;
        std::sort(names.begin(), names.end());
        names.erase(std::unique(names.begin(), names.end()), names.end());
        std::vector<std::string> unknown;  // check_truncation names them
        if (m_prepared && !names.empty())
            for (const int layer : layers_behind(*m_prepared, names, unknown))
                m_behind.insert(layer);
    }

    void customize(const XslimCustom& custom) {
        if (!m_prepared)
            return needs_model(custom.key);
        std::vector<std::string> unknown;
        auto part = layers_between(*m_prepared, custom.input_names, custom.output_names, unknown);
        name_unknown(unknown);
        // What is cut off is no part of the graph that xslim looks at.
        std::erase_if(part, [&](int layer) { return m_behind.contains(layer); });
        if (part.empty() && unknown.empty())
            m_problems.push_back({"config.empty_part", Severity::warning, custom.key, {}});
        for (const int index : part) {
            const Layer& layer = m_prepared->layers[static_cast<std::size_t>(index)];
            if (custom.precision_level)
                if (const auto mode = mode_of(*custom.precision_level, layer.op))
                    settings_of(layer).set(Field::mode, *mode);
            if (custom.calibration_type)
                threshold(settings_of(layer), custom.key + ".calibration_type", *custom.calibration_type,
                          custom.max_percentile, true);
            else if (custom.max_percentile && m_config.calibration_type == "percentile")
                settings_of(layer).set(Field::threshold_percentile, percent(*custom.max_percentile));
        }
    }

    /// The mode of one layer inside of a part; empty where the file's own level says it already.
    [[nodiscard]] std::optional<std::string> mode_of(int level, const std::string& op) const {
        const auto is_one = [&](const std::vector<std::string>& operators) {
            return std::find(operators.begin(), operators.end(), op) != operators.end();
        };
        if (level == 4)
            return "fp16";
        if (level == 3)
            return is_one(xslim_dynamic_operators()) ? "dynamic" : "weight-only";
        if (level == 2)
            return is_one(xslim_level_2_operators()) ? std::optional<std::string>("float") : std::nullopt;
        return m_config.precision_level == 2 ? std::optional<std::string>("static") : std::nullopt;
    }

    void ignore() {
        for (const std::string& type : m_config.ignore_types) {
            if (has_operator(type))
                add_rule(type, "float");
            else
                m_problems.push_back({"config.unknown_operator", Severity::info, type, {}});
        }
        for (const std::string& name : m_config.ignore_names)
            ignore_node(name);
    }

    /// A node that was folded into a layer keeps the whole layer float.
    void ignore_node(const std::string& name) {
        if (!m_prepared) {
            m_plan.layers[name].set(Field::mode, "float");
            return;
        }
        if (const Layer* layer = m_prepared->find_layer(name)) {
            settings_of(*layer).set(Field::mode, "float");
            return;
        }
        for (const Layer& layer : m_prepared->layers)
            if (const auto& nodes = layer.original_nodes;
                std::find(nodes.begin(), nodes.end(), name) != nodes.end()) {
                settings_of(layer).set(Field::mode, "float");
                m_problems.push_back({"config.part_of_layer", Severity::info, name, {layer.name}});
                return;
            }
        m_problems.push_back({"config.unknown_node", Severity::warning, name, {}});
    }

    const XslimConfig& m_config;
    const Prepared* m_prepared;
    std::vector<Problem>& m_problems;
    std::map<int, Settings> m_parts;  ///< by layer of m_prepared
    Plan m_plan;
    std::set<int> m_behind;  ///< layers that the truncation cuts off
};

}  // namespace

Plan plan_from_xslim(const XslimConfig& config, const Prepared* prepared, std::vector<Problem>& problems) {
    return ToPlan(config, prepared, problems).run();
}

}  // namespace quantwright
