#include "core/plan/resolve.h"

#include <algorithm>

#include "core/plan/decode_tail.h"
#include "core/plan/graph_parts.h"
#include "core/plan/resolve_parts.h"
#include "core/plan/target_rules.h"

namespace quantwright {

std::string_view name_of(Origin origin) {
    constexpr std::string_view names[] = {"target", "preset", "defaults",   "proposed", "improved",
                                          "given",  "rule",   "truncation", "layer",    "tensor"};
    return names[static_cast<std::size_t>(origin)];
}

std::string_view name_of(KeptFloat reason) {
    constexpr std::string_view names[] = {"no",
                                          "chosen",
                                          "not_in_target",
                                          "unknown_operator",
                                          "subgraph",
                                          "not_float_data",
                                          "already_quantized",
                                          "no_constant_weight",
                                          "constant_operand",
                                          "nothing_to_gain",
                                          "no_statistics",
                                          "not_given",
                                          "needs_weight",
                                          "fp16_overflow",
                                          "no_fp16",
                                          "infinities",
                                          "does_not_run",
                                          "shared_scale",
                                          "selection",
                                          "decode",
                                          "scores"};
    return names[static_cast<std::size_t>(reason)];
}

std::string_view name_of(LayerMode mode) {
    constexpr std::string_view names[] = {"float", "static", "dynamic", "weight-only", "fp16"};
    return names[static_cast<std::size_t>(mode)];
}

int Resolved::quantized_layers() const {
    int count = 0;
    for (const ResolvedLayer& layer : layers)
        count += layer.quantized() ? 1 : 0;
    return count;
}

bool Resolved::quantized(const LayerGroup& group) const {
    return layers[static_cast<std::size_t>(group.lead)].quantized();
}

int Resolved::quantized_groups() const {
    return static_cast<int>(std::count_if(prepared->groups.begin(), prepared->groups.end(),
                                          [this](const LayerGroup& group) { return quantized(group); }));
}

std::array<Choice, field_count> choices_for(const Prepared& prepared, int layer, const Plan& plan,
                                            const Target& target, const Preset& preset, bool behind) {
    std::array<Choice, field_count> choices;
    const auto take = [&](const Settings& settings, Origin origin, int rule = -1) {
        for (const FieldInfo& field : fields())
            if (const auto& value = settings[field.field])
                choices[static_cast<std::size_t>(field.field)] = {*value, origin, rule};
    };
    take(target.defaults, Origin::target);
    take(preset.set, Origin::preset);
    for (const Rule& rule : preset.rules)
        if (matches(rule, prepared, layer))
            take(rule.set, Origin::preset);
    take(plan.defaults, Origin::defaults);
    for (std::size_t i = 0; i < plan.rules.size(); ++i)
        if (matches(plan.rules[i], prepared, layer))
            take(plan.rules[i].set, Origin::rule, static_cast<int>(i));
    if (behind)
        choices[static_cast<std::size_t>(Field::mode)] = {"float", Origin::truncation, -1};
    // What is chosen for a group holds for its parts; a part's own choice is stronger.
    for (const std::string* name :
         {&prepared.group_of(layer).name, &prepared.layers[static_cast<std::size_t>(layer)].name})
        if (const auto found = plan.layers.find(*name); found != plan.layers.end())
            take(found->second, Origin::layer);
    return choices;
}

namespace {

/// The choice is that of the layer's group, whose lead says what becomes of it.
bool said_for_group(const Resolved& resolved, const Layer& layer, const Choice& choice, Field field) {
    const auto index = static_cast<int>(&layer - resolved.prepared->layers.data());
    if (choice.origin != Origin::layer || resolved.prepared->group_of(index).name == layer.name)
        return false;
    const auto own = resolved.plan.layers.find(layer.name);
    return own == resolved.plan.layers.end() || !own->second[field];
}

/// What a choice falls back to where the target can't do it; said as a problem.
void refuse(Resolved& resolved, const Layer& layer, ResolvedLayer& choices, Field field,
            const std::string& instead) {
    Choice& choice = choices.choices[static_cast<std::size_t>(field)];
    if (!said_for_group(resolved, layer, choice, field))
        resolved.problems.push_back(
            {"plan.target_refuses",
             Severity::warning,
             layer.name,
             {std::string(info(field).path), choice.value, instead, resolved.target->label}});
    choice.value = instead;
}

/// Holds one layer's choices to what the target runs.
class TargetRules {
public:
    TargetRules(Resolved& resolved, std::size_t index)
        : m_resolved(resolved),
          m_target(*resolved.target),
          m_layer(resolved.prepared->layers[index]),
          m_choices(resolved.layers[index]),
          m_operator(find_operator(*resolved.target, m_layer.op)) {}

