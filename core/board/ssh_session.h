#pragma once
// A libssh session with an owner, a watchdog and a way to wait.
#include <libssh/libssh.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "core/board/connection.h"
#include "core/board/watchdog.h"

namespace quantwright {

class SshSession {
public:
    explicit SshSession(const JobContext& job);
    ~SshSession();
    SshSession(const SshSession&) = delete;
    SshSession& operator=(const SshSession&) = delete;

    /// Host, port and user from the options and the user's configuration. Errors: board.address.
    Status configure(const ConnectOptions& options);
    /// TCP, versions and key exchange. Errors: those of dial() and hear_greeting(), board.silent,
    /// board.not_ssh, board.connection_lost, cancelled.
    Status connect(std::chrono::milliseconds timeout, const JobContext& job);
    /// From now on wait() can be used.
    void settle();

    [[nodiscard]] ssh_session raw() const { return m_session; }
    [[nodiscard]] Watchdog& watchdog() { return m_watchdog; }
    [[nodiscard]] const BoardAddress& address() const { return m_address; }
    [[nodiscard]] const std::string& place() const { return m_place; }  ///< host:port
    [[nodiscard]] std::chrono::milliseconds silence() const { return m_silence; }
    [[nodiscard]] bool alive() const;

    /// Why a call of libssh's failed, when it was not for a reason of its own.
    [[nodiscard]] tl::unexpected<Error> lost() const;

    /// Handles what comes from the board, at most `longest` long. Errors: board.connection_lost,
    /// board.silent, cancelled (only if the watchdog has ended the connection).
    Status pump(std::chrono::milliseconds longest);
    /// pump() until `done`; `heard` is a counter of what came for the waiting one, and board.silent the end
    /// of a wait in which it stands still. With `cleaning` a cancelled job waits on, for as long as the
    /// watchdog lets it.
    Status wait(const std::function<bool()>& done, const std::uint64_t& heard, bool cleaning = false);

private:
    Status handshake(bool greeted, std::chrono::steady_clock::time_point deadline, const JobContext& job);
    void keep_alive();

    ssh_session m_session;
    ssh_event m_event = nullptr;
    Watchdog m_watchdog;
    BoardAddress m_address;
    std::string m_place, m_proxy;
    std::chrono::milliseconds m_silence{20'000};
    std::chrono::steady_clock::time_point m_kept_alive = std::chrono::steady_clock::now();
};

/// What libssh says of its last failure, fit to be shown.
[[nodiscard]] std::string ssh_error_text(ssh_session session);

}  // namespace quantwright
