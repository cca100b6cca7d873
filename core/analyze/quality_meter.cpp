#include "core/analyze/quality_meter.h"

#include <onnx/onnx_pb.h>

#include <algorithm>

#include "core/analyze/analysis_key.h"
#include "core/base/parallel.h"
#include "core/export/export_qdq.h"
#include "core/rewrite/rewrite.h"
#include "core/simulate/chain.h"

namespace quantwright {

namespace {

/// Building the file just to count its bytes is quick for models of this size and below.
constexpr std::int64_t k_countable_bytes = std::int64_t(256) << 20;
/// The answer of so many images is worth showing before that of all.
constexpr std::size_t k_first_images = 4;

/// Fewer, longer segments than for an analysis: an edit runs all of them that are behind it.
int segment_layers(const Prepared& prepared) {
    return std::clamp(static_cast<int>(prepared.layers.size()) / 10, 2, 32);
}

/// The plan with the range tried. Biases stay as they were rounded: a trial is for the eye, the plan that
/// follows from it is measured by itself.
std::shared_ptr<const Resolved> with_trial(const std::shared_ptr<const Resolved>& resolved,
                                           const QualityMeter::Trial& trial) {
    auto tried = std::make_shared<Resolved>(*resolved);
    for (auto& tensor : tried->tensors)
        if (tensor && tensor->scale_owner == trial.owner && !tensor->parameters.per_channel())
            tensor->parameters = activation_parameters(*resolved->target, trial.range, tensor->scheme);
    return tried;
}

/// As many bytes: only values differ.
bool same_form(const Parameters& a, const Parameters& b) {
    return a.format == b.format && a.scale.size() == b.scale.size() && a.axis == b.axis;
}

/// Files of both are as long as each other: they differ in the values of ranges alone.
bool same_size(const Resolved& a, const Resolved& b) {
    if (a.target != b.target || a.prepared != b.prepared)
        return false;
    const auto same_layer = [](const ResolvedLayer& x, const ResolvedLayer& y) {
        return x.mode == y.mode && x.bias.has_value() == y.bias.has_value() &&
               x.weight.has_value() == y.weight.has_value() &&
               (!x.weight ||
                (x.weight->initializer == y.weight->initializer && x.weight->storage == y.weight->storage &&
                 same_form(x.weight->parameters, y.weight->parameters)));
    };
    const auto same_tensor = [](const auto& x, const auto& y) {
        return x.has_value() == y.has_value() &&
               (!x || (same_form(x->parameters, y->parameters) && x->scale_owner == y->scale_owner &&
                       x->float_consumers == y->float_consumers));
    };
    for (int i = 0; i < static_cast<int>(a.layers.size()); ++i)
        if (activation_is_implied(a, i) != activation_is_implied(b, i))
            return false;
    return std::equal(a.layers.begin(), a.layers.end(), b.layers.begin(), b.layers.end(), same_layer) &&
           std::equal(a.tensors.begin(), a.tensors.end(), b.tensors.begin(), b.tensors.end(), same_tensor);
}

}  // namespace

struct QualityMeter::Parts {
    /// What is known of a probe under the form it was last run in.
    struct Kept {
        std::shared_ptr<const FormView> view;
        std::vector<std::optional<SegmentState>> states;  ///< in front of each segment
        std::vector<Tensor> outputs;
    };

    Parts(std::shared_ptr<const Prepared> of, const QualityOptions& given)
        : prepared(std::move(of)),
          options(given),
          parts(output_parts(*prepared)),
          chain(prepared, {given.threads, Optimizations::standard, segment_layers(*prepared)}) {}

    /// By segment: whether the state in front of it is kept.
    void choose_kept() {
        std::int64_t bytes = 0;
        for (const Segment& segment : chain.segments())
            bytes += segment.alive_bytes;
        bytes *= static_cast<std::int64_t>(probes.size());
        const std::int64_t every = 1 + bytes / std::max<std::int64_t>(1, options.memory_bytes);
        keep.assign(chain.segments().size(), false);
        for (std::size_t i = 0; i < keep.size(); i += static_cast<std::size_t>(every))
            keep[i] = i > 0;
    }

