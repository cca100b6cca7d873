#pragma once
// Runs the prepared model over the calibration images with an observing operator on every activation. Memory
// stays flat: no activation outlives its run.
#include <map>
#include <memory>
#include <vector>

#include "core/base/job.h"
#include "core/calibrate/statistics.h"
#include "core/images/input_reader.h"
#include "core/prepare/prepare.h"

namespace quantwright {

struct CalibrateOptions {
    int threads = 0;            ///< images in flight at once; 0: all cores
    int shard = 1, shards = 1;  ///< this call's share: runs i with i % shards == shard - 1
    /// Keeps the float model's outputs, for an evaluation on the same runs, while they are no more than this;
    /// 0: does not.
    std::int64_t keep_outputs_bytes = 0;
};

struct Calibration {
    std::shared_ptr<const Statistics> statistics;
    /// By run of the reader: all outputs, in the model's order. Empty where they were not kept.
    std::map<std::int64_t, std::vector<Tensor>> outputs;
    double seconds = 0;
    std::int64_t peak_memory_bytes = 0;  ///< of the process, as the system counts it
};

/// Unreadable images are skipped and listed. What fills up a batch is not looked at.
/// The result does not depend on the number of threads. Infinities inside of the model are counted and left
/// out (an attention mask has them). Errors: images.none_left, activation.not_finite (NaN, or infinity in an
/// input or output; subject: the first such tensor and image), runtime.failed, cancelled.
Result<Calibration> calibrate(const Prepared& prepared, const InputReader& reader,
                              const CalibrateOptions& options = {}, const JobContext& job = {});

}  // namespace quantwright
