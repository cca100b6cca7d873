// An analysis that was cancelled or killed: the same command goes on where it was, and says the same in the
// end.
#include <signal.h>

#include <QDir>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>

#include "tests/cli/cli_run.h"

class TestCliResume : public QObject {
    Q_OBJECT

    QTemporaryDir m_cache;

    [[nodiscard]] QProcessEnvironment environment() const {
        auto environment = cli_environment();
        environment.insert("XDG_CACHE_HOME", m_cache.path());
        return environment;
    }
    [[nodiscard]] QDir kept() const { return QDir(m_cache.filePath("quantwright/analyses")); }
    [[nodiscard]] static QStringList command() {
        return QStringList{"analyze", sample_model(),  "--threads",         "1",
                           "--json",  "--eval-images", sample("evaluation")} +
               sample_images();
    }
    CliRun analyze(const QStringList& more = {}) const {
        QProcess process;
        process.setProcessEnvironment(environment());
        process.start(QStringLiteral(QUANTWRIGHT_CLI), command() + more);
        CliRun result;
        if (process.waitForFinished(300'000) && process.exitStatus() == QProcess::NormalExit)
            result.code = process.exitCode();
        result.out = process.readAllStandardOutput();
        result.err = process.readAllStandardError();
        return result;
    }
    /// Ends an analysis when some of it is measured. False: it was done before.
    bool interrupt(int signal, QByteArray& err) const {
        QDir(kept()).removeRecursively();
        QProcess process;
        process.setProcessEnvironment(environment());
        process.start(QStringLiteral(QUANTWRIGHT_CLI), command());
        const auto some = [&] {
            const auto files = kept().entryInfoList({"*.analysis"}, QDir::Files);
            return !files.isEmpty() && files.first().size() > 2000;
        };
        while (process.state() != QProcess::NotRunning && !some())
            process.waitForFinished(1);
        if (process.state() == QProcess::NotRunning)
            return false;
        ::kill(static_cast<pid_t>(process.processId()), signal);
        process.waitForFinished(300'000);
        err = process.readAllStandardError();
        return signal == SIGKILL ? process.exitStatus() == QProcess::CrashExit : process.exitCode() == 130;
    }

private slots:
    void goes_on_data() {
        QTest::addColumn<int>("signal");
        QTest::newRow("cancelled") << SIGINT;
        QTest::newRow("killed") << SIGKILL;
    }
    void goes_on() {
        QFETCH(int, signal);
        const CliRun whole = analyze({"--fresh"});
        QVERIFY2(whole.code == 0, whole.all());
        QVERIFY(!whole.err.contains("did not end"));
        QVERIFY(kept().entryList(QDir::Files).isEmpty());
        QByteArray err;
        bool interrupted = false;
        for (int tries = 0; tries < 20 && !interrupted; ++tries)
            interrupted = interrupt(signal, err);
        QVERIFY(interrupted);
        QCOMPARE(err.contains("the same command goes on from there"), signal == SIGINT);
        QCOMPARE(kept().entryList(QDir::Files).size(), 1);
        const CliRun rest = analyze();
        QVERIFY2(rest.code == 0, rest.all());
        QVERIFY2(rest.err.contains("An earlier run did not end"), rest.err);
        QCOMPARE(rest.json(), whole.json());
        QVERIFY(kept().entryList(QDir::Files).isEmpty());
    }

    void which_images_is_said() {
        const CliRun run = analyze();
        QVERIFY2(run.code == 0, run.all());
        const QJsonObject on = run.json()["measured_on"].toObject();
        QCOMPARE(on["source"].toString(), sample("evaluation"));
        QCOMPARE(on["images"].toInt(), run.json()["images"].toInt());
        QCOMPARE(on["rule"].toString(), QString("spread"));
        QCOMPARE(on["of"].toInt(), 1000);
        QCOMPARE(on["arithmetic"].toString(), QString("simulated"));
        QVERIFY(!on.contains("seed"));
        // Without evaluation images they are among those of the calibration, which a seed has chosen.
        const CliRun calibration =
            run_cli(QStringList{"analyze", sample_model(), "--json", "--seed", "7"} + sample_images());
        QVERIFY2(calibration.code == 0, calibration.all());
        const QJsonObject of = calibration.json()["measured_on"].toObject();
        QCOMPARE(of["source"].toString(), sample("calibration"));
        QCOMPARE(of["of"].toInt(), 24);
        QVERIFY(of["found"].toInt() > 24);
        QCOMPARE(of["seed"].toInt(), 7);
        for (const auto& layer : calibration.json()["layers"].toArray()) {
            const QJsonArray ranks = layer.toObject()["ranks"].toArray();
            QVERIFY(ranks[0].toInt() <= layer.toObject()["rank"].toInt());
            QVERIFY(layer.toObject()["rank"].toInt() <= ranks[1].toInt());
        }
    }
};

QTEST_GUILESS_MAIN(TestCliResume)
#include "test_cli_resume.moc"
