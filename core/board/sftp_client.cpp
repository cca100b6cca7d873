#include "core/board/sftp_client.h"

#include <algorithm>
#include <utility>

#include "core/board/clean_text.h"

namespace quantwright {

namespace {

// OpenSSH's largest packet is 256 KiB; what it says by itself is smaller.
constexpr std::uint32_t longest_packet = 512 * 1024;
constexpr std::size_t most_unsorted = std::size_t{4} << 20;
// A write with what is in front of it fills SSH packets of 32 KiB (10 bytes of each are theirs): one, where
// the server names no limit, else four. More would save few replies, and a cancel would wait for the end of
// it.
constexpr std::uint32_t packet_data = 32 * 1024 - 10, write_header = 128;
constexpr std::uint32_t small_write = packet_data - write_header,
                        large_write = 4 * packet_data - write_header;
constexpr std::uint64_t largest_read = 64 * 1024;

}  // namespace

Result<std::unique_ptr<SftpClient>> SftpClient::open(const std::shared_ptr<SshSession>& session) {
    std::unique_ptr<SftpClient> client(new SftpClient);
    SftpClient* self = client.get();
    auto channel = Channel::open(session, [self](std::string_view bytes, bool from_stderr) {
        if (from_stderr)
            return;
        if (self->m_heard.size() + bytes.size() > most_unsorted)
            self->m_flooded = true;
        else
            self->m_heard += bytes;
    });
    if (!channel)
        return fail(channel);
    client->m_channel = std::move(*channel);
    const auto started = client->m_channel->start_subsystem("sftp");
    if (!started)
        return fail(started);
    if (!*started)
        return fail(ErrorCode::board_no_sftp, session->place());
    if (const Status status = client->shake_hands(); !status)
        return fail(status);
    return client;
}

Status SftpClient::shake_hands() {
    constexpr std::uint32_t our_version = 3;
    m_write_size = small_write;
    if (const Status sent = m_channel->write(sftp::Packer().u32(5).u8(sftp::init).u32(our_version).bytes());
        !sent)
        return sent;
    std::uint32_t size = 0;
    const auto complete = [&] {
        size = sftp::Unpacker(m_heard).u32();
        return (m_heard.size() >= 4 && (size > longest_packet || m_heard.size() - 4 >= size)) ||
               m_channel->at_end();
    };
    if (const Status waited = m_channel->session().wait(complete, m_channel->heard()); !waited)
        return waited;
    if (m_heard.empty())  // the server is configured, but its program is not there
        return fail(ErrorCode::board_no_sftp, m_channel->session().place());
    if (size < 5 || size > longest_packet || m_heard.size() - 4 < size)
        return nonsense("no SFTP greeting");
    const std::string greeting = m_heard.substr(4, size);
    m_heard.erase(0, 4 + std::size_t{size});
    sftp::Unpacker in(greeting);
    const bool is_version = in.u8() == sftp::version;
    if (!is_version || in.u32() < our_version || in.bad())
        return nonsense("no SFTP greeting");
    while (!in.at_end()) {
        const std::string_view name = in.text(), value = in.text();
        if (in.bad())
            return nonsense("SFTP greeting");
        m_extensions.emplace(name, value);
    }
    return learn_limits();
}

Status SftpClient::learn_limits() {
    if (!m_extensions.contains("limits@openssh.com"))
        return {};
    const auto reply = ask(sftp::extended, sftp::Packer().text("limits@openssh.com").bytes());
    if (!reply)
        return fail(reply);
    if (reply->type != sftp::extended_reply)
        return {};
    sftp::Unpacker in(reply->body);
    in.u64();
    const std::uint64_t longest_read = in.u64(), longest_write = in.u64();
    if (in.bad())
        return nonsense("limits");
    if (longest_read >= m_read_size)
        m_read_size = static_cast<std::uint32_t>(std::min(longest_read, largest_read));
    if (longest_write >= large_write)
        m_write_size = large_write;
    return {};
}

tl::unexpected<Error> SftpClient::nonsense(const char* what) {
    std::string detail = what;
    if (!m_heard.empty())
        detail += ": " + clean_text(std::string_view(m_heard).substr(0, 60));
    return fail(ErrorCode::board_bad_answer, m_channel->session().place(), std::move(detail));
}

Result<std::uint32_t> SftpClient::send(sftp::Type type, const std::string& body) {
    const std::uint32_t number = m_next++;
    sftp::Packer packet;
    packet.u32(static_cast<std::uint32_t>(body.size() + 5)).u8(type).u32(number);
    std::string bytes = packet.bytes();
    bytes += body;
    m_asked.insert(number);
    if (const Status sent = m_channel->write(bytes); !sent)
        return fail(sent);
    return number;
}

Status SftpClient::sort() {
    std::size_t at = 0;
    for (;;) {
        const std::string_view rest = std::string_view(m_heard).substr(at);
        if (rest.size() < 4)
            break;
        const std::uint32_t size = sftp::Unpacker(rest).u32();
        if (size < 5 || size > longest_packet)
            return nonsense("length of a packet");
        if (rest.size() - 4 < size)
            break;
        sftp::Unpacker in(rest.substr(4, 5));
        Reply reply;
        reply.type = in.u8();
        const std::uint32_t number = in.u32();
        if (m_forgotten.erase(number) == 0) {
            if (m_asked.erase(number) == 0)
                return nonsense("a reply to nothing");
            reply.body = rest.substr(9, size - 5);
            m_replies.emplace(number, std::move(reply));
        }
        at += 4 + std::size_t{size};
    }
    m_heard.erase(0, at);
    return m_flooded ? Status(nonsense("endless output")) : Status();
}

Result<std::optional<SftpClient::Reply>> SftpClient::take_reply(std::uint32_t number) {
    if (const Status sorted = sort(); !sorted)
        return fail(sorted);
    const auto found = m_replies.find(number);
    if (found == m_replies.end())
        return std::optional<Reply>();
    std::optional<Reply> reply = std::move(found->second);
    m_replies.erase(found);
    return reply;
}

Status SftpClient::wait_reply(std::uint32_t number, bool cleaning) {
    Status sorted;
    const auto come = [&] {
        sorted = sort();
        return !sorted || m_replies.contains(number) || m_channel->at_end();
    };
    if (const Status waited = m_channel->session().wait(come, m_channel->heard(), cleaning); !waited)
        return waited;
    if (sorted && !m_replies.contains(number))
        return fail(ErrorCode::board_connection_lost, m_channel->session().place(),
                    "the SFTP server has ended");
    return sorted;
}

void SftpClient::forget(std::uint32_t number) {
    if (m_replies.erase(number) == 0 && m_asked.erase(number) != 0)
        m_forgotten.insert(number);
}

Result<SftpClient::Reply> SftpClient::ask(sftp::Type type, const std::string& body, bool cleaning) {
    if (!cleaning && m_channel->session().watchdog().cancelled())
        return JobContext::cancelled_error();
    const auto number = send(type, body);
    if (!number)
        return fail(number);
    if (const Status waited = wait_reply(*number, cleaning); !waited) {
        forget(*number);
        return fail(waited);
    }
    auto reply = take_reply(*number);
    if (!reply)
        return fail(reply);
    return std::move(**reply);
}

Result<sftp::Code> SftpClient::code_of(const Reply& reply) {
    sftp::Unpacker in(reply.body);
    const auto code = static_cast<sftp::Code>(in.u32());
    if (reply.type != sftp::status || in.bad())
        return nonsense("no status");
    if (code != sftp::Code::ok)
        m_words = clean_text(in.text(), 200);
    return code;
}

Result<sftp::Code> SftpClient::order(sftp::Type type, const std::string& body, bool cleaning) {
    const auto reply = ask(type, body, cleaning);
    if (!reply)
        return fail(reply);
    return code_of(*reply);
}

tl::unexpected<Error> SftpClient::refused(const std::string& path, sftp::Code code) {
    const std::string words = m_words;
    if (code == sftp::Code::no_such_file)
        return fail(ErrorCode::board_file_missing, path, words);
    if (code == sftp::Code::failure) {
        // A full disk and a read-only one both come as "Failure".
        constexpr std::uint64_t next_to_nothing = 1 << 20;
        const auto slash = path.rfind('/');
        const auto there =
            space(slash == std::string::npos ? "." : path.substr(0, std::max<std::size_t>(slash, 1)));
        if (!there && there.error().code != ErrorCode::board_file_missing)
            return fail(there);
        if (there && *there && !(*there)->read_only && (*there)->free < next_to_nothing)
            return fail(ErrorCode::board_disk_full, path, words);
    }
    return fail(ErrorCode::board_not_writable, path, words);
}

}  // namespace quantwright
