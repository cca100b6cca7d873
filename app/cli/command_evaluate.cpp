// evaluate: a model over images, as ONNX Runtime on this machine runs it.
#include "app/cli/commands.h"
#include "app/cli/pipeline.h"
#include "app/cli/task_options.h"
#include "core/analyze/lost_parts.h"
#include "core/evaluate/evaluate.h"
#include "core/evaluate/exact_integers.h"
#include "core/task/judge_command.h"
#include "widgets/results/evaluation_text.h"
#include "widgets/results/format.h"
#include "widgets/results/json_output.h"

namespace quantwright::cli {

namespace {

struct Options {
    std::string model, against, optimizations = "default";
    InputOptions inputs;
    TaskArguments task;
    std::string judge;
};

/// Runs the samples with the file's pure arithmetic where there is no other reference.
Result<KernelGap> measure_gap(const Model& model, const std::optional<Runner>& reference,
                              const InputReader& reader, int threads, Context& context) {
    if (reference)
        return kernel_gap(model, *reference, reader, threads, context.job());
    const auto pure = pure_session(model, threads);
    if (!pure)
        return fail(pure);
    return kernel_gap(model, runner(**pure), reader, threads, context.job());
}

/// What the reference's outputs are made of, at the size of the first sample; nothing where it can't be
/// prepared.
Result<std::vector<OutputParts>> parts_of(const std::shared_ptr<const Model>& reference, const Model& from,
                                          const InputReader& reader, int threads, Context& context) {
    const auto sample = first_sample(reader);
    if (!sample)
        return fail(sample);
    PrepareOptions options;
    options.threads = threads;
    for (std::size_t i = 0; i < from.inputs().size() && i < sample->size(); ++i)
        options.input_shapes[from.inputs()[i].name] = (*sample)[i].shape;
    const auto prepared = prepare(reference, options, context.job());
    if (context.cancelled())
        return JobContext::cancelled_error();
    return prepared ? output_parts(**prepared) : std::vector<OutputParts>();
}

QString gap_hint(const KernelGap& gap) {
    if (!gap.warning)
        return Cli::tr("ONNX Runtime's kernels lose nothing on this file.");
    if (cpu_has_vnni())
        return Cli::tr(
            "ONNX Runtime's optimized kernels lose accuracy on this file. Compare with --optimizations off.");
    return Cli::tr(
        "This CPU has no VNNI, and ONNX Runtime's int8 kernels saturate in 16 bits on it. Weights stored as "
        "uint8 with zero point "
        "128 lose nothing: quantize for onnxruntime-x86 with its default weight.storage = uint8.");
}

Json gap_json(const KernelGap& gap) {
    return {{"snr_db_default", snr_json(gap.snr_db_default)},
            {"snr_db_off", snr_json(gap.snr_db_off)},
            {"images", gap.images},
            {"warning", gap.warning},
            {"hint", utf8(gap_hint(gap))}};
}

/// The user's own program, for the model and, where there is one, for the reference.
class Programs {
public:
    Status open(const std::string& command, const Model& model, const Model* reference) {
        if (command.empty())
            return {};
        for (const auto& [of, judge] : {std::pair{&model, &m_own}, {reference, &m_reference}}) {
            if (!of)
                continue;
            std::vector<std::string> outputs;
            for (const ValueInfo& output : of->outputs())
                outputs.push_back(output.name);
            auto created = CommandJudge::create(command, std::move(outputs));
            if (!created)
                return fail(created);
            *judge = std::move(*created);
        }
        return {};
    }

    Status add(std::int64_t sample, const InputReader& reader, const std::vector<Tensor>& outputs,
               const std::vector<Tensor>& expected) {
        const auto& image = reader.file(sample).path;
        if (m_own)
            if (auto added = m_own->add(sample, image, outputs); !added)
                return added;
        return m_reference ? m_reference->add(sample, image, expected) : Status();
    }

