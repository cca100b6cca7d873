#pragma once
// The commands. Each adds itself to the command line; `run` does the work once it was parsed.
#include <CLI/CLI.hpp>
#include <functional>
#include <vector>

#include "app/cli/cli.h"
#include "app/cli/context.h"

namespace quantwright::cli {

struct Command {
    CLI::App* app = nullptr;
    std::function<Result<Outcome>(Context&)> run;
};

Command add_inspect(CLI::App& app);
Command add_calibrate(CLI::App& app);
Command add_quantize(CLI::App& app);
Command add_evaluate(CLI::App& app);
Command add_analyze(CLI::App& app);
Command add_search(CLI::App& app);
Command add_compare(CLI::App& app);
std::vector<Command> add_plan(CLI::App& app);  ///< its own commands
std::vector<Command> add_board(CLI::App& app);

}  // namespace quantwright::cli
