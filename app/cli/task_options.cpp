#include "app/cli/task_options.h"

#include "app/cli/cli.h"
#include "widgets/words/words.h"

namespace quantwright::cli {

namespace {

QString joined(const std::vector<std::string>& names) {
    QStringList list;
    for (const std::string& name : names)
        list.append(text(name));
    return list.join(u'|');
}

}  // namespace

void add_task_options(CLI::App& app, TaskArguments& arguments) {
    const auto group = utf8(Cli::tr("Task"));
    app.add_option("--task", arguments.task,
                   utf8(Cli::tr("What the network is for (default: told by its outputs, metadata and labels; "
                                "none: tensors alone are scored)")))
        ->type_name(utf8(joined(task_names())))
        ->group(group);
    app.add_option("--task-options", arguments.options,
                   utf8(Cli::tr("Decoder and options of the task (docs/tasks.md)")))
        ->type_name("FILE.json")
        ->group(group);
    app.add_option("--task-set", arguments.sets,
                   utf8(Cli::tr("One option of the task, such as decoder=yolox or score=0.4; repeatable")))
        ->type_name("KEY=VALUE")
        ->allow_extra_args(false)
        ->group(group);
}

Result<TaskChoice> parse(const TaskArguments& arguments) {
    if (auto valid = check_choice("--task", arguments.task, task_names()); !valid)
        return fail(valid);
    TaskChoice choice;
    if (!arguments.task.empty())
        choice.kind = find_task(arguments.task);
    if (!arguments.options.empty())
        if (auto loaded = load_options(choice, arguments.options); !loaded)
            return fail(loaded);
    for (const std::string& one : arguments.sets)
        if (auto set = set_option(choice, one); !set)
            return fail(set);
    return choice;
}

Result<std::filesystem::path> take_task_labels(InputOptions& options, const TaskChoice& choice) {
    const auto of_classes = are_class_labels(options.labels, choice);
    if (!of_classes)
        return fail(of_classes);
    std::filesystem::path labels;
    if (!*of_classes)
        labels = std::exchange(options.labels, {});
    return labels;
}

Result<std::unique_ptr<Judge>> make_judge(const Model& model, const Inputs& inputs,
                                          const InputOptions& options, const std::filesystem::path& labels,
                                          const TaskChoice& choice, const Runner& run, Context& context) {
    const JudgeRequest request{inputs.reader, labels, options.classes, choice};
    auto judge = open_judge(model, request, [&](const std::vector<Tensor>& sample) {
        return run(sample, context.job().token());
    });
    if (!judge)
        return fail(judge);
    say((*judge)->task(), context);
    return judge;
}

void say(const Task& task, Context& context) {
    if (task.kind != TaskKind::none && task.kind != TaskKind::classification)
        context.say(Cli::tr("Task: %1 by decoder %2 (%3)")
                        .arg(words::name(task.kind), text(task.decoder),
                             words::taskReasons(task).join(Cli::tr("; "))));
}

}  // namespace quantwright::cli
