#pragma once
// The .qwproj file: everything needed to reopen a session exactly as it was.
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "core/base/json.h"
#include "core/calibrate/statistics.h"
#include "core/plan/plan.h"
#include "core/project/image_settings.h"

namespace quantwright {

struct Project {
    std::filesystem::path model;  ///< absolute in memory; saved relative to the project where that is shorter
    std::string model_sha256;
    std::map<std::string, Shape> input_shapes;
    ImageSettings images;
    Plan plan;
    std::shared_ptr<const Statistics> statistics;  ///< may be null; saved inside the file
    /// Of these statistics and images, for a plan that may be an older one; null: there is none. As
    /// to_json(Sensitivity) gives it, for it goes by the prepared model's layers.
    struct Analysis {
        Plan plan;
        Json figures;
    };
    std::optional<Analysis> analysis;
};

/// Errors: output.* ; project.invalid.
Status save_project(const Project& project, const std::filesystem::path& path);
Result<Project> load_project(const std::filesystem::path& path);

}  // namespace quantwright
