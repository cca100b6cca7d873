#pragma once
// Changes to a plan as values with an inverse: undo, redo, history and "what the command line would be" come
// from these.
#include <optional>
#include <string>
#include <vector>

#include "core/plan/plan.h"

namespace quantwright {

/// One field of one place of the plan gets a value, or loses it.
struct Assignment {
    enum class Scope { defaults, layer, tensor, target, preset, exclude_image, truncate };
    Scope scope = Scope::layer;
    std::string name;           ///< layer, tensor or image; empty for the others
    Field field = Field::mode;  ///< for defaults, layer, tensor
    std::optional<std::string>
        value;  ///< empty: back to what the weaker source says; exclude_image, truncate: any value does
    [[nodiscard]] bool operator==(const Assignment&) const = default;
};

/// What the user did in one gesture.
struct Edit {
    std::vector<Assignment> assignments;
    std::optional<std::vector<Rule>> rules = {};  ///< in place of the plan's, where a whole plan is
    [[nodiscard]] bool operator==(const Edit&) const = default;
};

[[nodiscard]] Edit set_layers(const std::vector<std::string>& layers, Field field,
                              const std::optional<std::string>& value);
[[nodiscard]] Edit set_clip(const std::string& tensor, std::optional<Range> range);
/// The network is truncated at these tensors and no others.
[[nodiscard]] Edit set_truncation(const Plan& plan, const std::vector<std::string>& tensors);

/// What makes one plan of another; of the model's name in it nothing.
[[nodiscard]] Edit edit_to(const Plan& from, const Plan& to);

/// Applies it and returns the edit that takes it back. An invalid value is plan.invalid and changes nothing.
Result<Edit> apply(Plan& plan, const Edit& edit);

}  // namespace quantwright