    /// Outputs of one probe; `kept` is what was known and, with `remember`, what is known then.
    Result<std::vector<Tensor>> run(const ChainForm& form, const Probe& probe, Kept& kept, bool remember,
                                    const CancelToken& cancel) {
        const int size = chain.size();
        int from = kept.view ? chain.first_difference(*kept.view, *form.view()) : 0;
        if (from == size) {
            if (remember)
                kept.view = form.view();
            return kept.outputs;
        }
        while (from > 0 && !kept.states[static_cast<std::size_t>(from)])
            --from;
        SegmentState state =
            from > 0 ? *kept.states[static_cast<std::size_t>(from)] : chain.start(probe.batch.inputs);
        if (remember) {
            // What is behind belongs to no form until this run ends.
            kept.states.resize(static_cast<std::size_t>(size));
            kept.view.reset();
        }
        for (int i = from; i < size; ++i) {
            if (remember && i > from && keep[static_cast<std::size_t>(i)])
                kept.states[static_cast<std::size_t>(i)] = state;
            auto next = chain.run(form, i, state, cancel);
            if (!next)
                return fail(next);
            state = std::move(*next);
        }
        if (remember) {
            kept.view = form.view();
            kept.outputs = state.outputs;
        }
        return std::move(state.outputs);
    }

    /// The results of one run's samples.
    struct Read {
        std::int64_t sample = 0;
        Prediction prediction;
    };

    /// The float model's first run says what the network is for. One that can't be judged has no figure: an
    /// evaluation says why.
    void open_judge() {
        if (!options.judge)
            return;
        JudgeRequest request = *options.judge;
        request.truth = false;
        const auto samples = rows_of(probes.front(), probes.front().reference);
        if (samples.empty())
            return;
        const auto& [sample, outputs] = samples.front();
        auto opened = quantwright::open_judge(*prepared->original, request, sample, outputs);
        if (!opened)
            return;
        judge = std::move(*opened);
        task = std::make_shared<const Task>(judge->task());
        for (const Probe& probe : probes)
            references.push_back(read(probe, probe.reference));
    }

    using Rows = std::vector<std::pair<std::int64_t, std::vector<Tensor>>>;
    /// The samples of a run that can be told apart, each with its own outputs.
    static Rows rows_of(const Probe& probe, std::vector<Tensor> outputs) {
        const Batch& batch = probe.batch;
        Rows rows;
        if (batch.rows == 1) {
            rows.emplace_back(batch.samples.front(), std::move(outputs));
            return rows;
        }
        const std::int64_t count = std::ssize(batch.samples);
        for (std::int64_t row = 0; row < count; ++row)
            if (auto own = outputs_of_row(outputs, count, row))
                rows.emplace_back(batch.samples[static_cast<std::size_t>(row)], std::move(*own));
        return rows;
    }

    [[nodiscard]] std::vector<Read> read(const Probe& probe, std::vector<Tensor> outputs) const {
        std::vector<Read> results;
        if (!judge || task->kind == TaskKind::none)
            return results;
        static_cast<void>(keep_samples(outputs, probe.batch));
        for (const auto& [sample, own] : rows_of(probe, std::move(outputs)))
            if (auto prediction = judge->read(sample, own))
                results.push_back({sample, std::move(*prediction)});
        return results;
    }

    /// Of the first `count` probes.
    [[nodiscard]] std::optional<Figure> figure(const std::vector<std::vector<Read>>& found,
                                               std::size_t count) const {
        if (!judge)
            return std::nullopt;
        const auto fresh = judge->again();
        for (std::size_t i = 0; i < count; ++i)
            for (const Read& one : found[i]) {
                // A sample that one of the two can't be read for is not there.
                const auto reference = std::find_if(references[i].begin(), references[i].end(),
                                                    [&](const Read& r) { return r.sample == one.sample; });
                if (reference == references[i].end())
                    continue;
                if (auto added = fresh->add(one.sample, one.prediction, &reference->prediction); !added)
                    return std::nullopt;
            }
        const Judgement judgement = fresh->judgement();
        return judgement.agreement.empty() ? std::nullopt : std::optional(judgement.agreement.front());
    }

