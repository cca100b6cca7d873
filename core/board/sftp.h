#pragma once
// SFTP version 3 (draft-ietf-secsh-filexfer-02) with as many requests under way as the link needs: libssh's
// own writes wait for each answer. Paths are bytes; no shell ever sees them.
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/job.h"

namespace quantwright {

struct RemoteEntry {
    std::string name;
    std::uint64_t size = 0;
    bool folder = false;
    std::int64_t modified = 0;      ///< seconds since 1970, by the clock of whoever set it
    std::uint32_t permissions = 0;  ///< with the bits of the kind, as of POSIX's st_mode; 0: not said
};

/// Every call may fail with board.connection_lost, board.silent, board.bad_answer or cancelled; others are
/// named, and their subject is the remote path. Links are followed. What the server refuses for no reason of
/// those named is board.not_writable, with its words.
class Sftp {
public:
    virtual ~Sftp() = default;

    virtual Result<std::string> home() = 0;  ///< absolute path that relative ones start from
    /// Without links, "." and "..". Errors: board.file_missing.
    virtual Result<std::string> real_path(const std::string& path) = 0;
    virtual Result<std::optional<RemoteEntry>> find(const std::string& path) = 0;  ///< empty: not there
    virtual Result<std::vector<RemoteEntry>> list(const std::string& folder) = 0;  ///< at most 10,000 entries
    virtual Status make_folders(const std::string& path) = 0;  ///< those that are missing; board.not_writable
    /// Fine if not there. Works for a moment after a cancel too, so that nothing need be left behind.
    virtual Status remove(const std::string& path) = 0;
    /// Errors: board.file_missing.
    virtual Status rename_over(const std::string& from, const std::string& to) = 0;
    /// Whether rename_over() is one step; else there is a moment without a file.
    [[nodiscard]] virtual bool renames_at_once() const = 0;
    virtual Status make_executable(const std::string& path) = 0;
    virtual Status set_permissions(const std::string& path, std::uint32_t permissions) = 0;
    virtual Status set_modified(const std::string& path, std::int64_t seconds) = 0;
    /// Free bytes for us at `path`; empty where the server can't say (statvfs@openssh.com).
    virtual Result<std::optional<std::uint64_t>> free_bytes(const std::string& path) = 0;
    /// Writes `source` from `offset` to its end at the same place of the remote file; `offset` 0 makes the
    /// file anew. `moved` hears the confirmed end, and ends it with `cancelled` by answering false. Errors:
    /// board.disk_full, board.not_writable; of the source model.not_found, board.file_changed (it ends before
    /// `size`).
    virtual Status write(const std::string& path, const std::filesystem::path& source, std::uint64_t offset,
                         std::uint64_t size, const std::function<bool(std::uint64_t)>& moved) = 0;
    /// At most `bytes` from `offset` on; less only at the end of the file. Errors: board.file_missing.
    virtual Result<std::string> read_part(const std::string& path, std::uint64_t offset,
                                          std::uint64_t bytes) = 0;
    /// A whole file of at most `longest` bytes. Errors: board.file_missing, board.bad_answer.
    virtual Result<std::string> read(const std::string& path, std::uint64_t longest) = 0;
};

}  // namespace quantwright
