#pragma once
// The images that figures are of while a plan is worked on: chosen by the model and the samples alone, so
// that the same document shows the same figures, and the same images serve headline and analysis.
#include <cstdint>
#include <memory>
#include <vector>

#include "core/base/job.h"
#include "core/evaluate/measured_on.h"
#include "core/evaluate/output_parts.h"
#include "core/images/input_reader.h"
#include "core/prepare/prepare.h"

namespace quantwright {

/// One run of the model.
struct Probe {
    Batch batch;
    std::vector<Tensor> reference;  ///< all outputs of the float model, or of the model that came quantized
};

/// How many runs: fewer where each costs more, 8 to 32, no more than there are; `asked` where that is not 0.
[[nodiscard]] std::int64_t probe_count(const Prepared& prepared, const InputReader& reader,
                                       std::int64_t asked = 0);

/// Which runs of the reader: evenly spread, in an order whose beginning is spread as well.
[[nodiscard]] std::vector<std::int64_t> probe_runs(std::int64_t count, std::int64_t available);

/// What can't be read is left out. Errors: images.none_left, cancelled.
Result<std::vector<Batch>> load_batches(const InputReader& reader, const std::vector<std::int64_t>& runs,
                                        int threads, const JobContext& job);

/// The same with references; runs without outputs of their own are left out. Errors: those of load_batches(),
/// runtime.failed.
Result<std::vector<Probe>> load_probes(const Prepared& prepared, const InputReader& reader,
                                       const std::vector<std::int64_t>& runs, int threads,
                                       const JobContext& job);

/// What the outputs of one run add.
struct ProbeError {
    ErrorSums sums;                                    ///< over every float output
    std::vector<std::optional<OutputSample>> outputs;  ///< each by itself; none where no parts were asked for
    std::int64_t images = 0;
};
/// `outputs` are the network's for the probe; `parts`: of the float outputs, or none.
[[nodiscard]] ProbeError probe_error(const std::vector<OutputParts>& parts, const Probe& probe,
                                     std::vector<Tensor> outputs);

/// What many runs say together; pooled in the order of adding.
class ProbeErrors {
public:
    explicit ProbeErrors(std::vector<OutputParts> parts = {}) : m_by_part(std::move(parts)) {}
    void add(const ProbeError& run);

    [[nodiscard]] const ErrorSums& sums() const { return m_sums; }  ///< over every float output
    [[nodiscard]] double cosine() const { return m_runs > 0 ? m_cosine / static_cast<double>(m_runs) : 1; }
    [[nodiscard]] std::vector<OutputError> outputs() const { return m_by_part.errors(); }
    [[nodiscard]] std::int64_t images() const { return m_images; }

private:
    ErrorSums m_sums;
    OutputErrors m_by_part;
    double m_cosine = 0;
    std::int64_t m_runs = 0, m_images = 0;
};

}  // namespace quantwright