    std::shared_ptr<const Prepared> prepared;
    QualityOptions options;
    std::unique_ptr<Judge> judge;
    std::shared_ptr<const Task> task;
    std::vector<std::vector<Read>> references;  ///< by probe
    MeasuredOn measured_on;                     ///< without the number of images
    std::vector<Probe> probes;
    std::vector<OutputParts> parts;
    Chain chain;
    std::vector<bool> keep;
    std::vector<Kept> kept;
    std::shared_ptr<const ChainForm> plan_form, trial_form;
    std::shared_ptr<const Resolved> counted;
    std::optional<std::int64_t> bytes;
};

QualityMeter::QualityMeter() = default;
QualityMeter::~QualityMeter() = default;

Result<std::shared_ptr<QualityMeter>> QualityMeter::create(std::shared_ptr<const Prepared> prepared,
                                                           const InputReader& reader, const JobContext& job,
                                                           const QualityOptions& options) {
    std::shared_ptr<QualityMeter> meter(new QualityMeter);
    const std::int64_t count = probe_count(*prepared, reader, options.images);
    auto probes = load_probes(*prepared, reader, probe_runs(count, reader.size()), options.threads, job);
    if (!probes)
        return fail(probes);
    meter->m_parts = std::make_unique<Parts>(std::move(prepared), options);
    meter->m_parts->probes = std::move(*probes);
    meter->m_parts->kept.resize(meter->m_parts->probes.size());
    meter->m_parts->measured_on = measured_on(reader, count, 0, Arithmetic::simulated);
    meter->m_parts->choose_kept();
    meter->m_parts->open_judge();
    return meter;
}

Result<Quality> QualityMeter::measure(const std::shared_ptr<const Resolved>& resolved,
                                      const std::optional<Trial>& trial, const JobContext& job,
                                      const std::function<void(const Quality&)>& first, const See& see) {
    Parts& parts = *m_parts;
    const Form form{trial ? with_trial(resolved, *trial) : resolved, {}, true, true};
    // A trial starts from the plan's sessions, which stay as they are.
    auto made = !trial && parts.plan_form   ? parts.chain.take(form, std::exchange(parts.plan_form, {}), job)
                : trial && parts.trial_form ? parts.chain.take(form, std::exchange(parts.trial_form, {}), job)
                                            : parts.chain.make(form, parts.plan_form.get(), job);
    if (!made)
        return fail(made);
    (trial ? parts.trial_form : parts.plan_form) = *made;
    if (!trial)
        parts.trial_form.reset();

    const std::size_t all = parts.probes.size();
    std::vector<std::vector<Tensor>> outputs(all);
    std::vector<std::vector<Parts::Read>> results(all);
    const auto run = [&](std::size_t from, std::size_t to) {
        return for_each_parallel(
            static_cast<int>(to - from), worker_count(parts.options.threads), [&](int i) -> Status {
                const std::size_t index = from + static_cast<std::size_t>(i);
                if (job.cancelled())
                    return JobContext::cancelled_error();
                auto given = parts.run(**made, parts.probes[index], parts.kept[index], !trial, job.token());
                if (!given)
                    return fail(given);
                results[index] = parts.read(parts.probes[index], *given);
                outputs[index] = std::move(*given);
                return {};
            });
    };
    const auto judge = [&](std::size_t count) {
        ProbeErrors errors(parts.parts);
        for (std::size_t i = 0; i < count; ++i)
            errors.add(probe_error(parts.parts, parts.probes[i], outputs[i]));
        Quality quality;
        quality.snr_db = errors.sums().snr_db();
        quality.outputs = errors.outputs();
        quality.images = errors.images();
        quality.measured_on = parts.measured_on;
        quality.measured_on.images = quality.images;
        quality.task = parts.task;
        quality.figure = parts.figure(results, count);
        for (const Probe& probe : parts.probes)
            quality.images_wanted += std::max<std::int64_t>(1, std::ssize(probe.batch.samples));
        return quality;
    };
    const bool in_two = first && all > 2 * k_first_images;
    if (in_two) {
        if (auto done = run(0, k_first_images); !done)
            return fail(done);
        first(judge(k_first_images));
    }
    if (auto done = run(in_two ? k_first_images : 0, all); !done)
        return fail(done);
    for (std::size_t i = 0; see && i < all; ++i)
        if (auto seen = see(parts.probes[i], outputs[i]); !seen)
            return fail(seen);
    Quality quality = judge(all);
    quality.images_wanted = quality.images;
    return quality;
}

std::string QualityMeter::key(const Resolved& resolved) const {
    std::vector<Batch> batches;
    for (const Probe& probe : m_parts->probes)
        batches.push_back(probe.batch);
    return analysis_key(resolved, batches);
}

std::optional<std::int64_t> QualityMeter::file_bytes(const std::shared_ptr<const Resolved>& resolved) {
    Parts& parts = *m_parts;
    if (resolved->prepared->original->file_bytes() > k_countable_bytes)
        return std::nullopt;
    if (!parts.counted || !same_size(*parts.counted, *resolved))
        parts.bytes = static_cast<std::int64_t>(build_qdq(*resolved).ByteSizeLong());
    parts.counted = resolved;
    return parts.bytes;
}

}  // namespace quantwright
