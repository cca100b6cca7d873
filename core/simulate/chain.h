#pragma once
// The whole network as a chain of segments, in any form: what two forms have in common is made once.
#include <memory>
#include <vector>

#include "core/base/job.h"
#include "core/simulate/segment_session.h"

namespace quantwright {

struct ChainOptions {
    /// Workers that make sessions; each session runs in one thread, for callers run samples side by side.
    int threads = 0;
    Optimizations optimizations = Optimizations::standard;
    int layers_each = 0;  ///< see cut_into_segments()
    /// Every so many segments a session of all that is behind begins, where a form is asked for such
    /// (Chain::join): no borders to cross on the way to the outputs.
    int segments_joined = 2;
    /// Those sessions hold weights several times. Beyond this each is of `segments_joined` segments alone.
    std::int64_t joined_bytes = std::int64_t(256) << 20;
};

/// One form of the network: a session for each segment. Immutable, but for Chain::take().
class ChainForm {
public:
    [[nodiscard]] const std::shared_ptr<const FormView>& view() const { return m_view; }
    /// Sessions that this form did not find in the one it was made from.
    [[nodiscard]] int built() const { return m_built; }

private:
    friend class Chain;
    explicit ChainForm(Form form) : m_view(std::make_shared<const FormView>(std::move(form))) {}
    std::shared_ptr<const FormView> m_view;
    std::vector<std::shared_ptr<SegmentSession>> m_sessions;
    std::vector<std::shared_ptr<SegmentSession>> m_joined;  ///< by Chain::m_blocks; null: segment by segment
    int m_built = 0;
};

class Chain {
public:
    explicit Chain(std::shared_ptr<const Prepared> prepared, const ChainOptions& options = {});

    [[nodiscard]] const std::vector<Segment>& segments() const { return m_segments; }
    [[nodiscard]] int size() const { return static_cast<int>(m_segments.size()); }
    /// The segment of a layer.
    [[nodiscard]] int segment_of(int layer) const { return m_segment_of[static_cast<std::size_t>(layer)]; }

    /// Sessions that `like` has the same are shared with it. Errors: those of Session::create, cancelled.
    Result<std::shared_ptr<const ChainForm>> make(Form form, const ChainForm* like = nullptr,
                                                  const JobContext& job = {}) const;
    /// The same for a form that nobody needs any more: where only ranges differ, sessions that are no other
    /// form's take the new ones over. No run of `old` may be under way.
    Result<std::shared_ptr<const ChainForm>> take(Form form, std::shared_ptr<const ChainForm> old,
                                                  const JobContext& job = {}) const;

    /// The form with sessions of many segments besides. Forms made like it share those that are the same.
    Result<std::shared_ptr<const ChainForm>> join(std::shared_ptr<const ChainForm> form,
                                                  const JobContext& job = {}) const;

    /// The first segment whose values differ between two forms where their inputs are the same; size() where
    /// none does.
    [[nodiscard]] int first_difference(const FormView& a, const FormView& b) const;

    [[nodiscard]] SegmentState start(const std::vector<Tensor>& inputs) const;
    /// Runs one segment. May be called from several threads at once.
    Result<SegmentState> run(const ChainForm& form, int segment, const SegmentState& before,
                             const CancelToken& cancel = {}) const;
    /// From in front of segment `from` to the model's outputs.
    Result<std::vector<Tensor>> finish(const ChainForm& form, int from, SegmentState state,
                                       const CancelToken& cancel = {}) const;

private:
    Result<std::shared_ptr<const ChainForm>> make(Form form, const ChainForm* like, bool consume,
                                                  const JobContext& job) const;

    std::shared_ptr<const Prepared> m_prepared;
    ChainOptions m_options;
    std::vector<Segment> m_segments;
    struct Block {
        Segment nodes;
        int first = 0, end = 0;  ///< of m_segments
    };
    std::vector<Block> m_blocks;
    std::vector<int> m_segment_of;
};

}  // namespace quantwright
