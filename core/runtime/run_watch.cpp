#include "core/runtime/run_watch.h"

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

namespace quantwright {

namespace {

/// It sleeps after so many looks at no run.
constexpr int k_quiet_looks = 25;

class Watcher {
public:
    static Watcher& instance() {
        static Watcher watcher;
        return watcher;
    }

    std::uint64_t add(const CancelToken& token, std::function<void()> terminate) {
        const std::lock_guard lock(m_mutex);
        m_runs.emplace(++m_last, Run{token, std::move(terminate)});
        if (m_asleep)
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
        std::uint64_t seen = 0;
        for (int quiet = 0; !m_stop;) {
            // Short runs come by the thousand: waking it for each would cost more than some of them.
            m_asleep = quiet > k_quiet_looks;
            if (m_asleep)
                m_wake.wait(lock, [&] { return m_stop || m_last != seen; });
            else
                m_wake.wait_for(lock, std::chrono::milliseconds(20));
            quiet = m_runs.empty() && m_last == seen ? quiet + 1 : 0;
            seen = m_last;
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
    bool m_asleep = false, m_stop = false;
    std::thread m_thread;
};

}  // namespace

RunWatch::RunWatch(const CancelToken& token, std::function<void()> terminate)
    : m_id(Watcher::instance().add(token, std::move(terminate))) {}

RunWatch::~RunWatch() {
    Watcher::instance().remove(m_id);
}

}  // namespace quantwright
