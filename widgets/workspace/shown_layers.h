#pragma once
// Layers as they are shown: a group (Prepared::groups) is one, until it is opened.
#include <set>
#include <string>
#include <vector>

#include "core/prepare/prepare.h"
#include "widgets/workspace/open_groups.h"

namespace quantwright {

/// What stands for the layer: itself, or its group's lead while the group is closed.
[[nodiscard]] int shownFor(const Prepared& prepared, const OpenGroups& open, int layer);
/// What a shown one stands for: itself, or all parts of its closed group.
[[nodiscard]] std::vector<int> standsFor(const Prepared& prepared, const OpenGroups& open, int shown);
/// The group that these layers (ascending) are, no more and no less; null: they are something else.
[[nodiscard]] const LayerGroup* wholeGroup(const Prepared& prepared, const std::vector<int>& layers);
/// Indices of the groups that the layers are of.
[[nodiscard]] std::set<int> groupsOf(const Prepared& prepared, const std::vector<int>& layers);
/// All parts of the group of that name, or the part of that name; empty without one.
[[nodiscard]] std::vector<int> layersNamed(const Prepared& prepared, const std::string& name);

}  // namespace quantwright
