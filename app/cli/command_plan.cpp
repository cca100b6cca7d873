// plan show, check, diff: plan files.
#include <algorithm>

#include "app/cli/commands.h"
#include "app/cli/pipeline.h"
#include "app/cli/plan_convert.h"
#include "core/plan/preset.h"
#include "core/plan/target.h"
#include "widgets/results/json_output.h"
#include "widgets/results/table.h"
#include "widgets/words/words.h"

namespace quantwright::cli {

namespace {

/// One place of a plan with a value, the way people read and compare it.
struct Entry {
    std::string place, key, value;
    [[nodiscard]] auto operator<=>(const Entry&) const = default;
};

std::string place_of(const Rule& rule, std::size_t number) {
    std::string place = "rules[" + std::to_string(number) + "]";
    for (const auto& [key, value] :
         {std::pair{"name", &rule.name}, {"op", &rule.op}, {"position", &rule.position}})
        if (!value->empty())
            place += std::string(" ") + key + "=" + *value;
    return place;
}

std::vector<Entry> entries(const Plan& plan) {
    std::vector<Entry> list = {
        {"", "model_sha256", plan.model_sha256}, {"", "target", plan.target}, {"", "preset", plan.preset}};
    const auto add = [&](const std::string& place, const Settings& settings) {
        for (const FieldInfo& field : fields())
            if (const auto& value = settings[field.field])
                list.push_back({place, std::string(field.path), *value});
    };
    add("defaults", plan.defaults);
    for (std::size_t i = 0; i < plan.rules.size(); ++i)
        add(place_of(plan.rules[i], i), plan.rules[i].set);
    for (const std::string& tensor : plan.truncate)
        list.push_back({"truncate", tensor, "true"});
    for (const auto& [name, settings] : plan.layers)
        add("layers " + name, settings);
    for (const auto& [name, settings] : plan.tensors)
        add("tensors " + name, settings);
    for (const std::string& image : plan.excluded_images)
        list.push_back({"excluded_images", image, "true"});
    return list;
}

Result<Outcome> show(const std::string& file) {
    const auto plan = load_plan(file);
    if (!plan)
        return fail(plan);
    Outcome outcome;
    outcome.json = to_json(*plan);
    Table table({Cli::tr("Where"), Cli::tr("Key"), Cli::tr("Value")});
    for (const Entry& entry : entries(*plan))
        table.add({text(entry.place), text(entry.key), text(entry.value)});
    outcome.text = table.text();
    return outcome;
}

struct CheckOptions {
    std::string plan, model, target;
    InputOptions inputs;
};

/// Names of the plan that the model doesn't have, and rules that hit nothing.
std::vector<Problem> unmatched(const Resolved& resolved) {
    std::vector<Problem> problems;
    for (std::size_t i = 0; i < resolved.plan.rules.size(); ++i) {
        const Rule& rule = resolved.plan.rules[i];
        bool hits = false;
        for (int layer = 0; layer < static_cast<int>(resolved.layers.size()); ++layer)
            hits = hits || matches(rule, *resolved.prepared, layer);
        if (!hits)
            problems.push_back({"plan.matches_nothing", Severity::warning, place_of(rule, i), {}});
    }
    return problems;
}

Result<Outcome> check_plan(const CheckOptions& options, Context& context) {
    if (auto target = check_choice("--target", options.target, target_names()); !target)
        return fail(target);
    auto plan = load_plan(options.plan);
    if (!plan)
        return fail(plan);
    if (!options.target.empty())
        plan->target = options.target;
    if (const auto target = find_target(plan->target); !target)
        return fail(ErrorCode::plan_invalid, options.plan, target.error().subject);
    if (!presets().contains(plan->preset))
        return fail(ErrorCode::plan_invalid, options.plan,
                    utf8(Cli::tr("there is no preset %1").arg(text(plan->preset))));
    std::vector<Problem> problems;
    if (!options.model.empty()) {
        const auto prepared = open_prepared(options.model, options.inputs, context);
        if (!prepared)
            return fail(prepared);
        if (auto same = check_model(*plan, *(*prepared)->original, options.plan); !same)
            return fail(same);
        const auto resolved = resolve(*prepared, nullptr, *plan);
        if (!resolved)
            return fail(resolved);
        problems = (*resolved)->problems;
        const auto more = unmatched(**resolved);
        problems.insert(problems.end(), more.begin(), more.end());
    }
    // A plan passes when all it says takes effect.
    const bool good = std::all_of(problems.begin(), problems.end(), [](const Problem& one) {
        return one.severity == Severity::info || !one.code.starts_with("plan.");
    });
    context.say(problems);
    Outcome outcome;
    outcome.json = {{"plan", options.plan}, {"ok", good}, {"problems", problems_json(problems)}};
    outcome.text = (good ? Cli::tr("The plan is good.") : Cli::tr("The plan does not hold.")) + u'\n';
    outcome.exit_code = good ? exit_done : exit_failed;
    return outcome;
}

Result<Outcome> diff(const std::string& first, const std::string& second) {
    const auto a = load_plan(first), b = load_plan(second);
    if (!a)
        return fail(a);
    if (!b)
        return fail(b);
    auto left = entries(*a), right = entries(*b);
    Json differences = Json::array();
    Table table({Cli::tr("Where"), Cli::tr("Key"), text(first), text(second)});
    const auto value_in = [](const std::vector<Entry>& list, const Entry& like) -> const std::string* {
        const auto found = std::find_if(list.begin(), list.end(), [&](const Entry& one) {
            return one.place == like.place && one.key == like.key;
        });
        return found == list.end() ? nullptr : &found->value;
    };
    const auto compare = [&](const Entry& entry) {
        const std::string *in_left = value_in(left, entry), *in_right = value_in(right, entry);
        if (in_left && in_right && *in_left == *in_right)
            return;
        Json one = {{"where", entry.place}, {"key", entry.key}};
        if (in_left)
            one["a"] = *in_left;
        if (in_right)
            one["b"] = *in_right;
        differences.push_back(std::move(one));
        table.add({text(entry.place), text(entry.key), in_left ? text(*in_left) : QStringLiteral("–"),
                   in_right ? text(*in_right) : QStringLiteral("–")});
    };
    for (const Entry& entry : left)
        compare(entry);
    for (const Entry& entry : right)
        if (!value_in(left, entry))
            compare(entry);
    Outcome outcome;
    outcome.text = differences.empty() ? Cli::tr("The plans are equal.") + u'\n' : table.text();
    outcome.json = {{"equal", differences.empty()}, {"differences", std::move(differences)}};
    return outcome;
}

}  // namespace

std::vector<Command> add_plan(CLI::App& app) {
    CLI::App* plan = app.add_subcommand("plan", utf8(Cli::tr("Show, check, compare and convert plan files")));
    plan->require_subcommand(1);
    std::vector<Command> commands;

    auto file = std::make_shared<std::string>();
    CLI::App* shown = plan->add_subcommand("show", utf8(Cli::tr("What a plan says")));
    shown->add_option("PLAN", *file, utf8(Cli::tr("A plan file (.qwplan)")))->type_name("")->required();
    commands.push_back({shown, [file](Context&) { return show(*file); }});

    auto options = std::make_shared<CheckOptions>();
    CLI::App* checked =
        plan->add_subcommand("check", utf8(Cli::tr("Whether a plan is valid and takes effect on a model")));
    checked->add_option("PLAN", options->plan, utf8(Cli::tr("A plan file (.qwplan)")))
        ->type_name("")
        ->required();
    checked->add_option("MODEL", options->model, utf8(Cli::tr("The ONNX model")))->type_name("");
    checked->add_option("--target", options->target, utf8(Cli::tr("Another target than the plan's")))
        ->type_name("NAME");
    add_shape_option(*checked, options->inputs);
    commands.push_back({checked, [options](Context& context) { return check_plan(*options, context); }});

    auto pair = std::make_shared<std::pair<std::string, std::string>>();
    CLI::App* compared = plan->add_subcommand("diff", utf8(Cli::tr("What differs between two plans")));
    compared->add_option("A", pair->first, utf8(Cli::tr("A plan file (.qwplan)")))->type_name("")->required();
    compared->add_option("B", pair->second, utf8(Cli::tr("The plan file to compare with")))
        ->type_name("")
        ->required();
    commands.push_back({compared, [pair](Context&) { return diff(pair->first, pair->second); }});
    commands.push_back(add_plan_convert(*plan));
    commands.push_back(add_plan_export_qat(*plan));
    return commands;
}

}  // namespace quantwright::cli
