#include "core/plan/plan.h"

#include <algorithm>

#include "core/base/atomic_file.h"
#include "core/plan/graph_parts.h"

namespace quantwright {

namespace {

Json rule_to_json(const Rule& rule) {
    Json match = Json::object();
    if (!rule.name.empty())
        match["name"] = rule.name;
    if (!rule.op.empty())
        match["op"] = rule.op;
    if (!rule.position.empty())
        match["position"] = rule.position;
    return Json{{"match", std::move(match)}, {"set", to_json(rule.set)}};
}

Json places_to_json(const std::map<std::string, Settings>& places) {
    Json json = Json::object();
    for (const auto& [name, settings] : places)
        if (!settings.empty())
            json[name] = to_json(settings);
    return json;
}

/// Reads from `json` with every mistake reported as plan.invalid of one file.
class Reader {
public:
    explicit Reader(std::string subject) : m_subject(std::move(subject)) {}

    Status text(const Json& object, const char* key, std::string& value) const {
        if (!object.contains(key))
            return {};
        if (!object[key].is_string())
            return error(std::string(key) + ": not a string");
        value = object[key].get<std::string>();
        return {};
    }

    Status places(const Json& json, const char* key, std::map<std::string, Settings>& result) const {
        if (!json.contains(key))
            return {};
        if (!json[key].is_object())
            return error(std::string(key) + ": not an object");
        for (const auto& [name, value] : json[key].items()) {
            auto settings = settings_from_json(value, m_subject, std::string(key) + "." + name);
            if (!settings)
                return fail(settings);
            result[name] = *settings;
        }
        return {};
    }

    /// A list of names, sorted, each once.
    Status names(const Json& json, const char* key, std::vector<std::string>& result) const {
        if (!json.contains(key))
            return {};
        if (!json[key].is_array())
            return error(std::string(key) + ": not an array");
        for (const Json& one : json[key]) {
            if (!one.is_string())
                return error(std::string(key) + ": not a string");
            result.push_back(one.get<std::string>());
        }
        std::sort(result.begin(), result.end());
        result.erase(std::unique(result.begin(), result.end()), result.end());
        return {};
    }

    Result<Rule> rule(const Json& json, std::size_t index) const {
        const std::string where = "rules[" + std::to_string(index) + "]";
        if (auto keys = only_keys(json, {"match", "set"}, ErrorCode::plan_invalid, m_subject, where); !keys)
            return fail(keys);
        Rule rule;
        if (json.contains("match")) {
            const Json& match = json["match"];
            if (auto keys =
                    only_keys(match, {"name", "op", "position"}, ErrorCode::plan_invalid, m_subject, where);
                !keys)
                return fail(keys);
            for (const auto& [key, value] :
                 {std::pair{"name", &rule.name}, {"op", &rule.op}, {"position", &rule.position}})
                if (auto read = text(match, key, *value); !read)
                    return fail(read);
            if (!rule.position.empty() && rule.position != "first" && rule.position != "last")
                return error(where + ".match.position: neither \"first\" nor \"last\"");
        }
        auto settings = settings_from_json(json.value("set", Json::object()), m_subject, where + ".set");
        if (!settings)
            return fail(settings);
        rule.set = *settings;
        return rule;
    }

