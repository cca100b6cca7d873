#include "core/analyze/sensitivity_json.h"

#include <unordered_map>

namespace quantwright {

namespace {

Json maybe(const std::optional<double>& value) {
    return value ? number_to_json(*value) : Json();
}

std::optional<double> maybe(const Json& json) {
    return json.is_null() ? std::nullopt : std::optional(number_from_json(json));
}

constexpr std::pair<const char*, LayerNoise LayerSensitivity::*> k_kinds[] = {
    {"weights", &LayerSensitivity::weights_alone},
    {"activations", &LayerSensitivity::activations_alone},
    {"without", &LayerSensitivity::without},
    {"accumulated", &LayerSensitivity::accumulated}};

}  // namespace

Json to_json(const Sensitivity& sensitivity, const Prepared& prepared) {
    Json layers = Json::array();
    for (const LayerSensitivity& one : sensitivity.layers) {
        Json layer = {{"name", prepared.layers[static_cast<std::size_t>(one.layer)].name},
                      {"alone", maybe(one.snr_db_alone)},
                      {"cosine", number_to_json(one.cosine_alone)},
                      {"mse", number_to_json(one.mse_alone)}};
        if (one.uncertainty_db)
            layer["uncertainty"] = *one.uncertainty_db;
        if (one.rank_from > 0)
            layer["ranks"] = {one.rank_from, one.rank_to};
        for (const auto& [key, noise] : k_kinds)
            if ((one.*noise).measured)
                layer[key] = maybe((one.*noise).snr_db);
        layers.push_back(std::move(layer));
    }
    return {{"measured_on", fields_to_json(sensitivity.measured_on)},
            {"images_wanted", sensitivity.images_wanted},
            {"complete", sensitivity.complete},
            {"all", maybe(sensitivity.snr_db_all)},
            {"layers", std::move(layers)}};
}

Result<std::shared_ptr<const Sensitivity>> sensitivity_from_json(const Json& json, const Prepared& prepared,
                                                                 const std::string& subject) {
    try {
        std::unordered_map<std::string, int> layers;
        for (std::size_t i = 0; i < prepared.layers.size(); ++i)
            layers.emplace(prepared.layers[i].name, static_cast<int>(i));
        auto sensitivity = std::make_shared<Sensitivity>();
        fields_from_json(json.at("measured_on"), sensitivity->measured_on);
        sensitivity->images = sensitivity->measured_on.images;
        sensitivity->images_wanted = json.at("images_wanted").get<std::int64_t>();
        sensitivity->complete = json.at("complete").get<bool>();
        sensitivity->snr_db_all = maybe(json.at("all"));
        for (const Json& layer : json.at("layers")) {
            const auto found = layers.find(layer.at("name").get<std::string>());
            if (found == layers.end())
                return fail(ErrorCode::project_invalid, subject,
                            "analysis: no layer " + layer.at("name").get<std::string>());
            LayerSensitivity one;
            one.layer = found->second;
            one.snr_db_alone = maybe(layer.at("alone"));
            one.cosine_alone = number_from_json(layer.at("cosine"));
            one.mse_alone = number_from_json(layer.at("mse"));
            if (layer.contains("uncertainty"))
                one.uncertainty_db = layer["uncertainty"].get<double>();
            if (layer.contains("ranks")) {
                one.rank_from = layer["ranks"].at(0).get<int>();
                one.rank_to = layer["ranks"].at(1).get<int>();
            }
            for (const auto& [key, noise] : k_kinds)
                if (layer.contains(key))
                    one.*noise = {true, maybe(layer[key])};
            one.rank = static_cast<int>(sensitivity->layers.size()) + 1;
            sensitivity->layers.push_back(std::move(one));
        }
        return std::shared_ptr<const Sensitivity>(std::move(sensitivity));
    } catch (const std::exception& e) {
        return fail(ErrorCode::project_invalid, subject, std::string("analysis: ") + e.what());
    }
}

}  // namespace quantwright
