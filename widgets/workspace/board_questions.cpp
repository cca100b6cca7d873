#include "widgets/workspace/board_questions.h"

#include <QMetaMethod>
#include <chrono>
#include <cstring>

namespace quantwright {
namespace {

/// A cancelled job is to end within a second.
constexpr std::chrono::milliseconds cancel_interval{50};

void wipe(std::string& secret) {
    ::explicit_bzero(secret.data(), secret.size());
    secret.clear();
}

/// Begins with the address, so that forget() finds all of it.
std::string keyOf(const std::string& address, const SecretQuestion& question) {
    std::string key = address;
    key += question.kind == SecretQuestion::Kind::passphrase ? "\nkey\n" : "\npassword\n";
    key += question.subject;
    return key;
}

}  // namespace

BoardQuestions::BoardQuestions(QObject* parent) : QObject(parent) {}

BoardQuestions::~BoardQuestions() {
    for (auto& [key, secret] : m_remembered)
        wipe(secret);
}

ConnectQuestions BoardQuestions::forJob(const std::string& address, const CancelToken& token) {
    ConnectQuestions questions;
    questions.trust = [this, token](const HostKeyQuestion& question) {
        return ask(token,
                   [this, question](quint64 id) {
                       if (!isSignalConnected(QMetaMethod::fromSignal(&BoardQuestions::hostKeyAsked)))
                           return false;
                       emit hostKeyAsked(id, question);
                       return true;
                   })
            .trusted;
    };
    questions.secret = [this, address, token](const SecretQuestion& question) {
        return askSecret(address, token, question);
    };
    return questions;
}

BoardQuestions::Pending BoardQuestions::ask(const CancelToken& token,
                                            const std::function<bool(quint64)>& show) {
    std::unique_lock lock(m_mutex);
    const quint64 id = m_next++;
    m_pending[id] = {};
    QMetaObject::invokeMethod(
        this,
        [this, id, show] {
            if (!show(id))
                answerHostKey(id, false);
        },
        Qt::QueuedConnection);
    while (!m_pending[id].answered && !token.cancelled())
        m_answered.wait_for(lock, cancel_interval);
    Pending answer = std::move(m_pending[id]);
    m_pending.erase(id);
    if (!answer.answered)
        QMetaObject::invokeMethod(
            this, [this, id] { emit withdrawn(id); }, Qt::QueuedConnection);
    return answer;
}

std::optional<std::string> BoardQuestions::askSecret(const std::string& address, const CancelToken& token,
                                                     const SecretQuestion& question) {
    // A board's own question may want another answer each time.
    const bool lasting = question.kind != SecretQuestion::Kind::answer;
    const std::string key = keyOf(address, question);
    if (lasting && question.attempt == 1) {
        const std::lock_guard lock(m_mutex);
        if (const auto found = m_remembered.find(key); found != m_remembered.end())
            return found->second;
    }
    Pending answer = ask(token, [this, question](quint64 id) {
        if (!isSignalConnected(QMetaMethod::fromSignal(&BoardQuestions::secretAsked)))
            return false;
        emit secretAsked(id, question);
        return true;
    });
    if (lasting && answer.secret) {
        const std::lock_guard lock(m_mutex);
        std::string& kept = m_remembered[key];
        wipe(kept);
        kept = *answer.secret;
    }
    return std::move(answer.secret);
}

void BoardQuestions::forget(const std::string& address) {
    const std::lock_guard lock(m_mutex);
    for (auto at = m_remembered.begin(); at != m_remembered.end();)
        if (at->first.compare(0, address.size() + 1, address + '\n') == 0) {
            wipe(at->second);
            at = m_remembered.erase(at);
        } else {
            ++at;
        }
}

void BoardQuestions::answerHostKey(quint64 id, bool trusted) {
    const std::lock_guard lock(m_mutex);
    if (const auto found = m_pending.find(id); found != m_pending.end()) {
        found->second.trusted = trusted;
        found->second.answered = true;
        m_answered.notify_all();
    }
}

void BoardQuestions::answerSecret(quint64 id, std::optional<std::string> secret) {
    const std::lock_guard lock(m_mutex);
    if (const auto found = m_pending.find(id); found != m_pending.end()) {
        found->second.secret = std::move(secret);
        found->second.answered = true;
        m_answered.notify_all();
    }
}

}  // namespace quantwright
