#pragma once
// One channel of a connection, with what comes from the board handed on as it comes.
#include <libssh/callbacks.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/board/ssh_session.h"

namespace quantwright {

class Channel {
public:
    using Taker = std::function<void(std::string_view bytes, bool from_stderr)>;

    /// Everything is taken at once, so that the channel's window never fills.
    static Result<std::unique_ptr<Channel>> open(std::shared_ptr<SshSession> session, Taker taker);
    ~Channel();
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;

    /// Errors: board.denied (the board refuses to run programs); those of SshSession::lost().
    Status execute(const std::string& command);
    /// False if the board has no such subsystem.
    Result<bool> start_subsystem(const std::string& name);

    /// Bytes for a program that has ended are lost without an error: reading tells that it has.
    Status write(std::string_view bytes);
    Status end_input();
    void ask_to_end();  ///< TERM, end of input

    [[nodiscard]] bool at_end() const { return m_at_end; }  ///< nothing more will come
    [[nodiscard]] bool closed() const { return m_closed; }
    [[nodiscard]] std::optional<int> status() const { return m_status; }
    [[nodiscard]] const std::uint64_t& heard() const { return m_heard; }  ///< bytes so far
    [[nodiscard]] SshSession& session() { return *m_session; }

private:
    Channel(std::shared_ptr<SshSession> session, ssh_channel channel, Taker taker);

    std::shared_ptr<SshSession> m_session;
    ssh_channel m_channel;
    Taker m_taker;
    ssh_channel_callbacks_struct m_callbacks{};
    bool m_at_end = false, m_closed = false, m_input_ended = false;
    std::optional<int> m_status;
    std::uint64_t m_heard = 0;
};

}  // namespace quantwright
