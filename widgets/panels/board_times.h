#pragma once
// Measured times of a board, by layer of the open model.
#include <QString>
#include <optional>
#include <string>
#include <vector>

#include "core/board/deploy.h"

namespace quantwright {

struct LayerTime {
    std::string name;  ///< of the layer; of the node, where it belongs to none
    std::string op, provider;
    double us = 0;
    std::optional<double> other_us;  ///< of the layer in the model it was timed in turns with
};

/// Of all nodes, those of one layer together, the slowest first.
[[nodiscard]] std::vector<LayerTime> layerTimes(const BoardResult& result);

/// "CPU" for "CPUExecutionProvider": the rest is the same for all.
[[nodiscard]] QString shortProviders(const std::string& names);

/// SNR of a layer's output on the board against the float model, by index of `prepared.layers`; empty where
/// it was not compared, infinite without noise.
[[nodiscard]] std::vector<std::optional<double>> errorsByLayer(const BoardResult& result,
                                                               const Prepared& prepared);

/// Indices of layers whose result on the board is not the simulation's.
[[nodiscard]] std::vector<int> differingLayers(const BoardResult& result, const Prepared& prepared);

/// By index of `prepared.layers`, in microseconds; empty where nothing was measured under that name.
[[nodiscard]] std::vector<std::optional<double>> timesByLayer(const BoardResult& result,
                                                              const Prepared& prepared);

}  // namespace quantwright