    void hold() {
        if (!runs(Field::mode))
            refuse(m_resolved, m_layer, m_choices, Field::mode, nearest_mode());
        const std::string mode = value(Field::mode);
        if (mode == "float" || mode == "fp16")
            return;
        if (mode == "static" && !m_target.formats.contains(value(Field::activation_format)))
            refuse(m_resolved, m_layer, m_choices, Field::activation_format,
                   *m_target.defaults[Field::activation_format]);
        for (const auto& [field, values] : m_target.allowed) {
            const bool of_weight = field >= Field::weight_format && field <= Field::weight_storage;
            const bool of_activation = field < Field::weight_format;
            const bool matters = of_weight ? !m_layer.weight.empty() : !of_activation || mode == "static";
            if (matters && !allows(m_target, field, value(field)))
                adapt(field, *m_target.defaults[field]);
        }
        if (!m_layer.weight.empty())
            hold_weight();
    }

private:
    [[nodiscard]] const std::string& value(Field field) const { return m_choices[field].value; }
    [[nodiscard]] Refusal judged(Field field) const {
        return refused(m_target, m_layer, m_choices, field, value(field));
    }
    [[nodiscard]] bool runs(Field field) const { return judged(field) == Refusal::no; }
    void refuse_for(Field field, const std::string& instead) {
        refuse(m_resolved, m_layer, m_choices, field, instead);
    }
    /// What only the target or a preset chose is adapted without a word.
    void adapt(Field field, const std::string& instead) {
        if (m_choices[field].origin <= Origin::preset)
            m_choices.choices[static_cast<std::size_t>(field)].value = instead;
        else
            refuse_for(field, instead);
    }

    [[nodiscard]] std::string nearest_mode() const {
        if (value(Field::mode) == "fp16")
            return "float";  // it was to be more precise than integers
        for (const char* mode : {"weight-only", "fp16", "static"})
            if (m_target.modes.contains(mode))
                return mode;
        return "float";
    }

    void hold_weight() {
        if (!runs(Field::weight_format))
            refuse_for(Field::weight_format, *m_target.defaults[Field::weight_format]);
        const bool per_channel = !m_operator || m_operator->per_channel;
        if (!runs(Field::weight_granularity))
            refuse_for(Field::weight_granularity, per_channel ? "channel" : "tensor");
        if (!runs(Field::weight_symmetric))
            refuse_for(Field::weight_symmetric, "true");
        const Refusal storage = judged(Field::weight_storage);
        if (storage == Refusal::int8_activations)
            adapt(Field::weight_storage, "int8");
        else if (storage != Refusal::no)
            refuse_for(Field::weight_storage, "int8");
    }

