#include "widgets/keychain/keychain_thread.h"

#include <QCoreApplication>
#include <QLibrary>
#include <chrono>
#include <utility>

namespace quantwright {
namespace {

constexpr std::chrono::milliseconds last_words{2'000};
constexpr unsigned long end_of_thread_ms = 2'000;

/// GIO, by which libsecret speaks, ends the program (SIGTERM) when the session bus goes; work that is not
/// saved is worth more than a keychain. The connection is one for the whole program, and stays.
void outlive_the_bus() {
#if defined(Q_OS_UNIX) && !defined(Q_OS_MACOS)
    QLibrary gio(QStringLiteral("gio-2.0"), 0);
    using Get = void* (*)(int, void*, void**);
    using SetExit = void (*)(void*, int);
    const auto get = reinterpret_cast<Get>(gio.resolve("g_bus_get_sync"));
    const auto set_exit = reinterpret_cast<SetExit>(gio.resolve("g_dbus_connection_set_exit_on_close"));
    constexpr int session_bus = 2;  // G_BUS_TYPE_SESSION
    if (void* connection = get && set_exit ? get(session_bus, nullptr, nullptr) : nullptr)
        set_exit(connection, 0);
#endif
}

}  // namespace

KeychainThread& KeychainThread::instance() {
    // Never destroyed: a keychain that hangs may outlast main().
    static auto* thread = new KeychainThread;
    return *thread;
}

KeychainThread::KeychainThread() : m_thread(new QThread), m_place(new QObject) {
    m_thread->setObjectName(QStringLiteral("keychain"));
    m_place->moveToThread(m_thread);
    m_thread->start();
    QMetaObject::invokeMethod(m_place, &outlive_the_bus, Qt::QueuedConnection);
    qAddPostRoutine([] { instance().stop(); });
}

bool KeychainThread::run(std::function<void()> work) {
    const std::lock_guard lock(m_mutex);
    if (m_stopped)
        return false;
    QMetaObject::invokeMethod(m_place, std::move(work), Qt::QueuedConnection);
    return true;
}

void KeychainThread::began() {
    const std::lock_guard lock(m_mutex);
    ++m_awaited;
}

void KeychainThread::ended() {
    const std::lock_guard lock(m_mutex);
    --m_awaited;
    m_changed.notify_all();
}

void KeychainThread::stuck() {
    const std::lock_guard lock(m_mutex);
    ++m_stuck;
}

void KeychainThread::no_longer_stuck() {
    const std::lock_guard lock(m_mutex);
    --m_stuck;
}

bool KeychainThread::is_stuck() {
    const std::lock_guard lock(m_mutex);
    return m_stuck > 0;
}

void KeychainThread::stop() {
    {
        std::unique_lock lock(m_mutex);
        m_stopped = true;
        if (m_stuck == 0)
            m_changed.wait_for(lock, last_words, [this] { return m_awaited == 0; });
    }
    m_thread->quit();
    m_thread->wait(end_of_thread_ms);
}

}  // namespace quantwright
