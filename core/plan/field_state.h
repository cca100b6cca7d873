#pragma once
// What one field says for one or many layers, worked out from a snapshot, and the edits that change it.
#include <optional>
#include <string>
#include <vector>

#include "core/plan/edit.h"
#include "core/plan/resolve.h"
#include "core/plan/target_rules.h"

namespace quantwright {

struct FieldOption {
    std::string value;
    Refusal refusal = Refusal::no;
    [[nodiscard]] bool operator==(const FieldOption&) const = default;
};

struct FieldState {
    std::vector<int> layers;           ///< of the selected ones, those the field means something for
    std::optional<std::string> value;  ///< empty: they differ, or `given`
    bool given = false;                ///< all have what the model brought, which has no name here
    std::optional<Origin> origin;      ///< empty: they differ
    bool resettable = false;           ///< some of them say it themselves
    std::vector<FieldOption> options;  ///< in the field's order; empty for numbers and ranges
    std::string target;                ///< the target's label, to name it in a refusal
    [[nodiscard]] bool mixed() const { return !layers.empty() && !value && !given; }
    [[nodiscard]] bool allows(std::string_view wanted) const;
};

/// For every field but `clip`. A mode is refused where no layer can take it, other values where one can't.
[[nodiscard]] FieldState field_state(const Resolved& resolved, const std::vector<int>& layers, Field field);

/// Ranges of the layers' own output tensors.
struct ClipState {
    std::vector<std::string> tensors;         ///< whose scale is their own
    std::optional<float> min, max;            ///< empty: they differ
    bool clipped = false, unclipped = false;  ///< some are clipped by hand, some aren't
};
[[nodiscard]] ClipState clip_state(const Resolved& resolved, const std::vector<int>& layers);

/// One gesture over many layers or tensors.
[[nodiscard]] Edit layers_edit(const Resolved& resolved, const std::vector<int>& layers, Field field,
                               const std::optional<std::string>& value);
[[nodiscard]] Edit clip_edit(const std::vector<std::string>& tensors, const std::optional<Range>& range);

}  // namespace quantwright
