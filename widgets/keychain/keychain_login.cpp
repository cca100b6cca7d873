#include "widgets/keychain/keychain_login.h"

#include <filesystem>

namespace quantwright {

std::optional<KeychainItem> item_of(const SecretQuestion& question) {
    switch (question.kind) {
        case SecretQuestion::Kind::password:
            return KeychainItem{KeychainItem::Kind::password, question.subject};
        case SecretQuestion::Kind::passphrase: {
            // One key, however it was spelt and from wherever.
            std::error_code error;
            const auto path = std::filesystem::weakly_canonical(question.subject, error);
            return KeychainItem{KeychainItem::Kind::passphrase, error ? question.subject : path.string()};
        }
        case SecretQuestion::Kind::answer:
            break;
    }
    return {};
}

std::optional<std::string> KeychainLogin::look_up(const SecretQuestion& question, const CancelToken& cancel,
                                                  const std::string* wrong) {
    const auto item = item_of(question);
    if (!item)
        return {};
    const auto [at, first] = m_looked.try_emplace(*item);
    Looked& looked = at->second;
    if (!first) {
        looked.wrong = looked.wrong || looked.given;
        return {};
    }
    KeychainAnswer answer = keychain::read(*item, cancel);
    m_state = answer.state;
    if (!answer.secret)
        return {};
    looked.wrong = wrong && *wrong == *answer.secret;
    if (looked.wrong || m_doubted.contains(*item)) {
        wipe(*answer.secret);
        return {};
    }
    looked.given = true;
    return std::move(answer.secret);
}

bool KeychainLogin::was_wrong(const SecretQuestion& question) const {
    const auto item = item_of(question);
    const auto found = item ? m_looked.find(*item) : m_looked.end();
    return found != m_looked.end() && found->second.wrong;
}

bool KeychainLogin::is_doubted(const SecretQuestion& question) const {
    const auto item = item_of(question);
    return item && m_doubted.contains(*item);
}

}  // namespace quantwright
