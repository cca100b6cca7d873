// board check and board deploy, as a user types them, against the stand-in.
#include <csignal>

#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>

#include "tests/board/board.h"
#include "tests/cli/cli_run.h"

namespace qt = quantwright::testing;

class TestCliDeploy : public QObject {
    Q_OBJECT

    qt::BoardFacts m_board;
    QTemporaryDir m_folder;

    [[nodiscard]] QStringList host() const {
        return {"--host", QString("%1@%2:%3").arg(m_board["user"], m_board["host"], m_board["port"]),
                "--known-hosts", m_folder.filePath("known_hosts"), "--json"};
    }
    [[nodiscard]] QStringList with_key() const { return host() + QStringList{"--identity", m_board["key"]}; }
    [[nodiscard]] QString int8() const { return m_folder.filePath("int8.onnx"); }
    [[nodiscard]] static QStringList images(int count) {
        return {"--images", sample("evaluation"),  "--preprocess", sample("preprocess.json"),
                "--count",  QString::number(count)};
    }
    void write_known_hosts(const QString& text) const {
        QFile known(m_folder.filePath("known_hosts"));
        QVERIFY(known.open(QIODevice::WriteOnly | QIODevice::Truncate));
        known.write(text.toUtf8() + '\n');
    }

private slots:
    void initTestCase() {
        m_board = qt::board_facts();
        if (m_board.contains("reason"))
            QSKIP(qPrintable(m_board["reason"]));
        const CliRun made = run_cli(
            QStringList{"quantize", sample_model(), "--out", int8(), "--target", "spacemit-k1", "--json"} +
            sample_images());
        QCOMPARE(made.code, 0);
    }
    void init() { write_known_hosts(m_board["known_hosts"]); }

    void check() {
        const CliRun run = run_cli(QStringList{"board", "check"} + with_key());
        QVERIFY2(run.code == 0, run.all().constData());
        const QJsonObject json = run.json();
        QVERIFY(json["ok"].toBool());
        QCOMPARE(json["board"].toObject()["arch"].toString(), QString("riscv64"));
        QVERIFY(json["board"].toObject()["emulated"].toBool());
        QStringList codes;
        for (const auto& point : json["points"].toArray()) {
            codes.append(point.toObject()["code"].toString());
            QVERIFY(!point.toObject()["message"].toString().isEmpty());
        }
        for (const char* code : {"login", "sftp", "arch", "agent", "memory", "disk", "runtime"})
            QVERIFY2(codes.contains(code), code);
    }

    void check_tells_what_is_missing() {
        const CliRun run =
            run_cli(QStringList{"board", "check", "--runtime", "/nowhere/libonnxruntime.so"} + with_key());
        QCOMPARE(run.code, 1);
        for (const auto& point : run.json()["points"].toArray())
            if (point.toObject()["code"] == "runtime") {
                QVERIFY(!point.toObject()["ok"].toBool());
                QVERIFY(point.toObject()["remedy"].toString().contains("apt install"));
                return;
            }
        QFAIL("nothing is said of the runtime");
    }

    void deploy() {
        const CliRun run =
            run_cli(QStringList{"board", "deploy", int8(), "--against", sample_model(), "--runs", "3",
                                "--profile", "--layers", "1", "--optimizations", "off"} +
                    with_key() + images(8));
        QVERIFY2(run.code == 0, run.all().constData());
        const QJsonObject json = run.json();
        for (const char* key : {"board", "latency_ms", "session_ms", "peak_memory_bytes", "top1", "labelled",
                                "agreement", "snr_db", "profile", "trust", "host", "layers", "sent_bytes",
                                "preprocess", "skipped", "problems", "runs", "first_ms"})
            QVERIFY2(json.contains(key), key);
        for (const char* key : {"arch", "cores", "memory_bytes", "runtime", "opset_max", "emulated"})
            QVERIFY2(json["board"].toObject().contains(key), key);
        const QJsonObject latency = json["latency_ms"].toObject();
        QVERIFY(latency["min"].toDouble() > 0);
        QVERIFY(latency["p50"].toDouble() >= latency["min"].toDouble());
        QVERIFY(latency["p99"].toDouble() >= latency["p90"].toDouble());
        QCOMPARE(json["runs"].toInt(), 3);
        QCOMPARE(json["images"].toInt(), 8);
        QVERIFY(!json["trust"].toObject()["ok"].toBool());
        QVERIFY(std::abs(json["snr_db"].toDouble() - json["host"].toObject()["snr_db"].toDouble()) < 0.3);
        for (const char* key : {"node", "op", "provider", "us"})
            QVERIFY2(json["profile"].toArray()[0].toObject().contains(key), key);
        // What evaluate says of the same images in the same arithmetic.
        const CliRun here = run_cli(
            QStringList{"evaluate", int8(), "--against", sample_model(), "--optimizations", "off", "--json"} +
            images(8));
        QCOMPARE(here.json()["top1"].toDouble(), json["top1"].toDouble());
        QVERIFY(std::abs(here.json()["snr_db"].toDouble() - json["snr_db"].toDouble()) < 0.3);
    }

