#pragma once
// The command line as a whole.
#include <string>
#include <vector>

#include "core/base/job.h"

namespace quantwright::cli {

/// Parses, runs the command, prints, and returns the exit code. `arguments` without the program's name.
int run_command_line(std::vector<std::string> arguments, const CancelToken& cancel);

}  // namespace quantwright::cli
