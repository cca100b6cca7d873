#pragma once
// Which layers hurt: each quantized alone, a group (Prepared::groups) with all of its parts, error at the
// model's outputs.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/evaluate/output_parts.h"
#include "core/images/input_reader.h"
#include "core/plan/resolve.h"

namespace quantwright {

struct LayerSensitivity {
    int layer = -1;                      ///< the group's lead: index into Prepared::layers
    std::optional<double> snr_db_alone;  ///< empty when quantizing it changes nothing
    double cosine_alone = 1, mse_alone = 0;
    std::optional<WorstPart> worst_part_alone;  ///< where the outputs have several parts
    int rank = 0;                               ///< 1: the most sensitive
};

struct Sensitivity {
    std::int64_t images = 0;
    /// Quantized layers that round something of their own (passive ones only move their input's codes), most
    /// sensitive first.
    std::vector<LayerSensitivity> layers;
    std::optional<double> snr_db_all;      ///< everything quantized
    std::vector<OutputError> outputs_all;  ///< the same by output and part
    [[nodiscard]] const LayerSensitivity* find(int layer) const;
};

struct AnalyzeOptions {
    int threads = 0;
    std::int64_t max_images =
        0;  ///< evenly spread over the reader's samples; 0: as many as suit the model's size, 8 to 32
};

/// Errors: images.none_left, runtime.failed, cancelled.
Result<std::shared_ptr<const Sensitivity>> analyze_sensitivity(std::shared_ptr<const Resolved> resolved,
                                                               const InputReader& reader,
                                                               const AnalyzeOptions& options = {},
                                                               const JobContext& job = {});

}  // namespace quantwright
