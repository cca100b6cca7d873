#pragma once
#include "core/board/secret.h"
#include "core/board/ssh_session.h"

namespace quantwright {

/// Who we are: what needs no question first (keys, the agent), then questions. Errors: board.denied,
/// board.key_unreadable, board.connection_lost, cancelled.
Status authenticate(SshSession& session, const ConnectOptions& options, const ConnectQuestions& questions);

/// One login under way, shared by its methods.
struct Login {
    SshSession& session;
    const ConnectOptions& options;
    const ConnectQuestions& questions;
    int passwords = 0;  ///< asked for so far, by whatever method

    [[nodiscard]] ssh_session raw() const { return session.raw(); }
    Secret ask(SecretQuestion::Kind kind, std::string subject, bool echo, int attempt) const;
};

/// SSH_AUTH_SUCCESS, _PARTIAL, _DENIED or _ERROR.
Result<int> log_in_with_keys(Login& login);
Result<int> log_in_with_answers(Login& login);  ///< keyboard-interactive
Result<int> log_in_with_password(Login& login);

/// After so many wrong passwords sshd hangs up and may shut this machine out for a while.
constexpr int most_passwords = 3;

}  // namespace quantwright
