// Files both ways, with many requests under way at once.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <deque>
#include <utility>

#include "core/board/dial.h"
#include "core/board/sftp_client.h"

namespace quantwright {

namespace {

using Clock = std::chrono::steady_clock;

// Bytes that are sent and not confirmed: as many as the link moves in a third of a second. That is more than
// any round trip needs, and few enough that what is under way after a cancel is over within the second.
constexpr std::uint64_t least_under_way = 256 * 1024, most_under_way = 4 << 20;
constexpr double under_way_seconds = 0.33;
constexpr std::chrono::milliseconds measured{100};

}  // namespace

Result<std::string> SftpClient::open_handle(const std::string& path, std::uint32_t flags) {
    sftp::Packer body;
    body.text(path).u32(flags);
    sftp::pack_permissions(body, 0600);
    const auto reply = ask(sftp::open, body.bytes());
    if (!reply)
        return fail(reply);
    if (reply->type == sftp::handle) {
        sftp::Unpacker in(reply->body);
        std::string handle(in.text());
        if (in.bad() || handle.size() > 256)
            return nonsense("handle");
        return handle;
    }
    const auto code = code_of(*reply);
    if (!code)
        return fail(code);
    return refused(path, *code);
}

void SftpClient::close_handle(const std::string& handle) {
    if (const auto number = send(sftp::close, sftp::Packer().text(handle).bytes()))
        forget(*number);
}

/// One file on its way to the board.
class SftpSender {
public:
    SftpSender(SftpClient& client, std::string handle, int file, std::uint64_t offset, std::uint64_t size)
        : m_client(client),
          m_handle(std::move(handle)),
          m_file(file),
          m_next(offset),
          m_confirmed(offset),
          m_size(size),
          m_measured_from(offset) {}
    ~SftpSender() {
        for (const Piece& piece : m_pieces)
            m_client.forget(piece.number);
        m_client.close_handle(m_handle);
    }
    SftpSender(const SftpSender&) = delete;
    SftpSender& operator=(const SftpSender&) = delete;

    /// The code of the first write that was refused. Errors: those of the connection, and of the source.
    Result<sftp::Code> send_all(const std::function<bool(std::uint64_t)>& moved);

private:
    struct Piece {
        std::uint32_t number = 0;
        std::uint64_t end = 0;
    };
    Status send_piece();
    Result<sftp::Code> collect();
    void adapt();

    SftpClient& m_client;
    std::string m_handle;
    int m_file;
    std::uint64_t m_next, m_confirmed, m_size, m_limit = least_under_way * 2, m_measured_from;
    Clock::time_point m_measured_at = Clock::now();
    std::deque<Piece> m_pieces;
    std::string m_packet;
};

Status SftpSender::send_piece() {
    const auto bytes =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(m_client.m_write_size, m_size - m_next));
    sftp::Packer head;
    head.text(m_handle).u64(m_next).u32(bytes);
    m_packet = head.bytes();
    const std::size_t start = m_packet.size();
    m_packet.resize(start + bytes);
    for (std::size_t have = 0; have < bytes;) {
        const ssize_t got =
            ::pread(m_file, m_packet.data() + start + have, bytes - have, static_cast<off_t>(m_next + have));
        if (got < 0 && errno == EINTR)
            continue;
        if (got == 0)
            return fail(ErrorCode::board_file_changed, {}, "it became shorter");
        if (got < 0)
            return fail(ErrorCode::model_not_found, {}, std::strerror(errno));
        have += static_cast<std::size_t>(got);
    }
    const auto number = m_client.send(sftp::write, m_packet);
    if (!number)
        return fail(number);
    m_next += bytes;
    m_pieces.push_back({*number, m_next});
    return {};
}

/// Takes the replies that came, in the order of the pieces.
Result<sftp::Code> SftpSender::collect() {
    while (!m_pieces.empty()) {
        const auto reply = m_client.take_reply(m_pieces.front().number);
        if (!reply)
            return fail(reply);
        if (!*reply)
            break;
        const auto code = m_client.code_of(**reply);
        if (!code || *code != sftp::Code::ok)
            return code;
        m_confirmed = m_pieces.front().end;
        m_pieces.pop_front();
    }
    return sftp::Code::ok;
}

void SftpSender::adapt() {
    const auto now = Clock::now();
    if (now - m_measured_at < measured)
        return;
    const double seconds = std::chrono::duration<double>(now - m_measured_at).count();
    const double rate = static_cast<double>(m_confirmed - m_measured_from) / seconds;
    m_limit =
        std::clamp(static_cast<std::uint64_t>(rate * under_way_seconds), least_under_way, most_under_way);
    m_measured_at = now;
    m_measured_from = m_confirmed;
}

