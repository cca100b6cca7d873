#include "core/simulate/chain.h"

#include <algorithm>

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
    const int each = std::max(1, options.segments_joined);
    const std::int64_t blocks = (size() + each - 1) / each;
    const bool to_the_end = m_prepared->original->file_bytes() * (blocks + 1) / 2 <= options.joined_bytes;
    for (int first = 0; first < size(); first += each) {
        const int end = to_the_end ? size() : std::min(size(), first + each);
        m_blocks.push_back(
            {joined(*m_prepared, m_segments, static_cast<std::size_t>(first), static_cast<std::size_t>(end)),
             first, end});
    }
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
        std::vector<int> wanted, changed;
        for (int i = 0; i < size(); ++i) {
            const auto index = static_cast<std::size_t>(i);
            const Likeness likeness = like ? compare_inside(*like->m_view, *result->m_view, m_segments[index])
                                           : Likeness::different;
            if (likeness != Likeness::same)
                changed.push_back(i);
            if (likeness == Likeness::different ||
                (likeness == Likeness::ranges && !(consume && like->m_sessions[index].use_count() == 1))) {
                wanted.push_back(i);
                continue;
            }
            result->m_sessions[index] = like->m_sessions[index];
            if (likeness == Likeness::ranges)
                result->m_sessions[index]->take_ranges(*result->m_view);
        }
        if (like && !like->m_joined.empty()) {
            result->m_joined = like->m_joined;
            for (std::size_t block = 0; block < m_blocks.size(); ++block)
                if (std::any_of(changed.begin(), changed.end(), [&](int segment) {
                        return m_blocks[block].first <= segment && segment < m_blocks[block].end;
                    }))
                    result->m_joined[block] = nullptr;
        }
        result->m_built = static_cast<int>(wanted.size());
        const auto made = for_each_parallel(
            static_cast<int>(wanted.size()), worker_count(m_options.threads), [&](int i) -> Status {
                if (job.cancelled())
                    return JobContext::cancelled_error();
                const auto index = static_cast<std::size_t>(wanted[static_cast<std::size_t>(i)]);
                auto session = SegmentSession::create(*result->m_view, m_segments[index],
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

Result<std::shared_ptr<const ChainForm>> Chain::join(std::shared_ptr<const ChainForm> form,
                                                     const JobContext& job) const {
    std::shared_ptr<ChainForm> result(new ChainForm(*form));
    result->m_joined.resize(m_blocks.size());
    const auto made = for_each_parallel(
        static_cast<int>(m_blocks.size()), worker_count(m_options.threads), [&](int i) -> Status {
            const auto index = static_cast<std::size_t>(i);
            if (job.cancelled())
                return JobContext::cancelled_error();
            if (result->m_joined[index])
                return {};
            auto session = SegmentSession::create(*result->m_view, m_blocks[index].nodes,
                                                  {1, m_options.optimizations, {}});
            if (!session)
                return fail(session);
            result->m_joined[index] = std::move(*session);
            return {};
        });
    if (!made)
        return fail(made);
    return std::shared_ptr<const ChainForm>(std::move(result));
}

int Chain::first_difference(const FormView& a, const FormView& b) const {
    int i = 0;
    while (i < size() && compare_inside(a, b, m_segments[static_cast<std::size_t>(i)]) == Likeness::same &&
           same_pairs_read(a, b, m_segments[static_cast<std::size_t>(i)]))
        ++i;
    return i;
}

SegmentState Chain::start(const std::vector<Tensor>& inputs) const {
    return first_state(*m_prepared, inputs);
}

Result<SegmentState> Chain::run(const ChainForm& form, int segment, const SegmentState& before,
                                const CancelToken& cancel) const {
    const auto index = static_cast<std::size_t>(segment);
    return form.m_sessions[index]->run(before, *form.m_view, m_segments[index], cancel);
}

Result<std::vector<Tensor>> Chain::finish(const ChainForm& form, int from, SegmentState state,
                                          const CancelToken& cancel) const {
    const int each = std::max(1, m_options.segments_joined);
    for (int i = from; i < size();) {
        const auto block = static_cast<std::size_t>(i / each);
        const bool whole = i % each == 0 && !form.m_joined.empty() && form.m_joined[block];
        auto next = whole ? form.m_joined[block]->run(state, *form.m_view, m_blocks[block].nodes, cancel)
                          : run(form, i, state, cancel);
        if (!next)
            return fail(next);
        state = std::move(*next);
        i = whole ? m_blocks[block].end : i + 1;
    }
    return std::move(state.outputs);
}

}  // namespace quantwright
