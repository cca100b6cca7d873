// analyze: which layers quantization hurts.
#include "app/cli/commands.h"
#include "app/cli/pipeline.h"
#include "app/cli/sensitivity_output.h"
#include "core/analyze/lost_parts.h"
#include "widgets/results/evaluation_text.h"
#include "widgets/results/format.h"
#include "widgets/results/json_output.h"

namespace quantwright::cli {

namespace {

struct Options {
    std::string model, statistics;
    InputOptions inputs;
    PlanOptions plan;
};

Result<Outcome> run(const Options& options, Context& context) {
    if (auto valid = check(options.inputs); !valid)
        return fail(valid);
    if (auto valid = check(options.plan); !valid)
        return fail(valid);
    if (!options.inputs.any_source())
        return wrong_usage("--images", Cli::tr("the images to analyze on are missing"));
    const auto started =
        start(options.model, options.inputs, options.plan, options.statistics, false, context);
    if (!started)
        return fail(started);
    const auto chosen = choose(*started, options.inputs, context);
    if (!chosen)
        return fail(chosen);
    const auto sensitivity = analyze_sensitivity(chosen->resolved, *started->inputs->reader,
                                                 {options.inputs.threads}, context.job());
    if (!sensitivity)
        return fail(sensitivity);
    auto problems = chosen->problems;
    const auto lost = lost_parts((*sensitivity)->outputs_all, chosen->resolved.get());
    problems.insert(problems.end(), lost.begin(), lost.end());
    context.say(problems);
    const Prepared& prepared = *started->prepared;
    Outcome outcome;
    outcome.json = {{"images", (*sensitivity)->images},
                    {"target", chosen->resolved->target->name},
                    {"snr_db_all", snr_json((*sensitivity)->snr_db_all)},
                    {"layers", sensitivity_json(**sensitivity, prepared)},
                    {"skipped", skipped_json(chosen->skipped)},
                    {"problems", problems_json(problems)}};
    put_outputs(outcome.json, (*sensitivity)->outputs_all);
    if (started->inputs->preprocess)
        outcome.json["preprocess"] = *started->inputs->preprocess;
    outcome.text = sensitivity_table(**sensitivity, prepared).text() + u'\n' +
                   Cli::tr("All layers quantized: %1 over %n image(s)", nullptr,
                           static_cast<int>((*sensitivity)->images))
                       .arg(decibels((*sensitivity)->snr_db_all)) +
                   u'\n';
    if (const auto worst = worst_part((*sensitivity)->outputs_all))
        outcome.text += Cli::tr("Worst part of the outputs: %1").arg(worst_part_text(*worst)) + u'\n';
    return outcome;
}

}  // namespace

Command add_analyze(CLI::App& app) {
    auto options = std::make_shared<Options>();
    CLI::App* sub =
        app.add_subcommand("analyze", utf8(Cli::tr("Find the layers that quantization hurts most")));
    sub->add_option("MODEL", options->model, utf8(Cli::tr("The ONNX model")))->type_name("")->required();
    sub->add_option("--stats", options->statistics,
                    utf8(Cli::tr("Statistics made by calibrate, instead of calibrating")))
        ->type_name("FILE");
    add_input_options(*sub, options->inputs);
    add_plan_options(*sub, options->plan);
    return {sub, [options](Context& context) { return run(*options, context); }};
}

}  // namespace quantwright::cli
