#include "core/analyze/sensitivity.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>

#include "core/analyze/analysis_key.h"
#include "core/analyze/analysis_memory.h"
#include "core/analyze/probes.h"
#include "core/analyze/ranking.h"
#include "core/base/parallel.h"
#include "core/simulate/chain.h"
#include "core/simulate/simulation.h"

namespace quantwright {

const LayerSensitivity* Sensitivity::find(int layer) const {
    for (const LayerSensitivity& one : layers)
        if (one.layer == layer)
            return &one;
    return nullptr;
}

namespace {

/// The first answer is of so many images; each better one of four times as many.
constexpr std::size_t k_first_images = 2, k_growth = 4;
/// Each layer's own sessions hold its segment's weights; of a model up to this they are kept between rounds.
constexpr std::int64_t k_small_bytes = std::int64_t(64) << 20;

/// Some part of it rounds something of its own.
bool rounds(const Resolved& resolved, const LayerGroup& group) {
    return std::any_of(group.layers.begin(), group.layers.end(), [&](int layer) {
        const auto index = static_cast<std::size_t>(layer);
        const auto op = resolved.target->operators.find(resolved.prepared->layers[index].op);
        return resolved.layers[index].quantized() && op != resolved.target->operators.end() &&
               op->second.role != Role::passive;
    });
}

bool has_quantized_weight(const Resolved& resolved, const LayerGroup& group) {
    return std::any_of(group.layers.begin(), group.layers.end(), [&](int layer) {
        const ResolvedLayer& one = resolved.layers[static_cast<std::size_t>(layer)];
        return one.quantized() && one.weight;
    });
}

class Analysis {
    using Kind = Measurements::Kind;

public:
    Analysis(std::shared_ptr<const Resolved> resolved, const AnalyzeOptions& options, const JobContext& job)
        : m_resolved(std::move(resolved)),
          m_options(options),
          m_job(job),
          m_threads(worker_count(options.threads)),
          m_parts(output_parts(*m_resolved->prepared)),
          m_chain(m_resolved->prepared, {1}) {
        for (const LayerGroup& group : m_resolved->prepared->groups)
            if (rounds(*m_resolved, group))
                m_groups.push_back(&group);
    }

    Result<std::shared_ptr<const Sensitivity>> run(const InputReader& reader) {
        if (const auto begun = begin(reader); !begun)
            return fail(begun);
        if (const auto kept = remember(); !kept)
            return fail(kept);
        if (const auto done = measure_alone(); !done)
            return fail(done);
        if (m_options.accumulated)
            if (const auto done = measure_accumulated(); !done)
                return fail(done);
        if (m_options.apart)
            if (const auto done = measure_apart(); !done)
                return fail(done);
        if (m_options.without)
            if (const auto done = measure_without(); !done)
                return fail(done);
        m_result.complete = true;
        rank(m_result, m_left_out);
        return std::make_shared<const Sensitivity>(std::move(m_result));
    }

private:
    /// The network's states in front of every segment, for some images, in one form.
    struct Pass {
        std::size_t from = 0;
        std::vector<std::vector<SegmentState>> states;  ///< by image, by segment
        std::vector<Probe> probes;                      ///< the form's own outputs as references
    };

    [[nodiscard]] Form form(std::optional<std::vector<int>> only, bool weights = true,
                            bool activations = true) const {
        return {m_resolved, std::move(only), weights, activations};
    }

    Status begin(const InputReader& reader) {
        const std::int64_t count = probe_count(*m_resolved->prepared, reader, m_options.max_images);
        m_job.report(Stage::analyze, 0, 0);
        auto batches = load_batches(reader, probe_runs(count, reader.size()), m_threads, m_job);
        if (!batches)
            return fail(batches);
        m_batches = std::move(*batches);
        const Chain parallel(m_resolved->prepared, {m_threads});
        auto floating = parallel.make(form(std::vector<int>()), nullptr, m_job);
        if (floating)
            floating = parallel.join(*floating, m_job);
        if (!floating)
            return fail(floating);
        m_float = std::move(*floating);
        auto whole = Simulation::create(m_resolved, {1, Optimizations::standard, {}, true, true, {}});
        if (!whole)
            return fail(whole);
        m_whole = std::move(*whole);
        m_result.measured_on = measured_on(reader, count, 0, Arithmetic::simulated);
        m_result.layers.resize(m_groups.size());
        for (std::size_t i = 0; i < m_groups.size(); ++i)
            m_result.layers[i].layer = m_groups[i]->lead;
        for (const Batch& batch : m_batches)
            m_result.images_wanted += std::max<std::int64_t>(1, std::ssize(batch.samples));
        const int kinds = 1 + (m_options.apart ? 2 : 0) + (m_options.without ? 1 : 0);
        m_total = static_cast<std::int64_t>(m_groups.size()) * kinds * std::ssize(m_batches);
        return {};
    }

