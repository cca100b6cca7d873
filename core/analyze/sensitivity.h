#pragma once
// Which layers hurt: each quantized alone, error at the model's outputs.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/images/input_reader.h"
#include "core/plan/resolve.h"

namespace quantwright {

struct LayerSensitivity {
    int layer = -1;                          ///< index into Prepared::layers
    std::optional<double> snr_db_alone;      ///< empty when quantizing it changes nothing
    double cosine_alone = 1, mse_alone = 0;
    int rank = 0;                            ///< 1: the most sensitive
};

struct Sensitivity {
    std::int64_t images = 0;
    std::vector<LayerSensitivity> layers;    ///< quantized layers only, most sensitive first
    std::optional<double> snr_db_all;        ///< everything quantized
    [[nodiscard]] const LayerSensitivity* find(int layer) const;
};

struct AnalyzeOptions {
    int threads = 0;
    std::int64_t max_images = 32;            ///< evenly spread over the reader's samples
};

/// Errors: images.none_left, runtime.failed, cancelled.
Result<std::shared_ptr<const Sensitivity>> analyze_sensitivity(std::shared_ptr<const Resolved> resolved, const InputReader& reader,
                                                               const AnalyzeOptions& options = {}, const JobContext& job = {});

}  // namespace quantwright
