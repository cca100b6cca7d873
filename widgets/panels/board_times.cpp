#include "widgets/panels/board_times.h"

#include <algorithm>
#include <limits>
#include <map>

namespace quantwright {

std::vector<LayerTime> layerTimes(const BoardResult& result) {
    std::map<std::string, const BoardLayer*> known;
    for (const BoardLayer& layer : result.layers)
        known[layer.layer] = &layer;
    std::map<std::string, LayerTime> sums;
    for (const NodeTime& node : result.profile) {
        const std::string& name = node.layer.empty() ? node.node : node.layer;
        LayerTime& sum = sums[name];
        if (sum.name.empty()) {
            const auto found = known.find(name);
            sum = {name, found == known.end() ? node.op : found->second->op, node.provider, 0, {}};
            if (found != known.end())
                sum.other_us = found->second->other_us;
        } else if (sum.provider.find(node.provider) == std::string::npos) {
            sum.provider += ", ";
            sum.provider += node.provider;
        }
        sum.us += node.us;
    }
    std::vector<LayerTime> times;
    times.reserve(sums.size());
    for (auto& [name, time] : sums)
        times.push_back(std::move(time));
    std::stable_sort(times.begin(), times.end(),
                     [](const LayerTime& a, const LayerTime& b) { return a.us > b.us; });
    return times;
}

QString shortProviders(const std::string& names) {
    return QString::fromStdString(names).remove(QStringLiteral("ExecutionProvider"));
}

std::vector<std::optional<double>> errorsByLayer(const BoardResult& result, const Prepared& prepared) {
    std::map<std::string, const BoardLayer*> known;
    for (const BoardLayer& layer : result.layers)
        known[layer.layer] = &layer;
    std::vector<std::optional<double>> errors(prepared.layers.size());
    for (std::size_t i = 0; i < errors.size(); ++i)
        if (const auto found = known.find(prepared.layers[i].name);
            found != known.end() && found->second->compared)
            errors[i] = found->second->snr_db_float.value_or(std::numeric_limits<double>::infinity());
    return errors;
}

std::vector<int> differingLayers(const BoardResult& result, const Prepared& prepared) {
    std::vector<int> found;
    for (std::size_t i = 0; i < prepared.layers.size(); ++i)
        if (std::any_of(result.layers.begin(), result.layers.end(), [&](const BoardLayer& layer) {
                return layer.compared && !layer.agrees && layer.layer == prepared.layers[i].name;
            }))
            found.push_back(static_cast<int>(i));
    return found;
}

std::vector<std::optional<double>> timesByLayer(const BoardResult& result, const Prepared& prepared) {
    std::map<std::string, double> sums;
    for (const LayerTime& time : layerTimes(result))
        sums[time.name] = time.us;
    std::vector<std::optional<double>> times(prepared.layers.size());
    for (std::size_t i = 0; i < times.size(); ++i)
        if (const auto found = sums.find(prepared.layers[i].name); found != sums.end())
            times[i] = found->second;
    return times;
}

}  // namespace quantwright
