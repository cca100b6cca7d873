// The calls of SFTP that are one question and one answer.
#include <algorithm>
#include <string>
#include <utility>

#include "core/board/sftp_client.h"

namespace quantwright {

namespace {

constexpr std::size_t most_entries = 10'000;

sftp::Packer path_of(const std::string& path) {
    sftp::Packer out;
    out.text(path);
    return out;
}

}  // namespace

Result<std::string> SftpClient::home() {
    return real_path(".");
}

Result<std::string> SftpClient::real_path(const std::string& path) {
    const auto reply = ask(sftp::real_path, path_of(path).bytes());
    if (!reply)
        return fail(reply);
    if (reply->type == sftp::status) {
        const auto code = code_of(*reply);
        if (!code)
            return fail(code);
        return fail(ErrorCode::board_file_missing, path, m_words);
    }
    sftp::Unpacker in(reply->body);
    const std::uint32_t count = in.u32();
    std::string found(in.text());
    if (reply->type != sftp::name || count != 1 || in.bad() || found.empty() || found.front() != '/' ||
        found.find('\0') != std::string::npos)
        return nonsense("real path");
    return found;
}

Result<std::optional<RemoteEntry>> SftpClient::find(const std::string& path) {
    const auto reply = ask(sftp::stat, path_of(path).bytes());
    if (!reply)
        return fail(reply);
    if (reply->type == sftp::attributes) {
        sftp::Unpacker in(reply->body);
        const sftp::Attributes attributes = read_attributes(in);
        if (in.bad())
            return nonsense("attributes");
        return RemoteEntry{path.substr(path.rfind('/') + 1), attributes.size, attributes.folder(),
                           attributes.modified, attributes.permissions};
    }
    const auto code = code_of(*reply);
    if (!code)
        return fail(code);
    if (*code == sftp::Code::no_such_file)
        return std::optional<RemoteEntry>();
    return fail(ErrorCode::board_not_writable, path, m_words);
}

Result<std::vector<RemoteEntry>> SftpClient::list(const std::string& folder) {
    const auto opened = ask(sftp::open_folder, path_of(folder).bytes());
    if (!opened)
        return fail(opened);
    if (opened->type != sftp::handle) {
        const auto code = code_of(*opened);
        return code ? refused(folder, *code) : tl::unexpected<Error>(code.error());
    }
    sftp::Unpacker in(opened->body);
    const std::string handle(in.text());
    std::vector<RemoteEntry> entries;
    while (entries.size() < most_entries) {
        const auto reply = ask(sftp::read_folder, sftp::Packer().text(handle).bytes());
        if (!reply)
            return fail(reply);
        if (reply->type != sftp::name) {
            const auto code = code_of(*reply);
            if (!code)
                return fail(code);
            break;
        }
        sftp::Unpacker names(reply->body);
        const std::uint32_t count = names.u32();
        for (std::uint32_t i = 0; i < count && entries.size() < most_entries; ++i) {
            const std::string name(names.text());
            names.text();  // as ls -l would show it
            const sftp::Attributes attributes = read_attributes(names);
            if (names.bad() || name.empty() || name.find('/') != std::string::npos ||
                name.find('\0') != std::string::npos)
                return nonsense("names");
            if (name != "." && name != "..")
                entries.push_back({name, attributes.size, attributes.folder(), attributes.modified,
                                   attributes.permissions});
        }
        if (count == 0)
            return nonsense("names");
    }
    close_handle(handle);
    return entries;
}

Status SftpClient::make_folders(const std::string& path) {
    const auto all = find(path);
    if (!all)
        return fail(all);
    if (*all && (*all)->folder)
        return {};
    for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
        const std::string part = path.substr(0, end);
        const auto there = find(part);
        if (!there)
            return fail(there);
        if (!*there) {
            sftp::Packer body = path_of(part);
            sftp::pack_permissions(body, 0700);
            const auto code = order(sftp::make_folder, body.bytes());
            if (!code)
                return fail(code);
            if (*code == sftp::Code::failure) {  // or it has come from elsewhere in between
                const sftp::Code first = *code;
                const auto again = find(part);
                if (!again)
                    return fail(again);
                if (!*again)
                    return refused(part, first);
            } else if (*code != sftp::Code::ok) {
                return fail(ErrorCode::board_not_writable, part, m_words);
            }
        } else if (!(*there)->folder) {
            return fail(ErrorCode::board_not_writable, part, "not a folder");
        }
        if (end == std::string::npos)
            return {};
    }
}

