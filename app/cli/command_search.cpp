// search: the fewest costly exceptions that keep a promised accuracy.
#include "app/cli/commands.h"
#include "app/cli/judged.h"
#include "app/cli/pipeline.h"
#include "app/cli/quantize_improve.h"
#include "app/cli/search_cost.h"
#include "app/cli/task_options.h"
#include "core/base/atomic_file.h"
#include "core/base/sha256.h"
#include "core/evaluate/exact_integers.h"
#include "core/prepare/reference.h"
#include "core/project/improved_file.h"
#include "core/search/search.h"
#include "widgets/results/format.h"
#include "widgets/results/improve_text.h"
#include "widgets/results/json_output.h"
#include "widgets/results/report.h"
#include "widgets/results/trade_off.h"
#include "widgets/words/report_words.h"
#include "widgets/words/words.h"

namespace quantwright::cli {

namespace {

struct Options {
    std::string model, statistics, eval_images, metric, cost = "bytes", improve, out_plan, csv, report;
    std::optional<double> min_snr, max_drop;
    std::int64_t measured = 0;
    int most = 0;
    InputOptions inputs;
    PlanOptions plan;
    TaskArguments task;
    bool fresh = false;
};

Status check(const Options& options) {
    if (auto valid = cli::check(options.inputs); !valid)
        return valid;
    if (auto valid = cli::check(options.plan); !valid)
        return valid;
    if (auto valid = check_cost(options.cost); !valid)
        return valid;
    if (auto valid = check_choice("--improve", options.improve, {"none", "fast", "best"}); !valid)
        return valid;
    if (options.min_snr.has_value() == options.max_drop.has_value())
        return wrong_usage(options.min_snr ? "--min-snr --max-drop" : "--min-snr",
                           Cli::tr("one promise is wanted: --min-snr DB, or --max-drop POINTS"));
    if (!options.metric.empty() && !options.max_drop)
        return wrong_usage("--metric " + options.metric, Cli::tr("it goes with --max-drop"));
    if (!options.inputs.any_source())
        return wrong_usage("--images", Cli::tr("the images to calibrate on are missing"));
    return {};
}

Status check_outputs(const Options& options, const std::vector<std::filesystem::path>& inputs) {
    for (const std::string& path : {options.out_plan, options.csv})
        if (!path.empty())
            if (auto place = check_output(path, inputs); !place)
                return place;
    if (!options.report.empty())
        if (auto other = refuse_overwriting(std::filesystem::path(options.report) / "points.csv", inputs);
            !other)
            return other;
    return check_report(options.report, inputs);
}

/// The bytes of a file, or of every file in a folder, in the order of their names.
std::string content(const std::filesystem::path& path) {
    std::vector<std::filesystem::path> files;
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(path, error))
            if (entry.is_regular_file(error))
                files.push_back(entry.path());
    } else if (std::filesystem::is_regular_file(path, error)) {
        files.push_back(path);
    }
    std::sort(files.begin(), files.end());
    std::string all;
    for (const auto& file : files)
        all += '\n' + file.string() + '\n' + read_file(file, ErrorCode::labels_unreadable).value_or("");
    return all;
}

/// What a judge's figures follow from besides the task's name: options, and labels wherever they came from.
std::string judged_by(const Options& options, const Judge& judge, const std::filesystem::path& labels,
                      const InputReader& reader) {
    std::string all = judge.task().decoder;
    for (const std::string& set : options.task.sets)
        all += '\n' + set + content(set.substr(set.find('=') + 1));
    for (const std::filesystem::path& path :
         {std::filesystem::path(options.task.options), std::filesystem::path(options.inputs.classes), labels})
        all += content(path);
    for (std::int64_t i = 0; i < reader.samples(); ++i)
        all += '\n' + reader.file(i).relative + ' ' + std::to_string(reader.file(i).label.value_or(-1));
    return sha256_hex(std::as_bytes(std::span(all)));
}

