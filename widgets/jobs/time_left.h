#pragma once
// How long a job will still take, from how fast it has been.
#include <cstdint>
#include <optional>

namespace quantwright {

class TimeLeft {
public:
    /// `now` in seconds of any steady clock. Nothing is said before the estimate is worth anything.
    std::optional<double> update(int stage, std::int64_t done, std::int64_t total, double now);

private:
    int m_stage = -1;
    std::int64_t m_start_done = 0;
    double m_start = 0;
    std::optional<double> m_rate;  ///< units per second
    std::int64_t m_last_done = 0;
    double m_last = 0;
};

}  // namespace quantwright
