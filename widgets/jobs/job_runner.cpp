#include "widgets/jobs/job_runner.h"

#include <QMetaObject>
#include <chrono>
#include <mutex>

#include "widgets/jobs/time_left.h"

namespace quantwright {
namespace {

double seconds_now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Twenty reports a second are as smooth as an eye asks for.
constexpr double report_interval = 0.05;
// Jobs use all cores inside, or wait for a board; this only bounds how many boards may be waited for while
// superseded jobs are winding down.
constexpr int thread_limit = 64;

/// Lets few enough reports through, with the time left beside them.
class Throttle {
public:
    std::optional<JobProgress> pass(const Progress& progress) {
        const std::lock_guard lock(m_mutex);
        const double now = seconds_now();
        const auto left = m_left.update(static_cast<int>(progress.stage), progress.done, progress.total, now);
        // Nothing may come after the first or last report of a stage for a long time.
        const bool telling =
            progress.stage != m_stage || (progress.total > 0 && progress.done >= progress.total);
        m_stage = progress.stage;
        if (!telling && now - m_last < report_interval)
            return {};
        m_last = now;
        return JobProgress{progress, left};
    }

private:
    std::mutex m_mutex;
    TimeLeft m_left;
    double m_last = 0;
    std::optional<Stage> m_stage;
};

}  // namespace

struct JobRunner::Running {
    quint64 generation = 0;
    CancelToken token;
    JobProgress progress;
};

JobRunner::JobRunner(QObject* parent) : QObject(parent) {
    m_pool.setMaxThreadCount(thread_limit);
}

JobRunner::~JobRunner() {
    cancelAllAndWait();
}

JobProgress JobRunner::progress(const QString& slot) const {
    const auto found = m_running.constFind(slot);
    return found == m_running.constEnd() ? JobProgress{} : (*found)->progress;
}

void JobRunner::cancel(const QString& slot) {
    if (const auto found = m_running.constFind(slot); found != m_running.constEnd())
        (*found)->token.cancel();
}

void JobRunner::cancelAllAndWait() {
    for (const auto& running : std::as_const(m_running))
        running->token.cancel();
    m_running.clear();  // answers still on their way find no generation of theirs
    m_pool.waitForDone();
}

void JobRunner::launch(const QString& slot, Body body, Deliver deliver) {
    cancel(slot);
    auto running = std::make_shared<Running>();
    running->generation = ++m_generation;
    m_running.insert(slot, running);

    const quint64 generation = running->generation;
    auto throttle = std::make_shared<Throttle>();
    JobContext context(running->token, [this, slot, generation, throttle](const Progress& progress) {
        if (const auto passed = throttle->pass(progress))
            QMetaObject::invokeMethod(
                this, [this, slot, generation, report = *passed] { this->report(slot, generation, report); },
                Qt::QueuedConnection);
    });
    m_pool.start([this, slot, generation, context = std::move(context), body = std::move(body),
                  deliver = std::move(deliver)]() mutable {
        body(context);
        QMetaObject::invokeMethod(
            this,
            [this, slot, generation, deliver = std::move(deliver)] { finish(slot, generation, deliver); },
            Qt::QueuedConnection);
    });
    emit started(slot);
}

void JobRunner::finish(const QString& slot, quint64 generation, const Deliver& deliver) {
    const auto found = m_running.constFind(slot);
    if (found == m_running.constEnd() || (*found)->generation != generation)
        return;
    const bool cancelled = (*found)->token.cancelled();
    m_running.erase(found);
    deliver(cancelled);
    emit ended(slot);
}

void JobRunner::report(const QString& slot, quint64 generation, const JobProgress& progress) {
    const auto found = m_running.constFind(slot);
    if (found == m_running.constEnd() || (*found)->generation != generation || (*found)->token.cancelled())
        return;
    (*found)->progress = progress;
    emit progressed(slot, progress);
}

}  // namespace quantwright
