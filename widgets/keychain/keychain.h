#pragma once
// Passwords and passphrases in the system's keychain (Secret Service, KWallet; QtKeychain), and nowhere else:
// where there is none, nothing is kept.
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <tuple>

#include "core/base/job.h"

namespace quantwright {

/// What a secret opens.
struct KeychainItem {
    enum class Kind { password, passphrase };
    Kind kind = Kind::password;
    std::string subject;  ///< user@host:port, or a key file
    friend bool operator<(const KeychainItem& a, const KeychainItem& b) {
        return std::tie(a.kind, a.subject) < std::tie(b.kind, b.subject);
    }
};

enum class KeychainState {
    ready,
    absent,   ///< no keychain on this machine, in this session
    refused,  ///< locked, and the user or nobody unlocked it
    silent    ///< it did not answer in time, or was not waited for
};

struct KeychainAnswer {
    KeychainState state = KeychainState::absent;
    std::optional<std::string> secret;  ///< empty also where there is none; to be wiped by the caller
    std::string detail;                 ///< the keychain's own words about what went wrong
};

/// One for the whole program. All calls are safe from any thread, and need a QCoreApplication; the work is
/// done in a thread of its own.
namespace keychain {

/// The keychain may be asking the user to unlock it.
inline constexpr std::chrono::milliseconds patience{30'000};

/// These wait, until `cancel` is pulled at most. After one that nobody answered in time the others are silent
/// at once, until it is answered: a keychain that hangs costs its time once.
[[nodiscard]] KeychainAnswer read(const KeychainItem& item, const CancelToken& cancel = {},
                                  std::chrono::milliseconds timeout = patience);
KeychainAnswer write(const KeychainItem& item, const std::string& secret, const CancelToken& cancel = {},
                     std::chrono::milliseconds timeout = patience);
/// Of what is not there: ready.
KeychainAnswer remove(const KeychainItem& item, const CancelToken& cancel = {},
                      std::chrono::milliseconds timeout = patience);

/// These do not wait; `done` is called in the keychain's thread, if the keychain ever answers. The end of the
/// program leaves them two seconds.
using Done = std::function<void(const KeychainAnswer&)>;
void write_later(const KeychainItem& item, const std::string& secret, Done done = {});
void remove_later(const KeychainItem& item, Done done = {});

}  // namespace keychain

/// Overwrites and empties it.
void wipe(std::string& secret);

}  // namespace quantwright