    /// What is known already, where something is kept.
    Status remember() {
        AnalysisMemory* memory = m_options.memory ? m_options.memory : &m_own_memory;
        const std::string key = m_options.memory ? analysis_key(*m_resolved, m_batches) : std::string();
        auto known = memory->take(key, m_groups.size(), m_job, m_options.fresh);
        if (!known)
            return fail(known);
        m_known.emplace(std::move(*known));
        if (const std::size_t size = (*m_known)->size(); size > 0 && m_options.resumed)
            m_options.resumed(size);
        return {};
    }

    [[nodiscard]] bool known(Kind kind, std::size_t group, std::size_t images) const {
        return (*m_known)->known(kind, group, images);
    }

    /// Of the groups that `wanted` is true for.
    template <class Wanted>
    [[nodiscard]] bool all_known(Kind kind, std::size_t images, const Wanted& wanted) const {
        for (std::size_t i = 0; i < m_groups.size(); ++i)
            if (wanted(i) && !known(kind, i, images))
                return false;
        return true;
    }

    [[nodiscard]] ProbeErrors pooled(Kind kind, std::size_t group, std::size_t images,
                                     const std::vector<OutputParts>& parts = {}) const {
        ProbeErrors errors(parts);
        const auto& of = (*m_known)->of(kind, group);
        for (std::size_t i = 0; i < images && i < of.size(); ++i)
            errors.add(of[i]);
        return errors;
    }

    /// The quantized network, made when a kind of figure needs it.
    Status need_quantized() {
        if (m_quantized)
            return {};
        const Chain parallel(m_resolved->prepared, {m_threads});
        auto made = parallel.make(form({}), m_float.get(), m_job);
        if (made && m_options.without)
            made = parallel.join(*made, m_job);
        if (!made)
            return fail(made);
        m_quantized = std::move(*made);
        return {};
    }

    /// How many images' states fit into the memory.
    [[nodiscard]] std::size_t images_at_once() const {
        std::int64_t bytes = 1;
        for (const Segment& segment : m_chain.segments())
            bytes += segment.alive_bytes;
        return static_cast<std::size_t>(std::max<std::int64_t>(1, m_options.memory_bytes / bytes));
    }

    /// Runs the form on images [from, to).
    Result<Pass> pass(const ChainForm& form, std::size_t from, std::size_t to) const {
        Pass result;
        result.from = from;
        result.states.resize(to - from);
        result.probes.resize(to - from);
        const auto one = [&](int i) -> Status {
            const auto index = static_cast<std::size_t>(i);
            if (m_job.cancelled())
                return JobContext::cancelled_error();
            const Batch& batch = m_batches[from + index];
            auto& states = result.states[index];
            SegmentState state = m_chain.start(batch.inputs);
            for (int segment = 0; segment < m_chain.size(); ++segment) {
                auto next = m_chain.run(form, segment, state, m_job.token());
                if (!next)
                    return fail(next);
                states.push_back(std::move(state));
                state = std::move(*next);
            }
            // Where a batch that is not full can't be cut to its samples it counts as a whole.
            result.probes[index] = {batch, std::move(state.outputs)};
            static_cast<void>(keep_samples(result.probes[index].reference, batch));
            return {};
        };
        if (const auto done = for_each_parallel(static_cast<int>(to - from), m_threads, one); !done)
            return fail(done);
        return result;
    }

    /// What each image adds in a form that differs from that of `states` in few segments. Those that are
    /// known are left out; `parts`: what is judged by itself.
    Status compare(const ChainForm& form, const ChainForm& base, const Pass& states,
                   const std::vector<Probe>& references, Kind kind, std::size_t group,
                   const std::vector<OutputParts>& parts) {
        const int first = m_chain.first_difference(*base.view(), *form.view());
        for (std::size_t i = (*m_known)->of(kind, group).size() - states.from; i < states.states.size();
             ++i) {
            if (m_job.cancelled())
                return JobContext::cancelled_error();
            std::vector<Tensor> outputs;
            if (first == m_chain.size()) {
                outputs = states.probes[i].reference;
            } else {
                auto run = m_chain.finish(form, first, states.states[i][static_cast<std::size_t>(first)],
                                          m_job.token());
                if (!run)
                    return fail(run);
                outputs = std::move(*run);
            }
            (*m_known)->add(kind, group, probe_error(parts, references[i], std::move(outputs)));
        }
        return {};
    }

