#include "core/evaluate/evaluate.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <future>

#include "core/evaluate/outputs.h"

namespace quantwright {

Runner runner(const Session& session) {
    return [&session](const std::vector<Tensor>& inputs, const CancelToken& cancel) {
        return session.run(inputs, cancel);
    };
}

namespace {

/// Nearest rank: the smallest value that at least this share of all is not above.
double percentile(const std::vector<double>& sorted, double share) {
    const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
    return sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1];
}

class Evaluator {
public:
    Evaluator(const Runner& model, const Runner& reference, const InputReader& reader,
              const EvaluateOptions& options, const JobContext& job)
        : m_model(model),
          m_reference(reference),
          m_reader(reader),
          m_options(options),
          m_job(job),
          m_outputs(options.outputs) {}

    Result<Evaluation> run() {
        const std::int64_t total = m_total;
        m_job.report(Stage::evaluate, 0, total);
        auto next = load_later(0);
        for (std::int64_t i = 0; i < total; ++i) {
            const auto inputs = next.get();
            if (m_job.cancelled())
                return JobContext::cancelled_error();
            const auto some = usable(inputs, m_result.skipped);
            if (!some)
                return fail(some);
            if (!*some) {
                next = load_later(i + 1);
            } else {
                auto outputs = timed_run(inputs->inputs);
                // From here on nothing is timed, so the next image may be decoded at the same time.
                next = load_later(i + 1);
                if (!outputs)
                    return fail(outputs);
                if (auto scored = score_batch(nth(i), *inputs, *outputs); !scored)
                    return fail(scored);
            }
            m_job.report(Stage::evaluate, i + 1, total);
        }
        if (m_result.images == 0)
            return none_left(m_reader, m_result.skipped);
        summarize();
        return std::move(m_result);
    }

private:
    using Inputs = Result<Batch>;

    /// The reader's sample for the n-th of the chosen ones, which are spread evenly.
    [[nodiscard]] std::int64_t nth(std::int64_t n) const { return n * m_reader.size() / m_total; }

    [[nodiscard]] std::future<Inputs> load_later(std::int64_t n) const {
        if (n >= m_total)
            return {};
        return std::async(std::launch::async, [this, n] { return m_reader.load_batch(nth(n)); });
    }

