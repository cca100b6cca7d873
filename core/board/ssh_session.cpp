#include "core/board/ssh_session.h"

#include <libssh/callbacks.h>
#include <libssh/server.h>
#include <poll.h>

#include <algorithm>
#include <csignal>
#include <thread>

#include "core/board/clean_text.h"
#include "core/board/dial.h"

namespace quantwright {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds slice{100};
constexpr std::chrono::seconds between_signs_of_life{15};

/// libssh hands ProxyCommand to a shell with %h and %r filled in, so only names that mean nothing to one.
bool is_harmless(const std::string& text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("._-:%").find(c) != std::string_view::npos;
    });
}

std::string option_of(ssh_session session, ssh_options_e option) {
    char* value = nullptr;
    if (ssh_options_get(session, option, &value) != SSH_OK || value == nullptr)
        return {};
    std::string result = value;
    ssh_string_free_char(value);
    return result;
}

template <class T>
bool set_option(ssh_session session, ssh_options_e option, T value) {
    return ssh_options_set(session, option, &value) == SSH_OK;
}

bool set_text(ssh_session session, ssh_options_e option, const std::string& value) {
    return ssh_options_set(session, option, value.c_str()) == SSH_OK;
}

}  // namespace

std::string ssh_error_text(ssh_session session) {
    return clean_text(ssh_get_error(session), 300);
}

SshSession::SshSession(const JobContext& job) : m_session(ssh_new()), m_watchdog(job.token()) {}

SshSession::~SshSession() {
    if (m_event != nullptr) {
        ssh_event_remove_session(m_event, m_session);
        ssh_event_free(m_event);
    }
    {
        const Watchdog::Call call(m_watchdog, std::chrono::milliseconds(300));
        ssh_disconnect(m_session);
    }
    ssh_free(m_session);
}

