#pragma once
// One way to compute the network: which layers are quantized, with which of a plan's numbers.
#include <memory>
#include <optional>
#include <vector>

#include "core/plan/resolve.h"
#include "core/simulate/segments.h"

namespace quantwright {

struct Form {
    std::shared_ptr<const Resolved> resolved;
    /// Only these layers are quantized: their weights, and the tensors they read and write. Empty optional:
    /// all. An empty list is the float network.
    std::optional<std::vector<int>> only_layers;
    bool weights = true, activations = true;
};

/// A form with its questions answered once, for looking at segment by segment.
class FormView {
public:
    explicit FormView(Form form);

    [[nodiscard]] const Form& form() const { return m_form; }
    [[nodiscard]] const Resolved& resolved() const { return *m_form.resolved; }
    [[nodiscard]] bool active(int layer) const { return m_active[static_cast<std::size_t>(layer)]; }
    [[nodiscard]] bool has_pair(TensorId tensor) const { return m_pair[static_cast<std::size_t>(tensor)]; }
    /// Whether nodes of the segment read the tensor before and after its pair.
    struct Reads {
        bool before = false, after = false;
    };
    [[nodiscard]] Reads reads(TensorId tensor, const Segment& segment) const;
    [[nodiscard]] const Parameters& parameters(TensorId tensor) const {
        return resolved().tensors[static_cast<std::size_t>(tensor)]->parameters;
    }

private:
    Form m_form;
    std::vector<bool> m_active;  ///< by layer
    std::vector<bool> m_pair;    ///< by TensorId
};

enum class Likeness {
    same,    ///< one session serves both
    ranges,  ///< but for the parameters of pairs inside
    different,
};

/// How the segment's own sessions of two forms compare; pairs of what it reads are not part of them.
[[nodiscard]] Likeness compare_inside(const FormView& a, const FormView& b, const Segment& segment);
/// Whether the segment's readers get the same values where its inputs are the same before their pairs.
[[nodiscard]] bool same_pairs_read(const FormView& a, const FormView& b, const Segment& segment);

}  // namespace quantwright
