#include "widgets/workspace/worth_meter.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <chrono>

#include "core/export/export_qdq.h"
#include "core/number/metrics.h"
#include "core/prepare/reference.h"
#include "core/simulate/simulation.h"

namespace quantwright {
namespace {

constexpr double seconds_per_measurement = 0.3;
constexpr std::int64_t fewest_images = 4, most_images = 32;
// Building the file just to count its bytes is quick for models of this size and below.
constexpr std::int64_t countable_bytes = std::int64_t(256) << 20;

/// The output that evaluate() scores.
const Tensor* first_float(const std::vector<Tensor>& outputs) {
    const auto found = std::find_if(outputs.begin(), outputs.end(),
                                    [](const Tensor& tensor) { return tensor.type == ElementType::float32; });
    return found == outputs.end() ? nullptr : &*found;
}

/// How many of `samples` equal parts of the output have their largest value at the same place.
std::int64_t agreeing_parts(std::span<const float> reference, std::span<const float> value,
                            std::size_t samples) {
    const auto top1 = [](std::span<const float> scores) {
        return std::max_element(scores.begin(), scores.end()) - scores.begin();
    };
    const std::size_t size = reference.size() / samples;
    std::int64_t agreeing = 0;
    for (std::size_t i = 0; i < samples; ++i)
        agreeing += top1(reference.subspan(i * size, size)) == top1(value.subspan(i * size, size)) ? 1 : 0;
    return agreeing;
}

/// How many images a measurement can run over in the time it may take.
Result<std::int64_t> affordable_images(const Session& session, const InputReader& reader,
                                       const JobContext& job) {
    const std::int64_t most = std::min(reader.size(), most_images);
    for (std::int64_t i = 0; i < most; ++i) {
        const auto inputs = reader.load(i);
        if (!inputs)
            continue;
        double seconds = 0;
        for (int run = 0; run < 2; ++run) {  // the first run warms up
            const auto start = std::chrono::steady_clock::now();
            const auto outputs = session.run(*inputs, job.token());
            if (!outputs)
                return fail(outputs);
            seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        }
        return std::clamp(static_cast<std::int64_t>(seconds_per_measurement / std::max(seconds, 1e-6)),
                          std::min(fewest_images, most), most);
    }
    return most;
}

}  // namespace

struct WorthMeter::Parts {
    std::vector<Batch> inputs;
    std::vector<std::vector<Tensor>> reference;  ///< all outputs of each
    std::vector<OutputParts> outputs;
    std::unique_ptr<Simulation> simulation;
    std::shared_ptr<const Resolved> simulated;
    std::shared_ptr<const Resolved> counted;
    std::optional<std::int64_t> bytes;
};

WorthMeter::WorthMeter() : m_parts(std::make_unique<Parts>()) {}
WorthMeter::~WorthMeter() = default;

Result<std::shared_ptr<WorthMeter>> WorthMeter::create(const std::shared_ptr<const Prepared>& prepared,
                                                       const InputReader& reader, const JobContext& job,
                                                       std::int64_t images) {
    std::shared_ptr<WorthMeter> meter(new WorthMeter);
    Parts& parts = *meter->m_parts;
    parts.outputs = output_parts(*prepared);
    // A model that arrives quantized is measured against itself: without its pairs nobody trained it.
    const bool given = !prepared->given.empty();
    const auto session = given ? Session::create(*reference_model(*prepared), {0, Optimizations::off, {}})
                               : Session::create(*prepared->model);
    if (!session)
        return fail(session);
    const auto wanted = images > 0 ? Result<std::int64_t>(std::min(images, reader.size()))
                                   : affordable_images(**session, reader, job);
    if (!wanted)
        return fail(wanted);
    std::vector<SkippedImage> skipped;  // calibration lists them
    for (std::int64_t i = 0; i < *wanted; ++i) {
        if (job.cancelled())
            return JobContext::cancelled_error();
        auto inputs = reader.load_batch(i * reader.size() / *wanted);
        const auto some = usable(inputs, skipped);
        if (!some)
            return fail(some);
        if (!*some)
            continue;
        auto outputs = (*session)->run(inputs->inputs, job.token());
        if (!outputs)
            return fail(outputs);
        if (!keep_samples(*outputs, *inputs))
            continue;
        if (!first_float(*outputs))
            return fail(ErrorCode::runtime_failed, prepared->model->path().string(), "no float output");
        parts.inputs.push_back(std::move(*inputs));
        parts.reference.push_back(std::move(*outputs));
    }
    if (parts.inputs.empty())
        return none_left(reader, skipped);
    return meter;
}

Result<PlanWorth> WorthMeter::measure(const std::shared_ptr<const Resolved>& resolved,
                                      const std::optional<Trial>& trial, const JobContext& job) {
    Parts& parts = *m_parts;
    // Only a trial changes ranges in place. A plan gets a simulation of its own: biases are rounded with the
    // ranges, and the same plan must always show the same figure.
    if (parts.simulated != resolved) {
        parts.simulated.reset();
        auto simulation = Simulation::create(resolved);
        if (!simulation)
            return fail(simulation);
        parts.simulation = std::move(*simulation);
        parts.simulated = resolved;
    }
    for (const auto& tensor : resolved->tensors) {
        if (!tensor)
            continue;
        const bool tried = trial && tensor->scale_owner == trial->owner && !tensor->parameters.per_channel();
        parts.simulation->set_parameters(
            tensor->tensor, tried ? activation_parameters(*resolved->target, trial->range, tensor->scheme)
                                  : tensor->parameters);
    }

    ErrorSums sums;
    OutputErrors by_part(parts.outputs);
    std::int64_t agreeing = 0, images = 0;
    for (std::size_t i = 0; i < parts.inputs.size(); ++i) {
        if (job.cancelled())
            return JobContext::cancelled_error();
        const Batch& batch = parts.inputs[i];
        auto outputs = parts.simulation->run(batch.inputs, job.token());
        if (!outputs)
            return fail(outputs);
        static_cast<void>(keep_samples(*outputs, batch));  // the float model's could be cut
        const Tensor& scored = *first_float(parts.reference[i]);
        const auto reference = scored.floats();
        const auto value = first_float(*outputs)->floats();
        sums.add(reference, value);
        by_part.add(parts.reference[i], *outputs);
        // Rows of a batch are samples of their own where the output has them.
        const bool rows = batch.rows > 1 && !scored.shape.empty() &&
                          scored.shape.front() == static_cast<std::int64_t>(batch.samples.size());
        const std::size_t samples = rows ? batch.samples.size() : 1;
        agreeing += agreeing_parts(reference, value, samples);
        images += static_cast<std::int64_t>(samples);
    }
    PlanWorth worth;
    worth.snr_db = sums.snr_db();
    worth.outputs = by_part.errors();
    worth.images = images;
    worth.agreement = static_cast<double>(agreeing) / static_cast<double>(worth.images);
    if (!trial && resolved->prepared->original->file_bytes() <= countable_bytes) {
        if (parts.counted != resolved) {
            parts.bytes = static_cast<std::int64_t>(build_qdq(*resolved).ByteSizeLong());
            parts.counted = resolved;
        }
        worth.bytes = parts.bytes;
    }
    return worth;
}

}  // namespace quantwright
