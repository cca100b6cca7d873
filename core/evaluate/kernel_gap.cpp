#include <algorithm>
#include <limits>

#include "core/evaluate/evaluate.h"
#include "core/evaluate/exact_integers.h"
#include "core/evaluate/outputs.h"

namespace quantwright {

namespace {

constexpr double k_tolerated_db = 1;
/// Against the file's own arithmetic instead of a float model: values rounded the other way make 20 dB (ViT)
/// to 27 dB (EfficientNet-Lite0) between two runs that are equally near to float. Below is a loss.
constexpr double k_own_arithmetic_db = 20;
constexpr std::int64_t k_images = 64;

Result<KernelGap> measure(const Session& standard, const Session& off, const Runner& reference,
                          const InputReader& reader, const JobContext& job) {
    ErrorSums with_standard, with_off;
    std::int64_t images = 0;
    std::vector<SkippedImage> skipped;  // whoever evaluates lists them
    const std::int64_t total = std::min(k_images, reader.size());
    for (std::int64_t i = 0; i < total; ++i) {
        if (job.cancelled())
            return JobContext::cancelled_error();
        job.report(Stage::evaluate, i, total);
        const auto batch = reader.load_batch(i * reader.size() / total);
        const auto some = usable(batch, skipped);
        if (!some)
            return fail(some);
        if (!*some)
            continue;
        auto expected = reference(batch->inputs, job.token());
        if (!expected)
            return fail(expected);
        if (!keep_samples(*expected, *batch))
            continue;
        for (auto [session, sums] : {std::pair(&standard, &with_standard), std::pair(&off, &with_off)}) {
            auto outputs = session->run(batch->inputs, job.token());
            if (!outputs)
                return fail(outputs);
            if (!keep_samples(*outputs, *batch))
                continue;
            const auto error = output_error(*expected, *outputs);
            if (!error)
                return fail(error);
            sums->add(*error);
        }
        images += std::max<std::int64_t>(1, std::ssize(batch->samples));
    }
    if (images == 0)
        return none_left(reader, skipped);
    job.report(Stage::evaluate, total, total);

    KernelGap gap;
    gap.images = images;
    gap.snr_db_default = finite_snr_db(with_standard);
    gap.snr_db_off = finite_snr_db(with_off);
    constexpr double no_noise = std::numeric_limits<double>::infinity();
    const auto off_db = with_off.snr_db();
    gap.warning =
        with_standard.snr_db().value_or(no_noise) < (off_db ? *off_db - k_tolerated_db : k_own_arithmetic_db);
    return gap;
}

}  // namespace

Result<KernelGap> kernel_gap(const Model& quantized, const Runner& reference, const InputReader& reader,
                             int threads, const JobContext& job) {
    try {
        const auto standard = Session::create(quantized, {threads, Optimizations::standard, {}});
        if (!standard)
            return fail(standard);
        const auto off = pure_session(quantized, threads);
        if (!off)
            return fail(off);
        return measure(**standard, **off, reference, reader, job);
    } catch (const std::exception& e) {
        return fail(ErrorCode::runtime_failed, "evaluation", e.what());
    }
}

}  // namespace quantwright
