#pragma once
// The operator that looks at an activation where it lies: one float32 input of any shape, one small output,
// the image's summary.
#include <memory>
#include <vector>

#include "core/calibrate/observation.h"

namespace Ort {
struct CustomOpDomain;
}

namespace quantwright {

inline constexpr const char* k_observe_domain = "quantwright";
inline constexpr const char* k_observe = "Observe";  ///< attribute `slot`: index into the observations

using Observations = std::vector<std::unique_ptr<Observation>>;

[[nodiscard]] std::shared_ptr<Ort::CustomOpDomain> make_observe_domain(
    std::shared_ptr<Observations> observations);

}  // namespace quantwright
