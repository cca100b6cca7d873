#include "core/runtime/run_watch.h"

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

namespace quantwright {

namespace {

class Watcher {
public:
    static Watcher& instance() {
        static Watcher watcher;
        return watcher;
    }

    std::uint64_t add(const CancelToken& token, std::function<void()> terminate) {
        const std::lock_guard lock(m_mutex);
        m_runs.emplace(++m_last, Run{token, std::move(terminate)});
        if (m_runs.size() == 1)
            m_wake.notify_one();
        return m_last;
    }

    void remove(std::uint64_t id) {
        const std::lock_guard lock(m_mutex);
        m_runs.erase(id);
    }

private:
    struct Run {
        CancelToken token;
        std::function<void()> terminate;
    };

    Watcher() : m_thread([this] { watch(); }) {}
    ~Watcher() {
        {
            const std::lock_guard lock(m_mutex);
            m_stop = true;
        }
        m_wake.notify_one();
        m_thread.join();
    }

    void watch() {
        std::unique_lock lock(m_mutex);
        while (!m_stop) {
            if (m_runs.empty())
                m_wake.wait(lock, [this] { return m_stop || !m_runs.empty(); });
            else
                m_wake.wait_for(lock, std::chrono::milliseconds(20));
            for (auto& [id, run] : m_runs)
                if (run.terminate && run.token.cancelled()) {
                    run.terminate();
                    run.terminate = {};
                }
        }
    }

    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::map<std::uint64_t, Run> m_runs;
    std::uint64_t m_last = 0;
    bool m_stop = false;
    std::thread m_thread;
};

}  // namespace

RunWatch::RunWatch(const CancelToken& token, std::function<void()> terminate)
    : m_id(Watcher::instance().add(token, std::move(terminate))) {}

RunWatch::~RunWatch() {
    Watcher::instance().remove(m_id);
}

}  // namespace quantwright
