#include "app/cli/sensitivity_output.h"

#include <algorithm>
#include <vector>

#include "app/cli/cli.h"
#include "widgets/results/format.h"
#include "widgets/results/json_output.h"

namespace quantwright::cli {

namespace {

void put_noise(Json& json, const char* key, const LayerNoise& noise) {
    if (noise.measured)
        json[key] = snr_json(noise.snr_db);
}

QString text_of(const LayerNoise& noise) {
    return noise.measured ? decibels(noise.snr_db) : QString();
}

}  // namespace

Json sensitivity_json(const Sensitivity& sensitivity, const Prepared& prepared, std::size_t most) {
    Json layers = Json::array();
    for (const LayerSensitivity& one : sensitivity.layers) {
        if (layers.size() == most)
            break;
        const LayerGroup& layer = prepared.group_of(one.layer);
        Json json = {{"name", layer.name},
                     {"op", layer.op},
                     {"snr_db_alone", snr_json(one.snr_db_alone)},
                     {"cosine_alone", one.cosine_alone},
                     {"mse_alone", one.mse_alone},
                     {"rank", one.rank}};
        put(json, "uncertainty_db", one.uncertainty_db);
        if (one.rank_from > 0)
            json["ranks"] = {one.rank_from, one.rank_to};
        put_noise(json, "snr_db_weights_alone", one.weights_alone);
        put_noise(json, "snr_db_activations_alone", one.activations_alone);
        put_noise(json, "snr_db_without", one.without);
        put_noise(json, "snr_db_accumulated", one.accumulated);
        if (one.worst_part_alone)
            json["worst_part_alone"] = worst_part_json(*one.worst_part_alone);
        if (!layer.single())
            for (const int part : layer.layers)
                json["parts"].push_back(prepared.layers[static_cast<std::size_t>(part)].name);
        layers.push_back(std::move(json));
    }
    return layers;
}

Table sensitivity_table(const Sensitivity& sensitivity, const Prepared& prepared, std::size_t most) {
    const QString right = QStringLiteral(">");
    const std::pair<QString, LayerNoise LayerSensitivity::*> kinds[] = {
        {Cli::tr("Weights"), &LayerSensitivity::weights_alone},
        {Cli::tr("Activations"), &LayerSensitivity::activations_alone},
        {Cli::tr("Without it"), &LayerSensitivity::without},
        {Cli::tr("Accumulated"), &LayerSensitivity::accumulated}};
    // A column for each kind that was measured.
    std::vector<LayerNoise LayerSensitivity::*> shown_kinds;
    QStringList headings{
        right + QStringLiteral("#"), right + Cli::tr("Ranks"),     Cli::tr("Layer"),
        Cli::tr("Operator"),         right + Cli::tr("SNR alone"), right + QStringLiteral("±")};
    for (const auto& [heading, noise] : kinds)
        if (std::any_of(sensitivity.layers.begin(), sensitivity.layers.end(),
                        [noise = noise](const LayerSensitivity& one) { return (one.*noise).measured; })) {
            headings << right + heading;
            shown_kinds.push_back(noise);
        }
    Table table(headings);
    std::size_t shown = 0;
    for (const LayerSensitivity& one : sensitivity.layers) {
        if (shown++ == most)
            break;
        const LayerGroup& layer = prepared.group_of(one.layer);
        // The ranks that it may have, where the images don't tell it from others.
        const bool sure = one.rank_from == one.rank_to;
        QStringList row{QString::number(one.rank),
                        sure ? QString() : QStringLiteral("%1–%2").arg(one.rank_from).arg(one.rank_to),
                        text(layer.name),
                        text(layer.op),
                        decibels(one.snr_db_alone),
                        one.uncertainty_db ? decibels(one.uncertainty_db) : QString()};
        for (const auto noise : shown_kinds)
            row << text_of(one.*noise);
        table.add(row);
    }
    return table;
}

}  // namespace quantwright::cli
