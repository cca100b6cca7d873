#pragma once
// Improved as JSON: inside a project, and as the .improved file beside a plan (docs/formats.md). What is read
// is what was written, bit by bit.
#include <filesystem>
#include <memory>
#include <string>

#include "core/base/json.h"
#include "core/plan/improved.h"
#include "core/plan/plan.h"

namespace quantwright {

[[nodiscard]] Json to_json(const Improved& improved);
/// Errors: plan.invalid (subject: `subject`).
Result<std::shared_ptr<const Improved>> improved_from_json(const Json& json, const std::string& subject);
/// Of that JSON, as text.
[[nodiscard]] std::string improved_sha256(const Improved& improved);

/// Where the numbers that go with a plan file are: PLAN.improved; empty for no plan.
[[nodiscard]] std::filesystem::path improved_path(std::filesystem::path plan);
/// Both files, or none. Nothing improved (null, or empty): what is there for an earlier plan of that name is
/// removed. Errors: output.*.
Status save_plan(const Plan& plan, const Improved* improved, const std::filesystem::path& path);
/// Null where there is none beside the plan. Errors: plan.invalid.
Result<std::shared_ptr<const Improved>> load_improved(const std::filesystem::path& plan);

}  // namespace quantwright
