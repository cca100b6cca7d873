#pragma once
// From snapshots to what the node view shows. Node ids: layers by their index, then graph inputs, then
// outputs.
#include "core/analyze/sensitivity.h"
#include "core/plan/resolve.h"
#include "widgets/graph/graph_scene.h"

namespace quantwright {

enum class ColourBy { sensitivity, precision };

[[nodiscard]] GraphScene buildScene(const Resolved& resolved, const Sensitivity* sensitivity,
                                    ColourBy colour_by);

/// The badges of the scene by colour, in the order of BadgeKind.
[[nodiscard]] std::vector<GraphLegend::Entry> precisionLegend(const GraphScene& scene);

}  // namespace quantwright
