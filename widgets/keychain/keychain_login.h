#pragma once
// The keychain's part in one login to a board: what it has is offered once, and whether that was wrong is
// known.
#include <map>
#include <optional>
#include <set>
#include <string>

#include "core/board/connection.h"
#include "widgets/keychain/keychain.h"

namespace quantwright {

/// Empty where nothing may be kept: a board's own question may want another answer each time.
[[nodiscard]] std::optional<KeychainItem> item_of(const SecretQuestion& question);

/// Belongs to the connecting thread.
class KeychainLogin {
public:
    /// Of `doubted` nothing is offered.
    explicit KeychainLogin(std::set<KeychainItem> doubted = {}) : m_doubted(std::move(doubted)) {}

    /// The keychain's secret where this is asked for the first time and there is one. `wrong` was tried
    /// before and isn't offered again. Waits as keychain::read() does.
    [[nodiscard]] std::optional<std::string> look_up(const SecretQuestion& question,
                                                     const CancelToken& cancel,
                                                     const std::string* wrong = nullptr);
    /// The board asked again after the keychain's secret.
    [[nodiscard]] bool was_wrong(const SecretQuestion& question) const;
    /// What the keychain has is not to be relied on, and has not been shown to be wrong.
    [[nodiscard]] bool is_doubted(const SecretQuestion& question) const;
    /// What the keychain was like at the last look_up().
    [[nodiscard]] KeychainState state() const { return m_state; }

private:
    struct Looked {
        bool given = false, wrong = false;
    };
    std::set<KeychainItem> m_doubted;
    std::map<KeychainItem, Looked> m_looked;
    KeychainState m_state = KeychainState::absent;
};

}  // namespace quantwright
