#pragma once
// Where QtKeychain lives: its queue and libsecret's answers belong to the thread of the first job, so all
// jobs are started in one that lasts, and has an event loop whatever the program's own threads have.
#include <QObject>
#include <QThread>
#include <condition_variable>
#include <functional>
#include <mutex>

namespace quantwright {

class KeychainThread {
public:
    static KeychainThread& instance();

    /// In the thread, soon; false once the program is ending.
    bool run(std::function<void()> work);

    /// The end of the program waits two seconds for what began and did not end.
    void began();
    void ended();

    /// Somebody gave up waiting: nobody else should begin.
    void stuck();
    void no_longer_stuck();
    [[nodiscard]] bool is_stuck();

private:
    KeychainThread();
    void stop();

    QThread* m_thread;
    QObject* m_place;  ///< lives in the thread
    std::mutex m_mutex;
    std::condition_variable m_changed;
    int m_awaited = 0, m_stuck = 0;
    bool m_stopped = false;
};

}  // namespace quantwright
