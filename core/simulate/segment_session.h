#pragma once
// One segment in one form, ready to run.
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/runtime/session.h"
#include "core/simulate/form.h"

namespace quantwright {

/// What is known between two segments: the tensors alive there as their makers gave them (before their
/// pairs), and the model's outputs that are made already (the others: type `undefined`).
struct SegmentState {
    std::unordered_map<TensorId, Tensor> alive;
    std::vector<Tensor> outputs;
};

/// What is in front of the first segment: `inputs` in the order of the prepared model's.
[[nodiscard]] SegmentState first_state(const Prepared& prepared, const std::vector<Tensor>& inputs);

struct SegmentOptions {
    int threads = 1;
    Optimizations optimizations = Optimizations::standard;
    std::vector<TensorId> seen;  ///< tensors made in it to give besides, as their readers see them
};

class SegmentSession {
public:
    /// Errors: those of Session::create.
    static Result<std::shared_ptr<SegmentSession>> create(const FormView& form, const Segment& segment,
                                                          const SegmentOptions& options = {});

    /// The state behind the segment from that in front of it. `form` says how the tensors it reads are
    /// quantized: one whose inside is the session's (compare_inside). `seen` gets the tensors asked for. May
    /// be called from several threads at once.
    Result<SegmentState> run(const SegmentState& before, const FormView& form, const Segment& segment,
                             const CancelToken& cancel = {}, std::vector<Tensor>* seen = nullptr) const;

    /// Ranges of another form that differs in nothing else; takes effect with the next run.
    void take_ranges(const FormView& form);

private:
    SegmentSession() = default;
    std::unique_ptr<Session> m_session;
    std::shared_ptr<class ParameterTable> m_table;
    std::map<TensorId, std::size_t> m_slots;
    std::vector<Rewritten::SpanInput> m_inputs;
    std::vector<std::size_t> m_outputs;  ///< of the session, by Segment::outputs
    std::vector<std::size_t> m_gives;    ///< by NodeSpan::gives
    std::vector<std::size_t> m_seen;
};

}  // namespace quantwright
