// When a measurement can't be believed, and that it is said in both languages.
#include <QRegularExpression>
#include <QtTest>

#include "core/board/agent.h"
#include "core/board/trust.h"
#include "widgets/words/board_words.h"
#include "widgets/words/language.h"

using namespace quantwright;

class TestTrust : public QObject {
    Q_OBJECT

    /// Nothing is wrong with it.
    static AgentBenchmark good() {
        AgentBenchmark benchmark;
        AgentTimes& times = benchmark.sessions["a"];
        for (int i = 0; i < 40; ++i)
            times.ms.push_back(10 + 0.001 * i);
        benchmark.before = {"performance", 1600, 1600, 45, 0.1, {}};
        benchmark.after = {"performance", 1600, 1600, 60, 1.0, 0.1};
        benchmark.interval_reached = true;
        return benchmark;
    }
    static QStringList codes(const AgentBenchmark& benchmark, const BoardFacts& facts = {}) {
        QStringList result;
        for (const TrustReason& reason : judge(benchmark, facts).reasons)
            result.append(QString::fromStdString(reason.code));
        return result;
    }

private slots:
    void a_good_one() {
        QCOMPARE(codes(good()), QStringList());
        QVERIFY(judge(good(), {}).ok());
    }

    void what_the_board_does_not_say_is_no_reason() {
        AgentBenchmark benchmark = good();
        benchmark.before = benchmark.after = {};
        QCOMPARE(codes(benchmark), QStringList());
    }

    void emulated() {
        BoardFacts facts;
        facts.emulated = true;
        QCOMPARE(codes(good(), facts), QStringList("emulated"));
    }

    void governor() {
        AgentBenchmark benchmark = good();
        benchmark.after.governor = "schedutil";
        QCOMPARE(codes(benchmark), QStringList("governor"));
    }

    void throttled() {
        AgentBenchmark benchmark = good();
        benchmark.after.mhz = 1560;  // 2.5 %
        QCOMPARE(codes(benchmark), QStringList());
        benchmark.after.mhz = 1540;
        QCOMPARE(codes(benchmark), QStringList("throttled"));
        // Low from the beginning is told by the highest clock.
        benchmark.before.mhz = 1200;
        benchmark.after.mhz = 1200;
        QCOMPARE(codes(benchmark), QStringList("throttled"));
        benchmark.after.mhz_max = {};
        QCOMPARE(codes(benchmark), QStringList());
    }

    void hot_and_busy() {
        AgentBenchmark benchmark = good();
        benchmark.after.temperature_c = 86;
        benchmark.after.busy_others = 0.31;
        QCOMPARE(codes(benchmark), (QStringList{"hot", "busy"}));
        benchmark.after.temperature_c = 85;
        benchmark.after.busy_others = 0.3;
        QCOMPARE(codes(benchmark), QStringList());
    }

    void spread() {
        AgentBenchmark benchmark = good();
        benchmark.interval_reached = false;
        QCOMPARE(codes(benchmark), QStringList("spread"));
    }

    void few_runs() {
        AgentBenchmark benchmark = good();
        benchmark.sessions["a"].ms.resize(9);
        benchmark.interval_reached = false;
        QCOMPARE(codes(benchmark), QStringList("few_runs"));
    }

    void two_sessions_are_told_apart_or_not() {
        AgentBenchmark benchmark = good();
        AgentTimes& other = benchmark.sessions["b"];
        for (int i = 0; i < 40; ++i)
            other.ms.push_back(10.5 + 0.001 * i);
        // Their own intervals don't matter where the difference is larger.
        benchmark.interval_reached = false;
        QCOMPARE(codes(benchmark), QStringList());
        for (double& ms : other.ms)
            ms -= 0.499;
        QCOMPARE(codes(benchmark), QStringList("spread"));
    }

    void how_much_faster() {
        AgentTimes own, other;
        for (int i = 0; i < 100; ++i) {
            own.ms.push_back(10 + 0.01 * i);    // 10.00 to 10.99
            other.ms.push_back(30 + 0.03 * i);  // three times that
        }
        const SpeedUp faster = speed_up(own, other);
        QVERIFY(std::abs(faster.ratio - 3) < 1e-9 && faster.certain());
        // Ranks 50 -+ 9.8 of 100: the values 40 and 59 from the start (0-based).
        QVERIFY(std::abs(*faster.low - 3 * 10.40 / 10.59) < 1e-9);
        QVERIFY(std::abs(*faster.high - 3 * 10.59 / 10.40) < 1e-9);
        QVERIFY(std::abs(speed_up(other, own).ratio - 1.0 / 3) < 1e-9 && speed_up(other, own).certain());
        for (double& ms : other.ms)
            ms = ms / 3 * 1.01;
        const SpeedUp alike = speed_up(own, other);
        QVERIFY(std::abs(alike.ratio - 1.01) < 1e-9 && !alike.certain());
        // Of few runs only what they gave.
        own.ms.resize(9);
        QVERIFY(speed_up(own, other).ratio > 1 && !speed_up(own, other).low &&
                !speed_up(own, other).certain());
        QCOMPARE(speed_up({}, other).ratio, 0.0);
    }

    void every_reason_in_both_languages() {
        const QRegularExpression chinese("[\\x{4e00}-\\x{9fff}]");
        for (const char* code : {"emulated", "governor", "throttled", "hot", "busy", "spread", "few_runs"}) {
            const TrustReason reason{code, {"11", "22"}};
            words::setLanguage("en");
            const QString english = words::message(reason);
            QVERIFY2(english.size() > 20 && !english.contains('%' + QString("1")), qPrintable(english));
            QVERIFY(!english.contains(chinese));
            QCOMPARE(english.contains("11"), std::string(code) != "emulated");
            words::setLanguage("zh");
            QVERIFY2(words::message(reason).contains(chinese), code);
        }
        for (const char* code :
             {"login", "sftp", "arch", "agent", "memory", "disk", "runtime", "provider", "governor"})
            for (const bool ok : {true, false}) {
                const BoardPoint point{code, ok, true, {"11", "22"}, {}};
                words::setLanguage("en");
                const QString english = words::message(point);
                QVERIFY2(english != code && !english.contains(chinese), code);
                QVERIFY(words::name(point) != code);
                words::setLanguage("zh");
                QVERIFY2(words::message(point) != english && !words::message(point).contains("%1"), code);
            }
        words::setLanguage("en");
        QCOMPARE(words::message(TrustReason{"later", {}}), QString("later"));
    }
};

QTEST_GUILESS_MAIN(TestTrust)
#include "test_trust.moc"
