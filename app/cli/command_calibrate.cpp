// calibrate: statistics of every activation, of one model or merged from shares.
#include "app/cli/commands.h"
#include "app/cli/pipeline.h"
#include "core/calibrate/threshold.h"
#include "widgets/results/format.h"
#include "widgets/results/json_output.h"
#include "widgets/results/table.h"

namespace quantwright::cli {

namespace {

struct Options {
    std::string model, out, shard;
    std::vector<std::string> merge;
    InputOptions inputs;
    PlanOptions plan;
    int shard_number = 1, shards = 1;
};

Status parse_shard(Options& options) {
    if (options.shard.empty())
        return {};
    const auto slash = options.shard.find('/');
    bool number_valid = false, count_valid = false;
    const QString typed = text(options.shard);
    options.shard_number = typed.left(static_cast<qsizetype>(slash)).toInt(&number_valid);
    options.shards =
        slash == std::string::npos ? 0 : typed.mid(static_cast<qsizetype>(slash) + 1).toInt(&count_valid);
    if (!number_valid || !count_valid || options.shard_number < 1 || options.shard_number > options.shards)
        return wrong_usage("--shard " + options.shard, Cli::tr("i/n is wanted, with i from 1 to n"));
    return {};
}

Json tensor_json(const TensorStatistics& tensor) {
    Json json = {{"name", tensor.name},
                 {"min", tensor.range.min},
                 {"max", tensor.range.max},
                 {"mean", tensor.mean},
                 {"std", tensor.std}};
    if (tensor.not_finite > 0)
        json["infinities"] = tensor.not_finite;
    return json;
}

/// With what the choices make of it, where the tensor gets a scale.
Json tensor_json(const TensorStatistics& tensor, const Resolved& resolved) {
    Json json = tensor_json(tensor);
    const auto id = resolved.prepared->model->graph().find_tensor(tensor.name);
    if (!id || !resolved.tensors[static_cast<std::size_t>(*id)])
        return json;
    const ResolvedTensor& chosen = *resolved.tensors[static_cast<std::size_t>(*id)];
    json["threshold"] = {shortest(chosen.range.min), shortest(chosen.range.max)};
    json["scale"] = shortest(chosen.parameters.scale.front());
    json["zero_point"] = chosen.parameters.zero_point.front();
    return json;
}

void add_row(Table& table, const Json& tensor) {
    const auto number = [&](const Json& value) { return QString::number(value.get<double>(), 'g', 5); };
    QStringList cells = {text(tensor["name"].get<std::string>()), number(tensor["min"]),
                         number(tensor["max"]), number(tensor["mean"]), number(tensor["std"])};
    if (tensor.contains("scale"))
        cells
            << QStringLiteral("[%1, %2]").arg(number(tensor["threshold"][0]), number(tensor["threshold"][1]))
            << number(tensor["scale"]) << QString::number(tensor["zero_point"].get<int>());
    table.add(cells);
}

Table tensor_table() {
    const QString right = QStringLiteral(">");
    return Table({Cli::tr("Tensor"), right + Cli::tr("Min"), right + Cli::tr("Max"), right + Cli::tr("Mean"),
                  right + Cli::tr("Std"), right + Cli::tr("Range"), right + Cli::tr("Scale"),
                  right + Cli::tr("Zero point")});
}

QString skipped_text(const std::vector<SkippedImage>& skipped) {
    return skipped.empty() ? QString()
                           : Cli::tr("%n file(s) skipped", nullptr, static_cast<int>(skipped.size()));
}

Result<Outcome> merge_shares(const Options& options) {
    if (!options.model.empty() || options.inputs.any_source() || !options.shard.empty())
        return wrong_usage("--merge", Cli::tr("it takes statistics files only: no model, images or --shard"));
    std::vector<std::filesystem::path> files(options.merge.begin(), options.merge.end());
    if (auto place = check_output(options.out, files); !place)
        return fail(place);
    std::vector<std::shared_ptr<const Statistics>> parts;
    for (const std::string& file : options.merge) {
        auto part = load_statistics(file);
        if (!part)
            return fail(part);
        parts.push_back(std::move(*part));
    }
    const auto merged = merge(parts);
    if (!merged)
        return fail(merged);
    if (auto saved = save_statistics(**merged, options.out); !saved)
        return fail(saved);
    Outcome outcome;
    Json tensors = Json::array();
    for (const TensorStatistics& tensor : (*merged)->tensors)
        tensors.push_back(tensor_json(tensor));
    outcome.json = {
        {"out", options.out}, {"images", (*merged)->images}, {"skipped", skipped_json((*merged)->skipped)}};
    if (!(*merged)->preprocess.is_null())
        outcome.json["preprocess"] = (*merged)->preprocess;
    outcome.json["tensors"] = std::move(tensors);
    outcome.text = Cli::tr("%n image(s) merged into %1", nullptr, static_cast<int>((*merged)->images))
                       .arg(text(options.out)) +
                   u'\n';
    return outcome;
}

Result<Outcome> run(Options& options, Context& context) {
    if (auto valid = check(options.inputs); !valid)
        return fail(valid);
    if (auto valid = check(options.plan); !valid)
        return fail(valid);
    if (auto valid = parse_shard(options); !valid)
        return fail(valid);
    if (!options.merge.empty())
        return merge_shares(options);
    if (options.model.empty())
        return wrong_usage("MODEL", Cli::tr("the model to calibrate is missing"));
    if (!options.inputs.any_source())
        return wrong_usage("--images", Cli::tr("the images to calibrate on are missing"));
    if (auto place = check_output(options.out, {options.model, options.plan.plan, options.inputs.labels});
        !place)
        return fail(place);
    const auto started = start(options.model, options.inputs, options.plan, {}, false, context);
    if (!started)
        return fail(started);
    if (auto place = check_output(
            options.out, files_read(*started->prepared->original, options.inputs, {options.plan.plan}));
        !place)
        return fail(place);
    const auto calibration =
        calibrate(*started->prepared, *started->inputs->reader,
                  {options.inputs.threads, options.shard_number, options.shards}, context.job());
    if (!calibration)
        return fail(calibration);
    const auto resolved = resolve(started->prepared, calibration->statistics, started->plan);
    if (!resolved)
        return fail(resolved);
    if (context.cancelled())
        return JobContext::cancelled_error();
    const Statistics& statistics = *calibration->statistics;
    if (auto saved = save_statistics(statistics, options.out); !saved)
        return fail(saved);

    const double rate =
        calibration->seconds > 0 ? static_cast<double>(statistics.images) / calibration->seconds : 0;
    context.say(started->problems);
    Outcome outcome;
    Json tensors = Json::array();
    Table table = tensor_table();
    for (const TensorStatistics& tensor : statistics.tensors) {
        tensors.push_back(tensor_json(tensor, **resolved));
        add_row(table, tensors.back());
    }
    outcome.json = {
        {"out", options.out}, {"images", statistics.images}, {"skipped", skipped_json(statistics.skipped)}};
    if (started->inputs->preprocess)
        outcome.json["preprocess"] = *started->inputs->preprocess;
    if (rate > 0)
        outcome.json["images_per_second"] = rate;
    outcome.json["peak_memory_bytes"] = calibration->peak_memory_bytes;
    outcome.json["tensors"] = std::move(tensors);
    outcome.json["problems"] = problems_json(started->problems);
    outcome.text =
        table.text() + u'\n' +
        Cli::tr("%n image(s) at %1/s, peak memory %2", nullptr, static_cast<int>(statistics.images))
            .arg(significant(rate, 3), bytes(calibration->peak_memory_bytes)) +
        u'\n';
    if (!statistics.skipped.empty())
        outcome.text += skipped_text(statistics.skipped) + u'\n';
    outcome.text += Cli::tr("Statistics: %1").arg(text(options.out)) + u'\n';
    return outcome;
}

}  // namespace

Command add_calibrate(CLI::App& app) {
    auto options = std::make_shared<Options>();
    CLI::App* sub = app.add_subcommand("calibrate", utf8(Cli::tr("Measure every activation over images")));
    sub->add_option("MODEL", options->model, utf8(Cli::tr("The ONNX model")))->type_name("");
    sub->add_option("--out", options->out, utf8(Cli::tr("Statistics file to write (.qwstats)")))
        ->type_name("FILE")
        ->required();
    sub->add_option("--shard", options->shard,
                    utf8(Cli::tr("Only share i of n of the images, to be merged later")))
        ->type_name("i/n");
    sub->add_option("--merge", options->merge,
                    utf8(Cli::tr("Merge these statistics files instead of calibrating")))
        ->type_name("FILE");
    add_input_options(*sub, options->inputs);
    add_plan_options(*sub, options->plan);
    return {sub, [options](Context& context) { return run(*options, context); }};
}

}  // namespace quantwright::cli
