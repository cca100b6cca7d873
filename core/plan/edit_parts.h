#pragma once
// One value for some layers, where a plan speaks of groups and of their parts (Prepared::groups).
#include <functional>

#include "core/plan/edit.h"

namespace quantwright {

/// Gives the field of these layers (indices into Prepared::layers) the value, or takes what was said of them
/// back. A group all of whose parts are meant is one choice; of a group that is meant in part, the other
/// parts keep what they have, by a choice of their own where it needs one. `concerned`: the field means
/// something for the part, so that it counts as one of all.
[[nodiscard]] Edit edit_parts(const Prepared& prepared, const Plan& plan, const std::vector<int>& layers,
                              Field field, const std::optional<std::string>& value,
                              const std::function<bool(int)>& concerned);

}  // namespace quantwright
