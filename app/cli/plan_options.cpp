// Options of the choices, and the plan they make.
#include <algorithm>

#include "app/cli/cli.h"
#include "app/cli/options.h"
#include "core/plan/preset.h"
#include "core/plan/target.h"

namespace quantwright::cli {

namespace {

std::vector<std::string> values_of(Field field) {
    const auto& values = info(field).values;
    return {values.begin(), values.end()};
}

struct Set {
    std::string glob, value;
    Field field = Field::mode;
};

/// 'GLOB:key=value'. Names may have colons, keys don't: the last one counts.
Result<Set> parse_set(const std::string& text) {
    const std::string subject = "--set " + text;
    const auto colon = text.rfind(':');
    const auto equals = text.find('=', colon == std::string::npos ? 0 : colon);
    if (colon == std::string::npos || equals == std::string::npos || colon == 0)
        return wrong_usage(subject, Cli::tr("GLOB:key=value is wanted, such as '/head/*:mode=float'"));
    const std::string key = text.substr(colon + 1, equals - colon - 1);
    const auto field = find_field(key);
    if (!field || *field == Field::clip) {
        QStringList keys;
        for (const FieldInfo& one : fields())
            if (one.field != Field::clip)
                keys.append(cli::text(one.path));
        return wrong_usage(subject, Cli::tr("there is no key %1; there are: %2")
                                        .arg(cli::text(key), keys.join(QStringLiteral(", "))));
    }
    Set set{text.substr(0, colon), text.substr(equals + 1), *field};
    if (auto valid = check_value(set.field, set.value); !valid)
        return wrong_usage(subject, cli::text(valid.error().detail));
    return set;
}

}  // namespace

void add_target_option(CLI::App& app, PlanOptions& options) {
    QStringList names;
    for (const std::string& name : target_names())
        names.append(text(name));
    app.add_option("--target", options.target,
                   utf8(Cli::tr("Hardware and runtime: %1").arg(names.join(QStringLiteral(", ")))))
        ->type_name("NAME");
}

void add_plan_options(CLI::App& app, PlanOptions& options) {
    const auto group = utf8(Cli::tr("Choices (stronger from top to bottom)"));
    add_target_option(app, options);
    app.get_option("--target")->group(group);
    QStringList preset_names;
    for (const auto& [name, preset] : presets())
        preset_names.append(text(name));
    app.add_option(
           "--preset", options.preset,
           utf8(Cli::tr("Another toolchain's choices: %1").arg(preset_names.join(QStringLiteral(", ")))))
        ->type_name("NAME")
        ->group(group);
    app.add_option("--plan", options.plan, utf8(Cli::tr("A plan file (.qwplan)")))
        ->type_name("FILE")
        ->group(group);
    app.add_option("--mode", options.mode,
                   utf8(Cli::tr("static: activations with ranges from calibration; dynamic: with each run's "
                                "own; weight-only; fp16. All but static need no images")))
        ->type_name("MODE")
        ->group(group);
    app.add_option("--activation", options.activation,
                   utf8(Cli::tr("Activation format: int8, uint8, int16, uint16, float")))
        ->type_name("FORMAT")
        ->group(group);
    app.add_option("--weight", options.weight,
                   utf8(Cli::tr("Weight format: int8, uint8, int4, uint4, float")))
        ->type_name("FORMAT")
        ->group(group);
    app.add_option("--symmetric", options.symmetric,
                   utf8(Cli::tr("What is symmetric: weights, activations, both, none")))
        ->type_name("WHAT")
        ->group(group);
    app.add_option("--granularity", options.granularity,
                   utf8(Cli::tr("Scales of weights: one per tensor, per channel, or per group (of a "
                                "convolution, else of --block-size elements)")))
        ->type_name("tensor|channel|group")
        ->group(group);
    app.add_option("--block-size", options.block_size,
                   utf8(Cli::tr("Elements with one scale along the reduction axis, for --granularity group "
                                "(default: 32)")))
        ->type_name("K")
        ->group(group);
    app.add_option(
           "--threshold", options.threshold,
           utf8(Cli::tr(
               "How activation ranges are found: minmax, moving-average, percentile, mse, kl, histogram")))
        ->type_name("METHOD")
        ->group(group);
    app.add_option("--percentile", options.percentile,
                   utf8(Cli::tr("For --threshold percentile, such as 99.99")))
        ->type_name("P")
        ->group(group);
    app.add_option("--float", options.floats, utf8(Cli::tr("Layers that stay float; repeatable")))
        ->type_name("GLOB")
        ->allow_extra_args(false)
        ->group(group);
    app.add_option(
           "--truncate", options.truncate,
           utf8(Cli::tr("A tensor behind which nothing is quantized (layers that no such tensor needs "
                        "stay float); repeatable")))
        ->type_name("TENSOR")
        ->allow_extra_args(false)
        ->group(group);
    app.add_option("--set", options.sets, utf8(Cli::tr("A key of the plan for some layers; repeatable")))
        ->type_name("GLOB:key=value")
        ->allow_extra_args(false)
        ->group(group);
}

Status check(const PlanOptions& options) {
    if (auto target = check_choice("--target", options.target, target_names()); !target)
        return target;
    std::vector<std::string> preset_names;
    for (const auto& [name, preset] : presets())
        preset_names.push_back(name);
    if (auto preset = check_choice("--preset", options.preset, preset_names); !preset)
        return preset;
    for (const auto& [option, value, field] :
         {std::tuple<const char*, const std::string*, Field>{"--activation", &options.activation,
                                                             Field::activation_format},
          {"--weight", &options.weight, Field::weight_format},
          {"--granularity", &options.granularity, Field::weight_granularity},
          {"--threshold", &options.threshold, Field::threshold_method}})
        if (auto valid = check_choice(option, *value, values_of(field)); !valid)
            return valid;
    if (auto mode = check_choice("--mode", options.mode, {"static", "dynamic", "weight-only", "fp16"}); !mode)
        return mode;
    if (!options.block_size.empty() && !check_value(Field::weight_block_size, options.block_size)) {
        const FieldInfo& size = info(Field::weight_block_size);
        return wrong_usage("--block-size " + options.block_size,
                           Cli::tr("a whole number from %1 to %2 is wanted").arg(size.low).arg(size.high));
    }
    if (!options.block_size.empty() && !options.granularity.empty() && options.granularity != "group")
        return wrong_usage("--block-size " + options.block_size,
                           Cli::tr("it belongs to --granularity group"));
    if (auto symmetric =
            check_choice("--symmetric", options.symmetric, {"weights", "activations", "both", "none"});
        !symmetric)
        return symmetric;
    if (!options.percentile.empty() && !check_value(Field::threshold_percentile, options.percentile))
        return wrong_usage("--percentile " + options.percentile,
                           Cli::tr("a number over 50 and up to 100 is wanted"));
    if (!options.percentile.empty() && !options.threshold.empty() && options.threshold != "percentile")
        return wrong_usage("--percentile " + options.percentile,
                           Cli::tr("it belongs to --threshold percentile"));
    for (const std::string& one : options.sets)
        if (auto set = parse_set(one); !set)
            return fail(set);
    return {};
}

Result<Plan> make_plan(const PlanOptions& options, const Prepared& prepared, std::vector<Problem>& problems,
                       std::optional<Plan> base) {
    Plan plan = std::move(base).value_or(Plan{});
    if (!options.plan.empty()) {
        auto loaded = load_plan(options.plan);
        if (!loaded)
            return fail(loaded);
        if (auto same = check_model(*loaded, *prepared.original, options.plan); !same)
            return fail(same);
        plan = std::move(*loaded);
    }
    plan.model_sha256 = prepared.original->sha256();
    if (!options.target.empty())
        plan.target = options.target;
    if (!options.preset.empty())
        plan.preset = options.preset;

    plan.truncate.insert(plan.truncate.end(), options.truncate.begin(), options.truncate.end());
    std::sort(plan.truncate.begin(), plan.truncate.end());
    plan.truncate.erase(std::unique(plan.truncate.begin(), plan.truncate.end()), plan.truncate.end());
    if (auto known = check_truncation(plan, prepared); !known)
        return fail(known);

    std::vector<Set> sets;
    const auto choose = [&](Field field, const std::string& value) {
        if (!value.empty())
            sets.push_back({{}, value, field});
    };
    choose(Field::mode, options.mode);
    choose(Field::activation_format, options.activation);
    choose(Field::weight_format, options.weight);
    choose(Field::weight_granularity,
           options.granularity.empty() && !options.block_size.empty() ? "group" : options.granularity);
    choose(Field::weight_block_size, options.block_size);
    choose(Field::threshold_method,
           !options.threshold.empty() || options.percentile.empty() ? options.threshold : "percentile");
    choose(Field::threshold_percentile, options.percentile);
    if (!options.symmetric.empty()) {
        const bool both = options.symmetric == "both";
        choose(Field::weight_symmetric, both || options.symmetric == "weights" ? "true" : "false");
        choose(Field::activation_symmetric, both || options.symmetric == "activations" ? "true" : "false");
    }
    for (const std::string& glob : options.floats)
        sets.push_back({glob, "float", Field::mode});
    for (const std::string& one : options.sets) {
        auto set = parse_set(one);
        if (!set)
            return fail(set);
        sets.push_back(std::move(*set));
    }
    for (const Set& set : sets) {
        const auto count = apply_option(plan, prepared, set.glob, set.field, set.value);
        if (!count)
            return fail(count);
        if (*count == 0 && !set.glob.empty())
            problems.push_back({"plan.matches_nothing", Severity::warning, set.glob, {}});
    }
    return plan;
}

}  // namespace quantwright::cli
