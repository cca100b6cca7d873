// analyze: which layers quantization hurts.
#include "app/cli/commands.h"
#include "app/cli/judged.h"
#include "app/cli/pipeline.h"
#include "app/cli/sensitivity_output.h"
#include "core/analyze/analysis_memory.h"
#include "core/analyze/lost_parts.h"
#include "widgets/results/evaluation_text.h"
#include "widgets/results/format.h"
#include "widgets/results/json_output.h"
#include "widgets/words/words.h"

namespace quantwright::cli {

namespace {

struct Options {
    std::string model, statistics, eval_images;
    InputOptions inputs;
    PlanOptions plan;
    bool fresh = false;
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
    auto judged = find_judged(options.eval_images, options.inputs, *started);
    if (!judged)
        return fail(judged);
    if (judged->own)
        judged->inputs = &*judged->own;
    const auto chosen = choose(*started, options.inputs, context);
    if (!chosen)
        return fail(chosen);
    AnalysisMemory memory(memory_folder("analyses"));
    AnalyzeOptions how;
    how.threads = options.inputs.threads;
    how.memory = &memory;
    how.fresh = options.fresh;
    how.resumed = [&](std::size_t known) {
        context.say(
            Cli::tr("An earlier run did not end: its %n measurement(s) are used. --fresh measures anew.",
                    nullptr, static_cast<int>(known)));
    };
    const auto sensitivity =
        analyze_sensitivity(chosen->resolved, *judged->inputs->reader, how, context.job());
    if (!sensitivity) {
        if (sensitivity.error().code == ErrorCode::cancelled)
            context.say(Cli::tr("What was measured is kept: the same command goes on from there."));
        return fail(sensitivity);
    }
    memory.clear();
    auto problems = chosen->problems;
    const auto lost = lost_parts((*sensitivity)->outputs_all, chosen->resolved.get());
    problems.insert(problems.end(), lost.begin(), lost.end());
    context.say(problems);
    const Prepared& prepared = *started->prepared;
    Outcome outcome;
    outcome.json = {{"images", (*sensitivity)->images},
                    {"measured_on", fields_to_json((*sensitivity)->measured_on)},
                    {"target", chosen->resolved->target->name},
                    {"snr_db_all", snr_json((*sensitivity)->snr_db_all)},
                    {"layers", sensitivity_json(**sensitivity, prepared)},
                    {"skipped", skipped_json(chosen->skipped)},
                    {"problems", problems_json(problems)}};
    put_outputs(outcome.json, (*sensitivity)->outputs_all);
    if (started->inputs->preprocess)
        outcome.json["preprocess"] = *started->inputs->preprocess;
    outcome.text = sensitivity_table(**sensitivity, prepared).text() + u'\n' +
                   Cli::tr("All layers quantized: %1").arg(decibels((*sensitivity)->snr_db_all)) + u'\n' +
                   Cli::tr("Measured on: %1").arg(words::measuredOn((*sensitivity)->measured_on)) + u'\n';
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
    sub->add_option("--eval-images", options->eval_images,
                    utf8(Cli::tr("Images to analyze on (default: the calibration images)")))
        ->type_name("DIR|LIST");
    sub->add_flag("--fresh", options->fresh,
                  utf8(Cli::tr("Measure everything anew, also what a run that was cancelled has left")));
    add_input_options(*sub, options->inputs);
    add_plan_options(*sub, options->plan);
    return {sub, [options](Context& context) { return run(*options, context); }};
}

}  // namespace quantwright::cli