Result<std::unique_ptr<Judge>> judge_of(const Options& options, const Started& started, const Judged& judged,
                                        const TaskChoice& choice, const std::filesystem::path& labels,
                                        Context& context) {
    const auto session = Session::create(*reference_model(*started.prepared),
                                         {options.inputs.threads, Optimizations::standard, {}});
    if (!session)
        return fail(session);
    const auto run = runner_for(**session, *started.prepared->model, options.model);
    if (!run)
        return fail(run);
    return make_judge(*started.prepared->original, *judged.inputs, options.inputs, labels, choice, *run,
                      context);
}

/// The plan of a point, as it is written.
Plan plan_of(const Resolved& resolved, const SearchPoint& point) {
    Plan plan = resolved.plan;
    static_cast<void>(apply(plan, edit_of(resolved, point.raised)));
    return plan;
}

Status write_outputs(const Options& options, const TradeOff& told, const std::vector<Problem>& problems,
                     Json& json) {
    const SearchResult& result = *told.result;
    const Plan plan = plan_of(*told.resolved, result.points[result.chosen]);
    const std::string csv = to_csv(result, *told.resolved);
    if (!options.csv.empty()) {
        if (auto written = write_file(options.csv, csv); !written)
            return written;
        json["csv"] = options.csv;
    }
    if (!options.report.empty()) {
        const auto resolved =
            resolve(told.resolved->prepared, told.resolved->statistics, plan, {}, told.resolved->improved);
        if (!resolved)
            return fail(resolved);
        ReportFacts facts{options.model,        resolved->get(), result.sensitivity.get(),
                          trade_off_rows(told), problems,        json};
        for (const Needed& one : result.exceptions)
            facts.rows.emplace_back(
                text(told.resolved->prepared->groups[static_cast<std::size_t>(one.raise.group)].name),
                set_text(one.raise) + QStringLiteral(": ") + why_text(told, one));
        Report report = make_report(facts);
        report.pictures.push_back(trade_off_picture(told));
        const auto files = write_report(report, options.report, words::reportText);
        if (!files)
            return fail(files);
        const auto points = std::filesystem::path(options.report) / "points.csv";
        if (auto written = write_file(points, csv); !written)
            return written;
        json["report"] = {{"html", files->html.string()},
                          {"md", files->markdown.string()},
                          {"csv", files->csv.string()},
                          {"json", files->json.string()},
                          {"points", points.string()}};
    }
    if (!options.out_plan.empty() && result.reached) {
        if (auto saved = save_plan(plan, told.resolved->improved.get(), options.out_plan); !saved)
            return saved;
        json["plan"] = options.out_plan;
    }
    return {};
}

/// What people read, and under "error" what programs do where the promise is not kept.
Outcome told_outcome(const Options& options, const TradeOff& told, Json json) {
    Table table({{}, {}});
    table.add({Cli::tr("Model"), text(options.model)});
    table.add({Cli::tr("Target"), text(told.resolved->target->label)});
    for (const auto& [label, value] : trade_off_rows(told))
        table.add({label, value});
    if (told.resolved->improved)
        for (const auto& [label, value] : improve_rows(*told.resolved->improved))
            table.add({label, value});
    if (json.contains("plan"))
        table.add({Cli::tr("Plan"), text(options.out_plan)});
    if (json.contains("report"))
        table.add(
            {Cli::tr("Report"), text((std::filesystem::path(options.report) / "report.html").string())});
    Outcome outcome;
    outcome.text = table.text();
    if (!told.result->exceptions.empty())
        outcome.text += u'\n' + exceptions_table(told).text();
    if (!told.result->reached) {
        const SearchPoint& best = told.result->points[told.result->chosen];
        const Error error{
            ErrorCode::search_unreachable, utf8(promise_text(told)),
            utf8(Cli::tr("nearest is %1, with %n exception(s)", nullptr, static_cast<int>(best.raised.size()))
                     .arg(accuracy_text(told, best)))};
        outcome.exit_code = exit_failed;
        Json with_error = error_json(error);
        with_error.update(json);
        json = std::move(with_error);
        outcome.text +=
            u'\n' + Cli::tr("Error: %1").arg(words::message(error)) + u'\n' + words::hint(error) + u'\n';
    }
    outcome.json = std::move(json);
    return outcome;
}

