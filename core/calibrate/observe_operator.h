#pragma once
// The operator that looks at an activation where it lies: one float32 input of any shape, one small output,
// the image's summary.
#include <memory>
#include <vector>

#include "core/calibrate/observation.h"
#include "core/runtime/session.h"

namespace quantwright {

inline constexpr const char* k_observe_domain = "quantwright";
inline constexpr const char* k_observe = "Observe";  ///< attribute `slot`: index into the observations

using Observations = std::vector<std::unique_ptr<Observation>>;

[[nodiscard]] OperatorDomain make_observe_domain(std::shared_ptr<Observations> observations);

}  // namespace quantwright
