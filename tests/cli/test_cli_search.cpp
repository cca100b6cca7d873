// search: the plan that it writes keeps the promise, what is promised in vain ends with 1 and the nearest,
// and a search that was killed ends like one that was left alone.
#include <signal.h>

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>

#include "tests/cli/cli_run.h"

class TestCliSearch : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder, m_cache;

    [[nodiscard]] QString path(const char* name) const { return m_folder.filePath(QLatin1String(name)); }
    [[nodiscard]] QDir kept() const { return QDir(m_cache.filePath("quantwright/searches")); }
    void start(QProcess& process, const QStringList& more) const {
        auto environment = cli_environment();
        environment.insert("XDG_CACHE_HOME", m_cache.path());
        environment.insert("XDG_DATA_HOME", m_cache.path());
        process.setProcessEnvironment(environment);
        process.start(QStringLiteral(QUANTWRIGHT_CLI),
                      QStringList{"search", sample_model(), "--threads", "1"} + sample_images() + more);
    }
    CliRun search(const QStringList& more) const {
        QProcess process;
        start(process, more);
        CliRun result;
        if (process.waitForFinished(300'000) && process.exitStatus() == QProcess::NormalExit)
            result.code = process.exitCode();
        result.out = process.readAllStandardOutput();
        result.err = process.readAllStandardError();
        return result;
    }
    /// Of the plan as it is.
    [[nodiscard]] double plain_snr() const {
        const QJsonObject json = search({"--min-snr", "-100", "--json"}).json();
        return json["chosen"].toObject()["snr_db"].toDouble();
    }

private slots:
    void the_plan_keeps_the_promise() {
        const double promise = plain_snr() + 6;
        const CliRun run =
            search({"--min-snr", QString::number(promise, 'g', 17), "--json", "--out-plan", path("p.qwplan"),
                    "--report", path("report"), "--csv", path("points.csv")});
        QVERIFY2(run.code == 0, run.all());
        const QJsonObject json = run.json(), chosen = json["chosen"].toObject();
        QVERIFY(json["reached"].toBool() && chosen["keeps"].toBool());
        QVERIFY(chosen["snr_db"].toDouble() >= promise);
        QCOMPARE(json["promise"].toObject()["min_snr_db"].toDouble(), promise);
        const QJsonArray points = json["points"].toArray(), exceptions = json["exceptions"].toArray();
        QVERIFY(points.size() > 3 && !exceptions.isEmpty());
        QCOMPARE(chosen["layers_raised"].toArray().size(), exceptions.size());
        QVERIFY(points[0].toObject()["layers_raised"].toArray().isEmpty());
        for (const auto& point : points)
            for (const char* key : {"plan", "bytes", "cost", "snr_db", "images"})
                QVERIFY2(point.toObject().contains(key) ||
                             (point.toObject()["screened"].toBool() && QLatin1String(key) == "bytes"),
                         key);
        for (const auto& one : exceptions) {
            const QJsonObject exception = one.toObject();
            QVERIFY(!exception["layer"].toString().isEmpty() && !exception["op"].toString().isEmpty());
            QVERIFY(!exception["set"].toObject().isEmpty() && !exception["why"].toString().isEmpty());
            QVERIFY(exception["snr_db_without"].toDouble() < promise);
        }
        QCOMPARE(chosen["cost"].toDouble(), chosen["bytes"].toDouble());
        // The file of that plan, measured as a file, on the same images.
        const CliRun file = run_cli(QStringList{"quantize", sample_model(), "--plan", path("p.qwplan"),
                                                "--out", path("q.onnx"), "--json"} +
                                    sample_images());
        QVERIFY2(file.code == 0, file.all());
        QCOMPARE(file.json()["bytes"].toInteger(), chosen["bytes"].toInteger());
        QVERIFY2(std::abs(file.json()["snr_db"].toDouble() - chosen["snr_db"].toDouble()) < 1,
                 qPrintable(QString("%1").arg(file.json()["snr_db"].toDouble())));
        QFile html(path("report/report.html")), csv(path("points.csv"));
        QVERIFY(html.open(QIODevice::ReadOnly) && csv.open(QIODevice::ReadOnly));
        const QByteArray text = html.readAll();
        QVERIFY(text.contains("<svg") && text.contains("<circle") && !text.contains("<script"));
        QCOMPARE(text.count("<circle"),
                 static_cast<int>(std::count_if(points.begin(), points.end(), [](const auto& p) {
                     return !p.toObject()["screened"].toBool();
                 })));
        QCOMPARE(csv.readAll().count('\n'), points.size() + 1);
    }

    void accuracy_against_labels() {
        const CliRun run = search({"--max-drop", "0.2", "--eval-images", sample("evaluation"), "--measure",
                                   "200", "--weight", "int4", "--activation", "int8", "--json"});
        QVERIFY2(run.code == 0, run.all());
        const QJsonObject json = run.json(), chosen = json["chosen"].toObject();
        QCOMPARE(json["metric"].toString(), QString("top1"));
        QVERIFY(chosen["drop"].toDouble() <= 0.2 + 1e-6);
        QVERIFY(json["points"].toArray()[0].toObject()["drop"].toDouble() > 0.2);
        QCOMPARE(chosen["images"].toInt(), 200);
        QVERIFY(std::abs(100 * (json["float_figure"].toDouble() - chosen["figure"].toDouble()) -
                         chosen["drop"].toDouble()) < 1e-6);
        for (const auto& one : json["exceptions"].toArray())
            QVERIFY(one.toObject()["drop_without"].toDouble() > 0.2);
        // The agreement with float, where that is asked for.
        const CliRun agreement = search({"--max-drop", "100", "--metric", "agreement", "--json"});
        QVERIFY2(agreement.code == 0, agreement.all());
        QCOMPARE(agreement.json()["metric"].toString(), QString("agreement"));
    }

    /// Figures are of the improved numbers, so these go with the plan.
    void what_was_improved_goes_with_the_plan() {
        const CliRun run = search({"--min-snr", "1", "--json", "--mode", "weight-only", "--weight", "int4",
                                   "--improve", "best", "--out-plan", path("i.qwplan")});
        QVERIFY2(run.code == 0, run.all());
        QVERIFY(QFile::exists(path("i.qwplan.improved")));
        const CliRun file = run_cli(QStringList{"quantize", sample_model(), "--plan", path("i.qwplan"),
                                                "--out", path("i.onnx"), "--json"} +
                                    sample_images());
        QCOMPARE(file.json()["improve"].toObject(), run.json()["improve"].toObject());
        // Another plan of that name, that nothing was improved for.
        const CliRun plain = search({"--min-snr", "1", "--json", "--out-plan", path("i.qwplan")});
        QVERIFY2(plain.code == 0, plain.all());
        QVERIFY(!QFile::exists(path("i.qwplan.improved")));
    }

    void what_can_not_be_kept() {
        const CliRun run = search({"--min-snr", "500", "--json", "--out-plan", path("none.qwplan")});
        QCOMPARE(run.code, 1);
        QCOMPARE(run.error_code(), QString("search.unreachable"));
        const QJsonObject json = run.json();
        QVERIFY(json["error"].toObject()["message"].toString().contains("nearest"));
        QVERIFY(!json["reached"].toBool() && !json.contains("chosen"));
        QVERIFY(json["best"].toObject()["snr_db"].toDouble() >
                json["points"].toArray()[0].toObject()["snr_db"].toDouble());
        QVERIFY(!QFile::exists(path("none.qwplan")));
        const CliRun people = search({"--min-snr", "500", "--max-exceptions", "2", "--lang", "en"});
        QCOMPARE(people.code, 1);
        QVERIFY2(people.out.contains("No exceptions keep the promise"), people.all());
    }

    void goes_on_where_it_was_killed_data() {
        QTest::addColumn<int>("signal");
        QTest::newRow("cancelled") << SIGINT;
        QTest::newRow("killed") << SIGKILL;
    }
    void goes_on_where_it_was_killed() {
        QFETCH(int, signal);
        const QStringList command = {"--min-snr", QString::number(plain_snr() + 8, 'g', 17), "--json"};
        const CliRun whole = search(command + QStringList{"--fresh"});
        QVERIFY2(whole.code == 0, whole.all());
        bool interrupted = false;
        for (int tries = 0; tries < 20 && !interrupted; ++tries) {
            kept().removeRecursively();
            QProcess process;
            start(process, command);
            const auto some = [&] {
                const auto files = kept().entryInfoList({"*.search"}, QDir::Files);
                return !files.isEmpty() && files.first().size() > 4000;
            };
            while (process.state() != QProcess::NotRunning && !some())
                process.waitForFinished(1);
            if (process.state() == QProcess::NotRunning)
                continue;
            ::kill(static_cast<pid_t>(process.processId()), signal);
            process.waitForFinished(300'000);
            interrupted =
                signal == SIGKILL ? process.exitStatus() == QProcess::CrashExit : process.exitCode() == 130;
        }
        QVERIFY(interrupted);
        const CliRun rest = search(command);
        QVERIFY2(rest.code == 0, rest.all());
        QVERIFY2(rest.err.contains("known from an earlier search"), rest.err);
        QCOMPARE(rest.json(), whole.json());
    }

    void wrong_use_data() {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<QString>("code");
        const auto row = [](const char* name, const QStringList& options, const char* code = "usage") {
            QTest::newRow(name) << options << QString(code);
        };
        row("no promise", {});
        row("two promises", {"--min-snr", "20", "--max-drop", "1"});
        row("a figure without a drop", {"--min-snr", "20", "--metric", "top1"});
        row("no such cost", {"--min-snr", "20", "--cost", "money"});
        row("a board that nobody measured on", {"--min-snr", "20", "--cost", "board:nowhere"});
        row("no such figure", {"--max-drop", "1", "--metric", "map50"}, "search.no_metric");
        row("no task", {"--max-drop", "1", "--task", "none"}, "search.no_metric");
    }
    void wrong_use() {
        QFETCH(QStringList, options);
        QFETCH(QString, code);
        const CliRun run = search(options + QStringList{"--json"});
        QCOMPARE(run.code, code == "usage" ? 2 : 1);
        QCOMPARE(run.error_code(), code);
    }

    /// Known before anything is measured.
    void a_report_that_has_no_place() {
        QFile file(path("file"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        const CliRun run = search({"--min-snr", "1", "--json", "--report", path("file/report")});
        QCOMPARE(run.code, 1);
        QCOMPARE(run.error_code(), QString("output.unwritable"));
        QVERIFY2(!run.err.contains("Searching"), run.all());
    }

    void an_input_is_not_written_over() {
        QVERIFY(QFile::copy(sample_model(), path("m.onnx")));
        const CliRun run = run_cli(
            QStringList{"search", path("m.onnx"), "--min-snr", "10", "--json", "--out-plan", path("m.onnx")} +
            sample_images());
        QCOMPARE(run.code, 1);
        QCOMPARE(run.error_code(), QString("output.equals_input"));
    }
};

QTEST_GUILESS_MAIN(TestCliSearch)
#include "test_cli_search.moc"
