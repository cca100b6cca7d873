#include "core/simulate/chain.h"

#include "core/base/parallel.h"

namespace quantwright {

Chain::Chain(std::shared_ptr<const Prepared> prepared, const ChainOptions& options)
    : m_prepared(std::move(prepared)),
      m_options(options),
      m_segments(cut_into_segments(*m_prepared, options.layers_each)),
      m_segment_of(m_prepared->layers.size()) {
    for (int i = 0; i < size(); ++i)
        for (const int layer : m_segments[static_cast<std::size_t>(i)].layers)
            m_segment_of[static_cast<std::size_t>(layer)] = i;
}

Result<std::shared_ptr<const ChainForm>> Chain::make(Form form, const ChainForm* like,
                                                     const JobContext& job) const {
    return make(std::move(form), like, false, job);
}

Result<std::shared_ptr<const ChainForm>> Chain::take(Form form, std::shared_ptr<const ChainForm> old,
                                                     const JobContext& job) const {
    return make(std::move(form), old.get(), true, job);
}

Result<std::shared_ptr<const ChainForm>> Chain::make(Form form, const ChainForm* like, bool consume,
                                                     const JobContext& job) const {
    const std::string subject = m_prepared->original->path().string();
    return guarded(subject, [&]() -> Result<std::shared_ptr<const ChainForm>> {
        std::shared_ptr<ChainForm> result(new ChainForm(std::move(form)));
        result->m_sessions.resize(m_segments.size());
        std::vector<int> wanted;
        for (int i = 0; i < size(); ++i) {
            const auto index = static_cast<std::size_t>(i);
            const Likeness likeness =
                like ? compare_inside(like->m_view, result->m_view, m_segments[index]) : Likeness::different;
            if (likeness == Likeness::different || (likeness == Likeness::ranges && !consume)) {
                wanted.push_back(i);
                continue;
            }
            result->m_sessions[index] = like->m_sessions[index];
            if (likeness == Likeness::ranges)
                result->m_sessions[index]->take_ranges(result->m_view);
        }
        result->m_built = static_cast<int>(wanted.size());
        const auto made = for_each_parallel(
            static_cast<int>(wanted.size()), worker_count(m_options.threads), [&](int i) -> Status {
                if (job.cancelled())
                    return JobContext::cancelled_error();
                const auto index = static_cast<std::size_t>(wanted[static_cast<std::size_t>(i)]);
                auto session = SegmentSession::create(result->m_view, m_segments[index],
                                                      {1, m_options.optimizations, {}});
                if (!session)
                    return fail(session);
                result->m_sessions[index] = std::move(*session);
                return {};
            });
        if (!made)
            return fail(made);
        return std::shared_ptr<const ChainForm>(std::move(result));
    });
}

int Chain::first_difference(const ChainForm& a, const ChainForm& b) const {
    int i = 0;
    while (i < size() &&
           compare_inside(a.m_view, b.m_view, m_segments[static_cast<std::size_t>(i)]) == Likeness::same &&
           same_pairs_read(a.m_view, b.m_view, m_segments[static_cast<std::size_t>(i)]))
        ++i;
    return i;
}

SegmentState Chain::start(const std::vector<Tensor>& inputs) const {
    return first_state(*m_prepared, inputs);
}

Result<SegmentState> Chain::run(const ChainForm& form, int segment, const SegmentState& before,
                                const CancelToken& cancel) const {
    const auto index = static_cast<std::size_t>(segment);
    return form.m_sessions[index]->run(before, form.m_view, m_segments[index], cancel);
}

Result<std::vector<Tensor>> Chain::finish(const ChainForm& form, int from, SegmentState state,
                                          const CancelToken& cancel) const {
    for (int i = from; i < size(); ++i) {
        auto next = run(form, i, state, cancel);
        if (!next)
            return fail(next);
        state = std::move(*next);
    }
    return std::move(state.outputs);
}

}  // namespace quantwright
