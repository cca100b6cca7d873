#pragma once
// The results that a project file keeps, each with what it was made from: between snapshots and JSON.
#include <memory>
#include <string>
#include <vector>

#include "core/analyze/sensitivity.h"
#include "core/project/project.h"
#include "widgets/workspace/comparison.h"
#include "widgets/workspace/deploying.h"

namespace quantwright {

struct KeptResults {
    std::shared_ptr<const Sensitivity> sensitivity;  ///< null, as the others: there is none
    MadeFrom analyzed;
    std::shared_ptr<const Comparison> comparison;
    MadeFrom compared;
    std::vector<std::shared_ptr<const Deployed>> deployments;  ///< by board, the newest at the end

    [[nodiscard]] bool operator==(const KeptResults&) const = default;  ///< the same snapshots
};

/// Of a board's answer what is shown; of its request nothing of how to log in.
void keepResults(const KeptResults& results, const Prepared& prepared, Project& project);

/// Errors: project.invalid (subject: `subject`).
Result<KeptResults> resultsOf(const Project& project, const Prepared& prepared, const std::string& subject);

}  // namespace quantwright
