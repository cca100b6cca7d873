#include "core/board/channel.h"

#include <algorithm>
#include <csignal>
#include <utility>

namespace quantwright {

namespace {

/// RFC 4254, 6.10: names without "SIG"; the numbers are those of Linux, which the host may not share.
std::optional<int> number_of_signal(std::string_view name) {
    static constexpr std::pair<std::string_view, int> names[] = {
        {"HUP", 1}, {"INT", 2},   {"QUIT", 3},  {"ILL", 4},   {"ABRT", 6},  {"FPE", 8},   {"KILL", 9},
        {"BUS", 7}, {"USR1", 10}, {"SEGV", 11}, {"USR2", 12}, {"PIPE", 13}, {"ALRM", 14}, {"TERM", 15}};
    for (const auto& [known, number] : names)
        if (known == name)
            return number;
    return {};
}

// A longer write would be one call of the watchdog's.
constexpr std::size_t most_at_once = 128 * 1024;

}  // namespace

Channel::Channel(std::shared_ptr<SshSession> session, ssh_channel channel, Taker taker)
    : m_session(std::move(session)), m_channel(channel), m_taker(std::move(taker)) {
    ssh_callbacks_init(&m_callbacks);
    m_callbacks.userdata = this;
    m_callbacks.channel_data_function = [](ssh_session, ssh_channel, void* data, std::uint32_t size,
                                           int from_stderr, void* self) -> int {
        auto* channel = static_cast<Channel*>(self);
        channel->m_heard += size;
        channel->m_taker({static_cast<const char*>(data), size}, from_stderr != 0);
        return static_cast<int>(size);
    };
    m_callbacks.channel_eof_function = [](ssh_session, ssh_channel, void* self) {
        static_cast<Channel*>(self)->m_at_end = true;
    };
    m_callbacks.channel_close_function = [](ssh_session, ssh_channel, void* self) {
        static_cast<Channel*>(self)->m_at_end = static_cast<Channel*>(self)->m_closed = true;
    };
    m_callbacks.channel_exit_status_function = [](ssh_session, ssh_channel, int status, void* self) {
        static_cast<Channel*>(self)->m_status = status;
    };
    m_callbacks.channel_exit_signal_function = [](ssh_session, ssh_channel, const char* name, int,
                                                  const char*, const char*, void* self) {
        if (const auto number = number_of_signal(name == nullptr ? "" : name))
            static_cast<Channel*>(self)->m_status = 128 + *number;
    };
    ssh_set_channel_callbacks(m_channel, &m_callbacks);
}

Channel::~Channel() {
    ssh_remove_channel_callbacks(m_channel, &m_callbacks);
    const Watchdog::Call call(m_session->watchdog(), std::chrono::milliseconds(300));
    if (m_session->alive() && !m_closed)
        ssh_channel_close(m_channel);
    ssh_channel_free(m_channel);
}

Result<std::unique_ptr<Channel>> Channel::open(std::shared_ptr<SshSession> session, Taker taker) {
    SshSession& owner = *session;
    if (!owner.alive())
        return owner.lost();
    if (owner.watchdog().cancelled())
        return JobContext::cancelled_error();
    const Watchdog::Call call(owner.watchdog(), owner.silence());
    ssh_channel raw = ssh_channel_new(owner.raw());
    if (raw == nullptr)
        return owner.lost();
    std::unique_ptr<Channel> channel(new Channel(std::move(session), raw, std::move(taker)));
    if (ssh_channel_open_session(raw) != SSH_OK) {
        if (owner.alive())
            return fail(ErrorCode::board_denied, owner.place(), ssh_error_text(owner.raw()));
        return owner.lost();
    }
    return channel;
}

Status Channel::execute(const std::string& command) {
    const Watchdog::Call call(m_session->watchdog(), m_session->silence());
    if (ssh_channel_request_exec(m_channel, command.c_str()) == SSH_OK)
        return {};
    if (m_session->alive() && !m_session->watchdog().cancelled())
        return fail(ErrorCode::board_denied, m_session->place(), ssh_error_text(m_session->raw()));
    return m_session->lost();
}

Result<bool> Channel::start_subsystem(const std::string& name) {
    const Watchdog::Call call(m_session->watchdog(), m_session->silence());
    if (ssh_channel_request_subsystem(m_channel, name.c_str()) == SSH_OK)
        return true;
    if (m_session->alive() && !m_session->watchdog().cancelled())
        return false;
    return m_session->lost();
}

Status Channel::write(std::string_view bytes) {
    while (!bytes.empty()) {
        if (!m_session->alive())
            return m_session->lost();
        if (m_closed || m_input_ended)
            return {};
        const Watchdog::Call call(m_session->watchdog(), m_session->silence());
        const auto size = static_cast<std::uint32_t>(std::min(bytes.size(), most_at_once));
        const int written = ssh_channel_write(m_channel, bytes.data(), size);
        if (written <= 0)
            return m_closed && m_session->alive() ? Status() : Status(m_session->lost());
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

Status Channel::end_input() {
    m_input_ended = true;
    const Watchdog::Call call(m_session->watchdog(), m_session->silence());
    if (!m_closed && m_session->alive() && ssh_channel_send_eof(m_channel) != SSH_OK && !m_session->alive())
        return m_session->lost();
    return {};
}

void Channel::ask_to_end() {
    if (m_closed || !m_session->alive())
        return;
    const Watchdog::Call call(m_session->watchdog(), std::chrono::milliseconds(300));
    ssh_channel_request_send_signal(m_channel, "TERM");
    ssh_channel_send_eof(m_channel);
}

}  // namespace quantwright
