// evaluate: a model over images, as ONNX Runtime on this machine runs it.
#include "app/cli/commands.h"
#include "app/cli/pipeline.h"
#include "core/analyze/lost_parts.h"
#include "core/evaluate/evaluate.h"
#include "core/evaluate/exact_integers.h"
#include "widgets/results/evaluation_text.h"
#include "widgets/results/format.h"
#include "widgets/results/json_output.h"

namespace quantwright::cli {

namespace {

struct Options {
    std::string model, against, optimizations = "default";
    InputOptions inputs;
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

Result<Outcome> run(const Options& options, Context& context) {
    if (auto valid = check(options.inputs); !valid)
        return fail(valid);
    if (auto valid = check_choice("--optimizations", options.optimizations, {"default", "off"}); !valid)
        return fail(valid);
    if (!options.inputs.any_source())
        return wrong_usage("--images", Cli::tr("the images to evaluate on are missing"));
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
    const auto evaluation =
        evaluate(runner(**session), reference.value_or(Runner()), *inputs->reader, by_part, context.job());
    if (!evaluation)
        return fail(evaluation);

    Outcome outcome;
    outcome.json = {{"model", options.model}, {"optimizations", options.optimizations}};
    put_evaluation(outcome.json, *evaluation, reference.has_value());
    Table table({{}, {}});
    add_evaluation(table, *evaluation, reference.has_value());
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
    return {sub, [options](Context& context) { return run(*options, context); }};
}

}  // namespace quantwright::cli
