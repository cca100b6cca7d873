#pragma once
// The report of an export: the file judged on the document's samples, its layers, and what was said of it.
#include <filesystem>
#include <memory>

#include "core/analyze/sensitivity.h"
#include "core/verify/export_files.h"
#include "widgets/workspace/comparison.h"
#include "widgets/workspace/image_settings.h"

namespace quantwright {

struct Reported {
    std::filesystem::path html;
    std::shared_ptr<const Comparison> comparison;  ///< null: there are no samples
};

/// Writes report.html, .md, .csv and .json into `folder`, as the command line's --report does. Without
/// `sensitivity` the layers are analyzed first, each alone. Errors: those of evaluating, output.*, cancelled.
Result<Reported> reportExport(const ExportedFiles& files, const ImageSettings& images,
                              std::shared_ptr<const Sensitivity> sensitivity,
                              const std::optional<Evaluation>& known_float,
                              const std::filesystem::path& folder, const JobContext& job);

}  // namespace quantwright
