#pragma once
// Work on numbered items by several threads, its results taken in the items' order. No thread runs far ahead
// of whoever takes, so that few results wait.
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "core/base/parallel.h"
#include "core/base/result.h"

namespace quantwright {

template <class T>
class ImageQueue {
public:
    using Work = std::function<Result<T>(std::int64_t item)>;

    /// `threads` 0: one per core. `work` is called for 0 … total - 1, from several threads at once.
    ImageQueue(std::int64_t total, int threads, Work work) : m_total(total), m_work(std::move(work)) {
        const std::int64_t count =
            std::max<std::int64_t>(1, std::min<std::int64_t>(worker_count(threads), total));
        m_ahead = 2 * count;
        try {
            for (std::int64_t i = 0; i < count; ++i)
                m_threads.emplace_back([this] { serve(); });
        } catch (...) {
            stop();
            throw;
        }
    }
    /// Waits for work under way.
    ~ImageQueue() { stop(); }
    ImageQueue(const ImageQueue&) = delete;
    ImageQueue& operator=(const ImageQueue&) = delete;

    /// The next item's result; call it at most `total` times.
    Result<T> next() {
        std::unique_lock lock(m_mutex);
        m_finished.wait(lock, [this] { return m_results.contains(m_wanted); });
        auto node = m_results.extract(m_wanted++);
        m_room.notify_all();
        return std::move(node.mapped());
    }

private:
    void serve() {
        std::unique_lock lock(m_mutex);
        while (true) {
            m_room.wait(lock,
                        [this] { return m_stop || m_started == m_total || m_started < m_wanted + m_ahead; });
            if (m_stop || m_started == m_total)
                return;
            const std::int64_t item = m_started++;
            lock.unlock();
            Result<T> result = guarded(item);
            lock.lock();
            m_results.emplace(item, std::move(result));
            m_finished.notify_one();
        }
    }

    Result<T> guarded(std::int64_t item) const {
        try {
            return m_work(item);
        } catch (const std::exception& e) {
            return fail(ErrorCode::runtime_failed, "image", e.what());
        }
    }

    void stop() {
        {
            const std::lock_guard lock(m_mutex);
            m_stop = true;
        }
        m_room.notify_all();
        for (std::thread& thread : m_threads)
            thread.join();
    }

    const std::int64_t m_total;
    const Work m_work;
    std::int64_t m_ahead = 0, m_started = 0, m_wanted = 0;
    bool m_stop = false;
    std::mutex m_mutex;
    std::condition_variable m_room, m_finished;
    std::map<std::int64_t, Result<T>> m_results;
    std::vector<std::thread> m_threads;
};

}  // namespace quantwright