    void advance(std::size_t images) {
        const std::lock_guard lock(m_report);
        m_done += static_cast<std::int64_t>(images);
        m_job.report(Stage::analyze, m_done, m_total);
    }

    /// Rounds of more and more images: a ranking soon, a sure one later.
    Status measure_alone() {
        const auto every = [](std::size_t) { return true; };
        std::vector<std::shared_ptr<const ChainForm>> kept(m_groups.size());
        for (std::size_t from = 0, to = k_first_images; from < m_batches.size(); from = to, to *= k_growth) {
            to = std::min(to, m_batches.size());
            for (std::size_t first = from; first < to; first += images_at_once()) {
                const std::size_t end = std::min(to, first + images_at_once());
                if (all_known(Kind::alone, end, every) && known(Kind::all, 0, end))
                    advance(m_groups.size() * (end - first));
                else if (auto done = measure_alone(first, end, kept); !done)
                    return done;
            }
            // An answer that a better one follows at once is not worth showing.
            if (to < m_batches.size() &&
                all_known(Kind::alone, std::min(to * k_growth, m_batches.size()), every))
                continue;
            take_alone(to);
            publish();
        }
        return {};
    }

    Status measure_alone(std::size_t from, std::size_t end,
                         std::vector<std::shared_ptr<const ChainForm>>& kept) {
        const auto floats = pass(*m_float, from, end);
        if (!floats)
            return fail(floats);
        if (auto done = everything_quantized(*floats); !done)
            return done;
        const bool keep = m_resolved->prepared->original->file_bytes() <= k_small_bytes;
        const auto one = [&](int i) -> Status {
            const auto index = static_cast<std::size_t>(i);
            if (!known(Kind::alone, index, end)) {
                auto made = kept[index] ? Result<std::shared_ptr<const ChainForm>>(kept[index])
                                        : m_chain.make(form(m_groups[index]->layers), m_float.get());
                if (!made)
                    return fail(made);
                if (keep)
                    kept[index] = *made;
                if (auto done =
                        compare(**made, *m_float, *floats, floats->probes, Kind::alone, index, m_parts);
                    !done)
                    return done;
            }
            advance(end - from);
            return {};
        };
        return for_each_parallel(static_cast<int>(m_groups.size()), m_threads, one);
    }

    Status everything_quantized(const Pass& floats) {
        const std::size_t done_before = (*m_known)->of(Kind::all, 0).size();
        const std::size_t first =
            std::min(floats.probes.size(), done_before - std::min(done_before, floats.from));
        std::vector<std::vector<Tensor>> outputs(floats.probes.size() - first);
        const auto one = [&](int i) -> Status {
            const auto index = static_cast<std::size_t>(i);
            auto run = m_whole->run(floats.probes[first + index].batch.inputs, m_job.token());
            if (!run)
                return fail(run);
            outputs[index] = std::move(*run);
            return {};
        };
        if (auto done = for_each_parallel(static_cast<int>(outputs.size()), m_threads, one); !done)
            return done;
        for (std::size_t i = 0; i < outputs.size(); ++i)
            (*m_known)->add(Kind::all, 0,
                            probe_error(m_parts, floats.probes[first + i], std::move(outputs[i])));
        return {};
    }

    void take_alone(std::size_t images) {
        m_result.images = 0;
        for (std::size_t i = 0; i < images; ++i)
            m_result.images += std::max<std::int64_t>(1, std::ssize(m_batches[i].samples));
        m_result.measured_on.images = m_result.images;
        m_left_out.clear();
        for (std::size_t i = 0; i < m_groups.size(); ++i) {
            LayerSensitivity& layer = m_result.layers[i];
            const ProbeErrors errors = pooled(Kind::alone, i, images, m_parts);
            layer.snr_db_alone = errors.sums().snr_db();
            layer.cosine_alone = errors.cosine();
            layer.mse_alone = errors.sums().mean_squared_error();
            layer.worst_part_alone = worst_part(errors.outputs());
            std::vector<ErrorSums> by_image;
            for (std::size_t image = 0; image < images; ++image)
                by_image.push_back((*m_known)->of(Kind::alone, i)[image].sums);
            m_left_out.push_back(leave_one_out_db(by_image));
            layer.uncertainty_db.reset();
            if (!m_left_out.back().empty())
                layer.uncertainty_db = jackknife_error(m_left_out.back());
        }
        const ProbeErrors all = pooled(Kind::all, 0, images, m_parts);
        m_result.snr_db_all = all.sums().snr_db();
        m_result.outputs_all = all.outputs();
    }

