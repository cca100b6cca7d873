#pragma once
// Evaluation samples as one compact file for the board (.qws, docs/board-protocol.md): preprocessed on the
// host by the same code as local evaluation, so that the board's inputs are the host's, bit for bit.
//
// An input whose channels (axis 1 of four) hold at most 256 different values, as every preprocessed 8-bit
// image does, is stored as one byte per element with a table of floats per channel; others as they are.
// Samples are compressed one by one (zstd) where the board can read that.
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/images/input_reader.h"

namespace quantwright {

struct SampleFile {
    std::filesystem::path path;
    std::int64_t samples = 0;
    std::uint64_t bytes = 0;
    std::vector<std::int64_t> indices;  ///< of the reader's samples, in the file's order
    std::vector<SkippedImage> skipped;
};

/// At most `count` samples, evenly spread as evaluate() takes them (0: all). Errors: images.none_left,
/// output.unwritable, output.disk_full, cancelled.
Result<SampleFile> write_samples(const std::filesystem::path& path, const InputReader& reader,
                                 std::int64_t count, bool compress, const JobContext& job = {});

}  // namespace quantwright
