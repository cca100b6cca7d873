#pragma once
// The network's weights, fitted one after the other on what reaches each.
#include <functional>
#include <vector>

#include "core/images/input_reader.h"
#include "core/improve/layer_fit.h"
#include "core/simulate/segment_session.h"

namespace quantwright {

/// One run of the model that weights are fitted on, or judged by.
struct FitImage {
    Batch batch;
    bool judged = false;
    SegmentState as_float = {}, as_quantized = {};  ///< where the walk is
};

struct WalkOptions {
    FitOptions fit;
    /// For what is kept of all images between layers; beyond it more is computed again.
    std::int64_t memory_bytes = std::int64_t(256) << 20;
    std::function<void(int layer)> done = {};  ///< behind each layer, in order
};

/// What fit_weights() is expected to cost by layer, where one multiplication of a run of the network is 1.
[[nodiscard]] std::vector<double> walk_costs(const Resolved& resolved, const std::vector<FitImage>& images,
                                             const FitOptions& fit);

/// Walks the segments once, the float network and the quantized one side by side. What is found for the
/// plan of `resolved` goes to `improved`, layer by layer. Sums do not depend on the number of threads.
/// Errors: those of Session::create and run, cancelled.
Status fit_weights(std::shared_ptr<const Resolved> resolved, std::vector<FitImage>& images,
                   const WalkOptions& options, const MatrixProducts& runtime, const JobContext& job,
                   Improved& improved);

}  // namespace quantwright
