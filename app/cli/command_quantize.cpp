// quantize: the whole job, from a float model and images to a quantized file with its figures.
#include <chrono>

#include "app/cli/commands.h"
#include "app/cli/pipeline.h"
#include "app/cli/quantize_config.h"
#include "app/cli/quantize_findings.h"
#include "app/cli/quantize_improve.h"
#include "app/cli/quantize_sidecar.h"
#include "app/cli/unused_options.h"
#include "core/analyze/lost_parts.h"
#include "core/base/atomic_file.h"
#include "core/base/part_folder.h"
#include "core/evaluate/exact_integers.h"
#include "core/export/export_qdq.h"
#include "core/prepare/reference.h"
#include "core/project/improved_file.h"
#include "core/verify/export_files.h"
#include "widgets/results/json_output.h"
#include "widgets/results/report.h"
#include "widgets/words/report_words.h"

namespace quantwright::cli {

namespace {

Status check(const QuantizeOptions& options) {
    if (auto valid = cli::check(options.inputs); !valid)
        return valid;
    if (auto valid = cli::check(options.plan); !valid)
        return valid;
    if (auto valid = check_choice("--format", options.format, {"qdq", "qoperator", "cache", "table"}); !valid)
        return valid;
    if (auto valid = check_sidecar(options); !valid)
        return valid;
    if (auto valid = check_choice("--shapes", options.shapes, {"open", "fixed"}); !valid)
        return valid;
    if (auto valid = check_choice("--improve", options.improve, {"none", "fast", "best"}); !valid)
        return valid;
    if (!options.save_plan.empty() &&
        std::filesystem::path(options.save_plan) == std::filesystem::path(options.out))
        return wrong_usage("--save-plan " + options.save_plan, Cli::tr("it is the same file as --out"));
    return {};
}

Status check_outputs(const QuantizeOptions& options, const XslimConfig* config,
                     std::vector<std::filesystem::path> inputs) {
    if (!options.eval_images.empty())
        inputs.emplace_back(options.eval_images);
    if (config && config->analysis)
        for (const char* extension : {".md", ".html"})
            if (auto place = check_output(config->report(extension).string(), inputs); !place)
                return place;
    if (auto place = check_output(options.out, inputs); !place)
        return place;
    if (!options.save_plan.empty())
        for (const std::filesystem::path& file :
             {std::filesystem::path(options.save_plan), improved_path(options.save_plan)})
            if (auto place = check_output(file.string(), inputs); !place)
                return place;
    return check_report(options.report, inputs);
}

/// Made when it is asked for the first time: calibration may have given all of its outputs already.
class Reference {
public:
    Reference(const Prepared& prepared, int threads) : m_prepared(prepared), m_threads(threads) {}