    /// Another kind, over all images, beside `base` (null: everything is known): `wanted` says whether there
    /// is something to measure for group i, `make` in which form, `take` gets its SNR.
    template <class Wanted, class MakeForm, class Take>
    Status measure_each(Kind kind, const ChainForm* base, const Wanted& wanted, const MakeForm& make,
                        const Take& take) {
        for (std::size_t from = 0; from < m_batches.size(); from += images_at_once()) {
            const std::size_t end = std::min(m_batches.size(), from + images_at_once());
            if (all_known(kind, end, wanted)) {
                advance(m_groups.size() * (end - from));
                continue;
            }
            const auto states = pass(*base, from, end);
            if (!states)
                return fail(states);
            std::optional<Pass> floats;
            if (base != m_float.get()) {
                auto run = pass(*m_float, from, end);
                if (!run)
                    return fail(run);
                floats = std::move(*run);
            }
            const auto& references = floats ? floats->probes : states->probes;
            const auto one = [&](int i) -> Status {
                const auto index = static_cast<std::size_t>(i);
                if (wanted(index) && !known(kind, index, end)) {
                    const auto made = m_chain.make(make(index), base);
                    if (!made)
                        return fail(made);
                    if (auto done = compare(**made, *base, *states, references, kind, index, {}); !done)
                        return done;
                }
                advance(end - from);
                return {};
            };
            if (auto done = for_each_parallel(static_cast<int>(m_groups.size()), m_threads, one); !done)
                return done;
        }
        for (std::size_t i = 0; i < m_groups.size(); ++i)
            take(i, pooled(kind, i, m_batches.size()).sums().snr_db());
        publish();
        return {};
    }

    Status measure_apart() {
        // A layer without weights is its activations.
        const auto both = [&](std::size_t i) { return has_quantized_weight(*m_resolved, *m_groups[i]); };
        const auto part = [&](bool weights) {
            return [this, weights](std::size_t i) { return form(m_groups[i]->layers, weights, !weights); };
        };
        auto done = measure_each(Kind::weights, m_float.get(), both, part(true),
                                 [&](std::size_t i, std::optional<double> snr) {
                                     m_result.layers[i].weights_alone = {true, snr};
                                 });
        if (!done)
            return done;
        return measure_each(Kind::activations, m_float.get(), both, part(false),
                            [&](std::size_t i, std::optional<double> snr) {
                                LayerSensitivity& layer = m_result.layers[i];
                                layer.activations_alone = {true, both(i) ? snr : layer.snr_db_alone};
                            });
    }

    Status measure_without() {
        const auto every = [](std::size_t) { return true; };
        if (!all_known(Kind::without, m_batches.size(), every))
            if (auto ready = need_quantized(); !ready)
                return ready;
        const auto make = [&](std::size_t i) {
            std::vector<int> others;
            const auto& own = m_groups[i]->layers;
            for (int layer = 0; layer < static_cast<int>(m_resolved->layers.size()); ++layer)
                if (std::find(own.begin(), own.end(), layer) == own.end())
                    others.push_back(layer);
            return form(std::move(others));
        };
        return measure_each(Kind::without, m_quantized.get(), every, make,
                            [&](std::size_t i, std::optional<double> snr) {
                                m_result.layers[i].without = {true, snr};
                            });
    }

    /// The groups whose own output is a float tensor made in the segment, and those outputs.
    void seen_in(int index, std::vector<std::size_t>& groups, std::vector<TensorId>& outputs) const {
        const Prepared& prepared = *m_resolved->prepared;
        for (std::size_t i = 0; i < m_groups.size(); ++i) {
            const int exit = m_groups[i]->exit();
            const Layer& layer = prepared.layers[static_cast<std::size_t>(exit)];
            if (m_chain.segment_of(exit) != index || layer.outputs.empty())
                continue;
            const auto output = static_cast<std::size_t>(layer.outputs.front());
            if (prepared.tensor_types[output].type != ElementType::float32)
                continue;
            groups.push_back(i);
            outputs.push_back(layer.outputs.front());
        }
    }

