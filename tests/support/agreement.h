#pragma once
// A file against the simulation, tensor by tensor on one sample.
#include <map>
#include <string>
#include <vector>

#include "core/number/metrics.h"
#include "core/plan/resolve.h"

namespace quantwright::testing {

/// Tensors by name.
using Values = std::map<std::string, Tensor>;

/// Every float tensor of the prepared graph under its own name, where simulation and file have it.
struct BothValues {
    Values simulated, file;
};

/// What was compared, over as many files as the caller likes.
struct Agreement {
    int compared = 0;  ///< tensors whose layer had the same inputs in both
    int skipped = 0;   ///< their inputs differ already
    int integers = 0;  ///< layers in integers
    std::map<LayerMode, int> modes;
};

/// Integer kernels add up signed weights in 16 bits and saturate on processors without VNNI: not our
/// arithmetic, and measured elsewhere (kernel_gap).
[[nodiscard]] bool this_processor_saturates(const ResolvedLayer& layer);

/// The simulation and the QDQ file, both without optimizations.
Result<BothValues> run_both(const std::shared_ptr<const Resolved>& resolved,
                            const std::vector<Tensor>& inputs);

/// Layer by layer: where the same values came in, what comes out is within one step. Else which layer is how
/// far apart.
[[nodiscard]] std::string disagreement(const Resolved& resolved, const BothValues& values,
                                       Agreement& agreement);

}  // namespace quantwright::testing