Status SshSession::configure(const ConnectOptions& options) {
    const auto wrong = [&] {
        return fail(ErrorCode::board_address, options.address.text(), ssh_error_text(m_session));
    };
    m_silence = options.silence;
    // Read here, where it can be left out, and not by ssh_connect().
    set_option(m_session, SSH_OPTIONS_PROCESS_CONFIG, 0);
    if (!set_text(m_session, SSH_OPTIONS_HOST, options.address.host) ||
        (options.address.port != 0 && !set_option(m_session, SSH_OPTIONS_PORT, options.address.port)) ||
        (!options.address.user.empty() && !set_text(m_session, SSH_OPTIONS_USER, options.address.user)))
        return wrong();
    if (options.read_config &&
        ssh_options_parse_config(m_session, options.config.empty() ? nullptr : options.config.c_str()) !=
            SSH_OK)
        return wrong();
    if (option_of(m_session, SSH_OPTIONS_USER).empty())
        ssh_options_set(m_session, SSH_OPTIONS_USER, nullptr);  // the login name
    if (!options.known_hosts.empty()) {
        set_text(m_session, SSH_OPTIONS_KNOWNHOSTS, options.known_hosts);
        set_text(m_session, SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null");
    }
    set_option(m_session, SSH_OPTIONS_NODELAY, 1);
    // Later than the watchdog, which knows why a call ended: libssh's own limit looks like a refusal.
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(m_silence) + std::chrono::seconds(10);
    set_option(m_session, SSH_OPTIONS_TIMEOUT, static_cast<long>(seconds.count()));

    unsigned int port = 22;
    ssh_options_get_port(m_session, &port);
    m_address.host = option_of(m_session, SSH_OPTIONS_HOST);
    m_address.user = option_of(m_session, SSH_OPTIONS_USER);
    m_address.port = static_cast<int>(port);
    m_place = place_of(m_address.host, m_address.port);
    m_proxy = option_of(m_session, SSH_OPTIONS_PROXYCOMMAND);
    if (m_proxy == "none")
        m_proxy.clear();
    if (!m_proxy.empty() && !(is_harmless(m_address.host) && is_harmless(m_address.user)))
        return fail(ErrorCode::board_address, options.address.text(), "not with ProxyCommand");
    return {};
}

Status SshSession::connect(std::chrono::milliseconds timeout, const JobContext& job) {
    const auto deadline = Clock::now() + timeout;
    bool greeted = false;
    if (m_proxy.empty()) {
        auto socket = dial(m_address.host, m_address.port, deadline, job);
        if (!socket)
            return fail(socket);
        m_watchdog.guard(socket->fd());
        // sshd speaks first, and says why if it wants nothing of us; a peer that waits for the client's
        // first line gets it after a while.
        const auto patience = std::min(deadline, Clock::now() + std::min<std::chrono::milliseconds>(
                                                                    timeout / 2, std::chrono::seconds(2)));
        const auto greeting = hear_greeting(socket->fd(), m_place, patience, job);
        if (!greeting)
            return fail(greeting);
        greeted = *greeting == Greeting::ssh;
        set_option(m_session, SSH_OPTIONS_FD, static_cast<socket_t>(socket->release()));
    } else {
        // libssh writes to the pipe of a ProxyCommand without MSG_NOSIGNAL.
        std::signal(SIGPIPE, SIG_IGN);
    }
    ssh_set_blocking(m_session, 0);
    const Status done = handshake(greeted, deadline, job);
    ssh_set_blocking(m_session, 1);
    return done;
}

Status SshSession::handshake(bool greeted, Clock::time_point deadline, const JobContext& job) {
    bool guarded = m_proxy.empty();
    for (;;) {
        const int outcome = ssh_connect(m_session);
        if (outcome == SSH_OK)
            return {};
        if (job.cancelled())
            return JobContext::cancelled_error();
        if (outcome != SSH_AGAIN) {
            const char* banner = ssh_get_serverbanner(m_session);
            return fail(banner == nullptr ? ErrorCode::board_not_ssh : ErrorCode::board_connection_lost,
                        m_place, ssh_error_text(m_session));
        }
        const int fd = ssh_get_fd(m_session);
        if (!guarded) {
            m_watchdog.guard(fd);
            guarded = true;
        }
        const auto now = Clock::now();
        if (now >= deadline)
            return fail(ErrorCode::board_silent, m_place);
        greeted = greeted || ssh_get_serverbanner(m_session) != nullptr;
        if (!greeted && m_proxy.empty()) {
            const auto greeting = hear_greeting(fd, m_place, std::min(deadline, now + slice), job);
            if (!greeting)
                return fail(greeting);
            greeted = *greeting == Greeting::ssh;
        } else {
            pollfd ready{fd, POLLIN, 0};
            ::poll(&ready, 1, 20);
        }
    }
}

void SshSession::settle() {
    m_event = ssh_event_new();
    ssh_event_add_session(m_event, m_session);
}

bool SshSession::alive() const {
    // After a packet that can't be decrypted the socket is still open.
    return ssh_is_connected(m_session) == 1 &&
           (ssh_get_status(m_session) & (SSH_CLOSED | SSH_CLOSED_ERROR)) == 0 &&
           m_watchdog.reason() == Watchdog::Reason::none;
}

tl::unexpected<Error> SshSession::lost() const {
    if (m_watchdog.reason() == Watchdog::Reason::cancelled || m_watchdog.cancelled())
        return JobContext::cancelled_error();
    if (m_watchdog.reason() == Watchdog::Reason::silent)
        return fail(ErrorCode::board_silent, m_place);
    return fail(ErrorCode::board_connection_lost, m_place, ssh_error_text(m_session));
}

Status SshSession::pump(std::chrono::milliseconds longest) {
    if (!alive())
        return lost();
    const Watchdog::Call call(m_watchdog, m_silence + longest);
    if (ssh_event_dopoll(m_event, static_cast<int>(longest.count())) == SSH_ERROR || !alive())
        return lost();
    return {};
}

/// Routers forget a connection on which nothing moves for a while.
void SshSession::keep_alive() {
    const auto now = Clock::now();
    if (now - m_kept_alive < between_signs_of_life)
        return;
    m_kept_alive = now;
    const Watchdog::Call call(m_watchdog, m_silence);
    ssh_send_keepalive(m_session);
}

Status SshSession::wait(const std::function<bool()>& done, const std::uint64_t& heard, bool cleaning) {
    auto since = Clock::now();
    std::uint64_t before = heard;
    while (!done()) {
        if (!cleaning && m_watchdog.cancelled())
            return JobContext::cancelled_error();
        if (const Status pumped = pump(slice); !pumped)
            return done() ? Status() : pumped;  // the last words came with the end
        if (heard != before) {
            before = heard;
            since = Clock::now();
        } else if (Clock::now() - since >= m_silence) {
            return fail(ErrorCode::board_silent, m_place);
        }
        keep_alive();
    }
    return {};
}

}  // namespace quantwright
