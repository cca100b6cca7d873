#pragma once
// A thread that ends the calls libssh would wait in for ever, by shutting the connection's socket down: the
// only thing that may be done to a libssh session from another thread.
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "core/base/job.h"

namespace quantwright {

class Watchdog {
public:
    enum class Reason { none, cancelled, silent };

    explicit Watchdog(CancelToken token);
    ~Watchdog();
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;

    void guard(int fd);  ///< the socket; a copy of its descriptor is kept

    /// A talk with another program of this machine, over its own socket: ended by a cancel at once, and after
    /// `limit`, without an end to the connection.
    class Aside {
    public:
        Aside(Watchdog& watchdog, int fd, std::chrono::milliseconds limit);
        ~Aside();
        Aside(const Aside&) = delete;
        Aside& operator=(const Aside&) = delete;
        [[nodiscard]] bool too_long() const;  ///< it was ended for that

    private:
        Watchdog& m_watchdog;
    };
    void watch(CancelToken token);
    [[nodiscard]] bool cancelled() const;
    void give_up();  ///< ends the connection as silent
    /// Why the socket was shut down, if the watchdog did it.
    [[nodiscard]] Reason reason() const;

    /// A call that must be over after `limit`.
    class Call {
    public:
        Call(Watchdog& watchdog, std::chrono::milliseconds limit);
        ~Call();
        Call(const Call&) = delete;
        Call& operator=(const Call&) = delete;

    private:
        Watchdog& m_watchdog;
    };

private:
    using Clock = std::chrono::steady_clock;
    void run();
    void end(Reason reason);
    void look_aside(Clock::time_point now);

    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    CancelToken m_token;
    int m_fd = -1;
    bool m_over = false;
    Reason m_reason = Reason::none;
    int m_aside = -1;
    bool m_aside_too_long = false;
    std::optional<Clock::time_point> m_deadline, m_cancelled_at, m_aside_deadline;
    std::thread m_thread;
};

}  // namespace quantwright