Result<sftp::Code> SftpSender::send_all(const std::function<bool(std::uint64_t)>& moved) {
    SshSession& session = m_client.m_channel->session();
    std::uint64_t told = m_confirmed;
    while (m_confirmed < m_size) {
        if (session.watchdog().cancelled() || (m_confirmed != told && moved && !moved(told = m_confirmed)))
            return JobContext::cancelled_error();
        if (m_next < m_size && m_next - m_confirmed < m_limit) {
            if (const Status sent = send_piece(); !sent)
                return fail(sent);
            if (const Status pumped = session.pump(std::chrono::milliseconds(0)); !pumped)
                return fail(pumped);
        } else if (const Status waited = m_client.wait_reply(m_pieces.front().number); !waited) {
            return fail(waited);
        }
        const auto code = collect();
        if (!code || *code != sftp::Code::ok)
            return code;
        adapt();
    }
    if (moved && !moved(m_confirmed))
        return JobContext::cancelled_error();
    return sftp::Code::ok;
}

Status SftpClient::write(const std::string& path, const std::filesystem::path& source, std::uint64_t offset,
                         std::uint64_t size, const std::function<bool(std::uint64_t)>& moved) {
    const Socket file(::open(source.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.fd() < 0)
        return fail(ErrorCode::model_not_found, source.string(), std::strerror(errno));
    auto handle = open_handle(path, sftp::writing | sftp::create | (offset == 0 ? sftp::truncate : 0U));
    if (!handle)
        return fail(handle);
    Result<sftp::Code> code = sftp::Code::ok;
    {
        SftpSender sender(*this, std::move(*handle), file.fd(), offset, size);
        code = sender.send_all(moved);
    }
    if (!code) {
        Error error = code.error();
        if (error.code == ErrorCode::model_not_found || error.code == ErrorCode::board_file_changed)
            error.subject = source.string();
        return tl::unexpected<Error>(std::move(error));
    }
    return *code == sftp::Code::ok ? Status() : Status(refused(path, *code));
}

Result<std::string> SftpClient::read_part(const std::string& path, std::uint64_t offset,
                                          std::uint64_t bytes) {
    const auto handle = open_handle(path, sftp::reading);
    if (!handle)
        return fail(handle);
    std::string result;
    std::deque<std::pair<std::uint32_t, std::uint32_t>> asked;  // number and bytes
    std::uint64_t next = 0;
    bool at_end = false;
    Status status;
    // Once at the end, what is still under way can only say so too.
    while (status && !at_end && (!asked.empty() || next < bytes)) {
        // As much as the channel's window holds is under way.
        if (next < bytes && asked.size() < 16) {
            const auto want = static_cast<std::uint32_t>(std::min<std::uint64_t>(m_read_size, bytes - next));
            const auto number =
                send(sftp::read, sftp::Packer().text(*handle).u64(offset + next).u32(want).bytes());
            if (!number) {
                status = fail(number);
                break;
            }
            asked.emplace_back(*number, want);
            next += want;
            continue;
        }
        const auto [number, want] = asked.front();
        status = wait_reply(number);
        if (!status)
            break;
        asked.pop_front();
        const auto reply = take_reply(number);
        if (!reply) {
            status = fail(reply);
        } else if ((*reply)->type == sftp::data) {
            sftp::Unpacker in((*reply)->body);
            const std::string_view piece = in.text();
            if (in.bad() || piece.size() > want || piece.empty())
                status = nonsense("data");
            else
                result += piece;
            if (piece.size() < want) {  // what was asked for behind it would leave a hole
                for (const auto& later : asked)
                    forget(later.first);
                asked.clear();
                next = result.size();
            }
        } else if (const auto code = code_of(**reply); !code) {
            status = fail(code);
        } else if (*code == sftp::Code::end) {
            at_end = true;
        } else {
            status = refused(path, *code);
        }
    }
    for (const auto& piece : asked)
        forget(piece.first);
    close_handle(*handle);
    if (!status)
        return fail(status);
    return result;
}

Result<std::string> SftpClient::read(const std::string& path, std::uint64_t longest) {
    auto all = read_part(path, 0, longest + 1);
    if (all && all->size() > longest)
        return fail(ErrorCode::board_bad_answer, path, "longer than " + std::to_string(longest) + " bytes");
    return all;
}

}  // namespace quantwright
