#include "app/cli/sensitivity_output.h"

#include "app/cli/cli.h"
#include "app/cli/format.h"
#include "app/cli/json_output.h"

namespace quantwright::cli {

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
    Table table({right + QStringLiteral("#"), Cli::tr("Layer"), Cli::tr("Operator"),
                 right + Cli::tr("SNR alone"), right + Cli::tr("Cosine alone"),
                 right + Cli::tr("MSE alone")});
    std::size_t shown = 0;
    for (const LayerSensitivity& one : sensitivity.layers) {
        if (shown++ == most)
            break;
        const LayerGroup& layer = prepared.group_of(one.layer);
        table.add({QString::number(one.rank), text(layer.name), text(layer.op), decibels(one.snr_db_alone),
                   QString::number(one.cosine_alone, 'f', 5), QString::number(one.mse_alone, 'g', 3)});
    }
    return table;
}

}  // namespace quantwright::cli
