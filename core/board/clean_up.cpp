#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "core/board/sftp.h"
#include "core/board/upload.h"
#include "core/board/upload_folders.h"

namespace quantwright {

namespace {

constexpr std::int64_t day = 86'400;

bool is_ours(std::string_view name) {
    constexpr std::size_t digits = 64;
    return name.size() >= digits && name.find_first_not_of("0123456789abcdef") >= digits &&
           (name.size() == digits || name[digits] == '.');
}

/// The board's own clock, by which its file system dates what is written.
Result<std::optional<std::int64_t>> clock_of(Connection& connection) {
    const auto said = connection.run("date +%s", 64);
    if (!said) {
        if (said.error().code == ErrorCode::board_denied || said.error().code == ErrorCode::board_bad_answer)
            return std::optional<std::int64_t>();
        return fail(said);
    }
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(said->data(), said->data() + said->size(), seconds);
    return error == std::errc() && seconds > 0 ? std::optional(seconds) : std::nullopt;
}

struct Candidate {
    std::string path;
    std::uint64_t size = 0;
    std::int64_t used = 0;
};

}  // namespace

Status clean_up(Connection& connection, std::uint64_t keep_bytes, const JobContext& job) {
    const auto sftp = connection.sftp();
    if (!sftp)
        return fail(sftp);
    const auto now = clock_of(connection);
    if (!now)
        return fail(now);
    std::vector<Candidate> candidates;
    std::uint64_t taken = 0;
    for (const BoardFolder folder : {BoardFolder::agents, BoardFolder::models, BoardFolder::samples}) {
        const std::string path = path_of(folder);
        const auto entries = (*sftp)->list(path);
        if (!entries) {
            if (entries.error().code == ErrorCode::board_file_missing)
                continue;
            return fail(entries);
        }
        for (const RemoteEntry& entry : *entries) {
            if (job.cancelled())
                return JobContext::cancelled_error();
            if (entry.folder || !is_ours(entry.name))
                continue;
            std::string file = path;
            file += "/" + entry.name;
            if (entry.name.ends_with(part_suffix)) {
                if (*now && **now - entry.modified > day)
                    if (const Status removed = (*sftp)->remove(file); !removed)
                        return removed;
                continue;
            }
            taken += entry.size;
            if (folder != BoardFolder::agents)
                candidates.push_back({std::move(file), entry.size, entry.modified});
        }
    }
    std::sort(candidates.begin(), candidates.end(),
              [](const Candidate& a, const Candidate& b) { return a.used < b.used; });
    for (const Candidate& candidate : candidates) {
        if (taken <= keep_bytes)
            break;
        if (job.cancelled())
            return JobContext::cancelled_error();
        if (const Status removed = (*sftp)->remove(candidate.path); !removed)
            return removed;
        taken -= std::min(taken, candidate.size);
    }
    return {};
}

}  // namespace quantwright
