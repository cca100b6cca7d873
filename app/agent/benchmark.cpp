#include "benchmark.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <set>

#include "affinity.h"
#include "median.h"

namespace quantwright::agent {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Few quick runs may agree by chance, before the clock of the processor has gone up.
constexpr double least_seconds = 0.5;

std::vector<int> cores_of(const std::vector<Session*>& sessions) {
    std::set<int> cores;
    for (const Session* session : sessions) {
        const std::vector<int>& own = session->cores().empty() ? allowed_cores() : session->cores();
        cores.insert(own.begin(), own.end());
    }
    return {cores.begin(), cores.end()};
}

bool all_tight(const std::vector<BenchmarkTimes>& sessions, double interval) {
    return std::ranges::all_of(
        sessions, [&](const BenchmarkTimes& times) { return median_interval(times.ms) <= interval; });
}

/// Says how far it is, a few times a second.
class Reporter {
public:
    Reporter(const BenchmarkOptions& options, const std::function<void(std::int64_t, std::int64_t)>& progress)
        : m_options(options), m_progress(progress) {}

    void at(std::int64_t rounds, double seconds) {
        if (seconds_since(m_last) < 0.25)
            return;
        m_last = Clock::now();
        if (m_options.runs > 0)
            m_progress(rounds, m_options.runs);
        else
            m_progress(std::llround(std::min(seconds, m_options.limit_seconds) * 1000),
                       std::llround(m_options.limit_seconds * 1000));
    }

private:
    const BenchmarkOptions& m_options;
    const std::function<void(std::int64_t, std::int64_t)>& m_progress;
    Clock::time_point m_last = Clock::now();
};

}  // namespace

BenchmarkResult benchmark(const std::vector<Session*>& sessions, const SampleFile* samples,
                          const BenchmarkOptions& options,
                          const std::function<void(std::int64_t, std::int64_t)>& progress) {
    BenchmarkResult result;
    std::vector<Feed> feeds;
    feeds.reserve(sessions.size());
    for (const Session* session : sessions)
        feeds.push_back(samples ? samples->read(0, *session) : session->zeros());
    const auto warm_up_start = Clock::now();
    for (std::size_t i = 0; i < sessions.size(); ++i) {
        if (!sessions[i]->first_ms())
            sessions[i]->run(feeds[i]);
        result.sessions.push_back({*sessions[i]->first_ms(), {}});
    }
    // With an open number of runs the limit holds for the warm-up too.
    const bool open = options.runs == 0;
    for (int round = 0; round < options.warm_up; ++round) {
        if (open && seconds_since(warm_up_start) > options.limit_seconds)
            break;
        for (std::size_t i = 0; i < sessions.size(); ++i)
            sessions[i]->run(feeds[i]);
    }

    const std::vector<int> cores = cores_of(sessions);
    result.before = read_state(cores);
    const BusyOthers others;
    const std::int64_t most =
        open ? most_timed_runs / static_cast<std::int64_t>(sessions.size()) : options.runs;
    Reporter reporter(options, progress);
    const auto start = Clock::now();
    std::int64_t next_look = 6;
    for (std::int64_t round = 1; round <= most; ++round) {
        for (std::size_t i = 0; i < sessions.size(); ++i)
            result.sessions[i].ms.push_back(sessions[i]->run(feeds[i]));
        const double seconds = seconds_since(start);
        reporter.at(round, seconds);
        if (!open)
            continue;
        if (seconds >= options.limit_seconds)
            break;
        // Sorting after every run would be most of the work of a small model.
        if (round < next_look || seconds < std::min(least_seconds, options.limit_seconds / 2))
            continue;
        next_look = round + 1 + round / 20;
        if (all_tight(result.sessions, options.interval))
            break;
    }
    result.after = read_state(cores);
    result.after.busy_others = others.processors();
    result.interval_reached = all_tight(result.sessions, options.interval);
    return result;
}

}  // namespace quantwright::agent
