#pragma once
// Which layers hurt, a group (Prepared::groups) with all of its parts: quantized alone, with its weights and
// its activations apart, and left out of a quantized network, each as the error at the model's outputs; and
// the error at its own output where everything is quantized.
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/evaluate/measured_on.h"
#include "core/evaluate/output_parts.h"
#include "core/images/input_reader.h"
#include "core/plan/resolve.h"

namespace quantwright {

class AnalysisMemory;

/// One kind of figure of one layer.
struct LayerNoise {
    bool measured = false;
    std::optional<double> snr_db;  ///< empty: no noise at all
};

struct LayerSensitivity {
    int layer = -1;                      ///< the group's lead: index into Prepared::layers
    std::optional<double> snr_db_alone;  ///< empty when quantizing it changes nothing
    double cosine_alone = 1, mse_alone = 0;
    /// Standard error of snr_db_alone in dB, from how much the images differ (jackknife); empty with one
    /// image.
    std::optional<double> uncertainty_db;
    std::optional<WorstPart> worst_part_alone;  ///< where the outputs have several parts
    LayerNoise weights_alone, activations_alone;
    LayerNoise without;      ///< everything but this one quantized
    LayerNoise accumulated;  ///< everything quantized, at its own output
    int rank = 0;            ///< 1: the most sensitive
    /// The ranks of those that these images do not tell from this one (two standard errors of the difference,
    /// jackknife over the same images); 0: not known, with one image.
    int rank_from = 0, rank_to = 0;
};

struct Sensitivity {
    std::int64_t images = 0, images_wanted = 0;  ///< of snr_db_alone; fewer than wanted in a first answer
    MeasuredOn measured_on;                      ///< of all figures, once complete
    bool complete = false;                       ///< every kind that was asked for is measured
    /// Quantized layers that round something of their own (passive ones only move their input's codes), most
    /// sensitive first.
    std::vector<LayerSensitivity> layers;
    std::optional<double> snr_db_all;      ///< everything quantized
    std::vector<OutputError> outputs_all;  ///< the same by output and part
    [[nodiscard]] const LayerSensitivity* find(int layer) const;
};

struct AnalyzeOptions {
    int threads = 0;
    std::int64_t max_images = 0;                            ///< runs of the model; 0: probe_count()
    bool apart = true, without = true, accumulated = true;  ///< what is measured besides `alone`
    std::int64_t memory_bytes = std::int64_t(512) << 20;    ///< for what is kept between segments
    /// Called with a first answer of few images, then with each better one; from the calling thread.
    std::function<void(std::shared_ptr<const Sensitivity>)> partial = {};
    /// What an analysis of the same that did not end has left there is not measured again; null: nothing is
    /// kept. The values are those of an analysis that was never interrupted.
    AnalysisMemory* memory = nullptr;
    bool fresh = false;                             ///< what is there is thrown away
    std::function<void(std::size_t)> resumed = {};  ///< called where so many measurements are there already
};

/// The images are those of QualityMeter. Errors: images.none_left, runtime.failed, cancelled.
Result<std::shared_ptr<const Sensitivity>> analyze_sensitivity(std::shared_ptr<const Resolved> resolved,
                                                               const InputReader& reader,
                                                               const AnalyzeOptions& options = {},
                                                               const JobContext& job = {});

}  // namespace quantwright