    Result<std::vector<Tensor>> run(const std::vector<Tensor>& inputs, const CancelToken& cancel) {
        if (!m_session) {
            auto session =
                Session::create(*reference_model(m_prepared), {m_threads, Optimizations::standard, {}});
            if (!session)
                return fail(session);
            m_session = std::move(*session);
            auto run = runner_for(*m_session, *m_prepared.model, m_prepared.original->path().string());
            if (!run)
                return fail(run);
            m_run = std::move(*run);
        }
        return m_run(inputs, cancel);
    }

private:
    const Prepared& m_prepared;
    int m_threads;
    std::unique_ptr<Session> m_session;
    Runner m_run;
};

Result<std::unique_ptr<Session>> session_of(const std::filesystem::path& file, Optimizations optimizations,
                                            int threads, Context& context) {
    if (optimizations == Optimizations::standard)
        return Session::open(file, {threads, optimizations, {}});
    const auto quantized = Model::load(file, context.job());
    if (!quantized)
        return fail(quantized);
    return pure_session(**quantized, threads);
}

/// What judges the float network's outputs, run as given.
using OpenJudge = std::function<Result<std::unique_ptr<Judge>>(const Runner& float_run)>;

Result<Evaluation> evaluate_file(const std::filesystem::path& file, const Prepared& prepared,
                                 Optimizations optimizations, const InputReader& reader,
                                 const std::map<std::int64_t, std::vector<Tensor>>& float_outputs,
                                 int threads, const OpenJudge& open, std::unique_ptr<Judge>& judge,
                                 Context& context) {
    const auto session = session_of(file, optimizations, threads, context);
    if (!session)
        return fail(session);
    const auto run = runner_for(**session, *prepared.model, file.string());
    if (!run)
        return fail(run);
    Reference reference(prepared, threads);
    const Runner run_reference = [&](const std::vector<Tensor>& inputs, const CancelToken& cancel) {
        return reference.run(inputs, cancel);
    };
    EvaluateOptions evaluation;
    evaluation.outputs = output_parts(prepared);
    evaluation.reference_outputs = &float_outputs;
    evaluation.arithmetic = optimizations == Optimizations::off ? Arithmetic::file_off : Arithmetic::file;
    auto opened = open(run_reference);
    if (!opened)
        return fail(opened);
    judge = std::move(*opened);
    evaluation.judge = [&](std::int64_t sample, const std::vector<Tensor>& outputs,
                           const std::vector<Tensor>& expected) {
        return judge->add(sample, outputs, expected);
    };
    return evaluate(*run, run_reference, reader, evaluation, context.job());
}

/// Under their final names, the model last: it only appears when everything else is there.
Status write_outputs(const QuantizeOptions& options, const XslimConfig* config, const Findings& found,
                     const Judged& judged, const Resolved& resolved, PartFolder& part, Json& json) {
    if (config)
        if (auto written = write_config_reports(*config, options, resolved, judged, found, json); !written)
            return written;
    if (!options.report.empty()) {
        const ReportFacts facts{options.model,           &resolved,
                                found.sensitivity.get(), finding_rows(found, resolved),
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
        if (auto saved = save_plan(resolved.plan, resolved.improved.get(), options.save_plan); !saved)
            return saved;
        json["plan"] = options.save_plan;
        if (resolved.improved && !resolved.improved->empty())
            json["improved"] = improved_path(options.save_plan).string();
    }
    return part.commit();
}

/// Of the options and the plan, before anything is written.
std::vector<Problem> known_problems(const QuantizeOptions& options, const XslimConfig* config,
                                    const Started& started, const Judged& judged, const Chosen& chosen) {
    std::vector<Problem> problems;
    if (config)
        problems = config->problems;
    problems.insert(problems.end(), chosen.problems.begin(), chosen.problems.end());
    if (judged.own)
        problems.insert(problems.end(), judged.own->problems.begin(), judged.own->problems.end());
    if (!started.inputs && !judged.inputs && !config) {
        const auto unused = unused_options(options.inputs);
        problems.insert(problems.end(), unused.begin(), unused.end());
    }
    if (config && config->precision_level == 100)
        std::erase_if(problems, [](const Problem& one) { return one.code == "layers.none_quantized"; });
    return problems;
}

/// Writes the file and runs it; layers that it does not run with are float in `chosen` from here on.
Status export_into(const PartFolder& part, const ExportRequest& request, const QuantizeOptions& options,
                   const XslimConfig* config, const Started& started, const Judged& judged, Chosen& chosen,
                   Findings& found, Context& context) {
    const Inputs* from = judged.inputs ? judged.inputs : started.inputs ? &*started.inputs : nullptr;
    VerifyOptions how;
    how.threads = options.inputs.threads;
    auto exported = export_running(chosen.resolved, request, part.place(),
                                   from ? from->reader.get() : nullptr, how, context.job());
    if (!exported)
        return fail(exported);
    if (!exported->kept_float.empty()) {
        chosen.take(std::move(exported->resolved), started);
        found.problems = known_problems(options, config, started, judged, chosen);
    }
    found.exported = std::move(exported->exported);
    found.verified = std::move(exported->verified);
    const auto& more = found.exported.problems;
    found.problems.insert(found.problems.end(), more.begin(), more.end());
    return {};
}

Result<Outcome> run(QuantizeOptions options, Context& context) {
    const auto begin = std::chrono::steady_clock::now();
    if (auto valid = check(options); !valid)
        return fail(valid);
    const auto choice = parse(options.task);
    if (!choice)
        return fail(choice);
    const auto labels = take_task_labels(options.inputs, *choice);
    if (!labels)
        return fail(labels);
    const auto adopted = adopt_config(options);
    if (!adopted)
        return fail(adopted);
    const XslimConfig* config = *adopted ? &**adopted : nullptr;
    OutputFolder folder;
    if (config)
        if (auto made = folder.make_for(options.out); !made)
            return fail(made);
    if (auto places = check_outputs(
            options, config,
            {options.model, options.statistics, options.plan.plan, options.config, options.inputs.labels,
             options.inputs.classes, options.inputs.preprocess, improved_path(options.plan.plan)});
        !places)
        return fail(places);
    auto started = start(options.model, options.inputs, options.plan, options.statistics,
                         options.eval_images.empty(), context, config);
    if (!started)
        return fail(started);
    const Prepared& prepared = *started->prepared;
    const auto target = find_target(started->plan.target);
    if (!target)
        return fail(target);
    const auto wanted = deliverable(options, **target, *prepared.original);
    if (!wanted)
        return fail(wanted);
    ExportOptions bounds;
    bounds.opset_max = options.opset_max;
    if (auto opset = check_opset(*started->possible, bounds); !opset)
        return fail(opset);
    auto judged = find_judged(options.eval_images, options.inputs, *started);
    if (!judged)
        return fail(judged);
    if (judged->own)
        judged->inputs = &*judged->own;

    auto read = files_read(*prepared.original, options.inputs,
                           {options.statistics, options.plan.plan, options.config});
    for (const Inputs* inputs :
         std::initializer_list<const Inputs*>{started->inputs ? &*started->inputs : nullptr, judged->inputs})
        for (std::int64_t i = 0; inputs && i < inputs->reader->samples(); ++i)
            read.push_back(inputs->reader->file(i).path);
    read.push_back(options.ncnn_param);
    if (!wanted->sidecar.empty())
        if (auto place = check_output(wanted->sidecar.string(), read); !place)
            return fail(place);
    if (auto places = check_outputs(options, config, std::move(read)); !places)
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
    // A model that arrives quantized is compared with itself, not with what calibration runs.
    const bool same_data = started->inputs && judged->inputs == &*started->inputs && prepared.given.empty();
    const bool float_file = wanted->float_model;
    if (float_file && started->improved && options.improve.empty())
        started->problems.push_back({"improve.float_file", Severity::warning, {}, {}});
    if (float_file || !options.improve.empty())
        started->improved.reset();  // anew, or not at all
    auto chosen = choose(*started, options.inputs, context, same_data);
    if (!chosen)
        return fail(chosen);
    if (!chosen->resolved->improved) {
        auto improved =
            improved_as_asked(chosen->resolved, improve_level(options.improve, config),
                              started->inputs ? started->inputs->reader.get() : nullptr, float_file,
                              options.inputs.threads, context.job(), started->problems);
        if (!improved)
            return fail(improved);
        chosen->take(std::move(*improved), *started);
    }
    found.problems = known_problems(options, config, *started, *judged, *chosen);
    if (const Problem* error = first_error(found.problems)) {
        context.say(found.problems);
        return Outcome{error_json(*error), {}, exit_failed};
    }
    if (context.cancelled())
        return JobContext::cancelled_error();

    auto part = PartFolder::beside(options.out);
    if (!part)
        return fail(part);
    const ExportRequest request = export_request(options, *wanted, config);
    if (auto exported =
            export_into(*part, request, options, config, *started, *judged, *chosen, found, context);
        !exported)
        return about_final(exported.error(), part->place(), options.out);
    const Resolved& resolved = *chosen->resolved;
    if (judged->inputs) {
        // A file for another machine is judged by its pure arithmetic: this one's kernels say nothing about
        // it.
        const auto optimizations =
            resolved.target->runs_on_host ? Optimizations::standard : Optimizations::off;
        const OpenJudge open = [&](const Runner& float_run) {
            return make_judge(*prepared.original, *judged->inputs, options.inputs, *labels, *choice,
                              float_run, context);
        };
        std::unique_ptr<Judge> judge;
        auto evaluation = evaluate_file(part->place(), prepared, optimizations, *judged->inputs->reader,
                                        chosen->float_outputs, options.inputs.threads, open, judge, context);
        if (!evaluation)
            return about_final(evaluation.error(), part->place(), options.out);
        found.judgement = judge->judgement();
        found.problems.insert(found.problems.end(), found.judgement->problems.begin(),
                              found.judgement->problems.end());
        const auto lost = lost_parts(evaluation->outputs, &resolved);
        found.problems.insert(found.problems.end(), lost.begin(), lost.end());
        found.evaluation = std::move(*evaluation);
    }
    const bool reported = !options.report.empty() || (config && config->analysis);
    if (reported && judged->inputs && resolved.quantized_layers() > 0) {
        AnalyzeOptions analysis;
        analysis.threads = options.inputs.threads;
        analysis.apart = analysis.without = analysis.accumulated = false;
        auto sensitivity =
            analyze_sensitivity(chosen->resolved, *judged->inputs->reader, analysis, context.job());
        if (!sensitivity)
            return fail(sensitivity);
        found.sensitivity = std::move(*sensitivity);
    }
    if (config && config->analysis && resolved.quantized_layers() > 0)
        if (auto analyzed = analyze_for_config(resolved, part->place(), judged->inputs,
                                               options.inputs.threads, context, found);
            !analyzed)
            return about_final(analyzed.error(), part->place(), options.out);
    if (context.cancelled())
        return JobContext::cancelled_error();
    const auto sidecar = export_beside(resolved, request, part->place(), found.exported);
    if (!sidecar)
        return about_final(sidecar.error(), part->place(), options.out);
    if (*sidecar) {
        found.sidecar = (*sidecar)->path;
        found.problems.insert(found.problems.end(), (*sidecar)->problems.begin(), (*sidecar)->problems.end());
    }
    found.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    context.say(found.problems);
    Outcome outcome;
    outcome.json = findings_json(options, found, *judged, *started, resolved, chosen->skipped);
    if (auto written = write_outputs(options, config, found, *judged, resolved, *part, outcome.json);
        !written)
        return fail(written);
    outcome.text = findings_text(options, found, resolved);
    return outcome;
}

}  // namespace

Command add_quantize(CLI::App& app) {
    auto options = std::make_shared<QuantizeOptions>();
    CLI::App* sub =
        app.add_subcommand("quantize", utf8(Cli::tr("Calibrate, quantize, export and measure a model")));
    sub->add_option("MODEL", options->model, utf8(Cli::tr("The ONNX model")))->type_name("");
    sub->add_option("--out", options->out, utf8(Cli::tr("Quantized model to write")))->type_name("OUT.onnx");
    sub->add_option("--config", options->config,
                    utf8(Cli::tr("An xslim or xquant JSON file: model, output, data and choices; options are "
                                 "stronger")))
        ->type_name("X.json");
    sub->add_option(
           "--format", options->format,
           utf8(Cli::tr("qdq: QuantizeLinear and DequantizeLinear pairs; qoperator: integer operators; "
                        "tensorrt also cache: the float model and OUT.cache; ncnn: table, the float "
                        "model and OUT.table (default there)")))
        ->type_name("qdq|qoperator|cache|table");
    sub->add_option("--opset-max", options->opset_max,
                    utf8(Cli::tr("Highest opset of the file (default: as far as the choices need)")))
        ->type_name("N")
        ->check(CLI::Range(1, 1000).description({}));
    sub->add_option("--shapes", options->shapes,
                    utf8(Cli::tr("open: the file keeps the dimensions that the model leaves open; fixed: it "
                                 "has the sizes of --input-shape (default: open; with --target spacemit-k1 "
                                 "fixed where open ones would keep nodes off its provider)")))
        ->type_name("open|fixed");
    sub->add_option("--ncnn-param", options->ncnn_param,
                    utf8(Cli::tr("Converted ncnn network whose layer names the table takes")))
        ->type_name("FILE.param");
    sub->add_option("--tensorrt-version", options->tensorrt_version,
                    utf8(Cli::tr("Version in the first line of the calibration cache (default: 8.6.1)")))
        ->type_name("X.Y.Z");
    sub->add_option("--stats", options->statistics,
                    utf8(Cli::tr("Statistics made by calibrate, instead of calibrating")))
        ->type_name("FILE");
    sub->add_option("--eval-images", options->eval_images,
                    utf8(Cli::tr("Images to measure the result on (default: the calibration images)")))
        ->type_name("DIR|LIST");
    sub->add_option(
           "--improve", options->improve,
           utf8(
               Cli::tr("none: plain rounding; fast: ranges and biases, in seconds; best: ranges, weights "
                       "rounded so that "
                       "errors make up for each other, and biases. Only what helps on images it was not made "
                       "from is kept (default: none)")))
        ->type_name("none|fast|best");
    sub->add_option("--report", options->report, utf8(Cli::tr("Folder for report.html, .md, .csv and .json")))
        ->type_name("DIR");
    sub->add_option("--save-plan", options->save_plan, utf8(Cli::tr("Plan file to write")))
        ->type_name("FILE");
    add_input_options(*sub, options->inputs);
    add_plan_options(*sub, options->plan);
    add_task_options(*sub, options->task);
    return {sub, [options](Context& context) { return run(*options, context); }};
}

}  // namespace quantwright::cli
