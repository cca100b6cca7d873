#pragma once
// The operators that stand in for quantization in a simulation. FakeQuantize takes a Q/DQ pair's place; its
// parameters are read from a table at every run, so an edit needs no new session. DynamicFakeQuantize finds
// them in its input.
#include <atomic>
#include <memory>
#include <vector>

#include "core/number/parameters.h"
#include "core/runtime/session.h"

namespace quantwright {

/// Parameters by slot. set() may be called while runs are under way: each run of the operator takes one whole
/// set.
class ParameterTable {
public:
    explicit ParameterTable(std::size_t slots) : m_slots(slots) {}
    void set(std::size_t slot, const Parameters& parameters) {
        m_slots[slot].store(std::make_shared<const Parameters>(parameters));
    }
    [[nodiscard]] std::shared_ptr<const Parameters> get(std::size_t slot) const {
        return m_slots[slot].load();
    }

private:
    std::vector<std::atomic<std::shared_ptr<const Parameters>>> m_slots;
};

/// Slot i has parameters i.
[[nodiscard]] std::shared_ptr<ParameterTable> make_table(const std::vector<Parameters>& slots);

inline constexpr const char* k_simulation_domain = "quantwright.simulation";
inline constexpr const char* k_fake_quantize = "FakeQuantize";  ///< attribute `slot`

inline constexpr const char* k_dynamic_fake_quantize = "DynamicFakeQuantize";  ///< uint8, per tensor

[[nodiscard]] OperatorDomain make_simulation_domain(std::shared_ptr<const ParameterTable> table);

}  // namespace quantwright
