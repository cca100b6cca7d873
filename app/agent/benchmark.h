#pragma once
// Latency of one session or of several, run in turns so that what disturbs one disturbs all.
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "samples.h"
#include "session.h"
#include "state.h"

namespace quantwright::agent {

/// So many timed runs, of all sessions together, still fit one answer.
inline constexpr std::int64_t most_timed_runs = 50000;

struct BenchmarkOptions {
    int warm_up = 0;
    std::int64_t runs = 0;  ///< of each session, exactly; 0: until interval or limit
    double interval = 0.02;
    double limit_seconds = 20;
};

struct BenchmarkTimes {
    double first_ms = 0;  ///< the first run since the session was made
    std::vector<double> ms;
};

struct BenchmarkResult {
    std::vector<BenchmarkTimes> sessions;  ///< in the order given
    State before, after;                   ///< before: after the warm-up
    bool interval_reached = false;
};

/// `progress` gets what is done of how much: rounds, or milliseconds where their number
/// is open.
[[nodiscard]] BenchmarkResult benchmark(const std::vector<Session*>& sessions, const SampleFile* samples,
                                        const BenchmarkOptions& options,
                                        const std::function<void(std::int64_t, std::int64_t)>& progress);

}  // namespace quantwright::agent
