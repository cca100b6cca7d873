#pragma once
// Questions that a deployment's thread has for the user, carried to the window and back. Whoever asks waits
// until there is an answer or the job is cancelled; with nobody to ask the answer is no.
#include <QObject>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "core/base/job.h"
#include "core/board/connection.h"
#include "widgets/keychain/keychain_login.h"

namespace quantwright {

/// What the user is told of the keychain while being asked for a secret.
struct KeychainOffer {
    KeychainState state = KeychainState::absent;
    bool wanted = false;  ///< one was kept before
};

/// Lives in the GUI thread and outlives the jobs that ask.
class BoardQuestions : public QObject {
    Q_OBJECT
public:
    explicit BoardQuestions(QObject* parent = nullptr);
    ~BoardQuestions() override;

    /// For connect() in a job's thread. Passwords and passphrases come from memory where they were given for
    /// this address before, then from the system's keychain, then from the user.
    [[nodiscard]] ConnectQuestions forJob(const std::string& address, const CancelToken& token);
    /// What was given for it was wrong: it leaves memory, and what the keychain has for it isn't used until
    /// the board has accepted something.
    void forget(const std::string& address);

    /// Whether this program knows of secrets in the keychain for this address. Asks no keychain.
    [[nodiscard]] bool hasKept(const std::string& address) const;
    /// They leave the keychain, and memory. Doesn't wait for it.
    void forgetKept(const std::string& address);

    /// Whose question it is; empty once nobody waits for the answer.
    [[nodiscard]] std::string addressOf(quint64 id);
    void answerHostKey(quint64 id, bool trusted);
    /// Empty: the user gives up. `keep`: in the keychain, as soon as the board has accepted it.
    void answerSecret(quint64 id, std::optional<std::string> secret, bool keep = false);

signals:
    void hostKeyAsked(quint64 id, const quantwright::HostKeyQuestion& question);
    void secretAsked(quint64 id, const quantwright::SecretQuestion& question,
                     const quantwright::KeychainOffer& offer);
    /// Nobody waits for this answer any more.
    void withdrawn(quint64 id);
    /// hasKept() may have changed.
    void keptChanged();
    /// The keychain did not take what was to be kept: `subject` will be asked for again.
    void notKept(const QString& subject, const QString& why);

private:
    struct Pending {
        std::string address;
        bool answered = false, trusted = false, keep = false;
        std::optional<std::string> secret;
    };
    class Login;

    [[nodiscard]] Pending ask(const std::string& address, const CancelToken& token,
                              const std::function<bool(quint64)>& show);
    [[nodiscard]] std::optional<std::string> askSecret(Login& login, const SecretQuestion& question);
    void accepted(Login& login, const SecretQuestion& question);
    void keep(const std::string& address, const KeychainItem& item, const std::string& secret);

    std::mutex m_mutex;
    std::condition_variable m_answered;
    quint64 m_next = 1;
    std::map<quint64, Pending> m_pending;
    /// By address, kind and subject; in memory alone, and wiped.
    std::map<std::string, std::string> m_remembered;
    /// The keychain's, by address: given and not yet accepted.
    std::map<std::string, std::set<KeychainItem>> m_unproven;
    std::set<KeychainItem> m_doubted;
};

}  // namespace quantwright
