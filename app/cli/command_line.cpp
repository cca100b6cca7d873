#include "app/cli/command_line.h"

#include <algorithm>
#include <array>

#include "app/cli/commands.h"
#include "app/cli/options.h"
#include "core/base/version.h"
#include "core/runtime/session.h"
#include "widgets/results/json_output.h"
#include "widgets/words/language.h"
#include "widgets/words/words.h"

namespace quantwright::cli {

namespace {

struct Globals {
    bool json = false, quiet = false;
    std::string language;
};

/// Errors must be told in the right form even when the line can't be parsed, so these are looked for
/// beforehand.
Globals look_ahead(const std::vector<std::string>& arguments) {
    Globals globals;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (arguments[i] == "--json")
            globals.json = true;
        else if (arguments[i] == "--lang" && i + 1 < arguments.size())
            globals.language = arguments[i + 1];
        else if (arguments[i].starts_with("--lang="))
            globals.language = arguments[i].substr(7);
    }
    return globals;
}

/// The line without --lang and its value, which may stand anywhere.
std::vector<std::string> without_language(const std::vector<std::string>& arguments) {
    std::vector<std::string> rest;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (arguments[i] == "--lang")
            ++i;
        else if (!arguments[i].starts_with("--lang="))
            rest.push_back(arguments[i]);
    }
    return rest;
}

/// The command that a line begins with: "quantize", or "show" of "plan show".
const CLI::App* command_of(const CLI::App& app, const std::vector<std::string>& arguments) {
    const CLI::App* found = &app;
    for (const std::string& argument : arguments) {
        const auto inner =
            found->get_subcommands([&](const CLI::App* sub) { return sub->get_name() == argument; });
        if (inner.empty() && !argument.starts_with('-'))
            break;
        if (!inner.empty())
            found = inner.front();
    }
    return found;
}

QString names_of_commands(const CLI::App& app) {
    QStringList names;
    for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; }))
        names.append(text(sub->get_name()));
    return names.join(QStringLiteral(", "));
}

/// What is wrong, in the order in which people look for it: the command, an option that isn't there, one that
/// is missing. The rest is told in CLI11's words.
Error usage_error(const CLI::ParseError& error, const CLI::App& app,
                  const std::vector<std::string>& arguments) {
    const auto usage = [](const std::string& subject, const QString& detail) {
        return Error{ErrorCode::usage, subject, utf8(detail)};
    };
    const CLI::App* command = command_of(app, arguments);
    if (command->get_require_subcommand_min() > 0) {
        const auto word = std::find_if(arguments.begin(), arguments.end(), [&](const std::string& argument) {
            return !argument.starts_with('-') && argument != command->get_name();
        });
        if (word == arguments.end())
            return usage(command->get_name(),
                         Cli::tr("a command is missing; there are: %1").arg(names_of_commands(*command)));
        return usage(*word,
                     Cli::tr("there is no such command; there are: %1").arg(names_of_commands(*command)));
    }
    for (const std::string& argument : arguments) {
        const std::string name = argument.substr(0, argument.find('='));
        if (name.size() > 2 && name.starts_with("--") && !command->get_option_no_throw(name) &&
            !app.get_option_no_throw(name))
            return usage(name, Cli::tr("%1 has no such option").arg(text(command->get_name())));
    }
    const std::string told = error.what();
    if (const std::string tail = " is required"; error.get_name() == "RequiredError" && told.ends_with(tail))
        return usage(told.substr(0, told.size() - tail.size()), Cli::tr("it is missing"));
    if (const auto colon = told.find(": ");
        error.get_name() == "ValidationError" && colon != std::string::npos)
        return usage(told.substr(0, colon), text(told.substr(colon + 2)));
    return usage(command->get_name(), text(told));
}

int exit_code_of(const Error& error) {
    if (error.code == ErrorCode::cancelled)
        return exit_cancelled;
    return error.code == ErrorCode::usage ? exit_usage : exit_failed;
}

int tell(const Error& error, bool json) {
    if (json) {
        print(text(to_text(error_json(error))));
        return exit_code_of(error);
    }
    print_error(error.code == ErrorCode::cancelled ? words::message(error)
                                                   : Cli::tr("Error: %1").arg(words::message(error)));
    if (const QString hint = words::hint(error); !hint.isEmpty())
        print_error(hint);
    return exit_code_of(error);
}

int tell_version(bool json) {
    if (json)
        print(text(to_text({{"version", version}, {"onnxruntime", runtime_version()}})));
    else
        print(Cli::tr("quantwright-cli %1, ONNX Runtime %2")
                  .arg(text(std::string(version)), text(runtime_version())) +
              u'\n');
    return exit_done;
}

