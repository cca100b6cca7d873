#pragma once
// The long parts of setting a board up, each one function for a worker thread.
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "core/board/check.h"
#include "core/board/install_key.h"
#include "core/board/secret.h"

namespace quantwright {

struct SignedIn {
    std::shared_ptr<Connection> connection;
    bool with_password = false;  ///< or with answers to the board's questions: not with a key
};

/// Errors: those of connect().
Result<SignedIn> sign_in(const ConnectOptions& options, const ConnectQuestions& questions,
                         const JobContext& job);

struct KeyRequest {
    bool create = false;  ///< else it is there
    std::filesystem::path file;
    std::shared_ptr<const Secret> passphrase;  ///< of the one to be made; null: none
};

struct KeyInstalled {
    PublicKey key;
    InstalledKey installed;
    std::optional<Error> login;  ///< why the key, though installed, lets nobody in
};

/// Makes the key if that is asked for, installs it over `connection` (null: a new one) and logs in anew with
/// it. Errors: those of connect(), create_key_pair(), read_public_key() and install_key(); of the new login
/// only `cancelled` ends it.
Result<KeyInstalled> set_key_up(std::shared_ptr<Connection> connection, const ConnectOptions& options,
                                const KeyRequest& request, const ConnectQuestions& questions,
                                const JobContext& job);

/// Over a connection of its own. Errors: those of connect() and check_board().
Result<BoardCheck> check_anew(const ConnectOptions& options, const std::string& runtime,
                              const ConnectQuestions& questions, const JobContext& job);

/// As connect() asks, with the passphrase of a key that has just been made known already.
ConnectQuestions knowing_passphrase(ConnectQuestions questions, const std::filesystem::path& identity,
                                    const std::shared_ptr<const Secret>& passphrase);

}  // namespace quantwright