Result<Outcome> run(Options options, Context& context) {
    if (auto valid = check(options); !valid)
        return fail(valid);
    const auto choice = parse(options.task);
    if (!choice)
        return fail(choice);
    const auto labels = take_task_labels(options.inputs, *choice);
    if (!labels)
        return fail(labels);
    auto started = start(options.model, options.inputs, options.plan, options.statistics,
                         options.eval_images.empty(), context);
    if (!started)
        return fail(started);
    auto read = files_read(*started->prepared->original, options.inputs,
                           {options.statistics, options.plan.plan, options.eval_images, *labels,
                            options.inputs.classes, improved_path(options.plan.plan)});
    if (!options.csv.empty() && options.csv == options.out_plan)
        return wrong_usage("--csv " + options.csv, Cli::tr("--out-plan names the same file"));
    if (auto places = check_outputs(options, read); !places)
        return fail(places);
    const auto cost = search_cost(options.cost, *started->possible);
    if (!cost)
        return fail(cost);
    auto judged = find_judged(options.eval_images, options.inputs, *started);
    if (!judged)
        return fail(judged);
    if (judged->own)
        judged->inputs = &*judged->own;
    if (!options.improve.empty())
        started->improved.reset();  // anew, or not at all
    auto chosen = choose(*started, options.inputs, context);
    if (!chosen)
        return fail(chosen);
    std::vector<Problem> less_improved;
    if (!chosen->resolved->improved) {
        auto improved = improved_as_asked(chosen->resolved, improve_level(options.improve, nullptr),
                                          started->inputs->reader.get(), false, options.inputs.threads,
                                          context.job(), less_improved);
        if (!improved)
            return fail(improved);
        chosen->take(std::move(*improved), *started);
    }
    auto problems = chosen->problems;
    problems.insert(problems.end(), less_improved.begin(), less_improved.end());
    if (judged->own)
        problems.insert(problems.end(), judged->own->problems.begin(), judged->own->problems.end());
    context.say(problems);
    if (const Problem* error = first_error(problems))
        return Outcome{error_json(*error), {}, exit_failed};

    SearchOptions how;
    how.promise = {options.min_snr, options.max_drop};
    how.cost = cost->of;
    how.metric = options.metric;
    how.images = options.measured;
    how.most = options.most;
    how.threads = options.inputs.threads;
    how.memory = memory_folder("searches");
    how.fresh = options.fresh;
    if (options.max_drop) {
        auto judge = judge_of(options, *started, *judged, *choice, *labels, context);
        if (!judge)
            return fail(judge);
        how.judged_by = judged_by(options, **judge, *labels, *judged->inputs->reader);
        how.judge = std::move(*judge);
    }
    const Resolved& resolved = *chosen->resolved;
    std::size_t best_size = resolved.prepared->groups.size() + 1;
    TradeOff told{nullptr, &resolved, how.promise, cost->label, cost->text};
    how.tried = [&](const SearchPoint& point, const SearchPoint* best) {
        if (!best || best != &point || best->raised.size() >= best_size)
            return;
        best_size = best->raised.size();
        context.say(Cli::tr("Best so far: %n exception(s), %1, %2 %3", nullptr, static_cast<int>(best_size))
                        .arg(decibels(best->snr_db), cost->label, cost->text(best->cost)));
    };
    const auto result = search(chosen->resolved, *judged->inputs->reader, how, context.job());
    if (!result) {
        if (result.error().code == ErrorCode::cancelled)
            context.say(Cli::tr("What was measured is kept: the same command goes on from there."));
        return fail(result);
    }
    if ((*result)->known > 0)
        context.say(
            Cli::tr("%n point(s) were known from an earlier search of the same. --fresh measures anew.",
                    nullptr, static_cast<int>((*result)->known)));
    told.result = result->get();
    Json json = {{"model", options.model}, {"target", resolved.target->name}};
    json["promise"] = options.min_snr ? Json{{"min_snr_db", *options.min_snr}}
                                      : Json{{"max_drop", *options.max_drop}, {"metric", (*result)->metric}};
    json["cost"] = options.cost;
    json.update(to_json(**result, resolved));
    for (std::size_t i = 0; i < (*result)->exceptions.size(); ++i)
        json["exceptions"][i]["why"] = utf8(why_text(told, (*result)->exceptions[i]));
    if (resolved.improved)
        json["improve"] = improve_json(*resolved.improved);
    if (started->inputs->preprocess)
        json["preprocess"] = *started->inputs->preprocess;
    json["skipped"] = skipped_json(chosen->skipped);
    json["problems"] = problems_json(problems);
    if (auto written = write_outputs(options, told, problems, json); !written)
        return fail(written);
    return told_outcome(options, told, std::move(json));
}

}  // namespace

