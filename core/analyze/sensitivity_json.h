#pragma once
// An analysis as a project file keeps it: by the layers' names.
#include "core/analyze/sensitivity.h"
#include "core/base/json.h"

namespace quantwright {

/// Without the figures of parts of outputs.
[[nodiscard]] Json to_json(const Sensitivity& sensitivity, const Prepared& prepared);

/// Errors: project.invalid (subject: `subject`), also where a layer is none of the model's.
Result<std::shared_ptr<const Sensitivity>> sensitivity_from_json(const Json& json, const Prepared& prepared,
                                                                 const std::string& subject);

}  // namespace quantwright
