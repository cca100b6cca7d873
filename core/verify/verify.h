#pragma once
// A file is loaded and run as its users will, in a process of its own: a runtime that crashes or hangs is a
// result, not our end.
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/model/tensor.h"
#include "core/runtime/session.h"

namespace quantwright {

/// Goes to the input of that name, its sizes to the open dimensions. Floats of another width than the file's
/// input are converted.
struct NamedTensor {
    std::string name;
    Tensor value;
};

struct CheckedOutput {
    std::string name;
    ElementType type = ElementType::undefined;
    Shape shape;
    bool finite = true;  ///< false: a float output holds NaN or infinities
};

/// One load and run.
struct CheckedRun {
    Optimizations optimizations = Optimizations::standard;
    bool loaded = false;
    std::string failure;  ///< what the runtime said, or how the process ended; empty: it ran
    double load_seconds = 0, run_seconds = 0;
    std::vector<CheckedOutput> outputs;
};

struct Verified {
    std::vector<CheckedRun> runs;  ///< in the order in which they were done; one that crashed is the last
    double seconds = 0;            ///< of the whole check
    std::int64_t peak_memory_bytes = 0;  ///< of the process

    /// The first run that failed; null: the file runs.
    [[nodiscard]] const CheckedRun* failed() const;
};

struct VerifyOptions {
    /// Also with the runtime's default optimizations; false: with none alone.
    bool standard = true;
    int threads = 0;  ///< inside one run; 0: the runtime's default
    /// For the whole check; a process that takes longer has hung.
    std::chrono::seconds limit{600};
};

/// Failures of the file are in the result. Errors: output.not_checked (the checker can't be started),
/// cancelled.
Result<Verified> verify_file(const std::filesystem::path& file, const std::vector<NamedTensor>& inputs,
                             const VerifyOptions& options = {}, const JobContext& job = {});

}  // namespace quantwright
