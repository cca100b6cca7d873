#include "core/board/trust.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/board/agent.h"

namespace quantwright {

namespace {

constexpr double k_clock_tolerance = 0.03, k_hot_c = 85, k_busy = 0.3;
constexpr std::size_t k_few_runs = 10;

std::string text(double number, int decimals) {
    char buffer[64];
    std::snprintf(buffer, sizeof buffer, "%.*f", decimals, number);
    return buffer;
}

struct Median {
    double value = 0, low = 0, high = 0;
    [[nodiscard]] double half_width() const { return value > 0 ? (high - low) / 2 / value : 0; }
};

/// The median with its 95 % interval from order statistics: ranks n/2 -+ 1.96 sqrt(n)/2, the normal
/// approximation of the binomial (Conover, Practical Nonparametric Statistics, 3.2).
Median median_of(std::vector<double> ms) {
    if (ms.empty())
        return {};
    std::sort(ms.begin(), ms.end());
    const auto n = static_cast<double>(ms.size());
    const auto at = [&](double rank) { return ms[static_cast<std::size_t>(std::clamp(rank, 0.0, n - 1))]; };
    const double reach = 0.98 * std::sqrt(n);
    const double value = (at(std::floor((n - 1) / 2)) + at(std::ceil((n - 1) / 2))) / 2;
    return {value, at(std::floor(n / 2 - reach)), at(std::ceil(n / 2 + reach) - 1)};
}

void judge_clock(const BoardState& before, const BoardState& after, std::vector<TrustReason>& reasons) {
    if (!after.mhz)
        return;
    const bool fell = before.mhz && *after.mhz < *before.mhz * (1 - k_clock_tolerance);
    const bool low = after.mhz_max && *after.mhz < *after.mhz_max * (1 - k_clock_tolerance);
    if (fell || low)
        reasons.push_back({"throttled", {text(*after.mhz, 0), text(fell ? *before.mhz : *after.mhz_max, 0)}});
}

void judge_spread(const AgentBenchmark& benchmark, std::vector<TrustReason>& reasons) {
    std::vector<Median> medians;
    std::size_t fewest = 0;
    for (const auto& [name, times] : benchmark.sessions) {
        fewest = medians.empty() ? times.ms.size() : std::min(fewest, times.ms.size());
        medians.push_back(median_of(times.ms));
    }
    if (medians.empty())
        return;
    if (fewest < k_few_runs) {
        // An interval of so few runs says nothing, so it isn't judged.
        reasons.push_back({"few_runs", {std::to_string(fewest)}});
        return;
    }
    const auto widest =
        std::max_element(medians.begin(), medians.end(),
                         [](const Median& a, const Median& b) { return a.half_width() < b.half_width(); });
    const bool overlap =
        medians.size() == 2 && medians[0].low <= medians[1].high && medians[1].low <= medians[0].high;
    if (medians.size() == 2 ? overlap : !benchmark.interval_reached)
        reasons.push_back({"spread", {text(100 * widest->half_width(), 1)}});
}

}  // namespace

SpeedUp speed_up(const AgentTimes& times, const AgentTimes& other) {
    const Median own = median_of(times.ms), others = median_of(other.ms);
    SpeedUp result;
    if (own.low <= 0 || others.low <= 0)
        return result;
    result.ratio = others.value / own.value;
    if (std::min(times.ms.size(), other.ms.size()) >= k_few_runs) {
        result.low = others.low / own.high;
        result.high = others.high / own.low;
    }
    return result;
}

Trust judge(const AgentBenchmark& benchmark, const BoardFacts& facts) {
    Trust trust;
    const BoardState &before = benchmark.before, &after = benchmark.after;
    if (facts.emulated)
        trust.reasons.push_back({"emulated", {}});
    if (!after.governor.empty() && after.governor != "performance")
        trust.reasons.push_back({"governor", {after.governor}});
    judge_clock(before, after, trust.reasons);
    if (after.temperature_c && *after.temperature_c > k_hot_c)
        trust.reasons.push_back({"hot", {text(*after.temperature_c, 0)}});
    if (after.busy_others && *after.busy_others > k_busy)
        trust.reasons.push_back({"busy", {text(*after.busy_others, 1)}});
    judge_spread(benchmark, trust.reasons);
    return trust;
}

}  // namespace quantwright
