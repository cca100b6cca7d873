#pragma once
// The quality of a plan on the probe images, quickly: what an edit leaves alone is not computed again. The
// fast kernels of the runtime (simulated, default optimizations). Measured against the float model, or, where
// the model arrived quantized, against that.
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/analyze/probes.h"
#include "core/plan/resolve.h"
#include "core/task/open_judge.h"

namespace quantwright {

struct Quality {
    std::optional<double> snr_db;  ///< over every float output; empty: no noise at all
    /// What the network is for, and the first of its figures with the float model's results as truth; empty
    /// where it is for nothing that is known, or nobody asked.
    std::shared_ptr<const Task> task;
    std::optional<Figure> figure;
    std::vector<OutputError> outputs;  ///< each output by itself, and its parts
    std::int64_t images = 0;
    std::int64_t images_wanted = 0;  ///< more than `images` while the answer is a first one
    MeasuredOn measured_on;
    [[nodiscard]] bool partial() const { return images < images_wanted; }
};

struct QualityOptions {
    std::int64_t images = 0;  ///< runs of the model; 0: probe_count()
    int threads = 0;
    /// For what is kept between segments, by image; beyond it less is kept and more computed again.
    std::int64_t memory_bytes = std::int64_t(256) << 20;
    std::optional<JudgeRequest> judge = {};  ///< what judges the results; of the same reader
};

/// One job at a time uses it.
class QualityMeter {
public:
    /// Errors: those of load_probes() and prepare's.
    static Result<std::shared_ptr<QualityMeter>> create(std::shared_ptr<const Prepared> prepared,
                                                        const InputReader& reader, const JobContext& job,
                                                        const QualityOptions& options = {});
    ~QualityMeter();

    /// A range tried instead of the plan's, for every tensor that shares the scale of `owner`.
    struct Trial {
        TensorId owner{};
        Range range;
    };
    /// Is shown each probe with what the network gives for it, rows that only fill a batch up included.
    using See = std::function<Status(const Probe& probe, const std::vector<Tensor>& outputs)>;
    /// `first` is called with the answer of the first few images, where there are many more. A cancelled
    /// measurement loses nothing that the next can use. Errors: runtime.failed, cancelled, those of `see`.
    Result<Quality> measure(const std::shared_ptr<const Resolved>& resolved,
                            const std::optional<Trial>& trial, const JobContext& job,
                            const std::function<void(const Quality&)>& first = {}, const See& see = {});

    /// A hash of all that a measurement of this plan follows from (analysis_key.h).
    [[nodiscard]] std::string key(const Resolved& resolved) const;

    /// Of the file as it would be exported; empty for models so large that counting would take long.
    std::optional<std::int64_t> file_bytes(const std::shared_ptr<const Resolved>& resolved);

private:
    QualityMeter();
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

}  // namespace quantwright
