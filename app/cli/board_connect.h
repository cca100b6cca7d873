#pragma once
// Reaching a board from the command line: options, and questions asked on the terminal where there is one.
#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "app/cli/context.h"
#include "core/board/connection.h"

namespace quantwright::cli {

struct HostOptions {
    std::string host, identity, known_hosts;
    bool accept_new = false;
};
void add_host_options(CLI::App& app, HostOptions& options);

/// Passwords come from QUANTWRIGHT_PASSWORD, passphrases from QUANTWRIGHT_PASSPHRASE, then from the system's
/// keychain, then from the terminal, each tried once.
/// Errors: those of connect().
Result<std::unique_ptr<Connection>> connect_board(const HostOptions& options, Context& context);

}  // namespace quantwright::cli
