#pragma once
// Which choices mean something for a layer, which values it can take, and what it says.
#include <string>
#include <string_view>

#include "core/plan/resolve.h"
#include "core/plan/target_rules.h"

namespace quantwright {

/// False where changing the field would change nothing.
[[nodiscard]] bool applies(const Resolved& resolved, int layer, Field field);

/// The target's judgement, and of modes whether the layer has a form in it.
[[nodiscard]] Refusal refused(const Resolved& resolved, int layer, Field field, std::string_view value);

/// A layer's value of a field. Empty value: given by the model, and no value of the field's says it.
struct Said {
    std::string value;
    Origin origin = Origin::target;
};
[[nodiscard]] Said said(const Resolved& resolved, int layer, Field field);

/// The layer's first output, if it has a Q/DQ pair; else null.
[[nodiscard]] const ResolvedTensor* output_tensor(const Resolved& resolved, int layer);

}  // namespace quantwright