    /// `judge` in the JSON, and its rows.
    Status tell(const std::string& command, Json& json, Table& table, Context& context) {
        if (!m_own)
            return {};
        const auto own = m_own->run(std::chrono::hours(1), context.job());
        if (!own)
            return fail(own);
        std::optional<CommandFigures> reference;
        if (m_reference) {
            auto figures = m_reference->run(std::chrono::hours(1), context.job());
            if (!figures)
                return fail(figures);
            reference = std::move(*figures);
        }
        Json& told = json["judge"];
        told["command"] = command;
        for (const Figure& figure : own->figures) {
            told["figures"][figure.name] = figure.value;
            QString value = QString::number(figure.value, 'g', 6);
            const Figure* before = reference ? find_figure(reference->figures, figure.name) : nullptr;
            if (before) {
                told["reference"][figure.name] = before->value;
                value = Cli::tr("%1 (float %2)").arg(value, QString::number(before->value, 'g', 6));
            }
            table.add({text(figure.name), value});
        }
        told["lower_is_better"] = own->lower_is_better;
        return {};
    }

private:
    std::unique_ptr<CommandJudge> m_own, m_reference;
};

Result<Outcome> run(Options options, Context& context) {
    if (auto valid = check(options.inputs); !valid)
        return fail(valid);
    if (auto valid = check_choice("--optimizations", options.optimizations, {"default", "off"}); !valid)
        return fail(valid);
    if (!options.inputs.any_source())
        return wrong_usage("--images", Cli::tr("the images to evaluate on are missing"));
    const auto choice = parse(options.task);
    if (!choice)
        return fail(choice);
    const auto labels = take_task_labels(options.inputs, *choice);
    if (!labels)
        return fail(labels);
    const auto model = Model::load(options.model, context.job());
    if (!model)
        return fail(model);
    const auto inputs = open_inputs(**model, options.inputs, {options.inputs.images, true, false, {}, {}});
    if (!inputs)
        return fail(inputs);
    if (!inputs->preprocess_text.isEmpty())
        context.say(Cli::tr("Preprocessing: %1").arg(inputs->preprocess_text));
    const auto session =
        options.optimizations == "off"
            ? pure_session(**model, options.inputs.threads)
            : Session::create(**model, {options.inputs.threads, Optimizations::standard, {}});
    if (!session)
        return fail(session);

    std::shared_ptr<const Model> against;
    std::unique_ptr<Session> against_session;
    std::optional<Runner> reference;
    if (!options.against.empty()) {
        auto loaded = Model::load(options.against, context.job());
        if (!loaded)
            return fail(loaded);
        against = std::move(*loaded);
        auto created = Session::create(*against, {options.inputs.threads, Optimizations::standard, {}});
        if (!created)
            return fail(created);
        against_session = std::move(*created);
        auto by_name = runner_for(*against_session, **model, options.against);
        if (!by_name)
            return fail(by_name);
        reference = std::move(*by_name);
    }
    EvaluateOptions by_part;
    if (options.optimizations == "off")
        by_part.arithmetic = Arithmetic::file_off;
    if (against) {
        auto parts = parts_of(against, **model, *inputs->reader, options.inputs.threads, context);
        if (!parts)
            return fail(parts);
        by_part.outputs = std::move(*parts);
    }
    const auto judge = make_judge(**model, *inputs, options.inputs, *labels, *choice,
                                  reference.value_or(runner(**session)), context);
    if (!judge)
        return fail(judge);
    Programs programs;
    if (auto opened = programs.open(options.judge, **model, against.get()); !opened)
        return fail(opened);
    by_part.judge = [&](std::int64_t sample, const std::vector<Tensor>& outputs,
                        const std::vector<Tensor>& expected) -> Status {
        if (auto judged = (*judge)->add(sample, outputs, expected); !judged)
            return judged;
        return programs.add(sample, *inputs->reader, outputs, expected);
    };
    const auto evaluation =
        evaluate(runner(**session), reference.value_or(Runner()), *inputs->reader, by_part, context.job());
    if (!evaluation)
        return fail(evaluation);

    Outcome outcome;
    outcome.json = {{"model", options.model}, {"optimizations", options.optimizations}};
    const Judgement judgement = (*judge)->judgement();
    put_evaluation(outcome.json, *evaluation, reference.has_value(), is_by_scores(&judgement));
    outcome.json["task"] = task_json(judgement);
    Table table({{}, {}});
    add_evaluation(table, *evaluation, reference.has_value(), &judgement);
    if (auto told = programs.tell(options.judge, outcome.json, table, context); !told)
        return fail(told);
    if ((*model)->already_quantized()) {
        const auto gap = measure_gap(**model, reference, *inputs->reader, options.inputs.threads, context);
        if (!gap)
            return fail(gap);
        outcome.json["kernel_gap"] = gap_json(*gap);
        table.add({Cli::tr("Kernel gap"),
                   reference ? Cli::tr("%1 as ONNX Runtime runs it, %2 in pure arithmetic")
                                   .arg(decibels(gap->snr_db_default), decibels(gap->snr_db_off))
                             : Cli::tr("%1 between ONNX Runtime's kernels and pure arithmetic")
                                   .arg(decibels(gap->snr_db_default))});
        if (gap->warning)
            context.say(Cli::tr("Warning: %1").arg(gap_hint(*gap)));
    }
    std::vector<Problem> problems = inputs->problems;
    for (Problem& lost : lost_parts(evaluation->outputs))
        problems.push_back(std::move(lost));
    problems.insert(problems.end(), judgement.problems.begin(), judgement.problems.end());
    context.say(problems);
    outcome.json["skipped"] = skipped_json(evaluation->skipped);
    outcome.json["problems"] = problems_json(problems);
    if (inputs->preprocess)
        outcome.json["preprocess"] = *inputs->preprocess;
    outcome.text = table.text();
    return outcome;
}

}  // namespace

Command add_evaluate(CLI::App& app) {
    auto options = std::make_shared<Options>();
    CLI::App* sub =
        app.add_subcommand("evaluate", utf8(Cli::tr("Run a model over images: accuracy, error, latency")));
    sub->add_option("MODEL", options->model, utf8(Cli::tr("The ONNX model")))->type_name("")->required();
    sub->add_option("--against", options->against, utf8(Cli::tr("The float model to compare with")))
        ->type_name("FLOAT.onnx");
    sub->add_option("--optimizations", options->optimizations,
                    utf8(Cli::tr("default: as ONNX Runtime runs it; off: the file's pure arithmetic")))
        ->type_name("default|off");
    add_input_options(*sub, options->inputs);
    add_task_options(*sub, options->task);
    sub->add_option(
           "--judge", options->judge,
           utf8(Cli::tr("A program that scores the outputs: it gets a folder and prints a JSON object of "
                        "figures (docs/tasks.md)")))
        ->type_name("COMMAND")
        ->group(utf8(Cli::tr("Task")));
    return {sub, [options](Context& context) { return run(*options, context); }};
}

}  // namespace quantwright::cli
