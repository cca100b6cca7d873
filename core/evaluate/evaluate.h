#pragma once
// A model over images: accuracy against labels, error against another model, latency. Per image, so that
// differences can be opened.
#include <array>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/evaluate/measured_on.h"
#include "core/evaluate/output_parts.h"
#include "core/images/input_reader.h"
#include "core/number/metrics.h"
#include "core/runtime/session.h"

namespace quantwright {

/// Anything that turns a sample's inputs into outputs: a Session, a Simulation, later a board.
using Runner =
    std::function<Result<std::vector<Tensor>>(const std::vector<Tensor>& inputs, const CancelToken& cancel)>;
[[nodiscard]] Runner runner(const Session& session);  ///< the session must outlive it

struct ImageResult {
    std::string image;  ///< relative name
    std::optional<int> label;
    int top1 = -1, reference_top1 = -1;  ///< class indices; -1 where the output is no vector of scores
    bool top5_hit = false, reference_top5_hit = false;
    std::optional<double> snr_db;
    double cosine = 1;
};

struct Latency {
    double p50_ms = 0, p90_ms = 0, p99_ms = 0, min_ms = 0;
};

struct Evaluation {
    std::int64_t images = 0, labelled = 0;
    MeasuredOn measured_on;
    std::optional<double> top1, top5;  ///< fractions of the labelled images
    std::optional<double> reference_top1, reference_top5;
    /// Against the reference, where there is one:
    std::optional<double> agreement;  ///< fraction with the same top-1
    std::optional<double> snr_db;     ///< pooled; empty also when the noise is zero
    std::optional<double> cosine, mean_abs_error;
    std::vector<OutputError> outputs;  ///< of EvaluateOptions::outputs, in order
    Latency latency;
    std::vector<ImageResult> per_image;
    std::vector<SkippedImage> skipped;
    std::int64_t not_finite = 0;  ///< outputs with NaN or infinity
};

struct EvaluateOptions {
    std::int64_t warm_up = 1;     ///< runs that are not timed
    std::int64_t max_images = 0;  ///< runs, evenly spread over the reader's; 0: all
    /// The reference's float outputs, to judge each by itself (output_parts()); empty: all together only.
    std::vector<OutputParts> outputs = {};
    /// The reference's outputs that are known already, by run of the reader: it is not asked for these.
    const std::map<std::int64_t, std::vector<Tensor>>* reference_outputs = nullptr;
    Arithmetic arithmetic = Arithmetic::file;  ///< of the model's runner
    bool by_scores = true;  ///< the task is classification: the first float output is ranked
    /// Is shown the outputs of each sample that can be told apart, and the reference's (none: empty): what
    /// the task says of them (core/task/judge.h). Its errors end the evaluation.
    std::function<Status(std::int64_t sample, const std::vector<Tensor>& outputs,
                         const std::vector<Tensor>& reference)>
        judge = {};
};

/// One sample after the other; `reference` may be empty. The reader's sources stand in the order of the
/// models' inputs. Errors: images.none_left, runtime.failed, cancelled.
Result<Evaluation> evaluate(const Runner& model, const Runner& reference, const InputReader& reader,
                            const EvaluateOptions& options = {}, const JobContext& job = {});

/// What ONNX Runtime's own optimizations and integer kernels do to a quantized file, measured on at most 64
/// images. `off` is the file's own arithmetic (pure_session() in exact_integers.h).
struct KernelGap {
    std::int64_t images = 0;
    std::optional<double> snr_db_default, snr_db_off;  ///< against the reference model
    bool warning = false;  ///< default is more than 1 dB below off; below 20 dB where off is the reference
};
Result<KernelGap> kernel_gap(const Model& quantized, const Runner& reference, const InputReader& reader,
                             int threads = 0, const JobContext& job = {});

}  // namespace quantwright
