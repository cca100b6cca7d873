#include "widgets/keychain/keychain.h"

#include <qt6keychain/keychain.h>

#include <QByteArray>
#include <QLibrary>
#include <QString>
#include <condition_variable>
#include <cstring>
#include <memory>
#include <mutex>
#include <utility>

#include "widgets/keychain/keychain_thread.h"

namespace quantwright {
namespace {

constexpr std::chrono::milliseconds cancel_interval{50};

QString service() {
    return QStringLiteral("Quantwright");
}

QString key_of(const KeychainItem& item) {
    const QString subject = QString::fromStdString(item.subject);
    return (item.kind == KeychainItem::Kind::passphrase ? QStringLiteral("passphrase %1")
                                                        : QStringLiteral("password %1"))
        .arg(subject);
}

/// All that share the buffer see it emptied: QtKeychain's own copy, too.
void wipe_shared(const void* bytes, std::size_t size) {
    ::explicit_bzero(const_cast<void*>(bytes), size);
}

KeychainState state_of(QKeychain::Error error) {
    switch (error) {
        case QKeychain::NoError:
        case QKeychain::EntryNotFound:
            return KeychainState::ready;
        case QKeychain::AccessDenied:
        case QKeychain::AccessDeniedByUser:
        case QKeychain::CouldNotDeleteEntry:
            return KeychainState::refused;
        default:  // libsecret's "no such service" and "no bus" are an OtherError
            return KeychainState::absent;
    }
}

/// One question to the keychain: who waits for it, and what it said.
struct Request {
    std::mutex mutex;
    std::condition_variable answered;
    std::optional<KeychainAnswer> answer;
    bool given_up = false;
    bool later = false;  ///< nobody waits
    keychain::Done done;

    ~Request() {
        if (answer && answer->secret)
            wipe(*answer->secret);
    }
};

KeychainAnswer answer_of(const QKeychain::Job& job) {
    KeychainAnswer answer;
    answer.state = state_of(job.error());
    if (answer.state != KeychainState::ready)
        answer.detail = job.errorString().toStdString();
    if (const auto* reading = qobject_cast<const QKeychain::ReadPasswordJob*>(&job);
        reading && job.error() == QKeychain::NoError) {
        const QByteArray bytes = reading->binaryData();
        answer.secret.emplace(bytes.constData(), static_cast<std::size_t>(bytes.size()));
        wipe_shared(bytes.constData(), static_cast<std::size_t>(bytes.size()));
    }
    return answer;
}

void finish(const std::shared_ptr<Request>& request, const QKeychain::Job& job) {
    KeychainAnswer answer = answer_of(job);
    if (request->later) {
        if (request->done)
            request->done(answer);
        KeychainThread::instance().ended();
    }
    const std::lock_guard lock(request->mutex);
    if (request->given_up)
        KeychainThread::instance().no_longer_stuck();
    request->answer = std::move(answer);
    request->answered.notify_all();
}

using MakeJob = std::function<QKeychain::Job*()>;

/// libsecret would go on with what it knows of a service that was started again since, and fail.
void forget_service() {
    QLibrary libsecret(QStringLiteral("secret-1"), 0);
    if (const auto disconnect = libsecret.resolve("secret_service_disconnect"))
        disconnect();
}

enum class Retry { yes, no };

/// In the keychain's thread.
void run(const std::shared_ptr<Request>& request, const MakeJob& make, const QString& key, Retry retry) {
    QKeychain::Job* job = make();
    job->setInsecureFallback(false);
    job->setAutoDelete(true);
    job->setKey(key);
    QObject::connect(job, &QKeychain::Job::finished, job, [=](QKeychain::Job* ended) {
        if (retry == Retry::yes && ended->error() == QKeychain::OtherError) {
            forget_service();
            run(request, make, key, Retry::no);
        } else {
            finish(request, *ended);
        }
    });
    job->start();
}

/// False where the thread has ended.
bool start(const std::shared_ptr<Request>& request, const MakeJob& make, const KeychainItem& item) {
    return KeychainThread::instance().run(
        [request, make, key = key_of(item)] { run(request, make, key, Retry::yes); });
}

KeychainAnswer wait(const std::shared_ptr<Request>& request, const CancelToken& cancel,
                    std::chrono::milliseconds timeout) {
    const auto end = std::chrono::steady_clock::now() + timeout;
    std::unique_lock lock(request->mutex);
    while (!request->answer && !cancel.cancelled()) {
        if (std::chrono::steady_clock::now() >= end) {
            request->given_up = true;
            KeychainThread::instance().stuck();
            break;
        }
        request->answered.wait_for(lock, cancel_interval);
    }
    if (!request->answer)
        return {KeychainState::silent, {}, {}};
    KeychainAnswer answer = *request->answer;
    return answer;
}

KeychainAnswer ask(const MakeJob& make, const KeychainItem& item, const CancelToken& cancel,
                   std::chrono::milliseconds timeout) {
    if (KeychainThread::instance().is_stuck())
        return {KeychainState::silent, {}, {}};
    const auto request = std::make_shared<Request>();
    if (!start(request, make, item))
        return {};
    return wait(request, cancel, timeout);
}

void ask_later(const MakeJob& make, const KeychainItem& item, keychain::Done done) {
    const auto request = std::make_shared<Request>();
    request->later = true;
    request->done = std::move(done);
    KeychainThread::instance().began();
    if (!start(request, make, item))
        KeychainThread::instance().ended();
}

/// Holds the secret until the job has it.
MakeJob writer(const std::string& secret) {
    auto held = std::shared_ptr<std::string>(new std::string(secret), [](std::string* text) {
        wipe(*text);
        delete text;
    });
    return [held] {
        auto* job = new QKeychain::WritePasswordJob(service());
        const QString text = QString::fromStdString(*held);
        job->setTextData(text);
        wipe_shared(text.constData(), static_cast<std::size_t>(text.size()) * sizeof(QChar));
        return job;
    };
}

QKeychain::Job* reader() {
    return new QKeychain::ReadPasswordJob(service());
}

QKeychain::Job* remover() {
    return new QKeychain::DeletePasswordJob(service());
}

}  // namespace

void wipe(std::string& secret) {
    ::explicit_bzero(secret.data(), secret.capacity());
    secret.clear();
}

KeychainAnswer keychain::read(const KeychainItem& item, const CancelToken& cancel,
                              std::chrono::milliseconds timeout) {
    return ask(reader, item, cancel, timeout);
}

KeychainAnswer keychain::write(const KeychainItem& item, const std::string& secret, const CancelToken& cancel,
                               std::chrono::milliseconds timeout) {
    return ask(writer(secret), item, cancel, timeout);
}

KeychainAnswer keychain::remove(const KeychainItem& item, const CancelToken& cancel,
                                std::chrono::milliseconds timeout) {
    return ask(remover, item, cancel, timeout);
}

void keychain::write_later(const KeychainItem& item, const std::string& secret, Done done) {
    ask_later(writer(secret), item, std::move(done));
}

void keychain::remove_later(const KeychainItem& item, Done done) {
    ask_later(remover, item, std::move(done));
}

}  // namespace quantwright