    [[nodiscard]] tl::unexpected<Error> error(const std::string& detail) const {
        return fail(ErrorCode::plan_invalid, m_subject, detail);
    }

private:
    std::string m_subject;
};

}  // namespace

Json to_json(const Plan& plan) {
    Json json = Json::object();
    json["quantwright_plan"] = 1;
    json["model_sha256"] = plan.model_sha256;
    json["target"] = plan.target;
    json["preset"] = plan.preset;
    json["defaults"] = to_json(plan.defaults);
    json["rules"] = Json::array();
    for (const Rule& rule : plan.rules)
        json["rules"].push_back(rule_to_json(rule));
    // Left out where nothing is cut off: versions that don't know it read the plan.
    if (!plan.truncate.empty())
        json["truncate"] = plan.truncate;
    json["layers"] = places_to_json(plan.layers);
    json["tensors"] = places_to_json(plan.tensors);
    auto excluded = plan.excluded_images;
    std::sort(excluded.begin(), excluded.end());
    json["excluded_images"] = std::move(excluded);
    return json;
}

Result<Plan> plan_from_json(const Json& json, const std::string& subject) {
    const Reader reader(subject);
    if (auto keys = only_keys(json,
                              {"quantwright_plan", "model_sha256", "target", "preset", "defaults", "rules",
                               "truncate", "layers", "tensors", "excluded_images"},
                              ErrorCode::plan_invalid, subject, "plan");
        !keys)
        return fail(keys);
    if (!json.contains("quantwright_plan") || json["quantwright_plan"] != 1)
        return reader.error("quantwright_plan: this program reads version 1");
    Plan plan;
    for (const auto& [key, value] :
         {std::pair{"model_sha256", &plan.model_sha256}, {"target", &plan.target}, {"preset", &plan.preset}})
        if (auto read = reader.text(json, key, *value); !read)
            return fail(read);
    auto defaults = settings_from_json(json.value("defaults", Json::object()), subject, "defaults");
    if (!defaults)
        return fail(defaults);
    plan.defaults = *defaults;
    if (json.contains("rules")) {
        if (!json["rules"].is_array())
            return reader.error("rules: not an array");
        for (const Json& one : json["rules"]) {
            auto rule = reader.rule(one, plan.rules.size());
            if (!rule)
                return fail(rule);
            plan.rules.push_back(std::move(*rule));
        }
    }
    for (const auto& [key, value] : {std::pair{"layers", &plan.layers}, {"tensors", &plan.tensors}})
        if (auto read = reader.places(json, key, *value); !read)
            return fail(read);
    for (const auto& [key, value] :
         {std::pair{"truncate", &plan.truncate}, {"excluded_images", &plan.excluded_images}})
        if (auto read = reader.names(json, key, *value); !read)
            return fail(read);
    return plan;
}

Result<Plan> load_plan(const std::filesystem::path& path) {
    const auto text = read_file(path, ErrorCode::plan_invalid);
    if (!text)
        return fail(text);
    const auto json = parse_json(*text, ErrorCode::plan_invalid, path.string());
    if (!json)
        return fail(json);
    return plan_from_json(*json, path.string());
}

Status check_model(const Plan& plan, const Model& model, const std::string& subject) {
    if (plan.model_sha256.empty() || plan.model_sha256 == model.sha256())
        return {};
    return fail(ErrorCode::plan_other_model, subject, model.path().string());
}

Status check_truncation(const Plan& plan, const Prepared& prepared) {
    std::vector<std::string> unknown;
    static_cast<void>(layers_behind(prepared, plan.truncate, unknown));
    if (unknown.empty())
        return {};
    return fail(ErrorCode::plan_truncation_unknown, unknown.front(),
                comma_separated(similar_tensors(prepared, unknown.front())));
}

bool glob_match(std::string_view pattern, std::string_view text) {
    // Greedy with one point to come back to: linear for every pattern with a single star, and never
    // exponential.
    std::size_t p = 0, t = 0, star = std::string_view::npos, resume = 0;
    while (t < text.size()) {
        if (p < pattern.size() && (pattern[p] == '?' || (pattern[p] != '*' && pattern[p] == text[t]))) {
            ++p, ++t;
        } else if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            resume = t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*')
        ++p;
    return p == pattern.size();
}

namespace {

/// These layers, called so, are what the rule is for.
bool matches(const Rule& rule, const Prepared& prepared, const std::string& name, const std::string& op,
             const std::vector<int>& layers) {
    if (!rule.name.empty() && !glob_match(rule.name, name))
        return false;
    if (!rule.op.empty() && rule.op != op)
        return false;
    const Graph& graph = prepared.model->graph();
    const auto any = [&](auto test) {
        return std::any_of(layers.begin(), layers.end(), [&](int layer) {
            const Layer& one = prepared.layers[static_cast<std::size_t>(layer)];
            return test(one);
        });
    };
    const auto reads_input = [&](const Layer& layer) {
        return std::any_of(layer.inputs.begin(), layer.inputs.end(),
                           [&](TensorId id) { return graph[id].is_input; });
    };
    const auto gives_output = [&](const Layer& layer) {
        return std::any_of(layer.outputs.begin(), layer.outputs.end(),
                           [&](TensorId id) { return graph[id].is_output; });
    };
    if (rule.position == "first")
        return any(reads_input);
    return rule.position != "last" || any(gives_output);
}

}  // namespace

bool matches(const Rule& rule, const Prepared& prepared, int layer) {
    const Layer& one = prepared.layers[static_cast<std::size_t>(layer)];
    const LayerGroup& group = prepared.group_of(layer);
    return matches(rule, prepared, one.name, one.op, {layer}) ||
           matches(rule, prepared, group.name, group.op, group.layers);
}

Result<int> apply_option(Plan& plan, const Prepared& prepared, const std::string& glob, Field field,
                         const std::string& value) {
    if (auto valid = check_value(field, value); !valid)
        return fail(valid);
    int count = 0;
    if (glob.empty()) {
        plan.defaults.set(field, value);
        for (Rule& rule : plan.rules)
            rule.set.set(field, std::nullopt);
        for (auto* places : {&plan.layers, &plan.tensors})
            for (auto& [name, settings] : *places)
                settings.set(field, std::nullopt);
        return static_cast<int>(prepared.groups.size());
    }
    const auto set = [&](const std::string& name, const std::optional<std::string>& to) {
        plan.layers[name].set(field, to);
    };
    for (const LayerGroup& group : prepared.groups) {
        const bool all = glob_match(glob, group.name);
        bool any = all;
        for (const int index : group.layers) {
            const Layer& part = prepared.layers[static_cast<std::size_t>(index)];
            const bool this_one = glob_match(glob, part.name);
            any = any || this_one;
            // Of a group that takes it no part says otherwise.
            if (all ? part.name != group.name && plan.layers.contains(part.name) : this_one)
                set(part.name, all ? std::nullopt : std::optional(value));
        }
        if (all)
            set(group.name, value);
        count += any ? 1 : 0;
    }
    return count;
}

}  // namespace quantwright
