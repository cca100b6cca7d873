#pragma once
// Where a document's samples come from, how they become inputs, and what is judged on them.
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/images/preprocess.h"
#include "core/images/samples.h"
#include "core/task/open_judge.h"

namespace quantwright {

/// Of an input that images don't feed.
struct InputSettings {
    SampleFiles calibration;
    std::filesystem::path evaluation;  ///< files of the same kind; empty: the calibration's
    [[nodiscard]] bool operator==(const InputSettings&) const = default;
};

struct ImageSettings {
    std::filesystem::path calibration;  ///< folder or list; empty: not chosen yet
    std::filesystem::path evaluation;   ///< empty: the calibration images
    std::filesystem::path labels;  ///< of the evaluation images; empty: class folders, where there are any
    std::optional<Preprocess> preprocess = {};  ///< empty: inferred from the input's shape
    std::int64_t at_most = -1;                  ///< the first so many of the calibration samples; -1: all
    std::map<std::string, InputSettings> inputs = {};  ///< the other inputs, by name
    TaskChoice task = {};  ///< what the network is for; empty: as it is recognised
    [[nodiscard]] bool operator==(const ImageSettings&) const = default;

    [[nodiscard]] const std::filesystem::path& evaluationOrCalibration() const {
        return evaluation.empty() ? calibration : evaluation;
    }
    /// Samples were chosen.
    [[nodiscard]] bool any() const { return !calibration.empty() || !inputs.empty(); }
    /// Evaluation has samples of its own, for whichever input.
    [[nodiscard]] bool own_evaluation() const;
};

[[nodiscard]] SampleRequest calibration_request(const ImageSettings& settings,
                                                const std::vector<std::string>& excluded = {});
/// What figures are of, with labels: the evaluation samples, else the calibration samples without those that
/// are excluded.
[[nodiscard]] SampleRequest evaluation_request(const ImageSettings& settings,
                                               const std::vector<std::string>& excluded = {});
/// The same as a reader takes it: labels that are not of classes are the judge's. Errors: labels.unreadable.
Result<SampleRequest> judged_samples(const ImageSettings& settings,
                                     const std::vector<std::string>& excluded = {});
/// What judges the samples of that reader. Errors: labels.unreadable.
Result<JudgeRequest> judge_request(const ImageSettings& settings, std::shared_ptr<const InputReader> reader);

}  // namespace quantwright
