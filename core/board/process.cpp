#include "core/board/process.h"

#include <chrono>
#include <utility>

namespace quantwright {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kept_errors = 16 * 1024;
// Output that came while nobody read; more than this is no answer to anything.
constexpr std::size_t most_unread = std::size_t{16} << 20;

}  // namespace

Result<std::unique_ptr<ChannelProcess>> ChannelProcess::start(const std::shared_ptr<SshSession>& session,
                                                              const std::string& command) {
    std::unique_ptr<ChannelProcess> process(new ChannelProcess);
    ChannelProcess* self = process.get();
    auto channel = Channel::open(
        session, [self](std::string_view bytes, bool from_stderr) { self->take(bytes, from_stderr); });
    if (!channel)
        return fail(channel);
    process->m_channel = std::move(*channel);
    if (const Status started = process->m_channel->execute(command); !started)
        return fail(started);
    return process;
}

ChannelProcess::~ChannelProcess() {
    if (!m_channel || m_channel->closed())
        return;
    m_channel->ask_to_end();
    const auto until = Clock::now() + std::chrono::milliseconds(300);
    while (!m_channel->closed() && Clock::now() < until)
        if (!m_channel->session().pump(std::chrono::milliseconds(20)))
            break;
}

void ChannelProcess::take(std::string_view bytes, bool from_stderr) {
    if (from_stderr) {
        m_errors += bytes.substr(bytes.size() - std::min(bytes.size(), kept_errors));
        if (m_errors.size() > kept_errors)
            m_errors.erase(0, m_errors.size() - kept_errors);
        return;
    }
    if (m_output.size() - m_read + bytes.size() > most_unread)
        m_flooded = true;
    else
        m_output += bytes;
}

Status ChannelProcess::write(std::string_view bytes) {
    if (m_channel->session().watchdog().cancelled())
        return JobContext::cancelled_error();
    return m_channel->write(bytes);
}

Status ChannelProcess::end_input() {
    return m_channel->end_input();
}

tl::unexpected<Error> ChannelProcess::too_long(std::size_t longest) const {
    return fail(ErrorCode::board_bad_answer, m_channel->session().place(),
                "longer than " + std::to_string(longest) + " bytes");
}

Result<std::optional<std::string>> ChannelProcess::read_line(std::size_t longest) {
    std::size_t end = std::string::npos;
    const auto found = [&] {
        end = m_output.find('\n', m_searched);
        m_searched = end == std::string::npos ? m_output.size() : end;
        return end != std::string::npos || m_output.size() - m_read > longest || m_flooded ||
               m_channel->at_end();
    };
    if (const Status waited = m_channel->session().wait(found, m_channel->heard()); !waited)
        return fail(waited);
    const std::size_t stop = end == std::string::npos ? m_output.size() : end;
    if (stop - m_read > longest || (end == std::string::npos && m_flooded))
        return too_long(longest);
    if (end == std::string::npos && stop == m_read)
        return std::optional<std::string>();
    std::string line = m_output.substr(m_read, stop - m_read);
    m_read = m_searched = end == std::string::npos ? stop : end + 1;
    if (m_read > most_unread / 16 || m_read == m_output.size()) {
        m_output.erase(0, m_read);
        m_read = m_searched = 0;
    }
    return std::optional(std::move(line));
}

Result<std::string> ChannelProcess::read_all(std::size_t longest) {
    const auto done = [&] { return m_channel->at_end() || m_output.size() > longest; };
    if (const Status waited = m_channel->session().wait(done, m_channel->heard()); !waited)
        return fail(waited);
    if (m_output.size() > longest)
        return too_long(longest);
    return std::move(m_output);
}

std::optional<int> ChannelProcess::exit_status() {
    // libssh's own question for it waits ten seconds where the program lives on.
    const auto until = Clock::now() + std::chrono::seconds(1);
    while (!m_channel->status() && !m_channel->closed() && Clock::now() < until &&
           !m_channel->session().watchdog().cancelled())
        if (!m_channel->session().pump(std::chrono::milliseconds(50)))
            break;
    return m_channel->status();
}

}  // namespace quantwright
