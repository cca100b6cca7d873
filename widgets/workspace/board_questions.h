#pragma once
// Questions that a deployment's thread has for the user, carried to the window and back. Whoever asks waits
// until there is an answer or the job is cancelled; with nobody to ask the answer is no.
#include <QObject>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "core/base/job.h"
#include "core/board/connection.h"

namespace quantwright {

/// Lives in the GUI thread and outlives the jobs that ask.
class BoardQuestions : public QObject {
    Q_OBJECT
public:
    explicit BoardQuestions(QObject* parent = nullptr);
    ~BoardQuestions() override;

    /// For connect() in a job's thread. Passwords and passphrases once given for this address are not asked
    /// for again.
    [[nodiscard]] ConnectQuestions forJob(const std::string& address, const CancelToken& token);
    /// What was given for it was wrong.
    void forget(const std::string& address);

    void answerHostKey(quint64 id, bool trusted);
    /// Empty: the user gives up.
    void answerSecret(quint64 id, std::optional<std::string> secret);

signals:
    void hostKeyAsked(quint64 id, const quantwright::HostKeyQuestion& question);
    void secretAsked(quint64 id, const quantwright::SecretQuestion& question);
    /// Nobody waits for this answer any more.
    void withdrawn(quint64 id);

private:
    struct Pending {
        bool answered = false, trusted = false;
        std::optional<std::string> secret;
    };
    [[nodiscard]] Pending ask(const CancelToken& token, const std::function<bool(quint64)>& show);
    [[nodiscard]] std::optional<std::string> askSecret(const std::string& address, const CancelToken& token,
                                                       const SecretQuestion& question);

    std::mutex m_mutex;
    std::condition_variable m_answered;
    quint64 m_next = 1;
    std::map<quint64, Pending> m_pending;
    /// By address, kind and subject; in memory alone, and wiped.
    std::map<std::string, std::string> m_remembered;
};

}  // namespace quantwright
