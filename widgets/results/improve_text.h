#pragma once
// What improving did, step by step.
#include <QString>
#include <utility>
#include <vector>

#include "core/base/json.h"
#include "core/plan/improved.h"

namespace quantwright::results {

[[nodiscard]] Json improve_json(const Improved& improved);
/// ImprovementStep::name in words.
[[nodiscard]] QString improve_step(const std::string& name);
/// Label and value of each step, as people and reports read them.
[[nodiscard]] std::vector<std::pair<QString, QString>> improve_rows(const Improved& improved);

}  // namespace quantwright::results
