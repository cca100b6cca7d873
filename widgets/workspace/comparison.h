#pragma once
// The quantized model judged beside the float one, on the same images.
#include <filesystem>
#include <memory>
#include <optional>

#include "core/evaluate/evaluate.h"
#include "core/plan/resolve.h"
#include "core/task/open_judge.h"

namespace quantwright {

struct Comparison {
    Evaluation float_model;              ///< timed alone
    Evaluation quantized;                ///< against the float model
    std::optional<Judgement> judgement;  ///< of the quantized model's results; empty in older project files
    KernelGap gap;
    std::int64_t float_bytes = 0, bytes = 0;
    std::filesystem::path file;     ///< what was run; empty: built in memory from the plan
    std::vector<Problem> problems;  ///< of the samples and their labels
};

/// Runs the file at `exported`, or what export would write where that is empty. `known_float` spares the
/// float model's own run if it was timed before on the same images, by the same task. `judge` says on which
/// samples, and what of them.
Result<Comparison> compareModels(const Resolved& resolved, const std::filesystem::path& exported,
                                 const JudgeRequest& judge, const std::optional<Evaluation>& known_float,
                                 const JobContext& job);

}  // namespace quantwright