    /// Both networks side by side, with every layer's output besides.
    Status measure_accumulated() {
        std::vector<bool> seen(m_groups.size());
        for (int s = 0; s < m_chain.size(); ++s) {
            std::vector<std::size_t> groups;
            std::vector<TensorId> outputs;
            seen_in(s, groups, outputs);
            for (const std::size_t i : groups)
                seen[i] = true;
        }
        const auto wanted = [&](std::size_t i) { return seen[i]; };
        for (std::size_t from = 0; from < m_batches.size(); from += images_at_once()) {
            const std::size_t end = std::min(m_batches.size(), from + images_at_once());
            if (all_known(Kind::accumulated, end, wanted))
                continue;
            if (auto ready = need_quantized(); !ready)
                return ready;
            if (auto done = measure_accumulated(from, end); !done)
                return done;
        }
        for (std::size_t i = 0; i < m_groups.size(); ++i)
            if (seen[i])
                m_result.layers[i].accumulated = {
                    true, pooled(Kind::accumulated, i, m_batches.size()).sums().snr_db()};
        publish();
        return {};
    }

    Status measure_accumulated(std::size_t from, std::size_t end) {
        std::vector<SegmentState> floats, quantized;
        for (std::size_t i = from; i < end; ++i) {
            floats.push_back(m_chain.start(m_batches[i].inputs));
            quantized.push_back(floats.back());
        }
        for (int s = 0; s < m_chain.size(); ++s) {
            const Segment& segment = m_chain.segments()[static_cast<std::size_t>(s)];
            SegmentOptions options;
            std::vector<std::size_t> groups;
            seen_in(s, groups, options.seen);
            const auto as_float = SegmentSession::create(*m_float->view(), segment, options);
            const auto as_codes = SegmentSession::create(*m_quantized->view(), segment, options);
            if (!as_float || !as_codes)
                return fail(as_float ? as_codes : as_float);
            std::vector<std::vector<ErrorSums>> by_image(floats.size());
            const auto one = [&](int i) -> Status {
                const auto index = static_cast<std::size_t>(i);
                if (m_job.cancelled())
                    return JobContext::cancelled_error();
                std::vector<Tensor> a, b;
                auto x = (*as_float)->run(floats[index], *m_float->view(), segment, m_job.token(), &a);
                auto y = (*as_codes)->run(quantized[index], *m_quantized->view(), segment, m_job.token(), &b);
                if (!x || !y)
                    return fail(x ? y : x);
                floats[index] = std::move(*x);
                quantized[index] = std::move(*y);
                for (std::size_t g = 0; g < groups.size(); ++g)
                    by_image[index].emplace_back().add(a[g].floats(), b[g].floats());
                return {};
            };
            if (auto done = for_each_parallel(static_cast<int>(floats.size()), m_threads, one); !done)
                return done;
            for (std::size_t image = 0; image < by_image.size(); ++image)
                for (std::size_t g = 0; g < groups.size(); ++g)
                    if (!known(Kind::accumulated, groups[g], from + image + 1)) {
                        ProbeError error;
                        error.sums = by_image[image][g];
                        (*m_known)->add(Kind::accumulated, groups[g], std::move(error));
                    }
        }
        return {};
    }

    void publish() const {
        if (!m_options.partial)
            return;
        auto answer = std::make_shared<Sensitivity>(m_result);
        rank(*answer, m_left_out);
        m_options.partial(std::move(answer));
    }

    const std::shared_ptr<const Resolved> m_resolved;
    const AnalyzeOptions& m_options;
    const JobContext& m_job;
    const int m_threads;
    const std::vector<OutputParts> m_parts;
    const Chain m_chain;
    std::vector<const LayerGroup*> m_groups;
    std::vector<Batch> m_batches;
    std::shared_ptr<const ChainForm> m_float, m_quantized;
    std::unique_ptr<Simulation> m_whole;
    AnalysisMemory m_own_memory;
    std::optional<AnalysisMemory::Lease> m_known;
    Sensitivity m_result;  ///< its layers in the order of m_groups
    std::vector<std::vector<double>> m_left_out;
    std::mutex m_report;
    std::int64_t m_done = 0, m_total = 0;
};

}  // namespace

Result<std::shared_ptr<const Sensitivity>> analyze_sensitivity(std::shared_ptr<const Resolved> resolved,
                                                               const InputReader& reader,
                                                               const AnalyzeOptions& options,
                                                               const JobContext& job) {
    return Analysis(std::move(resolved), options, job).run(reader);
}

}  // namespace quantwright
