// inspect: what is in a model, and what of it a target can quantize.
#include <optional>

#include "app/cli/commands.h"
#include "app/cli/pipeline.h"
#include "core/plan/target.h"
#include "widgets/results/format.h"
#include "widgets/results/json_output.h"
#include "widgets/results/table.h"
#include "widgets/words/words.h"

namespace quantwright::cli {

namespace {

struct Options {
    std::string model;
    InputOptions inputs;
    PlanOptions plan;
    bool parts = false;
};

/// Empty where it is not known: behind an operator that the runtime does not have.
std::optional<Shape> output_shape(const Prepared& prepared, const Layer& layer) {
    if (layer.outputs.empty())
        return Shape{};
    const TensorType& type = prepared.tensor_types[static_cast<std::size_t>(layer.outputs.front())];
    return type.type == ElementType::undefined ? std::nullopt : std::optional(type.shape);
}

/// What the target makes of a group, and of each of its parts.
struct Judged {
    const Prepared& prepared;
    const Target& target;

    [[nodiscard]] const Layer& layer(int index) const {
        return prepared.layers[static_cast<std::size_t>(index)];
    }
    [[nodiscard]] KeptFloat kept(int index) const { return quantizable(prepared, index, target); }
    [[nodiscard]] KeptFloat kept(const LayerGroup& group) const { return kept(group.lead); }
};

/// The facts that a group and a layer have in common. `exit` gives what it is read for.
Json layer_json(const Prepared& prepared, const Layer& exit, KeptFloat kept) {
    Json outputs = Json::array();
    for (const TensorId id : exit.outputs)
        outputs.push_back(prepared.model->graph()[id].name);
    Json json = {
        {"outputs", std::move(outputs)}, {"output_shape", nullptr}, {"quantizable", kept == KeptFloat::no}};
    if (const auto shape = output_shape(prepared, exit))
        json["output_shape"] = *shape;
    if (kept != KeptFloat::no) {
        json["reason"] = std::string(name_of(kept));
        json["reason_text"] = utf8(words::reason(kept));
    }
    return json;
}

Json group_json(const Judged& judged, const LayerGroup& group) {
    Json json = layer_json(judged.prepared, judged.layer(group.exit()), judged.kept(group));
    json["name"] = group.name;
    json["op"] = group.op;
    json["nodes"] = Json::array();
    json["parameters"] = group.parameters;
    json["macs"] = group.macs;
    for (const int index : group.layers) {
        const Layer& part = judged.layer(index);
        for (const std::string& node : part.original_nodes)
            json["nodes"].push_back(node);
        if (group.single())
            continue;
        Json one = layer_json(judged.prepared, part, judged.kept(index));
        one["name"] = part.name;
        one["op"] = part.op;
        one["nodes"] = part.original_nodes;
        one["parameters"] = part.parameters;
        one["macs"] = part.macs;
        json["parts"].push_back(std::move(one));
    }
    return json;
}

QString operator_text(const Layer& layer) {
    return layer.activation.empty() ? text(layer.op)
                                    : QStringLiteral("%1+%2").arg(text(layer.op), text(layer.activation));
}

void add_row(Table& table, const Prepared& prepared, const QString& name, const QString& op,
             const Layer& exit, std::int64_t parameters, std::int64_t macs, KeptFloat kept) {
    const auto shape = output_shape(prepared, exit);
    table.add({name, op, shape ? shape_text(*shape) : QStringLiteral("?"), count(parameters), large(macs),
               kept == KeptFloat::no ? Cli::tr("yes") : Cli::tr("no: %1").arg(words::name(kept))});
}

Json model_json(const Prepared& prepared, std::int64_t parameters, std::int64_t macs) {
    const Model& model = *prepared.original;
    Json json = Json::object();
    for (const auto& [key, values] : {std::pair{"inputs", &model.inputs()}, {"outputs", &model.outputs()}}) {
        json[key] = Json::array();
        for (const ValueInfo& value : *values)
            json[key].push_back(value_json(value));
    }
    json["opset"] = model.opset();
    json["ir_version"] = model.ir_version();
    json["parameters"] = parameters;
    json["macs"] = macs;
    json["file_bytes"] = model.file_bytes();
    json["sha256"] = model.sha256();
    return json;
}

QString overview(const Prepared& prepared, const Target& target, std::int64_t parameters, std::int64_t macs,
                 std::size_t quantizable) {
    const Model& model = *prepared.original;
    Table table({{}, {}});
    table.add({Cli::tr("Model"), text(model.path().string())});
    for (const ValueInfo& input : model.inputs())
        table.add(
            {Cli::tr("Input"), QStringLiteral("%1  %2  %3")
                                   .arg(text(input.name), text(name_of(input.type)), shape_text(input))});
    for (const ValueInfo& output : model.outputs())
        table.add(
            {Cli::tr("Output"), QStringLiteral("%1  %2  %3")
                                    .arg(text(output.name), text(name_of(output.type)), shape_text(output))});
    table.add({Cli::tr("Opset"), Cli::tr("%1 (IR version %2)").arg(model.opset()).arg(model.ir_version())});
    table.add({Cli::tr("Size"), bytes(model.file_bytes())});
    table.add({Cli::tr("Parameters"), large(parameters)});
    table.add({Cli::tr("Multiply-accumulates"), large(macs)});
    table.add({Cli::tr("Target"), text(target.label)});
    table.add({Cli::tr("Layers"),
               Cli::tr("%1, of which %2 can be quantized").arg(prepared.groups.size()).arg(quantizable)});
    return table.text();
}

Result<Outcome> run(const Options& options, Context& context) {
    if (auto valid = check(options.plan); !valid)
        return fail(valid);
    if (auto valid = check(options.inputs); !valid)
        return fail(valid);
    const auto target = find_target(options.plan.target.empty() ? Plan{}.target : options.plan.target);
    if (!target)
        return fail(target);
    const auto prepared = open_prepared(options.model, options.inputs, context);
    if (!prepared)
        return fail(prepared);

    Json layers = Json::array();
    Table table({Cli::tr("Layer"), Cli::tr("Operator"), Cli::tr("Output"),
                 QStringLiteral(">") + Cli::tr("Parameters"), QStringLiteral(">") + Cli::tr("MACs"),
                 Cli::tr("Quantizable")});
    std::int64_t parameters = 0, macs = 0;
    std::size_t quantizable_layers = 0;
    const Judged judged{**prepared, **target};
    for (const LayerGroup& group : (*prepared)->groups) {
        const KeptFloat kept = judged.kept(group);
        parameters += group.parameters;
        macs += group.macs;
        quantizable_layers += kept == KeptFloat::no ? 1 : 0;
        layers.push_back(group_json(judged, group));
        add_row(table, **prepared, text(group.name),
                group.single() ? operator_text(judged.layer(group.lead)) : text(group.op),
                judged.layer(group.exit()), group.parameters, group.macs, kept);
        if (!options.parts || group.single())
            continue;
        for (const int index : group.layers) {
            const Layer& part = judged.layer(index);
            add_row(table, **prepared, QStringLiteral("  ") + text(part.name), operator_text(part), part,
                    part.parameters, part.macs, judged.kept(index));
        }
    }
    std::vector<Problem> problems = (*prepared)->problems;
    context.say(problems);
    Outcome outcome;
    outcome.json = {{"model", model_json(**prepared, parameters, macs)},
                    {"target", (*target)->name},
                    {"layers", std::move(layers)},
                    {"problems", problems_json(problems)}};
    outcome.text =
        overview(**prepared, **target, parameters, macs, quantizable_layers) + u'\n' + table.text();
    return outcome;
}

}  // namespace

Command add_inspect(CLI::App& app) {
    auto options = std::make_shared<Options>();
    CLI::App* sub = app.add_subcommand(
        "inspect", utf8(Cli::tr("Show what a model holds and what of it can be quantized")));
    sub->add_option("MODEL", options->model, utf8(Cli::tr("The ONNX model")))->type_name("")->required();
    add_target_option(*sub, options->plan);
    add_shape_option(*sub, options->inputs);
    sub->add_flag("--parts", options->parts,
                  utf8(Cli::tr("List the parts of layers that stand for several, such as Conv + SiLU")));
    return {sub, [options](Context& context) { return run(*options, context); }};
}

}  // namespace quantwright::cli
