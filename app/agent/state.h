#pragma once
// What can disturb a measurement, as far as the machine tells it.
#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace quantwright::agent {

struct State {
    std::string governor;  ///< of the cores that are used: one that is not "performance", if there is one
    std::optional<double> mhz, mhz_max;  ///< of the fastest of them
    std::optional<double> temperature_c, load;
    std::optional<double> busy_others;
};

[[nodiscard]] State read_state(const std::vector<int>& cores);

/// Processor time that other processes use from its making on.
class BusyOthers {
public:
    BusyOthers();
    /// Processors, as a mean since then.
    [[nodiscard]] std::optional<double> processors() const;

private:
    std::optional<double> m_all;
    double m_own;
    std::chrono::steady_clock::time_point m_start;
};

}  // namespace quantwright::agent
