#include "core/analyze/sensitivity.h"

#include <algorithm>
#include <atomic>
#include <limits>
#include <mutex>
#include <thread>

#include "core/number/metrics.h"
#include "core/runtime/session.h"
#include "core/simulate/simulation.h"

namespace quantwright {

const LayerSensitivity* Sensitivity::find(int layer) const {
    for (const LayerSensitivity& one : layers)
        if (one.layer == layer)
            return &one;
    return nullptr;
}

namespace {

/// Runs of the analysis images with their float outputs, kept for all layers.
struct Samples {
    std::vector<Batch> inputs;
    std::vector<std::vector<Tensor>> outputs;
    std::int64_t images = 0;
};

int worker_count(int threads) {
    return threads > 0 ? threads : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

/// Calls task(i) for i in [0, count) from `threads` threads; stops early when a task fails. The first failure
/// is returned.
template <class Task>
Status for_each_parallel(int count, int threads, Task task) {
    std::atomic<int> next = 0;
    std::mutex mutex;
    std::optional<Error> error;
    std::vector<std::thread> workers;
    const int used = std::min(count, threads);
    workers.reserve(static_cast<std::size_t>(used));
    for (int t = 0; t < used; ++t)
        workers.emplace_back([&] {
            for (int i = next++; i < count; i = next++)
                if (Status done = task(i); !done) {
                    const std::lock_guard lock(mutex);
                    if (!error)
                        error = done.error();
                    next = count;
                }
        });
    for (auto& worker : workers)
        worker.join();
    if (error)
        return tl::unexpected<Error>(*error);
    return {};
}

/// How many images: all of a small model's 32, fewer where each costs more. Fixed by the model alone, so that
/// a repeated analysis is the same.
std::int64_t image_count(const Prepared& prepared, std::size_t layers, const AnalyzeOptions& options) {
    if (options.max_images > 0)
        return options.max_images;
    constexpr double budget_macs = 6e11;  // about half a minute on two cores
    double macs = 1;
    for (const Layer& layer : prepared.layers)
        macs += static_cast<double>(layer.macs);
    return std::clamp<std::int64_t>(
        static_cast<std::int64_t>(budget_macs / (macs * static_cast<double>(layers + 1))), 8, 32);
}

Result<Samples> float_samples(const Prepared& prepared, const InputReader& reader, std::int64_t most,
                              int threads, const JobContext& job) {
    auto session = Session::create(*prepared.model, {threads, Optimizations::standard, {}});
    if (!session)
        return fail(session);
    Samples samples;
    std::vector<SkippedImage> skipped;  // calibration and evaluation list them
    const std::int64_t wanted = std::min(most, reader.size());
    for (std::int64_t i = 0; i < wanted; ++i) {
        if (job.cancelled())
            return JobContext::cancelled_error();
        auto inputs = reader.load_batch(i * reader.size() / wanted);
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
        samples.images += static_cast<std::int64_t>(inputs->samples.size());
        samples.inputs.push_back(std::move(*inputs));
        samples.outputs.push_back(std::move(*outputs));
    }
    if (samples.inputs.empty())
        return none_left(reader, skipped);
    return samples;
}

/// Some part of it rounds something of its own.
bool rounds(const Resolved& resolved, const LayerGroup& group) {
    return std::any_of(group.layers.begin(), group.layers.end(), [&](int layer) {
        const auto index = static_cast<std::size_t>(layer);
        const auto op = resolved.target->operators.find(resolved.prepared->layers[index].op);
        return resolved.layers[index].quantized() && op != resolved.target->operators.end() &&
               op->second.role != Role::passive;
    });
}

struct Measured {
    ErrorSums sums;
    double cosine = 0;  ///< mean over images
    std::vector<OutputError> outputs;
};

/// Error of one simulation at the model's float outputs.
Result<Measured> measure(std::shared_ptr<const Resolved> resolved, const SimulationOptions& options,
                         const Samples& samples, const std::vector<OutputParts>& parts,
                         const JobContext& job) {
    auto simulation = Simulation::create(std::move(resolved), options);
    if (!simulation)
        return fail(simulation);
    Measured error;
    OutputErrors by_part(parts);
    for (std::size_t i = 0; i < samples.inputs.size(); ++i) {
        auto outputs = (*simulation)->run(samples.inputs[i].inputs, job.token());
        if (!outputs)
            return fail(outputs);
        static_cast<void>(keep_samples(*outputs, samples.inputs[i]));  // the float model's could be cut
        ErrorSums image;
        for (std::size_t o = 0; o < samples.outputs[i].size(); ++o)
            if (samples.outputs[i][o].type == ElementType::float32)
                image.add(samples.outputs[i][o].floats(), (*outputs)[o].floats());
        error.cosine += image.cosine() / static_cast<double>(samples.inputs.size());
        error.sums.add(image);
        by_part.add(samples.outputs[i], *outputs);
    }
    error.outputs = by_part.errors();
    return error;
}

}  // namespace

Result<std::shared_ptr<const Sensitivity>> analyze_sensitivity(std::shared_ptr<const Resolved> resolved,
                                                               const InputReader& reader,
                                                               const AnalyzeOptions& options,
                                                               const JobContext& job) {
    std::vector<const LayerGroup*> layers;
    for (const LayerGroup& group : resolved->prepared->groups)
        if (rounds(*resolved, group))
            layers.push_back(&group);
    auto samples =
        float_samples(*resolved->prepared, reader, image_count(*resolved->prepared, layers.size(), options),
                      options.threads, job);
    if (!samples)
        return fail(samples);

    const auto parts = output_parts(*resolved->prepared);
    auto result = std::make_shared<Sensitivity>();
    result->images = samples->images;
    result->layers.resize(layers.size());
    // Layers don't depend on each other: one session each, one thread in it, several at once.
    const int total = static_cast<int>(layers.size()) + 1;
    std::atomic<int> done = 0;
    std::mutex report;
    job.report(Stage::analyze, 0, total);
    const auto one_layer = [&](int i) -> Status {
        SimulationOptions simulation;
        simulation.threads = 1;
        if (i < static_cast<int>(layers.size()))
            simulation.only_layers = layers[static_cast<std::size_t>(i)]->layers;
        const auto error = measure(resolved, simulation, *samples, parts, job);
        if (!error)
            return fail(error);
        if (simulation.only_layers) {
            LayerSensitivity& layer = result->layers[static_cast<std::size_t>(i)];
            layer.layer = layers[static_cast<std::size_t>(i)]->lead;
            layer.snr_db_alone = error->sums.snr_db();
            layer.cosine_alone = error->cosine;
            layer.mse_alone = error->sums.mean_squared_error();
            layer.worst_part_alone = worst_part(error->outputs);
        } else {
            result->snr_db_all = error->sums.snr_db();
            result->outputs_all = error->outputs;
        }
        const std::lock_guard lock(report);
        job.report(Stage::analyze, ++done, total);
        return {};
    };
    if (auto finished = for_each_parallel(total, worker_count(options.threads), one_layer); !finished)
        return fail(finished);

    const auto key = [](const LayerSensitivity& layer) {
        return layer.snr_db_alone.value_or(std::numeric_limits<double>::infinity());
    };
    std::stable_sort(result->layers.begin(), result->layers.end(),
                     [&](const auto& a, const auto& b) { return key(a) < key(b); });
    for (std::size_t i = 0; i < result->layers.size(); ++i)
        result->layers[i].rank = static_cast<int>(i) + 1;
    return std::shared_ptr<const Sensitivity>(std::move(result));
}

}  // namespace quantwright
