#pragma once
// Better numbers at the same integer cost: weights rounded so that errors make up for each other, biases that
// take back what is left, layer by layer on what the quantized network itself feeds them. Every step is
// judged on images that it was not made from, and kept only where it helps there.
#include <functional>
#include <memory>

#include "core/base/job.h"
#include "core/images/input_reader.h"
#include "core/plan/resolve.h"

namespace quantwright {

enum class ImproveLevel {
    none,
    fast,  ///< ranges and biases: seconds
    best,  ///< closed-form rounding with refitted weights and biases besides
};
[[nodiscard]] std::string_view name_of(ImproveLevel level);
[[nodiscard]] std::optional<ImproveLevel> find_improve_level(std::string_view name);

/// With fewer runs of the model nothing is improved: nothing could be judged.
inline constexpr std::int64_t k_fewest_improve_runs = 4;

struct ImproveOptions {
    ImproveLevel level = ImproveLevel::best;
    int threads = 0;
    std::int64_t images = 0;  ///< at most so many runs, spread over the reader; 0: 128
    /// For what is kept of each image between layers, beyond which more is computed again, and for outputs,
    /// beyond which fewer images are used (16 at least).
    std::int64_t memory_bytes = std::int64_t(256) << 20;
    /// Behind each step, with what is kept so far: whoever cancels may go on with the last of these. Called
    /// on the caller's thread.
    std::function<void(std::shared_ptr<const Improved>)> step = {};
};

/// improve.few_images: said where improve() did nothing for that reason.
[[nodiscard]] Problem few_images(const InputReader& reader);

/// For the plan of `resolved` (its own improvement, if any, is not used). Deterministic. Memory:
/// `memory_bytes`, and of one layer 20 * columns^2 bytes at a time. Progress is counted in what each part is
/// expected to cost. Errors: those of load_batches(),
/// runtime.failed, cancelled.
Result<std::shared_ptr<const Improved>> improve(const std::shared_ptr<const Resolved>& resolved,
                                                const InputReader& reader, const ImproveOptions& options = {},
                                                const JobContext& job = {});

}  // namespace quantwright
