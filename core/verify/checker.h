#pragma once
// The inside of quantwright-checker (app/checker).
#include <filesystem>
#include <ostream>

#include "core/base/result.h"

namespace quantwright {

/// Where the checker is: beside this program, in libexec/quantwright of an installation, in bin beside the
/// tests' folder; QUANTWRIGHT_CHECKER names another. Errors: output.not_checked.
Result<std::filesystem::path> checker_program();

/// Does what the request in `folder` asks and tells it in JSON lines: {"run"} before each load and run,
/// {"run", "loaded"} after the load (seconds), {"run", "ran", "outputs"} after the run, or {"run",
/// "failure"}. Returns the program's exit code.
int run_checker(const std::filesystem::path& folder, std::ostream& out);

}  // namespace quantwright