    /// All of the sample: as right as on the host, within 0.2 points.
    void the_whole_sample() {
        if (!qEnvironmentVariableIsSet("QUANTWRIGHT_BOARD_FULL"))
            QSKIP("takes minutes: tests/run --board-full");
        const CliRun run = run_cli(QStringList{"board", "deploy", int8(), "--against", sample_model(),
                                               "--runs", "10", "--optimizations", "off"} +
                                       with_key() + images(1000),
                                   1'800'000);
        QVERIFY2(run.code == 0, run.all().constData());
        const QJsonObject board = run.json(), host = board["host"].toObject();
        qInfo("board: top-1 %.4f, SNR %.3f dB; host: top-1 %.4f, SNR %.3f dB", board["top1"].toDouble(),
              board["snr_db"].toDouble(), host["top1"].toDouble(), host["snr_db"].toDouble());
        QCOMPARE(board["labelled"].toInt(), 1000);
        QVERIFY(std::abs(board["top1"].toDouble() - host["top1"].toDouble()) <= 0.002);
        QVERIFY(std::abs(board["snr_db"].toDouble() - host["snr_db"].toDouble()) <= 0.3);
    }

    void the_text_is_for_people() {
        QStringList arguments =
            QStringList{"board", "deploy", int8(), "--runs", "1", "--lang", "zh", "--profile"} + with_key() +
            images(2);
        arguments.removeAll("--json");
        const CliRun run = run_cli(arguments);
        QVERIFY2(run.code == 0, run.all().constData());
        const QString text = QString::fromUtf8(run.out);
        QVERIFY2(text.contains("延迟") && text.contains("开发板是模拟的"), run.out.constData());
        QVERIFY(text.contains("CPUExecutionProvider"));
        QVERIFY(!run.out.contains('\x1b'));
    }

    void an_unknown_host_key_is_an_error_unless_accepted() {
        write_known_hosts({});
        CliRun run = run_cli(QStringList{"board", "check"} + with_key());
        QCOMPARE(run.code, 1);
        QCOMPARE(run.error_code(), QString("board.host_key_unknown"));
        QVERIFY(run.json()["error"].toObject()["message"].toString().contains("SHA256:"));
        run = run_cli(QStringList{"board", "check", "--accept-new"} + with_key());
        QVERIFY2(run.code == 0, run.all().constData());
        run = run_cli(QStringList{"board", "check"} + with_key());  // it was remembered
        QCOMPARE(run.code, 0);
    }

    void passwords_come_from_the_environment() {
        const auto with = [&](const QByteArray& password) {
            qputenv("QUANTWRIGHT_PASSWORD", password);
            const CliRun run = run_cli(QStringList{"board", "check"} + host());
            qunsetenv("QUANTWRIGHT_PASSWORD");
            return run;
        };
        const CliRun wrong = with("wrong");
        QCOMPARE(wrong.error_code(), QString("board.denied"));
        QVERIFY(!wrong.all().contains("wrong"));
        const CliRun right = with(m_board["password"].toUtf8());
        QVERIFY2(right.code == 0, right.all().constData());
        QVERIFY(!right.all().contains(m_board["password"].toUtf8()));
    }

    void an_encrypted_key_takes_its_passphrase() {
        qputenv("QUANTWRIGHT_PASSPHRASE", m_board["passphrase"].toUtf8());
        const CliRun run = run_cli(QStringList{"board", "check"} + host() +
                                   QStringList{"--identity", m_board["locked_key"]});
        qunsetenv("QUANTWRIGHT_PASSPHRASE");
        QVERIFY2(run.code == 0, run.all().constData());
    }

    void wrong_usage() {
        const auto code = [](const QStringList& arguments) {
            return run_cli(QStringList{"board", "deploy", sample_model(), "--json"} + arguments).code;
        };
        QCOMPARE(code({}), 2);
        QCOMPARE(code({"--host", "h", "--against", sample_model()}), 2);
        QCOMPARE(code({"--host", "h", "--layers", "1"}), 2);
        QCOMPARE(code({"--host", "h", "--runs", "0"}), 2);
        QCOMPARE(code({"--host", "h", "--optimizations", "some"}), 2);
        QCOMPARE(run_cli({"board", "check", "--host", "-oProxyCommand=x", "--json"}).error_code(),
                 QString("board.address"));
        QCOMPARE(run_cli({"board", "check", "--host", "a b", "--json"}).error_code(),
                 QString("board.address"));
    }

    void interrupted() {
        QProcess process;
        process.setProcessEnvironment(cli_environment());
        process.start(QStringLiteral(QUANTWRIGHT_CLI),
                      QStringList{"board", "deploy", int8()} + with_key() + images(200));
        QTRY_VERIFY_WITH_TIMEOUT(
            process.waitForReadyRead(50) || process.readAllStandardError().contains("Measuring") ||
                qt::run_standin({"ps", "--dir", m_board["dir"]}).output.trimmed().size() > 0,
            60000);
        QTest::qWait(2000);
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        QVERIFY(process.waitForFinished(10000));
        QCOMPARE(process.exitCode(), 130);
        const QJsonObject json = QJsonDocument::fromJson(process.readAllStandardOutput()).object();
        QCOMPARE(json["error"].toObject()["code"].toString(), QString("cancelled"));
        QTRY_COMPARE_WITH_TIMEOUT(qt::run_standin({"ps", "--dir", m_board["dir"]}).output.trimmed(),
                                  QByteArray(), 5000);
    }
};

QTEST_GUILESS_MAIN(TestCliDeploy)
#include "test_cli_deploy.moc"
