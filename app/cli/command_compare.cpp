// compare: two models tensor by tensor.
#include "app/cli/commands.h"
#include "app/cli/pipeline.h"
#include "core/evaluate/compare_tensors.h"
#include "core/prepare/reference.h"
#include "widgets/results/format.h"
#include "widgets/results/json_output.h"
#include "widgets/results/table.h"
#include "widgets/words/words.h"

namespace quantwright::cli {

namespace {

struct Options {
    std::string first, second;
    InputOptions inputs;
};

Result<Outcome> run(const Options& options, Context& context) {
    if (auto valid = check(options.inputs); !valid)
        return fail(valid);
    if (!options.inputs.any_source())
        return wrong_usage("--images", Cli::tr("the images to compare on are missing"));
    // Sizes of open dimensions are measured with, as everywhere.
    const auto prepared = open_prepared(options.first, options.inputs, context);
    if (!prepared)
        return fail(prepared);
    const auto second = Model::load(options.second, context.job());
    if (!second)
        return fail(second);
    const auto inputs =
        open_inputs(*(*prepared)->model, options.inputs, {options.inputs.images, true, false, {}, {}});
    if (!inputs)
        return fail(inputs);
    if (!inputs->preprocess_text.isEmpty())
        context.say(Cli::tr("Preprocessing: %1").arg(inputs->preprocess_text));
    const auto compared = compare_tensors(*reference_model(**prepared), **second, *inputs->reader,
                                          options.inputs.threads, context.job());
    if (!compared)
        return fail(compared);
    context.say(inputs->problems);
    Outcome outcome;
    Json tensors = Json::array();
    const QString right = QStringLiteral(">");
    Table table({Cli::tr("Tensor"), Cli::tr("Operator"), right + Cli::tr("SNR"), right + Cli::tr("Cosine"),
                 right + Cli::tr("Largest difference")});
    for (const TensorDifference& one : compared->tensors) {
        tensors.push_back({{"name", one.name},
                           {"op", one.op},
                           {"snr_db", snr_json(one.snr_db)},
                           {"cosine", one.cosine},
                           {"max_abs", one.max_abs}});
        table.add({text(one.name), text(one.op), decibels(one.snr_db), QString::number(one.cosine, 'f', 5),
                   QString::number(one.max_abs, 'g', 3)});
    }
    outcome.json = {{"a", options.first},
                    {"b", options.second},
                    {"images", compared->images},
                    {"measured_on", fields_to_json(compared->measured_on)},
                    {"tensors", std::move(tensors)},
                    {"only_a", compared->only_first},
                    {"only_b", compared->only_second},
                    {"skipped", skipped_json(compared->skipped)},
                    {"problems", problems_json(inputs->problems)}};
    if (inputs->preprocess)
        outcome.json["preprocess"] = *inputs->preprocess;
    outcome.text = table.text() + u'\n' +
                   Cli::tr("%1 tensors are in the first model alone, %2 in the second")
                       .arg(compared->only_first)
                       .arg(compared->only_second) +
                   u'\n' + Cli::tr("Measured on: %1").arg(words::measuredOn(compared->measured_on)) + u'\n';
    return outcome;
}

}  // namespace

Command add_compare(CLI::App& app) {
    auto options = std::make_shared<Options>();
    CLI::App* sub = app.add_subcommand("compare", utf8(Cli::tr("Compare two models tensor by tensor")));
    sub->add_option("A", options->first, utf8(Cli::tr("The ONNX model that is right")))
        ->type_name("")
        ->required();
    sub->add_option("B", options->second, utf8(Cli::tr("The ONNX model to judge, such as a quantized one")))
        ->type_name("")
        ->required();
    add_input_options(*sub, options->inputs);
    return {sub, [options](Context& context) { return run(*options, context); }};
}

}  // namespace quantwright::cli