    Resolved& m_resolved;
    const Target& m_target;
    const Layer& m_layer;
    ResolvedLayer& m_choices;
    const TargetOperator* m_operator;
};

/// By layer; says how many there are, and which names are unknown.
std::vector<bool> behind_truncation(Resolved& resolved) {
    const Prepared& prepared = *resolved.prepared;
    std::vector<bool> behind(prepared.layers.size());
    if (resolved.plan.truncate.empty())
        return behind;
    std::vector<std::string> unknown;
    const std::vector<int> layers = layers_behind(prepared, resolved.plan.truncate, unknown);
    for (const int layer : layers)
        behind[static_cast<std::size_t>(layer)] = true;
    for (const std::string& name : unknown)
        resolved.problems.push_back({"plan.truncation_unknown",
                                     Severity::error,
                                     name,
                                     {comma_separated(similar_tensors(prepared, name))}});
    std::int64_t all = 0, left = 0;
    for (std::size_t i = 0; i < behind.size(); ++i) {
        all += prepared.layers[i].macs;
        left += behind[i] ? prepared.layers[i].macs : 0;
    }
    resolved.problems.push_back({"plan.truncated",
                                 Severity::info,
                                 {},
                                 {std::to_string(layers.size()), comma_separated(resolved.plan.truncate),
                                  std::to_string(all > 0 ? (200 * left + all) / (2 * all) : 0)}});
    return behind;
}

Result<std::shared_ptr<const Resolved>> resolve_plan(std::shared_ptr<const Prepared> prepared,
                                                     std::shared_ptr<const Statistics> statistics,
                                                     const Plan& plan, const JobContext& job,
                                                     std::shared_ptr<const Improved> improved) {
    if (auto same = check_model(plan, *prepared->original, {}); !same)
        return fail(same);
    if (statistics && statistics->model_sha256 != prepared->original->sha256())
        return fail(ErrorCode::stats_other_model, prepared->original->path().string());
    auto target = find_target(plan.target);
    if (!target)
        return fail(target);
    const auto preset = presets().find(plan.preset);
    if (preset == presets().end())
        return fail(ErrorCode::plan_invalid, plan.preset, "there is no such preset");

    auto resolved = std::make_shared<Resolved>();
    resolved->prepared = std::move(prepared);
    resolved->target = *target;
    resolved->statistics = std::move(statistics);
    resolved->plan = plan;
    resolved->problems = resolved->prepared->problems;
    if (!improved || improved->model_sha256 == resolved->prepared->original->sha256())
        resolved->improved = std::move(improved);
    else
        resolved->problems.push_back({"improved.other_model", Severity::warning, {}, {}});
    const std::vector<bool> behind = behind_truncation(*resolved);
    for (int layer = 0; layer < static_cast<int>(resolved->prepared->layers.size()); ++layer) {
        ResolvedLayer one;
        one.choices = choices_for(*resolved->prepared, layer, plan, **target, preset->second,
                                  behind[resolved->layers.size()]);
        resolved->layers.push_back(std::move(one));
    }
    for (const auto& [name, settings] : plan.layers)
        if (!settings.empty() && !resolved->prepared->find_layer(name))
            resolved->problems.push_back({"plan.unknown_layer", Severity::warning, name, {}});
    for (const auto& [name, settings] : plan.tensors)
        if (!settings.empty() && !resolved->prepared->model->graph().find_tensor(name))
            resolved->problems.push_back({"plan.unknown_tensor", Severity::warning, name, {}});
    propose_float_tails(*resolved);
    for (std::size_t i = 0; i < resolved->layers.size(); ++i)
        TargetRules(*resolved, i).hold();
    place_pairs(*resolved);
    if (auto chosen = choose_ranges(*resolved, job); !chosen)
        return fail(chosen);
    quantize_weights(*resolved);
    return std::shared_ptr<const Resolved>(std::move(resolved));
}

}  // namespace

Result<std::shared_ptr<const Resolved>> resolve(std::shared_ptr<const Prepared> prepared,
                                                std::shared_ptr<const Statistics> statistics,
                                                const Plan& plan, const JobContext& job,
                                                std::shared_ptr<const Improved> improved) {
    const std::string subject = prepared->original->path().string();
    return guarded(subject, [&] {
        return resolve_plan(std::move(prepared), std::move(statistics), plan, job, std::move(improved));
    });
}

}  // namespace quantwright
