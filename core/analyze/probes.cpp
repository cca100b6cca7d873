#include "core/analyze/probes.h"

#include <algorithm>

#include "core/base/parallel.h"
#include "core/prepare/reference.h"
#include "core/runtime/session.h"

namespace quantwright {

namespace {

constexpr std::int64_t k_fewest = 8, k_most = 32;
/// Of all probes of one float pass: some tenths of a second on a desktop's processor.
constexpr double k_macs = 2.5e10;

/// The output that evaluate() scores.
const Tensor* first_float(const std::vector<Tensor>& outputs) {
    const auto found = std::find_if(outputs.begin(), outputs.end(),
                                    [](const Tensor& tensor) { return tensor.type == ElementType::float32; });
    return found == outputs.end() ? nullptr : &*found;
}

}  // namespace

std::int64_t probe_count(const Prepared& prepared, const InputReader& reader, std::int64_t asked) {
    if (asked > 0)
        return std::min(asked, reader.size());
    double macs = 1;
    for (const Layer& layer : prepared.layers)
        macs += static_cast<double>(layer.macs);
    return std::min(reader.size(), std::clamp(static_cast<std::int64_t>(k_macs / macs), k_fewest, k_most));
}

std::vector<std::int64_t> probe_runs(std::int64_t count, std::int64_t available) {
    // Counting with the bits the other way round visits the quarters before what lies between them.
    std::int64_t bits = 0;
    while ((std::int64_t(1) << bits) < count)
        ++bits;
    std::vector<std::int64_t> runs;
    for (std::int64_t i = 0; i < (std::int64_t(1) << bits); ++i) {
        std::int64_t reversed = 0;
        for (std::int64_t bit = 0; bit < bits; ++bit)
            reversed |= ((i >> bit) & 1) << (bits - 1 - bit);
        if (reversed < count)
            runs.push_back(reversed * available / count);
    }
    return runs;
}

Result<std::vector<Batch>> load_batches(const InputReader& reader, const std::vector<std::int64_t>& runs,
                                        int threads, const JobContext& job) {
    std::vector<std::optional<Batch>> loaded(runs.size());
    std::vector<std::vector<SkippedImage>> skipped(runs.size());  // calibration lists them
    const auto one = [&](int i) -> Status {
        const auto index = static_cast<std::size_t>(i);
        if (job.cancelled())
            return JobContext::cancelled_error();
        auto batch = reader.load_batch(runs[index]);
        const auto some = usable(batch, skipped[index]);
        if (!some)
            return fail(some);
        if (*some)
            loaded[index] = std::move(*batch);
        return {};
    };
    if (const auto done = for_each_parallel(static_cast<int>(runs.size()), worker_count(threads), one); !done)
        return fail(done);
    std::vector<Batch> batches;
    std::vector<SkippedImage> all_skipped;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        if (loaded[i])
            batches.push_back(std::move(*loaded[i]));
        all_skipped.insert(all_skipped.end(), skipped[i].begin(), skipped[i].end());
    }
    if (batches.empty())
        return none_left(reader, all_skipped);
    return batches;
}

Result<std::vector<Probe>> load_probes(const Prepared& prepared, const InputReader& reader,
                                       const std::vector<std::int64_t>& runs, int threads,
                                       const JobContext& job) {
    auto batches = load_batches(reader, runs, threads, job);
    if (!batches)
        return fail(batches);
    // A model that arrives quantized is measured against itself: without its pairs nobody trained it.
    const auto session = prepared.given.empty()
                             ? Session::create(*prepared.model, {1, Optimizations::standard, {}})
                             : Session::create(*reference_model(prepared), {1, Optimizations::off, {}});
    if (!session)
        return fail(session);
    std::vector<std::optional<Probe>> made(batches->size());
    const auto one = [&](int i) -> Status {
        const auto index = static_cast<std::size_t>(i);
        auto outputs = (*session)->run((*batches)[index].inputs, job.token());
        if (!outputs)
            return fail(outputs);
        if (!keep_samples(*outputs, (*batches)[index]))
            return {};
        if (!first_float(*outputs))
            return fail(ErrorCode::runtime_failed, prepared.original->path().string(), "no float output");
        made[index] = Probe{std::move((*batches)[index]), std::move(*outputs)};
        return {};
    };
    if (const auto done = for_each_parallel(static_cast<int>(made.size()), worker_count(threads), one); !done)
        return fail(done);
    std::vector<Probe> probes;
    for (auto& probe : made)
        if (probe)
            probes.push_back(std::move(*probe));
    if (probes.empty())
        return none_left(reader, {});
    return probes;
}

ProbeError probe_error(const std::vector<OutputParts>& parts, const Probe& probe,
                       std::vector<Tensor> outputs) {
    static_cast<void>(keep_samples(outputs, probe.batch));  // the reference's could be cut
    ProbeError run;
    for (std::size_t o = 0; o < probe.reference.size(); ++o)
        if (probe.reference[o].type == ElementType::float32)
            run.sums.add(probe.reference[o].floats(), outputs[o].floats());
    if (!parts.empty())
        run.outputs = output_sample(parts, probe.reference, outputs);
    // Rows of a batch are samples of their own where the output has them.
    const Batch& batch = probe.batch;
    const Tensor* scored = first_float(probe.reference);
    const bool rows = batch.rows > 1 && scored && !scored->shape.empty() &&
                      scored->shape.front() == static_cast<std::int64_t>(batch.samples.size());
    run.images = rows ? std::ssize(batch.samples) : 1;
    return run;
}

void ProbeErrors::add(const ProbeError& run) {
    m_sums.add(run.sums);
    m_cosine += run.sums.cosine();
    ++m_runs;
    m_by_part.add(run.outputs);
    m_images += run.images;
}

}  // namespace quantwright
