#pragma once
// What quantwright-cli would be told to do the same as the window just did.
#include <QString>
#include <filesystem>

#include "core/plan/improved.h"
#include "core/plan/plan.h"
#include "core/verify/export_files.h"
#include "widgets/workspace/deploying.h"
#include "widgets/workspace/image_settings.h"

namespace quantwright {

[[nodiscard]] QString inspectCommand(const std::filesystem::path& model, const Plan& plan);
[[nodiscard]] QString calibrateCommand(const std::filesystem::path& model, const ImageSettings& images);
[[nodiscard]] QString analyzeCommand(const Prepared& prepared, const ImageSettings& images, const Plan& plan,
                                     bool improved);
[[nodiscard]] QString quantizeCommand(const Prepared& prepared, const ImageSettings& images, const Plan& plan,
                                      const ExportRequest& request, const std::filesystem::path& report = {},
                                      const Improved* improved = nullptr);
[[nodiscard]] QString evaluateCommand(const std::filesystem::path& model,
                                      const std::filesystem::path& reference, const ImageSettings& images);
[[nodiscard]] QString deployCommand(const std::filesystem::path& model,
                                    const std::filesystem::path& reference, const ImageSettings& images,
                                    const BoardRequest& request);

}  // namespace quantwright
