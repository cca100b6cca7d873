#pragma once
// When a measurement can't be believed.
#include <string>
#include <vector>

namespace quantwright {

struct AgentBenchmark;
struct BoardFacts;

struct TrustReason {
    std::string code;  ///< emulated, governor, throttled, hot, busy, spread, few_runs
    std::vector<std::string> arguments;
};

struct Trust {
    [[nodiscard]] bool ok() const { return reasons.empty(); }
    std::vector<TrustReason> reasons;
};

/// emulated: under qemu. governor: not "performance". throttled: the clock fell by more than 3 % during the
/// measurement, or is below its highest. hot: above 85 °C. busy: other processes used more than 0.3 of a
/// processor. spread: the median's interval stayed wider than asked (with two sessions: wider than their
/// difference).
[[nodiscard]] Trust judge(const AgentBenchmark& benchmark, const BoardFacts& facts);

}  // namespace quantwright
