#pragma once
// The .qwproj file: everything needed to reopen a session exactly as it was.
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/calibrate/statistics.h"
#include "core/plan/plan.h"
#include "core/project/image_settings.h"

namespace quantwright {

/// What a result was made from; it is stale where that is not what the document says.
struct MadeFrom {
    std::string model_sha256;
    Plan plan;
    std::string statistics_sha256;  ///< see statistics_sha256(); empty: there were none
    ImageSettings images;
    std::string improved_sha256 = {};  ///< see improved_sha256(); empty: nothing was improved
    [[nodiscard]] bool operator==(const MadeFrom&) const = default;
    /// But for what the network is for, which the results of its layers know nothing of.
    [[nodiscard]] bool same_but_task(const MadeFrom& other) const;
};

struct Project {
    std::filesystem::path model;  ///< absolute in memory; saved relative to the project where that is shorter
    std::string model_sha256;
    std::map<std::string, Shape> input_shapes;
    ImageSettings images;
    Plan plan;
    std::shared_ptr<const Statistics> statistics;  ///< may be null; saved inside the file

    /// Figures and what they are of, in the words of whoever made them.
    struct Result {
        MadeFrom made_from;
        Json figures;
    };
    std::string improve = "none";      ///< how it is to be improved: "none", "fast", "best"
    std::optional<Result> improved;    ///< to_json(Improved): part of the document
    std::optional<Result> analysis;    ///< to_json(Sensitivity), which goes by the prepared model's layers
    std::optional<Result> comparison;  ///< of the quantized model with the float one
    std::vector<Result> deployments;   ///< the last on each board, the newest at the end
};

/// Of the bytes that a project or a .qwstats file holds.
[[nodiscard]] std::string statistics_sha256(const Statistics& statistics);

/// Errors: output.* ; project.invalid.
Status save_project(const Project& project, const std::filesystem::path& path);
Result<Project> load_project(const std::filesystem::path& path);

}  // namespace quantwright
