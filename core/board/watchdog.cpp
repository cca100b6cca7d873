#include "core/board/watchdog.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

namespace quantwright {

namespace {

// A cancelled call has this long to say goodbye to the board; with `pace` it stays below a second.
constexpr std::chrono::milliseconds grace{750};
constexpr std::chrono::milliseconds pace{50};

}  // namespace

Watchdog::Watchdog(CancelToken token) : m_token(std::move(token)), m_thread([this] { run(); }) {}

Watchdog::~Watchdog() {
    {
        const std::lock_guard lock(m_mutex);
        m_over = true;
    }
    m_changed.notify_all();
    m_thread.join();
    if (m_fd >= 0)
        ::close(m_fd);
}

void Watchdog::guard(int fd) {
    const std::lock_guard lock(m_mutex);
    // libssh closes its own descriptor when it likes, and the number may be another file's by then.
    m_fd = ::fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

void Watchdog::watch(CancelToken token) {
    const std::lock_guard lock(m_mutex);
    m_token = std::move(token);
}

bool Watchdog::cancelled() const {
    const std::lock_guard lock(m_mutex);
    return m_token.cancelled();
}

Watchdog::Reason Watchdog::reason() const {
    const std::lock_guard lock(m_mutex);
    return m_reason;
}

void Watchdog::give_up() {
    const std::lock_guard lock(m_mutex);
    if (m_reason == Reason::none)
        end(Reason::silent);
}

void Watchdog::end(Reason reason) {
    m_reason = reason;
    if (m_fd >= 0)
        ::shutdown(m_fd, SHUT_RDWR);
}

void Watchdog::look_aside(Clock::time_point now) {
    if (m_aside < 0)
        return;
    const bool late = m_aside_deadline && now >= *m_aside_deadline;
    if (!late && !m_cancelled_at)
        return;
    m_aside_too_long = late && !m_cancelled_at;
    ::shutdown(m_aside, SHUT_RDWR);
    ::close(std::exchange(m_aside, -1));
}

void Watchdog::run() {
    std::unique_lock lock(m_mutex);
    while (!m_over) {
        const auto now = Clock::now();
        if (m_token.cancelled() && !m_cancelled_at)
            m_cancelled_at = now;
        if (m_reason == Reason::none && m_fd >= 0) {
            if (m_cancelled_at && now - *m_cancelled_at >= grace)
                end(Reason::cancelled);
            else if (m_deadline && now >= *m_deadline)
                end(Reason::silent);
        }
        look_aside(now);
        m_changed.wait_for(lock, pace);
    }
}

Watchdog::Call::Call(Watchdog& watchdog, std::chrono::milliseconds limit) : m_watchdog(watchdog) {
    const std::lock_guard lock(m_watchdog.m_mutex);
    m_watchdog.m_deadline = Clock::now() + limit;
}

Watchdog::Call::~Call() {
    const std::lock_guard lock(m_watchdog.m_mutex);
    m_watchdog.m_deadline.reset();
}

Watchdog::Aside::Aside(Watchdog& watchdog, int fd, std::chrono::milliseconds limit) : m_watchdog(watchdog) {
    const std::lock_guard lock(m_watchdog.m_mutex);
    m_watchdog.m_aside = ::fcntl(fd, F_DUPFD_CLOEXEC, 0);
    m_watchdog.m_aside_deadline = Clock::now() + limit;
    m_watchdog.m_aside_too_long = false;
}

Watchdog::Aside::~Aside() {
    const std::lock_guard lock(m_watchdog.m_mutex);
    if (m_watchdog.m_aside >= 0)
        ::close(std::exchange(m_watchdog.m_aside, -1));
}

bool Watchdog::Aside::too_long() const {
    const std::lock_guard lock(m_watchdog.m_mutex);
    return m_watchdog.m_aside_too_long;
}

}  // namespace quantwright
