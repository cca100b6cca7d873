#pragma once
// What PyTorch's fake quantizers are told for a layer. Private to core/export.
#include <array>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/plan/resolve.h"

namespace quantwright {

/// A layer's choices as Python dictionaries, and what PyTorch can't do of them.
class QatSchemes {
public:
    explicit QatSchemes(const Target& target, std::vector<Problem>& problems)
        : m_target(target), m_problems(problems) {}

    /// Index of the scheme; equal ones are the same.
    int add(const std::array<Choice, field_count>& choices, LayerMode mode, const std::string& op,
            const std::optional<Range>& clip);
    /// Python source of each: "{"activation": …, "weight": …}".
    [[nodiscard]] const std::vector<std::string>& texts() const { return m_texts; }

private:
    [[nodiscard]] std::string activation(const std::array<Choice, field_count>& choices, LayerMode mode,
                                         const std::optional<Range>& clip);
    [[nodiscard]] std::string weight(const std::array<Choice, field_count>& choices, const std::string& op);
    [[nodiscard]] std::string codes(const std::array<Choice, field_count>& choices, bool is_weight);
    [[nodiscard]] Scheme scheme(const std::array<Choice, field_count>& choices, bool is_weight) const;
    void nearest(Field field, const std::string& value, const std::string& instead);

    const Target& m_target;
    std::vector<Problem>& m_problems;
    std::vector<std::string> m_texts;
    std::set<std::string> m_told;
};

/// The form a layer is meant to have, statistics or not.
[[nodiscard]] LayerMode intended_mode(const ResolvedLayer& layer);

}  // namespace quantwright
