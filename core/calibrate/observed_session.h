#pragma once
// The session that runs the observed graph.
#include <memory>
#include <vector>

#include "core/calibrate/observe_operator.h"
#include "core/prepare/prepare.h"
#include "core/runtime/session.h"

namespace quantwright {

/// How activations are looked at that the runtime keeps in blocks of channels, as it does around
/// convolutions: reordered, each time; or as they lie. That takes a second session, made from the graph that
/// the runtime made of the first one, which pays after some images. The values are the same.
enum class BlockedTensors { reordered, as_they_lie };

/// The faster one for so many runs.
[[nodiscard]] BlockedTensors faster_for(const Prepared& prepared, std::size_t runs);

/// Of the prepared model, with observations of `tensors`, one each; its outputs are observed_model()'s. One
/// thread inside of a run. Errors: Session::create's.
Result<std::unique_ptr<Session>> observed_session(const Prepared& prepared,
                                                  const std::vector<TensorId>& tensors,
                                                  const std::shared_ptr<Observations>& observations,
                                                  bool with_outputs, BlockedTensors blocked);

}  // namespace quantwright
