#include "widgets/results/report.h"

#include <algorithm>

#include "widgets/results/format.h"
#include "widgets/results/json_output.h"
#include "widgets/results/text.h"
#include "widgets/words/language.h"
#include "widgets/words/words.h"

namespace quantwright::results {

namespace {

/// "A UINT8 / W INT8": what the layer's output and its weight become. Other modes than static say their name.
std::string precision(const ResolvedLayer& layer) {
    QStringList parts;
    if (layer.mode == LayerMode::static_)
        parts.append(QStringLiteral("A %1").arg(
            words::value(Field::activation_format, layer[Field::activation_format].value)));
    else
        parts.append(words::name(layer.mode));
    if (layer.weight)
        parts.append(QStringLiteral("W %1").arg(
            words::value(Field::weight_format, layer[Field::weight_format].value)));
    return utf8(parts.join(QStringLiteral(" / ")));
}

double ratio_of(const Exported& exported) {
    return static_cast<double>(exported.float_bytes) /
           static_cast<double>(std::max<std::int64_t>(1, exported.bytes));
}

Json choices_json(const ResolvedLayer& layer) {
    Json json = Json::object();
    for (const FieldInfo& field : fields()) {
        const Choice& choice = layer[field.field];
        if (field.field != Field::clip && !choice.value.empty())
            json[std::string(field.path)] = {{"value", choice.value},
                                             {"origin", std::string(name_of(choice.origin))}};
    }
    return json;
}

Json part_json(const Resolved& resolved, int part) {
    const Layer& layer = resolved.prepared->layers[static_cast<std::size_t>(part)];
    const ResolvedLayer& chosen = resolved.layers[static_cast<std::size_t>(part)];
    Json json = {{"name", layer.name},
                 {"op", layer.op},
                 {"quantized", chosen.quantized()},
                 {"choices", choices_json(chosen)}};
    if (!chosen.quantized())
        json["reason"] = std::string(name_of(chosen.kept_float));
    return json;
}

}  // namespace

std::vector<std::pair<QString, QString>> exported_rows(const Exported& exported) {
    return {{Cli::tr("Layers"),
             Cli::tr("%1 of %2 quantized").arg(exported.layers_quantized).arg(exported.layers_total)},
            {Cli::tr("Size"), Cli::tr("%1 (float %2, ratio %3)")
                                  .arg(bytes(exported.bytes), bytes(exported.float_bytes))
                                  .arg(ratio_of(exported), 0, 'f', 2)}};
}

Json exported_json(const Exported& exported, const std::string& out, const Resolved& resolved) {
    Json json = {{"out", out},
                 {"opset", exported.opset},
                 {"target", resolved.target->name},
                 {"bytes", exported.bytes},
                 {"float_bytes", exported.float_bytes},
                 {"ratio", ratio_of(exported)},
                 {"layers_quantized", exported.layers_quantized},
                 {"layers_total", exported.layers_total}};
    if (resolved.statistics)
        json["calibration_images"] = resolved.statistics->images;
    return json;
}

Report make_report(const ReportFacts& facts) {
    const Resolved& resolved = *facts.resolved;
    const Prepared& prepared = *resolved.prepared;
    // Sensitive ones first, then the rest in the order of the network.
    std::vector<int> order;
    if (facts.sensitivity)
        for (const LayerSensitivity& one : facts.sensitivity->layers)
            order.push_back(one.layer);
    for (const LayerGroup& group : prepared.groups)
        if (std::find(order.begin(), order.end(), group.lead) == order.end())
            order.push_back(group.lead);

    Report report{facts.model, resolved.target->label, utf8(words::currentLanguage()), {}, {}, {},
                  facts.json};
    for (const auto& [label, value] : facts.rows)
        report.summary.emplace_back(utf8(label), utf8(value));
    for (const Problem& problem : facts.problems) {
        const QString hint = words::hint(problem), message = words::message(problem);
        report.problems.emplace_back(
            std::string(name_of(problem.severity)),
            utf8(hint.isEmpty() ? message : QStringLiteral("%1 %2").arg(message, hint)));
    }
    Json layers = Json::array();
    for (const int index : order) {
        const LayerGroup& layer = prepared.group_of(index);
        const ResolvedLayer& chosen = resolved.layers[static_cast<std::size_t>(index)];
        ReportLayer one{layer.name, layer.op, {}, {}, {}, layer.parameters, layer.macs};
        Json json = {{"name", layer.name}, {"op", layer.op}, {"quantized", chosen.quantized()}};
        if (chosen.quantized())
            one.format = precision(chosen);
        else
            json["reason"] = one.kept_float_code = name_of(chosen.kept_float);
        if (const LayerSensitivity* alone = facts.sensitivity ? facts.sensitivity->find(index) : nullptr) {
            one.snr_db_alone = alone->snr_db_alone;
            json["snr_db_alone"] = snr_json(alone->snr_db_alone);
            json["cosine_alone"] = alone->cosine_alone;
            json["rank"] = alone->rank;
        }
        json["parameters"] = layer.parameters;
        json["macs"] = layer.macs;
        json["choices"] = choices_json(chosen);
        if (!layer.single())
            for (const int part : layer.layers)
                json["parts"].push_back(part_json(resolved, part));
        report.layers.push_back(std::move(one));
        layers.push_back(std::move(json));
    }
    report.json["layers"] = std::move(layers);
    return report;
}

}  // namespace quantwright::results
