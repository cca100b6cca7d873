#pragma once
// Which fields mean something for a layer, which values it can take, and what it says. Private to the
// inspector's state.
#include "widgets/panels/inspector_state.h"

namespace quantwright::rules {

/// False where changing the field would change nothing.
[[nodiscard]] bool meansSomething(const Resolved& resolved, int layer, Field field);

[[nodiscard]] Refusal refusal(const Resolved& resolved, int layer, Field field, std::string_view value);

/// A layer's value of a field. Empty value: given by the model, and no value of the field's says it.
struct Said {
    std::string value;
    Origin origin = Origin::target;
};
[[nodiscard]] Said said(const Resolved& resolved, int layer, Field field);

}  // namespace quantwright::rules
