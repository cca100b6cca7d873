#include "core/board/authenticate.h"

#include <array>
#include <utility>

#include "core/board/clean_text.h"

namespace quantwright {

namespace {

struct Method {
    int bit;
    Result<int> (*log_in)(Login&);
};

constexpr std::array<Method, 3> methods{{{SSH_AUTH_METHOD_PUBLICKEY, &log_in_with_keys},
                                         {SSH_AUTH_METHOD_INTERACTIVE, &log_in_with_answers},
                                         {SSH_AUTH_METHOD_PASSWORD, &log_in_with_password}}};

tl::unexpected<Error> denied(const Login& login) {
    std::string who = login.session.address().user;
    who += "@" + login.session.place();
    return fail(ErrorCode::board_denied, std::move(who), ssh_error_text(login.raw()));
}

/// An error in the middle of a login: sshd hangs up after too many tries, which is a refusal.
tl::unexpected<Error> broken(const Login& login) {
    const auto lost = login.session.lost();
    if (lost.value().code != ErrorCode::board_connection_lost)
        return lost;
    const bool too_many = lost.value().detail.find("Too many authentication failures") != std::string::npos;
    return too_many || login.passwords > 0 ? denied(login) : lost;
}

bool is_password_prompt(const std::string& prompt) {
    return prompt.find("assword") != std::string::npos || prompt.find("密码") != std::string::npos;
}

}  // namespace

Secret Login::ask(SecretQuestion::Kind kind, std::string subject, bool echo, int attempt) const {
    if (!questions.secret || session.watchdog().cancelled())
        return Secret({});
    return Secret(questions.secret(SecretQuestion{kind, std::move(subject), echo, attempt}));
}

Result<int> log_in_with_password(Login& login) {
    while (login.passwords < most_passwords) {
        std::string who = login.session.address().user;
        who += "@" + login.session.place();
        const Secret secret =
            login.ask(SecretQuestion::Kind::password, std::move(who), false, ++login.passwords);
        if (!secret)
            return SSH_AUTH_DENIED;
        const Watchdog::Call call(login.session.watchdog(), login.session.silence());
        const int outcome = ssh_userauth_password(login.raw(), nullptr, secret.text());
        if (outcome != SSH_AUTH_DENIED)
            return outcome;
    }
    return SSH_AUTH_DENIED;
}

namespace {

/// The server's questions of one round. False: one was not answered.
Result<bool> answer_round(Login& login) {
    const int prompts = ssh_userauth_kbdint_getnprompts(login.raw());
    for (int i = 0; i < prompts; ++i) {
        char echo = 0;
        const char* raw = ssh_userauth_kbdint_getprompt(login.raw(), static_cast<unsigned int>(i), &echo);
        std::string prompt = clean_text(raw == nullptr ? "" : raw);
        auto kind = SecretQuestion::Kind::answer;
        int attempt = 1;
        if (prompts == 1 && echo == 0 && is_password_prompt(prompt)) {
            // The password by another name: the one that is kept for this board is good for it.
            if (login.passwords >= most_passwords)
                return false;
            kind = SecretQuestion::Kind::password;
            attempt = ++login.passwords;
            prompt = login.session.address().user;
            prompt += "@" + login.session.place();
        }
        const Secret secret = login.ask(kind, std::move(prompt), echo != 0, attempt);
        if (!secret)
            return false;
        if (ssh_userauth_kbdint_setanswer(login.raw(), static_cast<unsigned int>(i), secret.text()) < 0)
            return login.session.lost();
    }
    return true;
}

}  // namespace

Result<int> log_in_with_answers(Login& login) {
    constexpr int most_rounds = 12;  // a server could ask for ever
    for (int attempt = 0, rounds = 0; attempt < most_passwords && rounds < most_rounds; ++attempt) {
        int outcome = SSH_AUTH_INFO;
        bool asked = false;
        while (rounds < most_rounds) {
            {
                const Watchdog::Call call(login.session.watchdog(), login.session.silence());
                outcome = ssh_userauth_kbdint(login.raw(), nullptr, nullptr);
            }
            if (outcome != SSH_AUTH_INFO)
                break;
            ++rounds;
            asked = asked || ssh_userauth_kbdint_getnprompts(login.raw()) > 0;
            const auto answered = answer_round(login);
            if (!answered)
                return fail(answered);
            if (!*answered)
                return SSH_AUTH_DENIED;
        }
        if (outcome != SSH_AUTH_DENIED || !asked || login.passwords >= most_passwords)
            return outcome;
    }
    return SSH_AUTH_DENIED;
}

Status authenticate(SshSession& session, const ConnectOptions& options, const ConnectQuestions& questions) {
    Login login{session, options, questions};
    int outcome = SSH_AUTH_ERROR;
    {
        const Watchdog::Call call(session.watchdog(), session.silence());
        outcome = ssh_userauth_none(session.raw(), nullptr);
    }
    int tried = 0;
    constexpr int most_steps = 8;
    for (int step = 0; step < most_steps; ++step) {
        if (outcome == SSH_AUTH_SUCCESS)
            return {};
        if (outcome == SSH_AUTH_ERROR || session.watchdog().cancelled())
            return broken(login);
        const int offered = ssh_userauth_list(session.raw(), nullptr);
        const Method* next = nullptr;
        for (const Method& method : methods)
            if (next == nullptr && (method.bit & offered & ~tried) != 0)
                next = &method;
        if (next == nullptr)
            break;
        tried |= next->bit;
        const auto result = next->log_in(login);
        if (!result)
            return fail(result);
        outcome = *result;
        if (outcome == SSH_AUTH_PARTIAL)
            tried = 0;  // the server wants another proof, maybe of the same kind
    }
    if (outcome == SSH_AUTH_SUCCESS)
        return {};
    return session.alive() ? denied(login) : broken(login);
}

}  // namespace quantwright
