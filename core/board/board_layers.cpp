#include "core/board/board_layers.h"

#include <algorithm>
#include <cmath>

namespace quantwright {

namespace {

constexpr double k_one_step = 1.01, k_float_agrees_db = 60;

std::optional<double> finite(const std::optional<double>& value) {
    return value && std::isfinite(*value) ? value : std::nullopt;
}

}  // namespace

std::vector<BoardLayer> list_layers(const Prepared& prepared, const std::vector<NodeTime>& profile) {
    std::vector<BoardLayer> layers;
    for (const Layer& from : prepared.layers) {
        BoardLayer layer;
        layer.layer = from.name;
        layer.op = from.op;
        layer.nodes = from.original_nodes;
        double longest = 0;
        for (const NodeTime& node : profile) {
            if (node.layer != from.name)
                continue;
            layer.us = layer.us.value_or(0) + node.us;
            if (node.us >= longest) {
                longest = node.us;
                layer.provider = node.provider;
            }
        }
        layers.push_back(std::move(layer));
    }
    return layers;
}

void add_other_times(const std::vector<NodeTime>& profile, std::vector<BoardLayer>& layers) {
    for (BoardLayer& layer : layers)
        for (const NodeTime& node : profile)
            if (node.layer == layer.layer)
                layer.other_us = layer.other_us.value_or(0) + node.us;
}

std::optional<Problem> judge_layers(const LayerProbe& probe, std::vector<BoardLayer>& layers) {
    for (std::size_t i = 0; i < probe.points().size(); ++i) {
        const ProbePoint& point = probe.points()[i];
        const ProbeErrors& errors = probe.errors()[i];
        BoardLayer& layer = layers[static_cast<std::size_t>(point.layer)];
        // Of several outputs the worst one speaks for the layer.
        const auto keep_worst = [](std::optional<double>& kept, const std::optional<double>& value) {
            if (value && (!kept || *value < *kept))
                kept = value;
        };
        layer.compared = true;
        const auto host_db = errors.host.snr_db();
        keep_worst(layer.snr_db_simulation, finite(host_db));
        if (errors.reference.count() > 0)
            keep_worst(layer.snr_db_float, finite(errors.reference.snr_db()));
        if (errors.host_reference.count() > 0)
            keep_worst(layer.snr_db_float_host, finite(errors.host_reference.snr_db()));
        if (point.step > 0) {
            const double steps = errors.max_difference / point.step;
            layer.steps = std::max(layer.steps.value_or(0), steps);
            layer.agrees = layer.agrees && steps <= k_one_step;
        } else {
            layer.agrees = layer.agrees && (!host_db || *host_db >= k_float_agrees_db);
        }
    }
    const auto differing =
        std::count_if(layers.begin(), layers.end(), [](const BoardLayer& layer) { return !layer.agrees; });
    if (differing == 0)
        return {};
    const auto worst =
        std::max_element(layers.begin(), layers.end(), [](const BoardLayer& a, const BoardLayer& b) {
            return std::pair(!a.agrees, a.steps.value_or(0)) < std::pair(!b.agrees, b.steps.value_or(0));
        });
    return Problem{"board.layers_differ", Severity::warning, worst->layer, {std::to_string(differing)}};
}

}  // namespace quantwright