void translate_labels(CLI::App& app) {
    const auto formatter = app.get_formatter();
    formatter->column_width(34);
    formatter->label("Usage", utf8(Cli::tr("Usage")));
    formatter->label("OPTIONS", utf8(Cli::tr("OPTIONS")));
    formatter->label("SUBCOMMAND", utf8(Cli::tr("COMMAND")));
    formatter->label("SUBCOMMANDS", utf8(Cli::tr("COMMAND")));
    formatter->label("Positionals", utf8(Cli::tr("Arguments")));
    formatter->label("REQUIRED", utf8(Cli::tr("(required)")));
    formatter->label("Options", utf8(Cli::tr("Options")));
    app.option_defaults()->group(utf8(Cli::tr("Options")));
}

const Command* chosen(const std::vector<Command>& commands) {
    const auto found = std::find_if(commands.begin(), commands.end(),
                                    [](const Command& command) { return command.app->parsed(); });
    return found == commands.end() ? nullptr : &*found;
}

/// Running out of memory and the like ends as an error too.
Result<Outcome> run_guarded(const Command& command, Context& context) {
    try {
        return command.run(context);
    } catch (const std::exception& exception) {
        return fail(ErrorCode::runtime_failed, {}, exception.what());
    }
}

}  // namespace

int run_command_line(std::vector<std::string> arguments, const CancelToken& cancel) {
    Globals globals = look_ahead(arguments);
    const std::vector<std::string> words_only = without_language(arguments);
    words::setLanguage(globals.language.empty() ? words::systemLanguage() : text(globals.language));

    CLI::App app(utf8(Cli::tr("Quantizes ONNX models and measures what it costs.")), "quantwright-cli");
    translate_labels(app);
    app.set_help_flag("-h,--help", utf8(Cli::tr("Show this help")));
    app.require_subcommand(1);
    bool wants_version = false;
    app.add_flag("--version", wants_version,
                 utf8(Cli::tr("Show the versions of the program and of ONNX Runtime")));
    app.add_flag("--json", globals.json, utf8(Cli::tr("Print one JSON document; messages go to stderr")));
    app.add_flag("--quiet", globals.quiet, utf8(Cli::tr("No progress and no messages")));
    app.add_option("--lang", globals.language, utf8(Cli::tr("Language: zh or en (default: the system's)")))
        ->type_name("zh|en");
    std::vector<Command> commands = {add_inspect(app),  add_calibrate(app), add_quantize(app),
                                     add_evaluate(app), add_analyze(app),   add_search(app),
                                     add_compare(app)};
    for (const auto add : {add_plan, add_board})
        for (Command& command : add(app))
            commands.push_back(std::move(command));
    const auto group = utf8(Cli::tr("Commands"));
    const auto own_options = utf8(Cli::tr("Options"));  // CLI11 makes help flags before it takes the defaults
    for (CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
        sub->group(group);
        sub->get_help_ptr()->group(own_options);
        sub->fallthrough();
        for (CLI::App* inner : sub->get_subcommands([](const CLI::App*) { return true; })) {
            inner->group(group);
            inner->get_help_ptr()->group(own_options);
            inner->fallthrough();
        }
    }
    if (arguments.size() == 1 + (globals.json ? 1U : 0U) &&
        std::find(arguments.begin(), arguments.end(), "--version") != arguments.end())
        return tell_version(globals.json);
    if (auto language = check_choice("--lang", globals.language, {"zh", "en"}); !language)
        return tell(language.error(), globals.json);
    try {
        // CLI11 takes them from the back.
        app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    } catch (const CLI::CallForHelp&) {
        // CLI11 leaves two lines empty between groups.
        print(text(app.help()).replace(QStringLiteral("\n\n\n"), QStringLiteral("\n\n")));
        return exit_done;
    } catch (const CLI::ParseError& error) {
        if (wants_version)
            return tell_version(globals.json);
        return tell(usage_error(error, app, words_only), globals.json);
    }
    if (wants_version)
        return tell_version(globals.json);

    const Command* command = chosen(commands);
    Context context(cancel, globals.quiet);
    const Result<Outcome> outcome = run_guarded(*command, context);
    context.finish();
    // A command that was cancelled may end with another error first; what counts is that the user ended it.
    if (cancel.cancelled() && !outcome)
        return tell(Error{ErrorCode::cancelled, {}, {}}, globals.json);
    if (!outcome)
        return tell(outcome.error(), globals.json);
    print(globals.json ? text(to_text(outcome->json)) : outcome->text);
    return outcome->exit_code;
}

}  // namespace quantwright::cli
