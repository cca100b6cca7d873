#pragma once
// What a deployment tells of each layer. Private to core/board.
#include <optional>
#include <vector>

#include "core/board/deploy.h"
#include "core/board/layer_probe.h"

namespace quantwright {

/// With the times of the nodes that belong to each.
[[nodiscard]] std::vector<BoardLayer> list_layers(const Prepared& prepared,
                                                  const std::vector<NodeTime>& profile);
/// Of the model that was timed in turns with it, layers of the same names.
void add_other_times(const std::vector<NodeTime>& profile, std::vector<BoardLayer>& layers);
/// Fills in the comparison; a problem where layers differ.
[[nodiscard]] std::optional<Problem> judge_layers(const LayerProbe& probe, std::vector<BoardLayer>& layers);

}  // namespace quantwright
