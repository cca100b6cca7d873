#include "core/board/history.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <span>
#include <string_view>
#include <system_error>

#include "core/base/atomic_file.h"
#include "core/base/json.h"
#include "core/base/sha256.h"

namespace quantwright {

namespace fs = std::filesystem;

namespace {

tl::unexpected<Error> history_error(const fs::path& path, int number) {
    const bool full = number == ENOSPC || number == EDQUOT || number == EFBIG;
    return fail(full ? ErrorCode::output_disk_full : ErrorCode::board_history, path.string(),
                std::strerror(number));
}

/// One program at a time changes a board's file.
class FileLock {
public:
    explicit FileLock(fs::path path) : m_path(path += ".lock") {}
    ~FileLock() {
        if (m_file >= 0)
            ::close(m_file);
    }
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;

    Status take() {
        m_file = ::open(m_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (m_file < 0)
            return history_error(m_path, errno);
        while (::flock(m_file, LOCK_EX) != 0)
            if (errno != EINTR)
                return history_error(m_path, errno);
        return {};
    }

private:
    fs::path m_path;
    int m_file = -1;
};

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        if (end > 0)
            lines.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

std::optional<BoardRecord> record_of(std::string_view line) {
    const auto json = parse_json(line, ErrorCode::board_history, {});
    return json ? record_from_json(*json) : std::nullopt;
}

Result<std::string> whole_file(const fs::path& path) {
    std::error_code error;
    if (!fs::exists(path, error))
        return std::string();
    return read_file(path, ErrorCode::board_history);
}

/// Behind what there is, in one call of the system's: a line is there or it isn't, but for the last piece of
/// a write that was broken off, and the next line does not continue that.
Status append(const fs::path& path, std::string_view before, std::string line) {
    if (!before.empty() && before.back() != '\n')
        line.insert(line.begin(), '\n');
    line += '\n';
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0)
        return history_error(path, errno);
    std::string_view rest = line;
    int failed = 0;
    while (!rest.empty() && failed == 0) {
        const ssize_t written = ::write(file, rest.data(), rest.size());
        if (written > 0)
            rest.remove_prefix(static_cast<std::size_t>(written));
        else if (written == 0 || errno != EINTR)
            failed = written == 0 ? EIO : errno;
    }
    if (::close(file) != 0 && failed == 0)
        failed = errno;
    return failed == 0 ? Status() : history_error(path, failed);
}

Status rewrite(const fs::path& path, std::span<const std::string_view> lines) {
    std::string text;
    for (const std::string_view line : lines)
        text.append(line).append("\n");
    return write_file(path, text);
}

}  // namespace

fs::path BoardHistory::file(const std::string& board) const {
    // Names may hold anything; their hashes make file names of one length.
    constexpr std::size_t digits = 32;
    return m_folder / (sha256_hex(std::as_bytes(std::span(board))).substr(0, digits) + ".jsonl");
}

Result<BoardHistory::Read> BoardHistory::read(const std::string& board) const {
    const auto text = whole_file(file(board));
    if (!text)
        return fail(text);
    Read read;
    for (const std::string_view line : lines_of(*text)) {
        auto record = record_of(line);
        if (record && record->board == board)
            read.records.push_back(std::move(*record));
        else
            ++read.skipped;
    }
    return read;
}

Status BoardHistory::add(const BoardRecord& record) const {
    std::error_code error;
    fs::create_directories(m_folder, error);
    if (error)
        return history_error(m_folder, error.value());
    const fs::path path = file(record.board);
    FileLock lock(path);
    if (auto taken = lock.take(); !taken)
        return taken;
    const auto text = whole_file(path);
    if (!text)
        return fail(text);
    const std::string line = to_json(record).dump(-1, ' ', false, Json::error_handler_t::replace);
    auto lines = lines_of(*text);
    if (lines.size() < k_most_records)
        return append(path, *text, line);
    // Lines are kept as they are: a newer program may have written more into them.
    lines.push_back(line);
    return rewrite(path, std::span(lines).last(k_most_records));
}

Status BoardHistory::remove(const std::string& board, const std::string& id) const {
    const fs::path path = file(board);
    std::error_code error;
    if (!fs::exists(path, error))
        return {};
    FileLock lock(path);
    if (auto taken = lock.take(); !taken)
        return taken;
    const auto text = whole_file(path);
    if (!text)
        return fail(text);
    auto lines = lines_of(*text);
    const std::size_t before = lines.size();
    std::erase_if(lines, [&](std::string_view line) {
        const auto record = record_of(line);
        return record && record->id == id;
    });
    return lines.size() == before ? Status() : rewrite(path, lines);
}

Status BoardHistory::rename(const std::string& from, const std::string& to) const {
    const fs::path old = file(from), path = file(to);
    std::error_code error;
    if (from == to || !fs::exists(old, error))
        return {};
    FileLock lock(old), other(path);
    if (auto taken = lock.take(); !taken)
        return taken;
    if (auto taken = other.take(); !taken)
        return taken;
    auto text = whole_file(path);
    const auto moved = whole_file(old);
    if (!text || !moved)
        return text ? fail(moved) : fail(text);
    if (!text->empty() && text->back() != '\n')
        *text += '\n';
    std::vector<std::string_view> left;  // of a newer program, perhaps
    for (const std::string_view line : lines_of(*moved)) {
        auto json = parse_json(line, ErrorCode::board_history, {});
        if (!json || !record_from_json(*json)) {
            left.push_back(line);
            continue;
        }
        (*json)["board"]["name"] = to;
        text->append(json->dump(-1, ' ', false, Json::error_handler_t::replace)).append("\n");
    }
    const auto lines = lines_of(*text);
    if (auto written = rewrite(path, std::span(lines).last(std::min(lines.size(), k_most_records))); !written)
        return written;
    if (!left.empty())
        return rewrite(old, left);
    fs::remove(old, error);
    return error ? history_error(old, error.value()) : Status();
}

Status BoardHistory::set_aside(const std::string& board) const {
    const fs::path path = file(board);
    std::error_code error;
    if (!fs::exists(path, error))
        return {};
    FileLock lock(path);
    if (auto taken = lock.take(); !taken)
        return taken;
    fs::path aside;
    for (int number = 1; aside.empty() || fs::exists(aside, error); ++number)
        aside = fs::path(path).replace_extension("removed" + std::to_string(number) + ".jsonl");
    fs::rename(path, aside, error);
    return error ? history_error(path, error.value()) : Status();
}

void keep_record(const Result<BoardRecord>& record, const std::filesystem::path& folder,
                 std::vector<Problem>& problems) {
    const Status kept = record ? BoardHistory(folder).add(*record) : fail(record);
    if (!kept)
        problems.push_back(
            {std::string(name_of(kept.error().code)), Severity::warning, kept.error().subject, {}});
}

}  // namespace quantwright
