#pragma once
// The operator that looks at an activation where it lies: one float32 input of any shape, one small output,
// the image's summary.
#include <memory>
#include <vector>

#include "core/calibrate/observation.h"
#include "core/runtime/session.h"

namespace quantwright {

inline constexpr const char* k_observe_domain = "quantwright";
/// Attribute `slot`: index into the observations. Where `block` is above 0 the input lies in blocks of so
/// many channels (core/runtime/channel_blocks.h), and `channels` of them are the tensor's.
inline constexpr const char* k_observe = "Observe";

using Observations = std::vector<std::unique_ptr<Observation>>;

/// While it lives, runs of this thread whose sessions have one thread look only at the first `samples` rows
/// of tensors whose first axis is `rows`: the others repeat a sample to fill up a batch. In tensors of
/// another first axis the repeats are seen; they widen no range.
class ObservedRows {
public:
    ObservedRows(std::int64_t samples, std::int64_t rows);
    ~ObservedRows();
    ObservedRows(const ObservedRows&) = delete;
    ObservedRows& operator=(const ObservedRows&) = delete;
};

[[nodiscard]] OperatorDomain make_observe_domain(std::shared_ptr<Observations> observations);

}  // namespace quantwright