Command add_search(CLI::App& app) {
    auto options = std::make_shared<Options>();
    CLI::App* sub = app.add_subcommand(
        "search", utf8(Cli::tr("Find the fewest costly exceptions that keep a promised accuracy")));
    sub->add_option("MODEL", options->model, utf8(Cli::tr("The ONNX model")))->type_name("")->required();
    sub->add_option("--min-snr", options->min_snr,
                    utf8(Cli::tr("Promised: signal to noise at the outputs, against the float model")))
        ->type_name("DB");
    sub->add_option(
           "--max-drop", options->max_drop,
           utf8(Cli::tr("Promised: the task's figure lies at most so many percentage points below the "
                        "float model's")))
        ->type_name("POINTS");
    sub->add_option(
           "--metric", options->metric,
           utf8(Cli::tr("Figure that --max-drop is about, such as top1, map50 or same_text (default: "
                        "the task's first, without labels its agreement with float)")))
        ->type_name("NAME");
    sub->add_option("--cost", options->cost,
                    utf8(Cli::tr("What is to stay low: bytes of the file, macs weighted by bit width, or the "
                                 "time that a board's past deployments predict (default: bytes)")))
        ->type_name("bytes|macs|board:NAME");
    sub->add_option("--max-exceptions", options->most,
                    utf8(Cli::tr("No more exceptions than so many (default: as many as it takes)")))
        ->type_name("N")
        ->check(CLI::Range(1, 1'000'000).description({}));
    sub->add_option(
           "--measure", options->measured,
           utf8(Cli::tr("Measure on so many images (default: 8 to 32 by the model's size for an SNR, "
                        "as many as fit into 1 GiB for a task's figure)")))
        ->type_name("N")
        ->check(CLI::Range(std::int64_t(1), std::int64_t(1'000'000'000)).description({}));
    sub->add_option("--improve", options->improve,
                    utf8(Cli::tr("Improve the plan first, as quantize does (default: none)")))
        ->type_name("none|fast|best");
    sub->add_option("--out-plan", options->out_plan, utf8(Cli::tr("Plan file to write: the chosen plan")))
        ->type_name("FILE");
    sub->add_option("--csv", options->csv, utf8(Cli::tr("Table of all points to write")))->type_name("FILE");
    sub->add_option("--report", options->report,
                    utf8(Cli::tr("Folder for a report with the trade-off: report.html, .md, .csv, .json and "
                                 "points.csv")))
        ->type_name("DIR");
    sub->add_option("--stats", options->statistics,
                    utf8(Cli::tr("Statistics made by calibrate, instead of calibrating")))
        ->type_name("FILE");
    sub->add_option("--eval-images", options->eval_images,
                    utf8(Cli::tr("Images to keep the promise on (default: the calibration images)")))
        ->type_name("DIR|LIST");
    sub->add_flag("--fresh", options->fresh,
                  utf8(Cli::tr("Measure everything anew, also what an earlier search has left")));
    add_input_options(*sub, options->inputs);
    add_plan_options(*sub, options->plan);
    add_task_options(*sub, options->task);
    return {sub, [options](Context& context) { return run(*options, context); }};
}

}  // namespace quantwright::cli
