#pragma once
// Where the images come from and how they become inputs.
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/images/input_reader.h"
#include "core/images/preprocess.h"
#include "core/prepare/prepare.h"

namespace quantwright {

struct ImageSettings {
    std::filesystem::path calibration;  ///< folder or list; empty: not chosen yet
    std::filesystem::path evaluation;   ///< empty: the calibration images
    std::filesystem::path labels;  ///< of the evaluation images; empty: class folders, where there are any
    std::optional<Preprocess> preprocess;  ///< empty: inferred from the input's shape
    std::int64_t at_most = -1;             ///< the first so many of the calibration images; -1: all
    [[nodiscard]] bool operator==(const ImageSettings&) const = default;

    [[nodiscard]] const std::filesystem::path& evaluationOrCalibration() const {
        return evaluation.empty() ? calibration : evaluation;
    }
};

/// Other calibration images: all of them, unless it is said how many.
void calibrateOn(const std::filesystem::path& images, ImageSettings& settings, std::int64_t at_most = -1);

/// The fixed shape of the input that images feed.
Result<Shape> imageInputShape(const Prepared& prepared);
/// The chosen preprocessing, or the one inferred for the model.
Result<Preprocess> effectivePreprocess(const Prepared& prepared, const ImageSettings& settings);

Result<std::shared_ptr<const InputReader>> calibrationReader(const Prepared& prepared,
                                                             const ImageSettings& settings,
                                                             const std::vector<std::string>& excluded);
Result<std::shared_ptr<const InputReader>> evaluationReader(const Prepared& prepared,
                                                            const ImageSettings& settings);

}  // namespace quantwright
