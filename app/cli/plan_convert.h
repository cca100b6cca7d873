#pragma once
// plan convert and plan export-qat: plans in other programs' words.
#include "app/cli/commands.h"

namespace quantwright::cli {

Command add_plan_convert(CLI::App& plan);
Command add_plan_export_qat(CLI::App& plan);

}  // namespace quantwright::cli
