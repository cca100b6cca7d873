#include "core/plan/resolve.h"

#include "core/plan/resolve_parts.h"

namespace quantwright {

std::string_view name_of(Origin origin) {
    constexpr std::string_view names[] = {"target", "preset", "defaults", "rule", "layer", "tensor"};
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
                                          "no_statistics"};
    return names[static_cast<std::size_t>(reason)];
}

int Resolved::quantized_layers() const {
    int count = 0;
    for (const ResolvedLayer& layer : layers)
        count += layer.quantized() ? 1 : 0;
    return count;
}

std::array<Choice, field_count> choices_for(const Prepared& prepared, const Layer& layer, const Plan& plan,
                                            const Target& target, const Settings& preset) {
    std::array<Choice, field_count> choices;
    const auto take = [&](const Settings& settings, Origin origin, int rule = -1) {
        for (const FieldInfo& field : fields())
            if (const auto& value = settings[field.field])
                choices[static_cast<std::size_t>(field.field)] = {*value, origin, rule};
    };
    take(target.defaults, Origin::target);
    take(preset, Origin::preset);
    take(plan.defaults, Origin::defaults);
    for (std::size_t i = 0; i < plan.rules.size(); ++i)
        if (matches(plan.rules[i], prepared, layer))
            take(plan.rules[i].set, Origin::rule, static_cast<int>(i));
    if (const auto found = plan.layers.find(layer.name); found != plan.layers.end())
        take(found->second, Origin::layer);
    return choices;
}

namespace {

/// What a choice falls back to where the target can't do it; said as a problem.
void refuse(Resolved& resolved, const Layer& layer, ResolvedLayer& choices, Field field,
            const std::string& instead) {
    Choice& choice = choices.choices[static_cast<std::size_t>(field)];
    resolved.problems.push_back(
        {"plan.target_refuses",
         Severity::warning,
         layer.name,
         {std::string(info(field).path), choice.value, instead, resolved.target->label}});
    choice.value = instead;
}

void hold_to_target(Resolved& resolved) {
    const Target& target = *resolved.target;
    for (std::size_t i = 0; i < resolved.layers.size(); ++i) {
        const Layer& layer = resolved.prepared->layers[i];
        ResolvedLayer& choices = resolved.layers[i];
        if (choices[Field::mode].value == "float")
            continue;
        if (!target.formats.contains(choices[Field::activation_format].value))
            refuse(resolved, layer, choices, Field::activation_format,
                   *target.defaults[Field::activation_format]);
        if (layer.weight.empty())
            continue;
        if (!target.weight_formats.contains(choices[Field::weight_format].value))
            refuse(resolved, layer, choices, Field::weight_format, *target.defaults[Field::weight_format]);
        const TargetOperator* op = find_operator(target, layer.op);
        if (choices[Field::weight_granularity].value == "channel" && op && !op->per_channel)
            refuse(resolved, layer, choices, Field::weight_granularity, "tensor");
        if (choices[Field::weight_granularity].value == "channel" &&
            choices[Field::weight_symmetric].value == "false" && target.one_weight_zero_point)
            refuse(resolved, layer, choices, Field::weight_symmetric, "true");
        if (choices[Field::weight_storage].value == "uint8" && !target.emits_unsigned)
            refuse(resolved, layer, choices, Field::weight_storage, "int8");
        // ONNX Runtime has integer kernels for int8 activations with int8 weights only.
        if (choices[Field::activation_format].value == "int8" &&
            choices[Field::weight_storage].value == "uint8") {
            if (choices[Field::weight_storage].origin == Origin::target)
                choices.choices[static_cast<std::size_t>(Field::weight_storage)].value = "int8";
            else
                refuse(resolved, layer, choices, Field::weight_storage, "int8");
        }
    }
}

}  // namespace

Result<std::shared_ptr<const Resolved>> resolve(std::shared_ptr<const Prepared> prepared,
                                                std::shared_ptr<const Statistics> statistics,
                                                const Plan& plan) {
    if (auto same = check_model(plan, *prepared->original, {}); !same)
        return fail(same);
    if (statistics && statistics->model_sha256 != prepared->original->sha256())
        return fail(ErrorCode::stats_other_model, prepared->original->path().string());
    auto target = find_target(plan.target);
    if (!target)
        return fail(target);
    const auto preset = (*target)->presets.find(plan.preset);
    if (preset == (*target)->presets.end())
        return fail(ErrorCode::plan_invalid, plan.preset,
                    "the target " + plan.target + " has no such preset");

    auto resolved = std::make_shared<Resolved>();
    resolved->prepared = std::move(prepared);
    resolved->target = *target;
    resolved->statistics = std::move(statistics);
    resolved->plan = plan;
    resolved->problems = resolved->prepared->problems;
    for (const Layer& layer : resolved->prepared->layers) {
        ResolvedLayer one;
        one.choices = choices_for(*resolved->prepared, layer, plan, **target, preset->second);
        resolved->layers.push_back(std::move(one));
    }
    for (const auto& [name, settings] : plan.layers)
        if (!settings.empty() && !resolved->prepared->find_layer(name))
            resolved->problems.push_back({"plan.unknown_layer", Severity::warning, name, {}});
    for (const auto& [name, settings] : plan.tensors)
        if (!settings.empty() && !resolved->prepared->model->graph().find_tensor(name))
            resolved->problems.push_back({"plan.unknown_tensor", Severity::warning, name, {}});
    hold_to_target(*resolved);
    place_pairs(*resolved);
    choose_ranges(*resolved);
    quantize_weights(*resolved);
    return std::shared_ptr<const Resolved>(std::move(resolved));
}

}  // namespace quantwright
