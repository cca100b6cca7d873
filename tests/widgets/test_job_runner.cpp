// Jobs: exactly one end each, late answers dropped, cancelling, throttled progress.
#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>
#include <QThread>
#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>

#include "tests/support/patience.h"
#include "widgets/jobs/job_runner.h"
#include "widgets/jobs/time_left.h"

using namespace quantwright;
using namespace std::chrono_literals;

class JobRunnerTest : public QObject {
    Q_OBJECT

private slots:
    void succeeds();
    void fails();
    void exceptionsBecomeErrors();
    void cancelEndsAsCancelledAlsoAfterSuccess();
    void newerJobDropsTheOlderAnswer();
    void slotsAreIndependent();
    void progressIsThrottledAndEndsAtTheEnd();
    void destructionJoinsAndDeliversNothing();
    void timeLeftFollowsTheRate();
};

namespace {

/// A job that works until it is cancelled.
Result<int> untilCancelled(const JobContext& job) {
    while (!job.cancelled())
        std::this_thread::sleep_for(1ms);
    return JobContext::cancelled_error();
}

}  // namespace

void JobRunnerTest::succeeds() {
    JobRunner runner;
    int answers = 0, value = 0;
    QThread* delivered = nullptr;
    runner.start(
        QStringLiteral("a"), [](const JobContext&) -> Result<int> { return 42; },
        [&](Result<int> answer) {
            ++answers;
            value = answer.value_or(-1);
            delivered = QThread::currentThread();
        });
    QVERIFY(runner.running(QStringLiteral("a")));
    QTRY_COMPARE(answers, 1);
    QCOMPARE(value, 42);
    QCOMPARE(delivered, thread());
    QVERIFY(!runner.running(QStringLiteral("a")));
}

void JobRunnerTest::fails() {
    JobRunner runner;
    std::optional<ErrorCode> code;
    runner.start(
        QStringLiteral("a"),
        [](const JobContext&) -> Result<int> { return fail(ErrorCode::images_none_left, "folder"); },
        [&](Result<int> answer) { code = answer.error().code; });
    QTRY_VERIFY(code.has_value());
    QCOMPARE(*code, ErrorCode::images_none_left);
}

void JobRunnerTest::exceptionsBecomeErrors() {
    JobRunner runner;
    std::optional<Error> error;
    runner.start(
        QStringLiteral("a"), [](const JobContext&) -> Result<int> { throw std::runtime_error("no more"); },
        [&](Result<int> answer) { error = answer.error(); });
    QTRY_VERIFY(error.has_value());
    QCOMPARE(error->code, ErrorCode::runtime_failed);
    QCOMPARE(error->detail, std::string("no more"));
}

void JobRunnerTest::cancelEndsAsCancelledAlsoAfterSuccess() {
    JobRunner runner;
    std::vector<ErrorCode> ends;
    const auto take = [&](Result<int> answer) {
        ends.push_back(answer ? ErrorCode::usage : answer.error().code);
    };
    runner.start(QStringLiteral("a"), untilCancelled, take);
    runner.cancel(QStringLiteral("a"));
    QTRY_COMPARE(ends.size(), std::size_t(1));
    QCOMPARE(ends[0], ErrorCode::cancelled);

    // It had already succeeded, but its answer had not been delivered: the user's cancel counts.
    std::atomic<bool> finished = false;
    runner.start(
        QStringLiteral("a"),
        [&](const JobContext&) -> Result<int> {
            finished = true;
            return 1;
        },
        take);
    while (!finished)
        std::this_thread::sleep_for(1ms);
    std::this_thread::sleep_for(20ms);
    runner.cancel(QStringLiteral("a"));
    QTRY_COMPARE(ends.size(), std::size_t(2));
    QCOMPARE(ends[1], ErrorCode::cancelled);
}

