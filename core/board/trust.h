#pragma once
// When a measurement can't be believed.
#include <optional>
#include <string>
#include <vector>

namespace quantwright {

struct AgentBenchmark;
struct AgentTimes;
struct BoardFacts;

struct TrustReason {
    std::string code;  ///< emulated, governor, throttled, hot, busy, spread, few_runs
    std::vector<std::string> arguments;
};

struct Trust {
    [[nodiscard]] bool ok() const { return reasons.empty(); }
    std::vector<TrustReason> reasons;
};

/// How much faster one of two models is that ran in turns: the other's median over its own.
struct SpeedUp {
    double ratio = 0;
    /// Where both medians' 95 % intervals put it at worst and at best; empty for too few runs.
    std::optional<double> low, high;
    [[nodiscard]] bool certain() const { return low && high && (*low > 1 || *high < 1); }
};
[[nodiscard]] SpeedUp speed_up(const AgentTimes& times, const AgentTimes& other);

/// emulated: under qemu. governor: not "performance". throttled: the clock fell by more than 3 % during the
/// measurement, or is below its highest. hot: above 85 °C. busy: other processes used more than 0.3 of a
/// processor. spread: the median's interval stayed wider than asked (with two sessions: wider than their
/// difference).
[[nodiscard]] Trust judge(const AgentBenchmark& benchmark, const BoardFacts& facts);

}  // namespace quantwright
