#include "widgets/panels/board_times.h"

#include <algorithm>
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
            sum = {name, found == known.end() ? node.op : found->second->op, node.provider, 0};
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
