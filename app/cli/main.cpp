// quantwright-cli: the pipeline of core on the command line. docs and man page: quantwright-cli(1).
#include <QCoreApplication>
#include <exception>

#include "app/cli/cancel.h"
#include "app/cli/command_line.h"
#include "app/cli/context.h"

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    QCoreApplication application(argc, argv);
    try {
        return quantwright::cli::run_command_line(arguments, quantwright::cli::cancel_on_signals());
    } catch (const std::exception& exception) {
        quantwright::cli::print_error(QString::fromLocal8Bit(exception.what()));
        return 1;
    }
}
