// quantize: the whole job, from a float model and images to a quantized file with its figures.
#include <chrono>

#include "app/cli/commands.h"
#include "app/cli/json_output.h"
#include "app/cli/part_folder.h"
#include "app/cli/pipeline.h"
#include "app/cli/quantize_findings.h"
#include "app/cli/quantize_report.h"
#include "core/base/atomic_file.h"
#include "widgets/words/report_words.h"

namespace quantwright::cli {

namespace {

Status check(const QuantizeOptions& options) {
    if (auto valid = cli::check(options.inputs); !valid)
        return valid;
    if (auto valid = cli::check(options.plan); !valid)
        return valid;
    if (auto valid = check_choice("--mode", options.mode, {"static"}, {"dynamic", "weight-only", "fp16"});
        !valid)
        return valid;
    if (auto valid = check_choice("--format", options.format, {"qdq"}, {"qoperator"}); !valid)
        return valid;
    if (auto valid = check_choice("--improve", options.improve, {"none"}, {"fast", "best"}); !valid)
        return valid;
    if (!options.save_plan.empty() &&
        std::filesystem::path(options.save_plan) == std::filesystem::path(options.out))
        return wrong_usage("--save-plan " + options.save_plan, Cli::tr("it is the same file as --out"));
    return {};
}

/// The nearest folder above a report that is there must be one to write to.
Status check_report(const QuantizeOptions& options, const std::vector<std::filesystem::path>& inputs) {
    if (options.report.empty())
        return {};
    for (const char* name : {"report.html", "report.md", "report.csv", "report.json"})
        if (auto other = refuse_overwriting(std::filesystem::path(options.report) / name, inputs); !other)
            return other;
    std::error_code error;
    auto folder = std::filesystem::absolute(options.report, error).lexically_normal();
    if (!folder.has_filename())
        folder = folder.parent_path();
    while (folder.has_parent_path() && folder != folder.parent_path() &&
           !std::filesystem::exists(folder, error))
        folder = folder.parent_path();
    if (!std::filesystem::is_directory(folder, error))
        return fail(ErrorCode::output_unwritable, options.report,
                    utf8(Cli::tr("%1 is no folder").arg(text(folder.string()))));
    AtomicFiles probe;
    if (auto place = probe.reserve(folder / "report.html");
        !place && !std::filesystem::is_directory(folder / "report.html", error))
        return fail(ErrorCode::output_unwritable, options.report, place.error().detail);
    return {};
}

Status check_outputs(const QuantizeOptions& options, std::vector<std::filesystem::path> inputs) {
    if (!options.eval_images.empty())
        inputs.emplace_back(options.eval_images);
    if (auto place = check_output(options.out, inputs); !place)
        return place;
    if (!options.save_plan.empty())
        if (auto place = check_output(options.save_plan, inputs); !place)
            return place;
    return check_report(options, inputs);
}

Result<Judged> find_judged(const QuantizeOptions& options, const Started& started) {
    Judged judged;
    if (options.eval_images.empty()) {
        if (started.inputs) {
            judged.inputs = &*started.inputs;
            judged.source = "calibration";
        }
        return judged;
    }
    InputsRequest request{options.eval_images, true, true, {}, {}};
    if (started.statistics)
        request.preprocess = started.statistics->preprocess;
    auto inputs = open_inputs(*started.prepared->model, options.inputs, request);
    if (!inputs)
        return fail(inputs);
    judged.own = std::move(*inputs);
    judged.source = "evaluation";
    return judged;
}

Result<Evaluation> evaluate_file(const std::filesystem::path& file, const Prepared& prepared,
                                 Optimizations optimizations, const InputReader& reader, int threads,
                                 Context& context) {
    const auto quantized = Model::load(file, context.job());
    if (!quantized)
        return fail(quantized);
    const auto session = Session::create(**quantized, {threads, optimizations, {}});
    if (!session)
        return fail(session);
    const auto reference = Session::create(*prepared.original, {threads, Optimizations::standard, {}});
    if (!reference)
        return fail(reference);
    const auto run = runner_for(**session, *prepared.model, file.string());
    if (!run)
        return fail(run);
    const auto run_reference = runner_for(**reference, *prepared.model, prepared.original->path().string());
    if (!run_reference)
        return fail(run_reference);
    return evaluate(*run, *run_reference, reader, EvaluateOptions{}, context.job());
}

/// Under their final names, the model last: it only appears when everything else is there.
Status write_outputs(const QuantizeOptions& options, const Findings& found, const Judged& judged,
                     const Resolved& resolved, PartFolder& part, Json& json) {
    if (!options.report.empty()) {
        const ReportFacts facts{options.model,           &resolved,
                                found.sensitivity.get(), finding_rows(found, judged),
                                found.problems,          json};
        const auto files = write_report(make_report(facts), options.report, words::reportText);
        if (!files)
            return fail(files);
        json["report"] = {{"html", files->html.string()},
                          {"md", files->markdown.string()},
                          {"csv", files->csv.string()},
                          {"json", files->json.string()}};
    }
    if (!options.save_plan.empty()) {
        if (auto saved = write_file(options.save_plan, to_text(to_json(resolved.plan))); !saved)
            return saved;
        json["plan"] = options.save_plan;
    }
    return part.commit();
}

/// Errors about the file under its temporary name are about the file the user asked for.
tl::unexpected<Error> about_output(Error error, const PartFolder& part, const QuantizeOptions& options) {
    if (error.subject == part.place().string())
        error.subject = options.out;
    return tl::unexpected<Error>(std::move(error));
}

Result<Outcome> run(const QuantizeOptions& options, Context& context) {
    const auto begin = std::chrono::steady_clock::now();
    if (auto valid = check(options); !valid)
        return fail(valid);
    if (auto places = check_outputs(options, {options.model, options.statistics, options.plan.plan,
                                              options.inputs.labels, options.inputs.preprocess});
        !places)
        return fail(places);
    const auto started = start(options.model, options.inputs, options.plan, options.statistics,
                               options.eval_images.empty(), context);
    if (!started)
        return fail(started);
    const Prepared& prepared = *started->prepared;
    auto judged = find_judged(options, *started);
    if (!judged)
        return fail(judged);
    if (judged->own)
        judged->inputs = &*judged->own;

    auto read = files_read(*prepared.original, options.inputs, {options.statistics, options.plan.plan});
    for (const Inputs* inputs : {started->inputs ? &*started->inputs : nullptr, judged->inputs})
        for (std::int64_t i = 0; inputs && i < inputs->reader->size(); ++i)
            read.push_back(inputs->reader->file(i).path);
    if (auto places = check_outputs(options, std::move(read)); !places)
        return fail(places);

    Findings found;
    if (judged->inputs) {
        const auto sample = first_sample(*judged->inputs->reader);
        if (!sample)
            return fail(sample);
        const auto difference = max_difference(prepared, *sample);
        if (!difference)
            return fail(difference);
        found.max_difference = *difference;
    }
    auto chosen = choose(*started, options.inputs, context);
    if (!chosen)
        return fail(chosen);
    found.problems = std::move(chosen->problems);
    const Resolved& resolved = *chosen->resolved;
    if (const Problem* error = first_error(found.problems)) {
        context.say(found.problems);
        return Outcome{error_json(*error), {}, exit_failed};
    }
    if (context.cancelled())
        return JobContext::cancelled_error();

    auto part = PartFolder::beside(options.out);
    if (!part)
        return fail(part);
    const auto exported = export_qdq(resolved, part->place());
    if (!exported)
        return about_output(exported.error(), *part, options);
    found.exported = *exported;
    if (judged->inputs) {
        // A file for another machine is judged by its pure arithmetic: this one's kernels say nothing about
        // it.
        const auto optimizations =
            resolved.target->runs_on_host ? Optimizations::standard : Optimizations::off;
        auto evaluation = evaluate_file(part->place(), prepared, optimizations, *judged->inputs->reader,
                                        options.inputs.threads, context);
        if (!evaluation)
            return about_output(evaluation.error(), *part, options);
        found.evaluation = std::move(*evaluation);
    }
    const Inputs* for_analysis = started->inputs ? &*started->inputs : judged->inputs;
    if (!options.report.empty() && for_analysis && resolved.quantized_layers() > 0) {
        auto sensitivity = analyze_sensitivity(chosen->resolved, *for_analysis->reader,
                                               {options.inputs.threads, 32}, context.job());
        if (!sensitivity)
            return fail(sensitivity);
        found.sensitivity = std::move(*sensitivity);
    }
    if (context.cancelled())
        return JobContext::cancelled_error();
    found.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    context.say(found.problems);
    Outcome outcome;
    outcome.json = findings_json(options, found, *judged, *started, resolved, chosen->skipped);
    if (auto written = write_outputs(options, found, *judged, resolved, *part, outcome.json); !written)
        return fail(written);
    outcome.text = findings_text(options, found, *judged, resolved);
    return outcome;
}

}  // namespace

Command add_quantize(CLI::App& app) {
    auto options = std::make_shared<QuantizeOptions>();
    CLI::App* sub =
        app.add_subcommand("quantize", utf8(Cli::tr("Calibrate, quantize, export and measure a model")));
    sub->add_option("MODEL", options->model, utf8(Cli::tr("The ONNX model")))->type_name("")->required();
    sub->add_option("--out", options->out, utf8(Cli::tr("Quantized model to write")))
        ->type_name("OUT.onnx")
        ->required();
    sub->add_option("--mode", options->mode, utf8(Cli::tr("static: parameters fixed by calibration")))
        ->type_name("static");
    sub->add_option("--format", options->format,
                    utf8(Cli::tr("qdq: QuantizeLinear and DequantizeLinear pairs")))
        ->type_name("qdq");
    sub->add_option("--stats", options->statistics,
                    utf8(Cli::tr("Statistics made by calibrate, instead of calibrating")))
        ->type_name("FILE");
    sub->add_option("--eval-images", options->eval_images,
                    utf8(Cli::tr("Images to measure the result on (default: the calibration images)")))
        ->type_name("DIR|LIST");
    sub->add_option("--improve", options->improve, utf8(Cli::tr("none: plain rounding")))->type_name("none");
    sub->add_option("--report", options->report, utf8(Cli::tr("Folder for report.html, .md, .csv and .json")))
        ->type_name("DIR");
    sub->add_option("--save-plan", options->save_plan, utf8(Cli::tr("Plan file to write")))
        ->type_name("FILE");
    add_input_options(*sub, options->inputs);
    add_plan_options(*sub, options->plan);
    return {sub, [options](Context& context) { return run(*options, context); }};
}

}  // namespace quantwright::cli
