#include "app/cli/plan_convert.h"

#include <set>

#include "app/cli/pipeline.h"
#include "core/base/atomic_file.h"
#include "core/export/qat_script.h"
#include "core/plan/preset.h"
#include "core/plan/target.h"
#include "core/xslim/from_plan.h"
#include "core/xslim/to_plan.h"
#include "widgets/results/json_output.h"

namespace quantwright::cli {

namespace {

struct Options {
    std::string file, model, out;
    InputOptions inputs;
};

/// Writes what was made, or gives it to print where no file is named.
Result<Outcome> deliver(const Options& options, const std::string& made, Json json,
                        const std::vector<Problem>& problems, Context& context) {
    context.say(problems);
    Outcome outcome;
    json["problems"] = problems_json(problems);
    if (options.out.empty()) {
        outcome.text = text(made);
    } else {
        if (auto saved = write_file(options.out, made); !saved)
            return fail(saved);
        json["out"] = options.out;
        outcome.text = Cli::tr("Written: %1").arg(text(options.out)) + u'\n';
    }
    outcome.json = std::move(json);
    return outcome;
}

Status check_places(const Options& options) {
    if (options.out.empty())
        return {};
    std::vector<std::filesystem::path> inputs = {options.file};
    if (!options.model.empty())
        inputs.emplace_back(options.model);
    return check_output(options.out, inputs);
}

/// Keys of an xslim file that a plan has no place for: paths, data, analysis.
void name_left_out(const XslimConfig& config, std::vector<Problem>& problems) {
    static const std::set<std::string> of_plan = {
        "calibration_parameters.calibration_type",    "quantization_parameters.precision_level",
        "quantization_parameters.max_percentile",     "quantization_parameters.custom_setting",
        "quantization_parameters.truncate_var_names", "quantization_parameters.ignore_op_types",
        "quantization_parameters.ignore_op_names"};
    std::set<std::string> unused;
    for (const Problem& problem : config.problems)
        unused.insert(problem.layer);
    for (const std::string& key : config.said) {
        const bool part = key.find('.') == std::string::npos;
        const bool inner = key.find('[') != std::string::npos;  // told by its list
        // finetune_level 0 is what a plan means anyway.
        const bool plain = key.ends_with("finetune_level") && config.finetune_level == 0;
        if (!part && !inner && !plain && !of_plan.contains(key) && !unused.contains(key))
            problems.push_back({"config.not_in_plan", Severity::info, key, {}});
    }
}

Result<Outcome> to_plan(const Options& options, const Json& json, Context& context) {
    auto config = xslim_from_json(json, options.file);
    if (!config)
        return fail(config);
    place_files(*config, {{}, std::filesystem::path(options.file).parent_path()});
    std::error_code error;
    const std::string model = !options.model.empty() ? options.model
                              : std::filesystem::is_regular_file(config->model, error)
                                  ? config->model.string()
                                  : std::string();
    std::shared_ptr<const Prepared> prepared;
    if (!model.empty()) {
        auto opened = open_prepared(model, options.inputs, context, &*config);
        if (!opened)
            return fail(opened);
        prepared = std::move(*opened);
    }
    std::vector<Problem> problems = config->problems;
    const Plan plan = plan_from_xslim(*config, prepared.get(), problems);
    if (prepared)
        if (auto known = check_truncation(plan, *prepared); !known)
            return fail(known);
    name_left_out(*config, problems);
    const Json document = to_json(plan);
    return deliver(options, to_text(document), {{"from", "xslim"}, {"to", "plan"}, {"plan", document}},
                   problems, context);
}

Result<std::shared_ptr<const Prepared>> model_of(const Options& options, const Plan& plan, Context& context) {
    if (options.model.empty())
        return nullptr;
    auto prepared = open_prepared(options.model, options.inputs, context);
    if (prepared)
        if (auto same = check_model(plan, *(*prepared)->original, options.file); !same)
            return fail(same);
    return prepared;
}

Result<Outcome> from_plan(const Options& options, const Json& json, Context& context) {
    const auto plan = plan_from_json(json, options.file);
    if (!plan)
        return fail(plan);
    const auto prepared = model_of(options, *plan, context);
    if (!prepared)
        return fail(prepared);
    std::vector<Problem> problems;
    const Json document = xslim_from_plan(*plan, prepared->get(), options.model, problems);
    return deliver(options, to_text(document), {{"from", "plan"}, {"to", "xslim"}, {"config", document}},
                   problems, context);
}

Result<Outcome> convert(const Options& options, Context& context) {
    if (auto places = check_places(options); !places)
        return fail(places);
    const auto content = read_file(options.file, ErrorCode::plan_invalid);
    if (!content)
        return fail(content);
    const auto json = parse_json(*content, ErrorCode::plan_invalid, options.file, JsonComments::skipped);
    if (!json)
        return fail(json);
    return json->is_object() && json->contains("quantwright_plan") ? from_plan(options, *json, context)
                                                                   : to_plan(options, *json, context);
}

Result<Outcome> export_qat(const Options& options, Context& context) {
    if (auto places = check_places(options); !places)
        return fail(places);
    const auto plan = load_plan(options.file);
    if (!plan)
        return fail(plan);
    const auto prepared = model_of(options, *plan, context);
    if (!prepared)
        return fail(prepared);
    std::vector<Problem> problems;
    std::string script;
    if (*prepared) {
        const auto resolved = resolve(*prepared, nullptr, *plan);
        if (!resolved)
            return fail(resolved);
        problems = (*resolved)->problems;
        script = qat_script(**resolved, problems);
    } else {
        const auto target = find_target(plan->target);
        if (!target)
            return fail(target);
        const auto preset = presets().find(plan->preset);
        if (preset == presets().end())
            return fail(ErrorCode::plan_invalid, options.file,
                        utf8(Cli::tr("there is no preset %1").arg(text(plan->preset))));
        script = qat_script(*plan, **target, preset->second, problems);
    }
    Json json = Json::object();
    if (options.out.empty())
        json["script"] = script;
    return deliver(options, script, std::move(json), problems, context);
}

void add_options(CLI::App& sub, Options& options, const QString& out_help, const char* out_type) {
    sub.add_option("MODEL", options.model, utf8(Cli::tr("The ONNX model")))->type_name("");
    sub.add_option("--out", options.out, utf8(out_help))->type_name(out_type);
    add_shape_option(sub, options.inputs);
}

}  // namespace

Command add_plan_convert(CLI::App& plan) {
    auto options = std::make_shared<Options>();
    CLI::App* sub =
        plan.add_subcommand("convert", utf8(Cli::tr("An xslim file to a plan, or a plan to an xslim file")));
    sub->add_option("FILE", options->file, utf8(Cli::tr("A plan file (.qwplan) or an xslim JSON file")))
        ->type_name("")
        ->required();
    add_options(*sub, *options, Cli::tr("File to write (default: print it)"), "FILE");
    return {sub, [options](Context& context) { return convert(*options, context); }};
}

Command add_plan_export_qat(CLI::App& plan) {
    auto options = std::make_shared<Options>();
    CLI::App* sub = plan.add_subcommand(
        "export-qat", utf8(Cli::tr("A PyTorch script that applies the plan for fine tuning")));
    sub->add_option("PLAN", options->file, utf8(Cli::tr("A plan file (.qwplan)")))->type_name("")->required();
    add_options(*sub, *options, Cli::tr("Script to write (default: print it)"), "FILE.py");
    return {sub, [options](Context& context) { return export_qat(*options, context); }};
}

}  // namespace quantwright::cli