void JobRunnerTest::newerJobDropsTheOlderAnswer() {
    JobRunner runner;
    std::atomic<bool> let_go = false;
    std::atomic<bool> old_was_cancelled = false;
    std::vector<int> answers;
    const auto take = [&](Result<int> answer) { answers.push_back(answer.value_or(-1)); };
    // The old job doesn't look at its token before it is done, as a library call would not.
    runner.start(
        QStringLiteral("a"),
        [&](const JobContext& job) -> Result<int> {
            while (!let_go)
                std::this_thread::sleep_for(1ms);
            old_was_cancelled = job.cancelled();
            return 1;
        },
        take);
    runner.start(
        QStringLiteral("a"), [](const JobContext&) -> Result<int> { return 2; }, take);
    QTRY_COMPARE(answers, std::vector<int>{2});
    let_go = true;
    QTest::qWait(50);
    QCOMPARE(answers, std::vector<int>{2});
    QVERIFY(old_was_cancelled);
}

void JobRunnerTest::slotsAreIndependent() {
    JobRunner runner;
    int other = 0;
    std::optional<ErrorCode> code;
    runner.start(QStringLiteral("long"), untilCancelled,
                 [&](Result<int> answer) { code = answer.error().code; });
    runner.start(
        QStringLiteral("short"), [](const JobContext&) -> Result<int> { return 7; },
        [&](Result<int> answer) { other = answer.value_or(-1); });
    QTRY_COMPARE(other, 7);
    QVERIFY(runner.running(QStringLiteral("long")));
    runner.cancel(QStringLiteral("long"));
    QTRY_VERIFY(code == ErrorCode::cancelled);
}

void JobRunnerTest::progressIsThrottledAndEndsAtTheEnd() {
    JobRunner runner;
    QSignalSpy spy(&runner, &JobRunner::progressed);
    QElapsedTimer clock;
    clock.start();
    bool done = false;
    runner.start(
        QStringLiteral("a"),
        [](const JobContext& job) -> Result<int> {
            for (int i = 1; i <= 400; ++i) {
                std::this_thread::sleep_for(1ms);
                job.report(Stage::calibrate, i, 400);
            }
            return 0;
        },
        [&](Result<int>) { done = true; });
    QTRY_VERIFY(done);
    // At most one in 50 ms, however long the machine takes for it, and the first and the last.
    const qint64 most = clock.elapsed() / 50 + 3;
    QVERIFY2(spy.count() >= 2 && spy.count() <= most,
             qPrintable(QString("%1 %2").arg(spy.count()).arg(most)));
    const auto last = spy.last().at(1).value<JobProgress>();
    QCOMPARE(last.fraction(), 1.0);
}

void JobRunnerTest::destructionJoinsAndDeliversNothing() {
    std::atomic<bool> ended = false;
    bool delivered = false;
    {
        JobRunner runner;
        runner.start(
            QStringLiteral("a"),
            [&](const JobContext& job) -> Result<int> {
                const auto result = untilCancelled(job);
                ended = true;
                return result;
            },
            [&](Result<int>) { delivered = true; });
    }
    QVERIFY(ended);
    QTest::qWait(20);
    QVERIFY(!delivered);
}

void JobRunnerTest::timeLeftFollowsTheRate() {
    TimeLeft left;
    QVERIFY(!left.update(0, 0, 100, 0.0));
    QVERIFY(!left.update(0, 1, 100, 0.1));  // too early to say
    std::optional<double> seconds;
    for (int i = 2; i <= 50; ++i)
        seconds = left.update(0, i, 100, 0.1 * i);
    QVERIFY(seconds.has_value());
    QVERIFY(std::abs(*seconds - 5.0) < 0.2);
    // Another stage starts from nothing; an unknown total says nothing.
    QVERIFY(!left.update(1, 0, 10, 6.0));
    QVERIFY(!left.update(1, 5, 0, 8.0));
}

QTEST_MAIN(JobRunnerTest)
#include "test_job_runner.moc"
