#include "widgets/workspace/board_questions.h"

#include <QCoreApplication>
#include <QMetaMethod>
#include <QPointer>
#include <chrono>

#include "widgets/workspace/kept_secrets.h"

namespace quantwright {
namespace {

/// A cancelled job is to end within a second.
constexpr std::chrono::milliseconds cancel_interval{50};

/// Begins with the address, so that forget() finds all of it.
std::string keyOf(const std::string& address, const SecretQuestion& question) {
    std::string key = address;
    key += question.kind == SecretQuestion::Kind::passphrase ? "\nkey\n" : "\npassword\n";
    key += question.subject;
    return key;
}

}  // namespace

/// One connection of a job; belongs to its thread.
class BoardQuestions::Login {
public:
    Login(std::string for_address, CancelToken job_token, std::set<KeychainItem> doubted)
        : address(std::move(for_address)), token(std::move(job_token)), keychain(std::move(doubted)) {}
    ~Login() {
        for (auto& [item, secret] : to_keep)
            wipe(secret);
    }
    Login(const Login&) = delete;
    Login& operator=(const Login&) = delete;

    std::string address;
    CancelToken token;
    KeychainLogin keychain;
    std::map<KeychainItem, std::string> to_keep;  ///< once it is accepted
};

BoardQuestions::BoardQuestions(QObject* parent) : QObject(parent) {}

BoardQuestions::~BoardQuestions() {
    for (auto& [key, secret] : m_remembered)
        wipe(secret);
}

ConnectQuestions BoardQuestions::forJob(const std::string& address, const CancelToken& token) {
    std::set<KeychainItem> doubted;
    {
        const std::lock_guard lock(m_mutex);
        doubted = m_doubted;
    }
    const auto login = std::make_shared<Login>(address, token, std::move(doubted));
    ConnectQuestions questions;
    questions.trust = [this, address, token](const HostKeyQuestion& question) {
        return ask(address, token,
                   [this, question](quint64 id) {
                       if (!isSignalConnected(QMetaMethod::fromSignal(&BoardQuestions::hostKeyAsked)))
                           return false;
                       emit hostKeyAsked(id, question);
                       return true;
                   })
            .trusted;
    };
    questions.secret = [this, login](const SecretQuestion& question) { return askSecret(*login, question); };
    questions.accepted = [this, login](const SecretQuestion& question) { accepted(*login, question); };
    return questions;
}

BoardQuestions::Pending BoardQuestions::ask(const std::string& address, const CancelToken& token,
                                            const std::function<bool(quint64)>& show) {
    std::unique_lock lock(m_mutex);
    const quint64 id = m_next++;
    m_pending[id].address = address;
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

std::optional<std::string> BoardQuestions::askSecret(Login& login, const SecretQuestion& question) {
    const auto item = item_of(question);
    const std::string key = keyOf(login.address, question);
    std::optional<std::string> known;
    if (item) {
        const std::lock_guard lock(m_mutex);
        if (const auto found = m_remembered.find(key); found != m_remembered.end())
            known = found->second;
    }
    if (known && question.attempt == 1)
        return known;
    std::optional<std::string> kept =
        login.keychain.look_up(question, login.token, known ? &*known : nullptr);
    if (known)
        wipe(*known);
    if (kept) {
        const std::lock_guard lock(m_mutex);
        m_unproven[login.address].insert(*item);
        return kept;
    }
    const bool was_wrong = login.keychain.was_wrong(question);
    if (was_wrong) {
        keychain::remove_later(*item);
        KeptSecrets::remove(*item);
        const std::lock_guard lock(m_mutex);
        m_unproven[login.address].erase(*item);
    }
    const KeychainOffer offer{login.keychain.state(), was_wrong || login.keychain.is_doubted(question)};
    Pending answer = ask(login.address, login.token, [this, question, offer](quint64 id) {
        if (!isSignalConnected(QMetaMethod::fromSignal(&BoardQuestions::secretAsked)))
            return false;
        emit secretAsked(id, question, offer);
        return true;
    });
    if (!item)
        return std::move(answer.secret);
    if (const auto before = login.to_keep.find(*item); before != login.to_keep.end()) {
        wipe(before->second);
        login.to_keep.erase(before);
    }
    if (answer.secret) {
        if (answer.keep)
            login.to_keep[*item] = *answer.secret;
        const std::lock_guard lock(m_mutex);
        std::string& remembered = m_remembered[key];
        wipe(remembered);
        remembered = *answer.secret;
    }
    return std::move(answer.secret);
}

void BoardQuestions::accepted(Login& login, const SecretQuestion& question) {
    const auto item = item_of(question);
    if (!item)
        return;
    bool from_keychain = false;
    {
        const std::lock_guard lock(m_mutex);
        from_keychain = m_unproven[login.address].erase(*item) > 0;
        m_doubted.erase(*item);
    }
    if (from_keychain)
        KeptSecrets::add(login.address, *item);
    if (const auto found = login.to_keep.find(*item); found != login.to_keep.end()) {
        keep(login.address, *item, found->second);
        wipe(found->second);
        login.to_keep.erase(found);
    } else if (login.keychain.is_doubted(question)) {
        // Another one is right, and is not to be kept.
        keychain::remove_later(*item);
        KeptSecrets::remove(*item);
    }
}

void BoardQuestions::keep(const std::string& address, const KeychainItem& item, const std::string& secret) {
    const QPointer<BoardQuestions> self(this);
    keychain::write_later(item, secret, [self, address, item](const KeychainAnswer& answer) {
        const bool kept = answer.state == KeychainState::ready;
        if (kept)
            KeptSecrets::add(address, item);
        // The program may be ending: whoever is left in its own thread is told.
        QMetaObject::invokeMethod(
            qApp,
            [self, item, kept, why = QString::fromStdString(answer.detail)] {
                if (!self)
                    return;
                emit self->keptChanged();
                if (!kept)
                    emit self->notKept(QString::fromStdString(item.subject), why);
            },
            Qt::QueuedConnection);
    });
}

bool BoardQuestions::hasKept(const std::string& address) const {
    return !KeptSecrets::of(address).empty();
}

void BoardQuestions::forgetKept(const std::string& address) {
    for (const KeychainItem& item : KeptSecrets::of(address)) {
        if (KeptSecrets::remove(address, item))
            keychain::remove_later(item);
    }
    forget(address);
    emit keptChanged();
}

void BoardQuestions::forget(const std::string& address) {
    const std::lock_guard lock(m_mutex);
    m_doubted.merge(m_unproven[address]);
    m_unproven.erase(address);
    for (auto at = m_remembered.begin(); at != m_remembered.end();)
        if (at->first.compare(0, address.size() + 1, address + '\n') == 0) {
            wipe(at->second);
            at = m_remembered.erase(at);
        } else {
            ++at;
        }
}

std::string BoardQuestions::addressOf(quint64 id) {
    const std::lock_guard lock(m_mutex);
    const auto found = m_pending.find(id);
    return found == m_pending.end() ? std::string() : found->second.address;
}

void BoardQuestions::answerHostKey(quint64 id, bool trusted) {
    const std::lock_guard lock(m_mutex);
    if (const auto found = m_pending.find(id); found != m_pending.end()) {
        found->second.trusted = trusted;
        found->second.answered = true;
        m_answered.notify_all();
    }
}

void BoardQuestions::answerSecret(quint64 id, std::optional<std::string> secret, bool keep) {
    const std::lock_guard lock(m_mutex);
    if (const auto found = m_pending.find(id); found != m_pending.end()) {
        found->second.secret = std::move(secret);
        found->second.keep = keep;
        found->second.answered = true;
        m_answered.notify_all();
    }
}

}  // namespace quantwright
