// Logging in with keys: the one that was given, or the agent's and those in the usual places.
#include <libssh/callbacks.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>

#include "core/board/authenticate.h"

namespace quantwright {

namespace {

struct KeyFree {
    void operator()(ssh_key key) const { ssh_key_free(key); }
};
using Key = std::unique_ptr<std::remove_pointer_t<ssh_key>, KeyFree>;

/// The key if `passphrase` opens the file (null: it needs none).
Key open_key(const std::string& path, const char* passphrase) {
    ssh_key key = nullptr;
    // Without a callback libssh would ask on the terminal.
    const auto never = [](const char*, char*, std::size_t, int, int, void*) { return -1; };
    if (ssh_pki_import_privkey_file(path.c_str(), passphrase, never, nullptr, &key) != SSH_OK)
        return nullptr;
    return Key(key);
}

/// The public half, which lies open beside the key or in it.
Key open_public_key(const std::string& path) {
    ssh_key key = nullptr;
    if (ssh_pki_import_pubkey_file((path + ".pub").c_str(), &key) != SSH_OK &&
        ssh_pki_import_pubkey_file(path.c_str(), &key) != SSH_OK)
        return nullptr;
    return Key(key);
}

constexpr int most_passphrases = 3;

Result<int> log_in_with_given(Login& login) {
    const std::string& path = login.options.identity.native();
    const auto unreadable = [&](const char* why) { return fail(ErrorCode::board_key_unreadable, path, why); };
    if (std::error_code error; !std::filesystem::is_regular_file(path, error))
        return unreadable(error ? error.message().c_str() : "no such file");
    Key key = open_key(path, nullptr);
    if (!key) {
        // No question for a passphrase if the board does not want the key anyway.
        if (const Key half = open_public_key(path)) {
            const Watchdog::Call call(login.session.watchdog(), login.session.silence());
            const int wanted = ssh_userauth_try_publickey(login.raw(), nullptr, half.get());
            if (wanted != SSH_AUTH_SUCCESS)
                return wanted;
        }
        for (int attempt = 1; !key; ++attempt) {
            if (attempt > most_passphrases)
                return unreadable("wrong passphrase");
            const Secret secret = login.ask(SecretQuestion::Kind::passphrase, path, false, attempt);
            if (!secret)
                return unreadable("no passphrase");
            key = open_key(path, secret.text());
        }
    }
    const Watchdog::Call call(login.session.watchdog(), login.session.silence());
    return ssh_userauth_publickey(login.raw(), nullptr, key.get());
}

/// libssh's question for the passphrase of a key that the board would take.
int give_passphrase(const char*, char* buffer, std::size_t size, int, int, void* self) {
    Login& login = *static_cast<Login*>(self);
    char* current = nullptr;
    if (ssh_userauth_publickey_auto_get_current_identity(login.raw(), &current) != SSH_OK)
        return -1;
    const std::string path = current;
    ssh_string_free_char(current);
    for (int attempt = 1; attempt <= most_passphrases; ++attempt) {
        const Secret secret = login.ask(SecretQuestion::Kind::passphrase, path, false, attempt);
        if (!secret)
            break;
        if (secret.size() < size && open_key(path, secret.text())) {
            std::memcpy(buffer, secret.text(), secret.size() + 1);
            return 0;
        }
    }
    login.used.reset();
    return -1;
}

}  // namespace

Result<int> log_in_with_keys(Login& login) {
    if (!login.options.identity.empty())
        return log_in_with_given(login);
    if (const int outcome = log_in_with_agent(login);
        outcome == SSH_AUTH_SUCCESS || outcome == SSH_AUTH_PARTIAL || !login.session.alive())
        return outcome;
    if (login.session.watchdog().cancelled())
        return SSH_AUTH_ERROR;
    ssh_callbacks_struct callbacks{};
    callbacks.userdata = &login;
    callbacks.auth_function = &give_passphrase;
    ssh_callbacks_init(&callbacks);
    ssh_set_callbacks(login.raw(), &callbacks);
    const int outcome =
        in_steps(login, [&] { return ssh_userauth_publickey_auto(login.raw(), nullptr, nullptr); });
    static ssh_callbacks_struct none{};
    none.size = sizeof none;
    ssh_set_callbacks(login.raw(), &none);
    return outcome;
}

}  // namespace quantwright
