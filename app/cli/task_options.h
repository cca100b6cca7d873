#pragma once
// --task and what goes with it.
#include "app/cli/context.h"
#include "app/cli/inputs.h"
#include "core/evaluate/evaluate.h"
#include "core/task/open_judge.h"
#include "widgets/results/table.h"

namespace quantwright::cli {

/// As they were typed.
struct TaskArguments {
    std::string task, options;
    std::vector<std::string> sets;
};
void add_task_options(CLI::App& app, TaskArguments& arguments);
/// Errors: usage, task.invalid.
Result<TaskChoice> parse(const TaskArguments& arguments);

/// Labels that are not of classes are the judge's: they are taken out of `options`. Errors:
/// labels.unreadable.
Result<std::filesystem::path> take_task_labels(InputOptions& options, const TaskChoice& choice);

/// The judge of the samples; says which task is taken, and why. `run` takes inputs in the order of the
/// model's. Errors: those of open_judge().
Result<std::unique_ptr<Judge>> make_judge(const Model& model, const Inputs& inputs,
                                          const InputOptions& options, const std::filesystem::path& labels,
                                          const TaskChoice& choice, const Runner& run, Context& context);
/// Which task is taken, and why; nothing of a classifier.
void say(const Task& task, Context& context);

}  // namespace quantwright::cli
