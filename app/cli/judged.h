#pragma once
// What figures are measured on: the images that were given for it, or the calibration images.
#include <optional>
#include <string>

#include "app/cli/pipeline.h"

namespace quantwright::cli {

struct Judged {
    std::optional<Inputs> own;       ///< of --eval-images
    const Inputs* inputs = nullptr;  ///< into `own` or Started::inputs; null: there are no images at all
    std::string source;              ///< "evaluation" or "calibration"
};

/// `eval_images`: of --eval-images; may be empty. A move of the result leaves `inputs` to be set again where
/// there is `own`. Errors: those of open_inputs().
Result<Judged> find_judged(const std::string& eval_images, const InputOptions& options,
                           const Started& started);

}  // namespace quantwright::cli
