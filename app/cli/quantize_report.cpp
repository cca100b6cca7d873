#include "app/cli/quantize_report.h"

#include <algorithm>

#include "app/cli/cli.h"
#include "app/cli/json_output.h"
#include "widgets/words/language.h"
#include "widgets/words/words.h"

namespace quantwright::cli {

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

}  // namespace quantwright::cli
