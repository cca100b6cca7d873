#include "widgets/workspace/shown_layers.h"

namespace quantwright {

namespace {

bool closed(const Prepared& prepared, const OpenGroups& open, int layer) {
    return !prepared.group_of(layer).single() &&
           !open.isOpen(prepared.group_of_layer[static_cast<std::size_t>(layer)]);
}

}  // namespace

int shownFor(const Prepared& prepared, const OpenGroups& open, int layer) {
    return closed(prepared, open, layer) ? prepared.group_of(layer).lead : layer;
}

std::vector<int> standsFor(const Prepared& prepared, const OpenGroups& open, int shown) {
    return closed(prepared, open, shown) ? prepared.group_of(shown).layers : std::vector<int>{shown};
}

const LayerGroup* wholeGroup(const Prepared& prepared, const std::vector<int>& layers) {
    if (layers.empty())
        return nullptr;
    const LayerGroup& group = prepared.group_of(layers.front());
    return group.layers == layers ? &group : nullptr;
}

std::set<int> groupsOf(const Prepared& prepared, const std::vector<int>& layers) {
    std::set<int> groups;
    for (const int layer : layers)
        groups.insert(prepared.group_of_layer[static_cast<std::size_t>(layer)]);
    return groups;
}

std::vector<int> layersNamed(const Prepared& prepared, const std::string& name) {
    for (const LayerGroup& group : prepared.groups) {
        if (group.name == name)
            return group.layers;
        for (const int part : group.layers)
            if (prepared.layers[static_cast<std::size_t>(part)].name == name)
                return {part};
    }
    return {};
}

}  // namespace quantwright
