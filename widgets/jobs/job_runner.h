#pragma once
// Long work off the GUI thread. A job runs in a named slot; a newer job of the slot cancels the older one,
// whose late answer and progress are then dropped. A job that isn't superseded ends exactly once, with a
// value, with an error, or with the error `cancelled`.
#include <QHash>
#include <QObject>
#include <QString>
#include <QStringList>
#include <QThreadPool>
#include <concepts>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "core/base/job.h"

namespace quantwright {

struct JobProgress {
    Progress progress;
    std::optional<double> seconds_left;
    /// 0 to 1; -1 while it isn't known.
    [[nodiscard]] double fraction() const {
        return progress.total > 0 ? static_cast<double>(progress.done) / static_cast<double>(progress.total)
                                  : -1;
    }
};

/// Lives in the GUI thread; everything it calls back is called there.
class JobRunner : public QObject {
    Q_OBJECT
public:
    explicit JobRunner(QObject* parent = nullptr);
    ~JobRunner() override;  ///< cancels and joins everything; nothing is delivered afterwards

    /// `work(const JobContext&) -> Result<T>` runs on a thread of its own, `done(Result<T>)` in this one.
    /// What `work` throws becomes runtime.failed.
    template <class Work, class Done>
    requires std::invocable<Work, const JobContext&>
    void start(const QString& slot, Work work, Done done) {
        using Answer = std::invoke_result_t<Work, const JobContext&>;
        auto answer = std::make_shared<std::optional<Answer>>();
        launch(
            slot,
            [answer, work = std::move(work)](const JobContext& context) mutable {
                try {
                    answer->emplace(work(context));
                } catch (const std::exception& exception) {
                    answer->emplace(fail(ErrorCode::runtime_failed, {}, exception.what()));
                } catch (...) {
                    answer->emplace(fail(ErrorCode::runtime_failed, {}));
                }
            },
            [answer, done = std::move(done)](bool cancelled) mutable {
                if (cancelled)
                    done(Answer(JobContext::cancelled_error()));
                else
                    done(std::move(**answer));
            });
    }

    [[nodiscard]] bool running(const QString& slot) const { return m_running.contains(slot); }
    [[nodiscard]] bool anyRunning() const { return !m_running.isEmpty(); }
    [[nodiscard]] QStringList runningSlots() const { return m_running.keys(); }
    [[nodiscard]] JobProgress progress(const QString& slot) const;

    /// Asks the slot's job to end; it will answer with `cancelled`, also if it was just about to succeed.
    void cancel(const QString& slot);
    /// Cancels every job and waits for the threads; no answer is delivered any more.
    void cancelAllAndWait();

signals:
    void started(const QString& slot);
    void progressed(const QString& slot, const quantwright::JobProgress& progress);
    /// After the job's own callback.
    void ended(const QString& slot);

private:
    struct Running;
    using Body = std::function<void(const JobContext&)>;
    using Deliver = std::function<void(bool cancelled)>;
    void launch(const QString& slot, Body body, Deliver deliver);
    void finish(const QString& slot, quint64 generation, const Deliver& deliver);
    void report(const QString& slot, quint64 generation, const JobProgress& progress);

    QThreadPool m_pool;
    QHash<QString, std::shared_ptr<Running>> m_running;
    quint64 m_generation = 0;
};

}  // namespace quantwright
