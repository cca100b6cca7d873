#pragma once
// From snapshots to what the node view shows. Node ids: layers by their index, a closed group by its lead's,
// then graph inputs, then outputs.
#include <optional>
#include <vector>

#include "core/analyze/sensitivity.h"
#include "core/plan/resolve.h"
#include "widgets/graph/graph_scene.h"
#include "widgets/panels/heat_scale.h"
#include "widgets/workspace/open_groups.h"

namespace quantwright {

enum class ColourBy { sensitivity, precision, board_time, board_error };

[[nodiscard]] GraphScene buildScene(const Resolved& resolved, const Sensitivity* sensitivity,
                                    ColourBy colour_by, const OpenGroups& open = OpenGroups());

/// Colours the layers by what they take on a board: none to the slowest, in microseconds by layer.
void colourByTime(GraphScene& scene, const std::vector<std::optional<double>>& times);
/// Colours the layers by their SNR on a board, in dB by layer; infinite: no error at all. `scale` is of
/// errorScale(). Those of `marked` get a triangle.
void colourByError(GraphScene& scene, const HeatScale& scale,
                   const std::vector<std::optional<double>>& snr_db, const std::vector<int>& marked);
[[nodiscard]] HeatScale errorScale(const std::vector<std::optional<double>>& snr_db);
/// The slowest, rounded up to what five ticks can say.
[[nodiscard]] double timeScale(const std::vector<std::optional<double>>& times);

/// The badges of the scene by colour, in the order of BadgeKind.
[[nodiscard]] std::vector<GraphLegend::Entry> precisionLegend(const GraphScene& scene);

}  // namespace quantwright
