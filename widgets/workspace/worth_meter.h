#pragma once
// What a plan is worth on a few images, quickly: the fast face of simulation for live work. Measured against
// the float model, or, where the model arrived quantized, against that. Not thread-safe; one job at a time
// uses it.
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/base/job.h"
#include "core/evaluate/output_parts.h"
#include "core/images/input_reader.h"
#include "core/plan/resolve.h"

namespace quantwright {

struct PlanWorth {
    std::optional<double> snr_db;     ///< empty: no noise at all
    std::optional<double> agreement;  ///< fraction of the images with the float model's top-1
    std::vector<OutputError> outputs;  ///< each output by itself, and its parts
    std::int64_t images = 0;
    std::optional<std::int64_t> bytes;  ///< of the file as it would be exported
};

class WorthMeter {
public:
    /// Reads and runs `images` images; 0: as many as make a measurement take about a third of a second.
    static Result<std::shared_ptr<WorthMeter>> create(const std::shared_ptr<const Prepared>& prepared,
                                                      const InputReader& reader, const JobContext& job,
                                                      std::int64_t images = 0);
    ~WorthMeter();

    /// A range tried instead of the plan's, for every tensor that shares the scale of `owner`.
    struct Trial {
        TensorId owner{};
        Range range;
    };
    Result<PlanWorth> measure(const std::shared_ptr<const Resolved>& resolved,
                              const std::optional<Trial>& trial, const JobContext& job);

private:
    WorthMeter();
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

}  // namespace quantwright
