#pragma once
// The readers of a document's images.
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/images/input_reader.h"
#include "core/prepare/prepare.h"
#include "core/project/image_settings.h"

namespace quantwright {

/// Other calibration images: all of them, unless it is said how many.
void calibrateOn(const std::filesystem::path& images, ImageSettings& settings, std::int64_t at_most = -1);

/// The fixed shape of the input that images feed.
Result<Shape> imageInputShape(const Prepared& prepared);
/// The chosen preprocessing, or the one inferred for the model.
Result<Preprocess> effectivePreprocess(const Prepared& prepared, const ImageSettings& settings);

Result<std::shared_ptr<const InputReader>> calibrationReader(const Prepared& prepared,
                                                             const ImageSettings& settings,
                                                             const std::vector<std::string>& excluded);
/// What the document is judged on, by every figure: the evaluation images, or without any the calibration
/// images, but for those that the plan excludes.
Result<std::shared_ptr<const InputReader>> evaluationReader(const Prepared& prepared,
                                                            const ImageSettings& settings,
                                                            const std::vector<std::string>& excluded);
/// The same with what is judged on it.
Result<JudgeRequest> evaluationJudge(const Prepared& prepared, const ImageSettings& settings,
                                     const std::vector<std::string>& excluded);

}  // namespace quantwright
