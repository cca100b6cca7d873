#pragma once
// What the inspector shows of one field for one or many layers, worked out from a snapshot.
#include <optional>
#include <string>
#include <vector>

#include "core/plan/edit.h"
#include "core/plan/resolve.h"

namespace quantwright {

struct FieldState {
    std::vector<int> layers;           ///< of the selected ones, those the field means something for
    std::optional<std::string> value;  ///< empty: they differ
    std::optional<Origin> origin;      ///< empty: they differ
    bool resettable = false;           ///< some of them say it themselves
    std::vector<std::string>
        allowed;  ///< what the target takes for all of them; empty for numbers and ranges
    [[nodiscard]] bool mixed() const { return !layers.empty() && !value; }
};

/// For every field but `clip`.
[[nodiscard]] FieldState fieldState(const Resolved& resolved, const std::vector<int>& layers, Field field);

/// Ranges of the layers' own output tensors.
struct ClipState {
    std::vector<std::string> tensors;         ///< whose scale is their own
    std::optional<float> min, max;            ///< empty: they differ
    bool clipped = false, unclipped = false;  ///< some are clipped by hand, some aren't
};
[[nodiscard]] ClipState clipState(const Resolved& resolved, const std::vector<int>& layers);

/// One gesture over many layers or tensors.
[[nodiscard]] Edit layersEdit(const Resolved& resolved, const std::vector<int>& layers, Field field,
                              const std::optional<std::string>& value);
[[nodiscard]] Edit clipEdit(const std::vector<std::string>& tensors, const std::optional<Range>& range);

}  // namespace quantwright
