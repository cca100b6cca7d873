#pragma once
#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "core/base/result.h"

namespace quantwright {

/// `threads` where it says a number, else one for each processor.
[[nodiscard]] inline int worker_count(int threads) {
    return threads > 0 ? threads : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

/// Calls task(i), which gives a Status, for i in [0, count) from up to `threads` threads, and waits for all.
/// Stops early when a task fails; the first failure is returned.
template <class Task>
Status for_each_parallel(int count, int threads, const Task& task) {
    std::atomic<int> next = 0;
    std::mutex mutex;
    std::optional<Error> error;
    const auto work = [&] {
        for (int i = next++; i < count; i = next++)
            if (Status done = task(i); !done) {
                const std::lock_guard lock(mutex);
                if (!error)
                    error = done.error();
                next = count;
            }
    };
    std::vector<std::thread> workers;
    for (int t = 1; t < std::min(count, threads); ++t)
        workers.emplace_back(work);
    work();
    for (auto& worker : workers)
        worker.join();
    if (error)
        return tl::unexpected<Error>(*error);
    return {};
}

}  // namespace quantwright
