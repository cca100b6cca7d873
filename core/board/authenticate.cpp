#include "core/board/authenticate.h"

#include <poll.h>

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
    if (!login.silent_agent.empty() && !login.answered)
        return fail(ErrorCode::board_ssh_agent, login.silent_agent, ssh_error_text(login.raw()));
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
    if (too_many && login.passwords == 0)
        return fail(ErrorCode::board_too_many_keys, lost.value().subject, lost.value().detail);
    return too_many || login.passwords > 0 ? denied(login) : lost;
}

}  // namespace

bool is_password_prompt(const std::string& prompt) {
    const auto says = [&](const char* word) { return prompt.find(word) != std::string::npos; };
    for (const char* word : {"ne-time", "ne time", "OTP", "oken", "erification", "一次性", "动态", "验证"})
        if (says(word))
            return false;
    return says("assword") || says("密码");
}

Secret Login::ask(SecretQuestion::Kind kind, std::string subject, bool echo, int attempt) {
    if (!questions.secret || session.watchdog().cancelled())
        return Secret({});
    const SecretQuestion question{kind, std::move(subject), echo, attempt};
    if (kind != SecretQuestion::Kind::answer)
        used = question;
    // No variable of its own for the answer, which would have to be wiped.
    const struct Restart {
        Login& login;
        ~Restart() { login.waiting_since = std::chrono::steady_clock::now(); }
    } restart{*this};
    return Secret(questions.secret(question));
}

int in_steps(Login& login, const std::function<int()>& method) {
    constexpr int slice_ms = 20;
    login.waiting_since = std::chrono::steady_clock::now();
    ssh_set_blocking(login.raw(), 0);
    int outcome = SSH_AUTH_AGAIN;
    // The board is never waited for inside `method`, but an ssh-agent is, whose user may be thinking.
    const auto step = [&] {
        constexpr std::chrono::seconds longest_without_agent{1};
        const auto start = std::chrono::steady_clock::now();
        const int answer = method();
        if (const auto now = std::chrono::steady_clock::now(); now - start > longest_without_agent)
            login.waiting_since = now;
        return answer;
    };
    while ((outcome = step()) == SSH_AUTH_AGAIN) {
        if (login.session.watchdog().cancelled() || !login.session.alive()) {
            outcome = SSH_AUTH_ERROR;
            break;
        }
        if (std::chrono::steady_clock::now() - login.waiting_since >= login.session.silence()) {
            login.session.watchdog().give_up();
            outcome = SSH_AUTH_ERROR;
            break;
        }
        pollfd ready{ssh_get_fd(login.raw()), POLLIN, 0};
        ::poll(&ready, 1, slice_ms);
    }
    ssh_set_blocking(login.raw(), 1);
    return outcome;
}

void Login::tell_accepted(int outcome) {
    if (used && questions.accepted && (outcome == SSH_AUTH_SUCCESS || outcome == SSH_AUTH_PARTIAL))
        questions.accepted(*used);
    used.reset();
}

Result<int> log_in_with_password(Login& login) {
    while (login.passwords < most_passwords) {
        std::string who = login.session.address().user;
        who += "@" + login.session.place();
        const Secret secret =
            login.ask(SecretQuestion::Kind::password, std::move(who), false, ++login.passwords);
        if (!secret)
            return SSH_AUTH_DENIED;
        login.answered = true;
        const int outcome =
            in_steps(login, [&] { return ssh_userauth_password(login.raw(), nullptr, secret.text()); });
        if (outcome != SSH_AUTH_DENIED || !login.session.alive())
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
        login.answered = true;
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
        login.used.reset();
        while (rounds < most_rounds) {
            outcome = in_steps(login, [&] { return ssh_userauth_kbdint(login.raw(), nullptr, nullptr); });
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
        login.used.reset();
        const auto result = next->log_in(login);
        if (!result)
            return fail(result);
        outcome = *result;
        login.tell_accepted(outcome);
        if (outcome == SSH_AUTH_PARTIAL)
            tried = 0;  // the server wants another proof, maybe of the same kind
    }
    if (outcome == SSH_AUTH_SUCCESS)
        return {};
    return session.alive() ? denied(login) : broken(login);
}

}  // namespace quantwright
