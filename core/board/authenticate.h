#pragma once
#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "core/board/secret.h"
#include "core/board/ssh_session.h"

namespace quantwright {

/// Who we are: what needs no question first (keys, the agent), then questions. Errors: board.denied,
/// board.too_many_keys, board.ssh_agent, board.key_unreadable, board.connection_lost, cancelled.
Status authenticate(SshSession& session, const ConnectOptions& options, const ConnectQuestions& questions);

/// One login under way, shared by its methods.
struct Login {
    SshSession& session;
    const ConnectOptions& options;
    const ConnectQuestions& questions;
    int passwords = 0;      ///< asked for so far, by whatever method
    bool answered = false;  ///< a question was
    /// Since the board was last waited for from the beginning.
    std::chrono::steady_clock::time_point waiting_since = std::chrono::steady_clock::now();
    std::string silent_agent = {};            ///< socket of the ssh-agent, if that did not answer
    std::optional<SecretQuestion> used = {};  ///< the question whose answer the present method goes in with

    [[nodiscard]] ssh_session raw() const { return session.raw(); }
    Secret ask(SecretQuestion::Kind kind, std::string subject, bool echo, int attempt);
    /// To be called with how a method ended.
    void tell_accepted(int outcome);
};

/// Calls one of libssh's methods again and again, without blocking, until it has an outcome. A blocking one
/// waits out its whole limit where the board hangs up, as it does after too many keys. The time in which
/// the user is asked something is not counted.
int in_steps(Login& login, const std::function<int()>& method);

/// The keys of the ssh-agent of SSH_AUTH_SOCK, which is not asked again in this login. One that the
/// configuration names (IdentityAgent) is left to libssh.
int log_in_with_agent(Login& login);

/// SSH_AUTH_SUCCESS, _PARTIAL, _DENIED or _ERROR.
Result<int> log_in_with_keys(Login& login);
Result<int> log_in_with_answers(Login& login);  ///< keyboard-interactive
Result<int> log_in_with_password(Login& login);

/// Whether this question of keyboard-interactive is for the account's password; a one-time password is none
/// that lasts.
[[nodiscard]] bool is_password_prompt(const std::string& prompt);

/// After so many wrong passwords sshd hangs up and may shut this machine out for a while.
constexpr int most_passwords = 3;

}  // namespace quantwright
