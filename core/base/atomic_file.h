#pragma once
// Files appear whole or not at all: written beside their place under a temporary name, synced, renamed.
#include <filesystem>
#include <functional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace quantwright {

/// Writes `content` to `path`. Errors: output.unwritable, output.disk_full (subject: the path).
Status write_file(const std::filesystem::path& path, std::string_view content);

/// Several files as one step (a model and its weights): all are written under temporary names first and
/// renamed together at the end; a failure before that leaves nothing behind.
class AtomicFiles {
public:
    AtomicFiles() = default;
    AtomicFiles(const AtomicFiles&) = delete;
    AtomicFiles& operator=(const AtomicFiles&) = delete;
    ~AtomicFiles();  ///< removes what was not committed

    Status add(const std::filesystem::path& path, std::string_view content);
    /// The temporary path to write by other means; it is renamed to `path` by commit().
    Result<std::filesystem::path> reserve(const std::filesystem::path& path);
    Status commit();

private:
    struct Pending {
        std::filesystem::path temporary, final;
    };
    std::vector<Pending> m_pending;
};

/// The whole file. `missing` is the code for a file that is not there.
Result<std::string> read_file(const std::filesystem::path& path, ErrorCode missing);

/// output.equals_input if `output` is one of `inputs` (links followed), else success.
Status refuse_overwriting(const std::filesystem::path& output, std::span<const std::filesystem::path> inputs);

}  // namespace quantwright
