#pragma once
// Files of ours on a board: below ~/.cache/quantwright, each named by the hash of what is in it, so that a
// file that is there is complete and the same file is never sent twice.
#include <filesystem>
#include <functional>
#include <string>

#include "core/base/job.h"
#include "core/board/connection.h"

namespace quantwright {

struct Uploaded {
    std::string path;         ///< below the home folder: ".cache/quantwright/models/<sha256>.onnx"
    std::uint64_t bytes = 0;  ///< of the file
    std::uint64_t sent = 0;   ///< 0 if it was there; less than `bytes` if an interrupted upload went on
};

enum class BoardFolder { agents, models, samples };

/// Sends `file` unless it is there: to NAME.part, where an earlier part is gone on with after its end was
/// compared (and the whole then, by sha256sum, where the board has that), then renamed. On failure or cancel
/// the part is removed, except where the connection was lost or the link is too slow to do it within the
/// second: the next upload goes on with it. Reports Stage::upload in bytes. `suffix` like ".onnx";
/// `executable` for programs. Errors: those of Sftp, board.disk_full before a byte is sent where free space
/// is known, model.not_found, board.file_changed; and what `before` ends with, which is called once it is
/// clear that something has to be sent.
Result<Uploaded> upload(Connection& connection, const std::filesystem::path& file, BoardFolder folder,
                        const std::string& suffix, bool executable, const JobContext& job = {},
                        const std::function<Status()>& before = {});

/// Parts that nobody goes on with any more (older than a day) are removed; and models and samples that were
/// not used for longest, while all of ours take more than `keep_bytes`. Nothing of a name that upload() does
/// not make is touched.
Status clean_up(Connection& connection, std::uint64_t keep_bytes, const JobContext& job = {});

}  // namespace quantwright