    Result<std::vector<Tensor>> timed_run(const std::vector<Tensor>& inputs) {
        for (; m_warmed_up < m_options.warm_up; ++m_warmed_up)
            if (auto outputs = m_model(inputs, m_job.token()); !outputs)
                return outputs;
        const auto start = std::chrono::steady_clock::now();
        auto outputs = m_model(inputs, m_job.token());
        m_times_ms.push_back(
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
        return outputs;
    }

    Result<std::vector<Tensor>> expect(std::int64_t run, const Batch& batch) const {
        if (m_options.reference_outputs)
            if (const auto known = m_options.reference_outputs->find(run);
                known != m_options.reference_outputs->end())
                return known->second;
        return m_reference(batch.inputs, m_job.token());
    }

    /// A batch of several samples is judged row by row where the outputs have rows; rows that only fill it up
    /// are not judged.
    Status score_batch(std::int64_t run, const Batch& batch, const std::vector<Tensor>& outputs) {
        Result<std::vector<Tensor>> expected;
        if (m_reference && !(expected = expect(run, batch)))
            return fail(expected);
        if (batch.rows == 1)
            return score(batch.samples.front(), outputs, *expected);
        for (std::size_t i = 0; i < batch.samples.size(); ++i) {
            const auto row = static_cast<std::int64_t>(i);
            const auto own = outputs_of_row(outputs, batch.rows, row);
            const auto own_expected = outputs_of_row(*expected, batch.rows, row);
            if (!own || !own_expected)
                return score_whole(batch, outputs, *expected);
            if (auto scored = score(batch.samples[i], *own, *own_expected); !scored)
                return scored;
        }
        return {};
    }

    /// Outputs that can't be told apart by sample: a full batch is one result.
    Status score_whole(const Batch& batch, const std::vector<Tensor>& outputs,
                       const std::vector<Tensor>& expected) {
        if (batch.complete())
            return score(batch.samples.front(), outputs, expected, false);
        for (const std::int64_t sample : batch.samples)
            m_result.skipped.push_back({m_reader.file(sample).path.string(), ErrorCode::images_unreadable,
                                        "its batch of " + std::to_string(batch.rows) +
                                            " is not full, and the outputs can't be told apart by sample"});
        return {};
    }

    /// `apart`: the outputs are the sample's alone, so that the task can be judged.
    Status score(std::int64_t sample, const std::vector<Tensor>& outputs, const std::vector<Tensor>& expected,
                 bool apart = true) {
        const ImageFile& file = m_reader.file(sample);
        if (m_options.judge && apart)
            if (auto judged = m_options.judge(sample, outputs, expected); !judged)
                return judged;
        ImageResult image;
        image.image = file.relative;
        image.label = file.label;
        m_result.not_finite += count_not_finite(outputs);
        const Tensor* scores = m_options.by_scores ? scores_of(outputs) : nullptr;
        m_all_scores = m_all_scores && scores != nullptr;
        if (scores) {
            const Floats floats(*scores);
            image.top1 = top1(floats.values());
            image.top5_hit = file.label && in_top5(floats.values(), *file.label);
        }
        if (m_reference)
            if (auto compared = compare(image, expected, outputs); !compared)
                return compared;
        ++m_result.images;
        m_result.per_image.push_back(std::move(image));
        return {};
    }

    Status compare(ImageResult& image, const std::vector<Tensor>& expected,
                   const std::vector<Tensor>& outputs) {
        if (const Tensor* scores = m_options.by_scores ? scores_of(expected) : nullptr) {
            const Floats floats(*scores);
            image.reference_top1 = top1(floats.values());
            image.reference_top5_hit = image.label && in_top5(floats.values(), *image.label);
        } else {
            m_all_reference_scores = false;
        }
        const auto sums = output_error(expected, outputs);
        if (!sums)
            return fail(sums);
        image.snr_db = finite_snr_db(*sums);
        image.cosine = sums->cosine();
        m_cosines += image.cosine;
        m_pooled.add(*sums);
        m_outputs.add(expected, outputs);
        return {};
    }

    void summarize() {
        Evaluation& r = m_result;
        r.measured_on = measured_on(m_reader, m_total, r.images, m_options.arithmetic);
        std::sort(m_times_ms.begin(), m_times_ms.end());
        r.latency = {percentile(m_times_ms, .5), percentile(m_times_ms, .9), percentile(m_times_ms, .99),
                     m_times_ms.front()};

        std::int64_t top1 = 0, top5 = 0, reference_top1 = 0, reference_top5 = 0, agree = 0;
        for (const ImageResult& image : r.per_image) {
            agree += image.top1 >= 0 && image.top1 == image.reference_top1 ? 1 : 0;
            if (!image.label)
                continue;
            ++r.labelled;
            top1 += image.top1 == *image.label ? 1 : 0;
            top5 += image.top5_hit ? 1 : 0;
            reference_top1 += image.reference_top1 == *image.label ? 1 : 0;
            reference_top5 += image.reference_top5_hit ? 1 : 0;
        }
        const auto share = [](std::int64_t part, std::int64_t whole) {
            return static_cast<double>(part) / static_cast<double>(whole);
        };
        if (!m_all_scores)
            r.labelled = 0;
        if (r.labelled > 0) {
            r.top1 = share(top1, r.labelled);
            r.top5 = share(top5, r.labelled);
        }
        if (!m_reference)
            return;
        if (r.labelled > 0 && m_all_reference_scores) {
            r.reference_top1 = share(reference_top1, r.labelled);
            r.reference_top5 = share(reference_top5, r.labelled);
        }
        if (m_all_scores && m_all_reference_scores)
            r.agreement = share(agree, r.images);
        // One NaN makes all of these unknowable; not_finite says why they are absent.
        if (m_pooled.count() > 0 && std::isfinite(m_pooled.mean_abs_error())) {
            r.snr_db = finite_snr_db(m_pooled);
            r.cosine = m_cosines / static_cast<double>(r.images);
            r.mean_abs_error = m_pooled.mean_abs_error();
            r.outputs = m_outputs.errors();
        }
    }

    const Runner& m_model;
    const Runner& m_reference;
    const InputReader& m_reader;
    const EvaluateOptions& m_options;
    const JobContext& m_job;
    const std::int64_t m_total = m_options.max_images > 0 ? std::min(m_options.max_images, m_reader.size())
                                                          : m_reader.size();
    Evaluation m_result;
    std::int64_t m_warmed_up = 0;
    std::vector<double> m_times_ms;
    ErrorSums m_pooled;
    OutputErrors m_outputs;
    double m_cosines = 0;
    bool m_all_scores = true, m_all_reference_scores = true;
};

}  // namespace

Result<Evaluation> evaluate(const Runner& model, const Runner& reference, const InputReader& reader,
                            const EvaluateOptions& options, const JobContext& job) {
    try {
        return Evaluator(model, reference, reader, options, job).run();
    } catch (const std::exception& e) {
        return fail(ErrorCode::runtime_failed, "evaluation", e.what());
    }
}

}  // namespace quantwright
