#pragma once
// Measured times of a board, by layer of the open model.
#include <optional>
#include <string>
#include <vector>

#include "core/board/deploy.h"

namespace quantwright {

struct LayerTime {
    std::string name;  ///< of the layer; of the node, where it belongs to none
    std::string op, provider;
    double us = 0;
};

/// Of all nodes, those of one layer together, the slowest first.
[[nodiscard]] std::vector<LayerTime> layerTimes(const BoardResult& result);

/// By index of `prepared.layers`, in microseconds; empty where nothing was measured under that name.
[[nodiscard]] std::vector<std::optional<double>> timesByLayer(const BoardResult& result,
                                                              const Prepared& prepared);

}  // namespace quantwright
