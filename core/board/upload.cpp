#include "core/board/upload.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "core/base/sha256.h"
#include "core/board/dial.h"
#include "core/board/sftp.h"
#include "core/board/upload_folders.h"

namespace quantwright {

namespace {

/// What changes when a file does: the kernel sets ctime, and nobody else can.
struct Identity {
    dev_t device = 0;
    ino_t inode = 0;
    off_t size = 0;
    timespec changed{};
    bool operator==(const Identity& other) const {
        return device == other.device && inode == other.inode && size == other.size &&
               changed.tv_sec == other.changed.tv_sec && changed.tv_nsec == other.changed.tv_nsec;
    }
};

std::optional<Identity> identity_of(const std::filesystem::path& file) {
    struct stat facts {};
    if (::stat(file.c_str(), &facts) != 0 || !S_ISREG(facts.st_mode))
        return {};
    return Identity{facts.st_dev, facts.st_ino, facts.st_size, facts.st_ctim};
}

Result<std::string> hash_of(const std::filesystem::path& file, const JobContext& job) {
    const Socket input(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    std::vector<std::byte> buffer(std::size_t{1} << 20);
    Sha256 hash;
    for (;;) {
        if (job.cancelled())
            return JobContext::cancelled_error();
        const ssize_t got = ::read(input.fd(), buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail(ErrorCode::model_not_found, file.string(), std::strerror(errno));
        if (got == 0)
            return hash.hex_digest();
        hash.update({buffer.data(), static_cast<std::size_t>(got)});
    }
}

Result<std::string> read_local(const std::filesystem::path& file, std::uint64_t offset, std::uint64_t bytes) {
    const Socket input(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    std::string result(bytes, '\0');
    for (std::size_t have = 0; have < bytes;) {
        const ssize_t got =
            ::pread(input.fd(), result.data() + have, bytes - have, static_cast<off_t>(offset + have));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return fail(ErrorCode::board_file_changed, file.string());
        have += static_cast<std::size_t>(got);
    }
    return result;
}

class Upload {
public:
    Upload(Connection& connection, Sftp& sftp, const std::filesystem::path& file, const JobContext& job)
        : m_connection(connection), m_sftp(sftp), m_file(file), m_job(job) {}

    Result<Uploaded> send(const std::string& folder, const std::string& suffix, bool executable,
                          const std::function<Status()>& before);

private:
    Result<bool> is_there();
    Result<std::uint64_t> start();
    Status make_room(std::uint64_t missing);
    Status transfer(std::uint64_t from);
    Result<bool> is_whole();
    Status finish(bool executable);
    Status check_source() const;

    Connection& m_connection;
    Sftp& m_sftp;
    const std::filesystem::path& m_file;
    const JobContext& m_job;
    std::optional<Identity> m_source;
    std::string m_hash, m_folder, m_target, m_part;
    std::uint64_t m_size = 0;
};

Status Upload::check_source() const {
    if (const auto now = identity_of(m_file); !now || !(*now == *m_source))
        return fail(ErrorCode::board_file_changed, m_file.string());
    return {};
}

Result<bool> Upload::is_there() {
    const auto found = m_sftp.find(m_target);
    if (!found)
        return fail(found);
    return *found && !(*found)->folder && (*found)->size == m_size;
}

/// How much of it an earlier upload has left there.
Result<std::uint64_t> Upload::start() {
    constexpr std::uint64_t compared = 1 << 20;
    const auto part = m_sftp.find(m_part);
    if (!part)
        return fail(part);
    if (!*part || (*part)->size > m_size)
        return std::uint64_t{0};
    const std::uint64_t there = (*part)->size, tail = std::min(there, compared);
    const auto theirs = m_sftp.read_part(m_part, there - tail, tail);
    if (!theirs) {
        // One that can't be read can't be gone on with; what is wrong with it shows when it is written anew.
        if (theirs.error().code == ErrorCode::board_not_writable ||
            theirs.error().code == ErrorCode::board_file_missing)
            return std::uint64_t{0};
        return fail(theirs);
    }
    const auto ours = read_local(m_file, there - tail, tail);
    if (!ours)
        return fail(ours);
    return *ours == *theirs ? there : std::uint64_t{0};
}

Status Upload::make_room(std::uint64_t missing) {
    const auto free = m_sftp.free_bytes(m_folder);
    if (!free)
        return fail(free);
    if (*free && **free < missing)
        return fail(ErrorCode::board_disk_full, m_target,
                    std::to_string(missing) + " bytes are needed, " + std::to_string(**free) + " are free");
    return {};
}

Status Upload::transfer(std::uint64_t from) {
    const auto total = static_cast<std::int64_t>(m_size);
    const auto moved = [&](std::uint64_t end) {
        m_job.report(Stage::upload, static_cast<std::int64_t>(end), total);
        return !m_job.cancelled();
    };
    if (const Status sent = m_sftp.write(m_part, m_file, from, m_size, moved); !sent)
        return sent;
    const auto there = m_sftp.find(m_part);
    if (!there)
        return fail(there);
    if (!*there || (*there)->size != m_size)
        return fail(ErrorCode::board_file_missing, m_part);
    return check_source();
}

/// Whether a part that was gone on with is the file: a board that lost power may have kept its length only.
Result<bool> Upload::is_whole() {
    // The name goes in as data; no shell reads it. The empty lines say that the board is still at it. One
    // without these programs is believed.
    auto process = m_connection.start(
        "exec sh -c 'cd; while sleep 1; do echo; done & beat=$!; xargs -0 sha256sum; "
        "kill $beat; echo end'");
    if (!process) {
        if (process.error().code == ErrorCode::board_denied)
            return true;
        return fail(process);
    }
    if (const Status told = (*process)->write(m_part + '\0'); !told)
        return fail(told);
    if (const Status told = (*process)->end_input(); !told)
        return fail(told);
    for (;;) {
        constexpr std::size_t longest = 4096;
        const auto line = (*process)->read_line(longest);
        if (!line)
            return fail(line);
        if (!*line || **line == "end")
            return true;
        if ((*line)->size() >= m_hash.size())
            return (*line)->starts_with(m_hash);
    }
}

Status Upload::finish(bool executable) {
    if (executable)
        if (const Status made = m_sftp.make_executable(m_part); !made)
            return made;
    if (m_job.cancelled())
        return JobContext::cancelled_error();
    const Status renamed = m_sftp.rename_over(m_part, m_target);
    if (renamed || renamed.error().code != ErrorCode::board_file_missing)
        return renamed;
    // Another upload of the same file was faster.
    const auto there = is_there();
    if (!there)
        return fail(there);
    return *there ? Status() : renamed;
}

Result<Uploaded> Upload::send(const std::string& folder, const std::string& suffix, bool executable,
                              const std::function<Status()>& before) {
    m_source = identity_of(m_file);
    if (!m_source)
        return fail(ErrorCode::model_not_found, m_file.string());
    auto hash = hash_of(m_file, m_job);
    if (!hash)
        return fail(hash);
    m_hash = std::move(*hash);
    m_size = static_cast<std::uint64_t>(m_source->size);
    m_folder = folder;
    m_target = folder;
    m_target += "/" + m_hash + suffix;
    m_part = m_target + std::string(part_suffix);
    if (const Status same = check_source(); !same)
        return fail(same);

    Uploaded result{m_target, m_size, 0};
    const auto there = is_there();
    if (!there)
        return fail(there);
    if (!*there) {
        if (const Status wanted = before ? before() : Status(); !wanted)
            return fail(wanted);
        if (const Status made = m_sftp.make_folders(folder); !made)
            return fail(made);
        auto from = start();
        if (!from)
            return fail(from);
        if (const Status room = make_room(m_size - *from); !room) {
            m_sftp.remove(m_part);
            return fail(room);
        }
        Status done = transfer(*from);
        result.sent = m_size - *from;
        if (done && *from > 0) {
            const auto whole = is_whole();
            if (!whole) {
                done = fail(whole);
            } else if (!*whole) {
                done = transfer(0);
                result.sent += m_size;
            }
        }
        if (done)
            done = finish(executable);
        if (!done) {
            const ErrorCode code = done.error().code;
            if (code != ErrorCode::board_connection_lost && code != ErrorCode::board_silent)
                m_sftp.remove(m_part);
            return fail(done);
        }
    } else {
        m_job.report(Stage::upload, result.bytes, result.bytes);
    }
    // By this host's clock, as many boards have none that survives a power cut; clean_up() goes by it.
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    m_sftp.set_modified(m_target, std::chrono::duration_cast<std::chrono::seconds>(now).count());
    return result;
}

}  // namespace

Result<Uploaded> upload(Connection& connection, const std::filesystem::path& file, BoardFolder folder,
                        const std::string& suffix, bool executable, const JobContext& job,
                        const std::function<Status()>& before) {
    if (job.cancelled())
        return JobContext::cancelled_error();
    const auto sftp = connection.sftp();
    if (!sftp)
        return fail(sftp);
    return Upload(connection, **sftp, file, job).send(path_of(folder), suffix, executable, before);
}

}  // namespace quantwright
