#include "core/analyze/sensitivity_json.h"

#include <cmath>
#include <unordered_map>

namespace quantwright {

namespace {

/// JSON has no infinity: what drowned everything is a string.
Json number(double value) {
    if (std::isfinite(value))
        return value;
    return value > 0 ? "inf" : "-inf";
}

double number(const Json& json) {
    if (json.is_string())
        return json.get<std::string>() == "inf" ? HUGE_VAL : -HUGE_VAL;
    return json.get<double>();
}

Json maybe(const std::optional<double>& value) {
    return value ? number(*value) : Json();
}

std::optional<double> maybe(const Json& json) {
    return json.is_null() ? std::nullopt : std::optional(number(json));
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
                      {"cosine", number(one.cosine_alone)},
                      {"mse", number(one.mse_alone)}};
        if (one.uncertainty_db)
            layer["uncertainty"] = *one.uncertainty_db;
        for (const auto& [key, noise] : k_kinds)
            if ((one.*noise).measured)
                layer[key] = maybe((one.*noise).snr_db);
        layers.push_back(std::move(layer));
    }
    return {{"images", sensitivity.images},
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
        sensitivity->images = json.at("images").get<std::int64_t>();
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
            one.cosine_alone = number(layer.at("cosine"));
            one.mse_alone = number(layer.at("mse"));
            if (layer.contains("uncertainty"))
                one.uncertainty_db = layer["uncertainty"].get<double>();
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
