#include "core/analyze/lost_parts.h"

#include <algorithm>
#include <cstdio>
#include <set>

namespace quantwright {

namespace {

/// Integer layers that only move or bend the part's values, from where it is joined back to the layers that
/// compute them.
std::vector<std::string> integer_tail(const OutputPart& part, const Resolved& resolved) {
    const Prepared& prepared = *resolved.prepared;
    const auto tensor = prepared.model->graph().find_tensor(part.name);
    if (!tensor)
        return {};
    std::vector<std::string> names;
    std::set<int> seen;
    std::vector<int> next{prepared.producing_layer(*tensor)};
    while (!next.empty()) {
        const int index = next.back();
        next.pop_back();
        if (index < 0 || !seen.insert(index).second)
            continue;
        const Layer& layer = prepared.layers[static_cast<std::size_t>(index)];
        if (!layer.weight.empty() || layer.macs > 0)
            continue;
        if (resolved.layers[static_cast<std::size_t>(index)].integers())
            names.push_back(layer.name);
        for (const TensorId input : layer.inputs)
            next.push_back(prepared.producing_layer(input));
    }
    return names;
}

/// What to set, as the command line writes it.
std::string cure(const OutputPart* part, const Resolved* resolved) {
    if (part) {
        const std::string joined_float = "--set '" + part->joined + ":mode=float'";
        if (!resolved)
            return joined_float;
        // Under the scale of a wider part nothing else helps.
        const Layer* layer = resolved->prepared->find_layer(part->joined);
        if (layer &&
            resolved->layers[static_cast<std::size_t>(layer - resolved->prepared->layers.data())].integers())
            return joined_float;
        std::string floats;
        for (const std::string& name : integer_tail(*part, *resolved))
            floats += (floats.empty() ? "--float '" : " --float '") + name + "'";
        if (!floats.empty())
            return floats;
    }
    const auto has = [&](const char* format) {
        return resolved && resolved->target->formats.contains(format);
    };
    if (has("uint16"))
        return "--activation uint16";
    return has("int16") ? "--activation int16" : "--threshold mse";
}

}  // namespace

std::vector<Problem> lost_parts(const std::vector<OutputError>& outputs, const Resolved* resolved) {
    struct Lost {
        double snr_db;
        Problem problem;
    };
    std::vector<Lost> lost;
    const auto consider = [&](const OutputError& output, const OutputPart* part, bool known,
                              const std::optional<double>& snr_db) {
        if (!known || !snr_db || *snr_db >= lost_below_db)
            return;
        char text[32];
        std::snprintf(text, sizeof text, "%.1f", *snr_db);
        lost.push_back({*snr_db,
                        {"output.part_lost",
                         Severity::warning,
                         part ? part->name : output.name,
                         {output.name, text, cure(part, resolved)}}});
    };
    for (const OutputError& output : outputs) {
        for (const PartError& one : output.parts)
            consider(output, &one.part, one.known, one.snr_db);
        // A model's only output has its figure in the summary.
        if (output.parts.empty() && outputs.size() > 1)
            consider(output, nullptr, output.known, output.snr_db);
    }
    std::stable_sort(lost.begin(), lost.end(),
                     [](const Lost& a, const Lost& b) { return a.snr_db < b.snr_db; });
    std::vector<Problem> problems;
    for (Lost& one : lost)
        problems.push_back(std::move(one.problem));
    return problems;
}

}  // namespace quantwright
