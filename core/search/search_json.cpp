#include "core/base/json_fields.h"
#include "core/search/search.h"

namespace quantwright {

namespace {

const LayerGroup& group_of(const Resolved& resolved, const Raise& raise) {
    return resolved.prepared->groups[static_cast<std::size_t>(raise.group)];
}

Json set_json(const Raise& raise) {
    Settings set;
    set.set(raise.field, raise.value);
    return to_json(set);
}

Json maybe(const std::optional<double>& value) {
    return value ? number_to_json(*value) : Json();
}

Json point_json(const SearchPoint& point, const Resolved& resolved) {
    Plan plan = resolved.plan;
    static_cast<void>(apply(plan, edit_of(resolved, point.raised)));
    Json json = {{"keeps", point.keeps}, {"images", point.images}, {"snr_db", maybe(point.snr_db)}};
    if (point.screened)
        json["screened"] = true;
    if (point.figure)
        json["figure"] = *point.figure;
    if (point.drop)
        json["drop"] = *point.drop;
    json["cost"] = number_to_json(point.cost);
    if (point.bytes)
        json["bytes"] = *point.bytes;
    json["layers_raised"] = Json::array();
    for (const Raise& raise : point.raised)
        json["layers_raised"].push_back(group_of(resolved, raise).name);
    json["plan"] = to_json(plan);
    return json;
}

/// RFC 4180.
std::string csv_text(const std::string& text) {
    std::string result = "\"";
    for (const char c : text)
        result += c == '"' ? std::string("\"\"") : std::string(1, c);
    return result + '"';
}

}  // namespace

Json to_json(const SearchResult& result, const Resolved& resolved) {
    Json json = {{"reached", result.reached}, {"metric", result.metric}};
    if (result.float_figure)
        json["float_figure"] = *result.float_figure;
    json["measured_on"] = fields_to_json(result.measured_on);
    json["exceptions"] = Json::array();
    for (const Needed& one : result.exceptions) {
        Json exception = {{"layer", group_of(resolved, one.raise).name},
                          {"op", group_of(resolved, one.raise).op},
                          {"set", set_json(one.raise)},
                          {"rank", one.rank},
                          {"snr_db_alone", maybe(one.snr_db_alone)},
                          {"snr_db_without", maybe(one.snr_db_without)}};
        if (one.drop_without)
            exception["drop_without"] = *one.drop_without;
        json["exceptions"].push_back(std::move(exception));
    }
    json["points"] = Json::array();
    for (const SearchPoint& point : result.points)
        json["points"].push_back(point_json(point, resolved));
    json[result.reached ? "chosen" : "best"] = json["points"][result.chosen];
    return json;
}

std::string to_csv(const SearchResult& result, const Resolved& resolved) {
    std::string csv = "point,chosen,keeps,screened,images,snr_db,figure,drop,cost,bytes,exceptions,layers\n";
    const auto cell = [](const std::optional<double>& value) {
        return value ? Json(number_to_json(*value)).dump() : std::string();
    };
    for (std::size_t i = 0; i < result.points.size(); ++i) {
        const SearchPoint& point = result.points[i];
        std::string layers;
        for (const Raise& raise : point.raised)
            layers += (layers.empty() ? "" : "; ") + group_of(resolved, raise).name + ": " +
                      std::string(info(raise.field).path) + "=" + raise.value;
        csv += std::to_string(i + 1) + ',' + (i == result.chosen ? "1," : "0,") +
               (point.keeps ? "1," : "0,") + (point.screened ? "1," : "0,") + std::to_string(point.images) +
               ',' + cell(point.snr_db) + ',' + cell(point.figure) + ',' + cell(point.drop) + ',' +
               Json(number_to_json(point.cost)).dump() + ',' +
               (point.bytes ? std::to_string(*point.bytes) : std::string()) + ',' +
               std::to_string(point.raised.size()) + ',' + csv_text(layers) + '\n';
    }
    return csv;
}

}  // namespace quantwright
