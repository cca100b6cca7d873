// board check, board deploy: what a model costs on a board, and how right it is there.
#include "app/cli/board_connect.h"
#include "app/cli/board_output.h"
#include "app/cli/commands.h"
#include "app/cli/inputs.h"
#include "app/cli/saved_host.h"
#include "app/cli/task_options.h"
#include "core/board/history.h"
#include "widgets/results/json_output.h"

namespace quantwright::cli {

namespace {

struct CheckOptions {
    HostOptions host;
    std::string runtime;
};

struct DeployCommand {
    HostOptions host;
    InputOptions inputs;
    TaskArguments task;
    std::string model, against, other, optimizations = "default";
    DeployOptions deploy;
    bool no_provider = false;
};

Result<Outcome> run_check(const CheckOptions& options, Context& context) {
    HostOptions host = options.host;
    const SavedBoard saved = take_saved(host, context);
    const auto connection = connect_board(host, context);
    if (!connection)
        return fail(connection);
    const auto check =
        check_board(**connection, options.runtime.empty() ? saved.runtime : options.runtime, context.job());
    if (!check)
        return fail(check);
    Outcome outcome;
    outcome.json = {
        {"ok", check->ok()}, {"board", board_json(check->facts)}, {"points", points_json(check->points)}};
    outcome.text = check_text(*check);
    outcome.exit_code = check->ok() ? exit_done : exit_failed;
    return outcome;
}

/// Everything that can be wrong without a board, before one is bothered.
Status check_options(const DeployCommand& command) {
    if (auto valid = check(command.inputs); !valid)
        return valid;
    if (auto valid = check_choice("--optimizations", command.optimizations, {"default", "off"}); !valid)
        return valid;
    if (command.inputs.any_source())
        return {};
    if (!command.against.empty())
        return wrong_usage("--against", Cli::tr("the images to evaluate on are missing"));
    if (command.deploy.layer_images > 0)
        return wrong_usage("--layers", Cli::tr("the images to compare with are missing"));
    return {};
}

Result<Outcome> run_deploy(const DeployCommand& command, Context& context) {
    if (auto valid = check_options(command); !valid)
        return fail(valid);
    DeployRequest request;
    auto model = Model::load(command.model, context.job());
    if (!model)
        return fail(model);
    request.model = std::move(*model);
    request.file = command.model;
    std::optional<Json> preprocess;
    std::vector<Problem> input_problems;
    const auto choice = parse(command.task);
    if (!choice)
        return fail(choice);
    InputOptions input_options = command.inputs;
    const auto labels = take_task_labels(input_options, *choice);
    if (!labels)
        return fail(labels);
    request.judge = {nullptr, *labels, input_options.classes, *choice};
    if (input_options.any_source()) {
        auto inputs = open_inputs(*request.model, input_options, {input_options.images, true, false, {}, {}});
        if (!inputs)
            return fail(inputs);
        if (!inputs->preprocess_text.isEmpty())
            context.say(Cli::tr("Preprocessing: %1").arg(inputs->preprocess_text));
        preprocess = inputs->preprocess;
        request.reader = inputs->reader;
        input_problems = inputs->problems;
    }
    if (!command.against.empty()) {
        auto reference = Model::load(command.against, context.job());
        if (!reference)
            return fail(reference);
        request.reference = std::move(*reference);
    }
    if (!command.other.empty()) {
        if (auto other = Model::load(command.other, context.job()); !other)
            return fail(other);
        request.other = command.other;
    }
    DeployOptions options = command.deploy;
    options.optimizations = command.optimizations != "off";
    options.provider = !command.no_provider;
    options.host_threads = command.inputs.threads;

    HostOptions host = command.host;
    const SavedBoard saved = take_saved(host, context);
    if (options.runtime.empty())
        options.runtime = saved.runtime;
    if (options.board_threads == 0)
        options.board_threads = saved.threads;
    const auto connection = connect_board(host, context);
    if (!connection)
        return fail(connection);
    auto result = deploy(**connection, request, options, context.job());
    if (!result)
        return fail(result);
    result->problems.insert(result->problems.end(), input_problems.begin(), input_problems.end());
    if (options.optimizations)  // what takes longer on purpose says nothing of the board
        keep_record(make_record(request, *result, saved.name.empty() ? command.host.host : saved.name,
                                options.board_threads, context.job()),
                    history_folder(), result->problems);
    Outcome outcome;
    outcome.json = {{"model", command.model}, {"address", (*connection)->address().text()}};
    const bool has_reference = request.reference != nullptr;
    outcome.json.update(deploy_json(*result, has_reference));
    if (preprocess)
        outcome.json["preprocess"] = *preprocess;
    outcome.text = deploy_text(*result, has_reference);
    if (result->judgement)
        say(result->judgement->task, context);
    context.say(result->problems);
    return outcome;
}

Command add_check(CLI::App& board) {
    auto options = std::make_shared<CheckOptions>();
    CLI::App* sub =
        board.add_subcommand("check", utf8(Cli::tr("Is a board ready? What is missing, and what mends it")));
    add_host_options(*sub, options->host);
    sub->add_option("--runtime", options->runtime, utf8(Cli::tr("ONNX Runtime's library on the board")))
        ->type_name("PATH");
    return {sub, [options](Context& context) { return run_check(*options, context); }};
}

Command add_deploy(CLI::App& board) {
    auto options = std::make_shared<DeployCommand>();
    CLI::App* sub =
        board.add_subcommand("deploy", utf8(Cli::tr("Measure a model on a board: latency, accuracy, nodes")));
    DeployOptions& deploy = options->deploy;
    sub->add_option("MODEL", options->model, utf8(Cli::tr("The ONNX model")))->type_name("")->required();
    add_host_options(*sub, options->host);
    sub->add_option("--against", options->against, utf8(Cli::tr("The float model to compare with")))
        ->type_name("FLOAT.onnx");
    sub->add_option("--compare", options->other,
                    utf8(Cli::tr("A second model, timed in turns with the first")))
        ->type_name("OTHER.onnx");
    sub->add_option("--runs", deploy.benchmark.runs,
                    utf8(Cli::tr("Timed runs (default: until the median is certain)")))
        ->type_name("N")
        ->check(CLI::Range(1, 1'000'000));
    sub->add_option("--warm-up", deploy.benchmark.warm_up, utf8(Cli::tr("Runs before those (default: 2)")))
        ->type_name("N")
        ->check(CLI::Range(0, 1'000'000));
    sub->add_option("--board-threads", deploy.board_threads, utf8(Cli::tr("Threads on the board")))
        ->type_name("N")
        ->check(CLI::Range(1, 1024));
    sub->add_flag("--profile", deploy.profile, utf8(Cli::tr("Time every node, too")));
    sub->add_option("--layers", deploy.layer_images,
                    utf8(Cli::tr("Compare the tensors of every layer with the host's on N images")))
        ->type_name("N")
        ->check(CLI::Range(0, 1'000'000));
    sub->add_option("--optimizations", options->optimizations,
                    utf8(Cli::tr("Of the board's ONNX Runtime: default, or off")))
        ->type_name("default|off");
    sub->add_option("--runtime", deploy.runtime, utf8(Cli::tr("ONNX Runtime's library on the board")))
        ->type_name("PATH");
    sub->add_flag("--no-provider", options->no_provider,
                  utf8(Cli::tr("Without SpacemiT's execution provider: on the processor alone")));
    add_input_options(*sub, options->inputs);
    add_task_options(*sub, options->task);
    return {sub, [options](Context& context) { return run_deploy(*options, context); }};
}

}  // namespace

std::vector<Command> add_board(CLI::App& app) {
    CLI::App* board = app.add_subcommand("board", utf8(Cli::tr("Check a board, deploy to it over SSH")));
    board->require_subcommand(1);
    return {add_check(*board), add_deploy(*board)};
}

}  // namespace quantwright::cli