Status SftpClient::remove(const std::string& path) {
    const auto code = order(sftp::remove, path_of(path).bytes(), true);
    if (!code)
        return fail(code);
    if (*code == sftp::Code::ok || *code == sftp::Code::no_such_file)
        return {};
    return fail(ErrorCode::board_not_writable, path, m_words);
}

Status SftpClient::rename_over(const std::string& from, const std::string& to) {
    Result<sftp::Code> code = sftp::Code::ok;
    if (renames_at_once()) {
        code = order(sftp::extended,
                     sftp::Packer().text("posix-rename@openssh.com").text(from).text(to).bytes());
    } else {
        // Version 3 renames over nothing that is there.
        if (const Status removed = remove(to); !removed)
            return removed;
        code = order(sftp::rename, sftp::Packer().text(from).text(to).bytes());
    }
    if (!code)
        return fail(code);
    return *code == sftp::Code::ok ? Status() : Status(refused(from, *code));
}

bool SftpClient::renames_at_once() const {
    return m_extensions.contains("posix-rename@openssh.com");
}

Status SftpClient::make_executable(const std::string& path) {
    return set_permissions(path, 0700);
}

Status SftpClient::set_permissions(const std::string& path, std::uint32_t permissions) {
    sftp::Packer body = path_of(path);
    sftp::pack_permissions(body, permissions);
    const auto code = order(sftp::set_stat, body.bytes());
    if (!code)
        return fail(code);
    return *code == sftp::Code::ok ? Status() : Status(refused(path, *code));
}

Status SftpClient::set_modified(const std::string& path, std::int64_t seconds) {
    sftp::Packer body = path_of(path);
    sftp::pack_times(body, static_cast<std::uint32_t>(std::clamp<std::int64_t>(seconds, 0, 0xffffffffLL)));
    const auto code = order(sftp::set_stat, body.bytes());
    if (!code)
        return fail(code);
    return *code == sftp::Code::ok ? Status() : Status(refused(path, *code));
}

Result<std::optional<SftpClient::Space>> SftpClient::space(const std::string& path) {
    if (!m_extensions.contains("statvfs@openssh.com"))
        return std::optional<Space>();
    const auto reply =
        ask(sftp::extended, sftp::Packer().text("statvfs@openssh.com").text(path).bytes(), true);
    if (!reply)
        return fail(reply);
    if (reply->type != sftp::extended_reply) {
        const auto code = code_of(*reply);
        if (!code)
            return fail(code);
        return fail(ErrorCode::board_file_missing, path, m_words);
    }
    // PROTOCOL of OpenSSH, 4.4: bsize, frsize, blocks, bfree, bavail, files, ffree, favail, fsid, flag.
    sftp::Unpacker in(reply->body);
    in.u64();
    const std::uint64_t unit = in.u64();
    in.u64();
    in.u64();
    const std::uint64_t available = in.u64();
    for (int i = 0; i < 4; ++i)
        in.u64();
    const std::uint64_t flags = in.u64();
    std::uint64_t free = 0;
    if (in.bad() || __builtin_mul_overflow(unit, available, &free))
        return nonsense("free space");
    return Space{free, (flags & 1U) != 0};
}

Result<std::optional<std::uint64_t>> SftpClient::free_bytes(const std::string& path) {
    const auto there = space(path);
    if (!there)
        return fail(there);
    return *there ? std::optional((*there)->free) : std::nullopt;
}

}  // namespace quantwright
