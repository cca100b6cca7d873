// board check and board deploy, as a user types them, against the stand-in.
#include <csignal>
#include <random>

#include <QElapsedTimer>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>

#include "core/board/history.h"
#include "core/board/measured_costs.h"
#include "tests/board/board.h"
#include "tests/board/left_behind.h"
#include "tests/cli/cli_run.h"
#include "tests/support/png_file.h"
#include "tests/support/reference_statistics.h"
#include "tests/support/small_models.h"

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

    static void check_complete(const QJsonObject& json) {
        for (const char* key : {"board", "latency_ms", "session_ms", "peak_memory_bytes", "labelled",
                                "agreement", "snr_db", "profile", "trust", "host", "layers", "sent_bytes",
                                "preprocess", "skipped", "problems", "runs", "first_ms"})
            QVERIFY2(json.contains(key), key);
        for (const char* key : {"arch", "cores", "memory_bytes", "runtime", "opset_max", "emulated"})
            QVERIFY2(json["board"].toObject().contains(key), key);
    }

private slots:
    void initTestCase() {
        m_board = qt::board_facts();
        if (m_board.contains("reason"))
            QSKIP(qPrintable(m_board["reason"]));
        qputenv("XDG_DATA_HOME", m_folder.filePath("data").toLocal8Bit());  // its history is nobody's
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
        check_complete(json);
        QVERIFY(json.contains("top1"));
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
        for (const auto& node : json["profile"].toArray())  // as the file has them: nothing was fused
            QVERIFY(!node.toObject()["op"].toString().startsWith("QLinear"));
        int both = 0;
        for (const auto& layer : json["layers"].toArray())
            both +=
                layer.toObject().contains("snr_db_float") && layer.toObject().contains("snr_db_float_host");
        QVERIFY(both > 10);
        // What evaluate says of the same images in the same arithmetic.
        const CliRun here = run_cli(
            QStringList{"evaluate", int8(), "--against", sample_model(), "--optimizations", "off", "--json"} +
            images(8));
        QCOMPARE(here.json()["top1"].toDouble(), json["top1"].toDouble());
        QVERIFY(std::abs(here.json()["snr_db"].toDouble() - json["snr_db"].toDouble()) < 0.3);
    }

    /// A network that is no classifier is judged in its own figures, on the board as here; what is wrong with
    /// the task is said before anything is measured.
    void a_segmenter() {
        qt::ModelBuilder b(17, 3);
        b.input("image", {1, 3, 32, 32}).output("classes");
        b.conv("/stem/Conv", "image", "stem", 3, 8, 3, 1, 2);
        b.node("Relu", "/stem/Relu", {"stem"}, {"relu"});
        b.conv("/head/Conv", "relu", "classes", 8, 4);
        const QString model = m_folder.filePath("seg.onnx"), file = m_folder.filePath("seg.q.onnx");
        QVERIFY(quantwright::save_model(b.build()->proto(), model.toStdString()));
        std::mt19937 random(5);
        for (int i = 0; i < 4; ++i) {
            std::vector<std::uint8_t> pixels(48 * 40 * 3), mask(48 * 40);
            for (auto& value : pixels)
                value = static_cast<std::uint8_t>(random());
            for (auto& value : mask)
                value = static_cast<std::uint8_t>(random() % 4);
            const std::string folder = m_folder.path().toStdString(), name = std::to_string(i) + ".png";
            qt::write_png(folder + "/photos/" + name, 48, 40, 8, 2, pixels);
            qt::write_gray_png(folder + "/masks/" + name, 48, 40, mask);
        }
        const QStringList photos{"--images", m_folder.filePath("photos"), "--preprocess", "stretch"};
        const CliRun made = run_cli(
            QStringList{"quantize", model, "--out", file, "--target", "spacemit-k1", "--json"} + photos);
        QVERIFY2(made.code == 0, made.all().constData());
        const QStringList deploy{"board", "deploy",          file, "--against", model, "--runs",
                                 "1",     "--optimizations", "off"};
        const CliRun run =
            run_cli(deploy + with_key() + photos + QStringList{"--labels", m_folder.filePath("masks")});
        QVERIFY2(run.code == 0, run.all().constData());
        const QJsonObject json = run.json(), task = json["task"].toObject();
        const QJsonObject host = json["host"].toObject()["task"].toObject();
        QVERIFY(!json.contains("agreement") && !json.contains("top1"));
        QVERIFY(!json["host"].toObject().contains("agreement"));
        QCOMPARE(task["name"].toString(), QString("segmentation"));
        QCOMPARE(task["labelled"].toInt(), 4);
        for (const char* figure : {"miou", "pixel_accuracy", "agreement_miou", "agreement_pixels"}) {
            QVERIFY2(task[figure].toDouble() > 0.05, figure);
            QVERIFY2(std::abs(task[figure].toDouble() - host[figure].toDouble()) < 0.01, figure);
        }
        QVERIFY(task["reference"].toObject()["miou"].toDouble() > 0);
        QVERIFY(!task["changed"].toArray().isEmpty());
        QVERIFY(task["changed"].toArray()[0].toObject()["image"].toString().endsWith(".png"));
        // The same figures as evaluate's, in the same arithmetic.
        const CliRun here = run_cli(QStringList{"evaluate", file, "--against", model, "--optimizations",
                                                "off", "--json", "--labels", m_folder.filePath("masks")} +
                                    photos);
        QCOMPARE(here.json()["task"].toObject()["miou"].toDouble(), host["miou"].toDouble());

        const CliRun wrong = run_cli(deploy + with_key() + photos + QStringList{"--task", "text"});
        QCOMPARE(wrong.code, 1);
        QCOMPARE(wrong.json()["error"].toObject()["code"].toString(), QString("task.outputs"));
    }

    /// What the window reads of past deployments, with what layers would take.
    void is_remembered() {
        using namespace quantwright;
        const QString address = host()[1];
        const std::filesystem::path folder =
            m_folder.filePath("data/quantwright/quantwright/board-history").toStdString();
        const auto before = BoardHistory(folder).read(address.toStdString())->records.size();
        const CliRun run = run_cli(QStringList{"board", "deploy", int8(), "--against", sample_model(),
                                               "--compare", sample_model(), "--runs", "3", "--profile"} +
                                   with_key() + images(2));
        QVERIFY2(run.code == 0, run.all().constData());
        const auto read = BoardHistory(folder).read(address.toStdString());
        QVERIFY(read);
        QCOMPARE(read->records.size(), before + 1);
        const BoardRecord& record = read->records.back();
        const auto model = *Model::load(sample_model().toStdString());
        QCOMPARE(record.model_sha256, model->sha256());
        QCOMPARE(record.model_file, std::string("fashion-dscnn.onnx"));
        QVERIFY(!record.plan);
        QCOMPARE(record.images, 2);
        QVERIFY(record.float_model && !record.float_model->layers.empty());
        // The same shapes in the same formats as the plan that the file was made from.
        Plan plan;
        plan.target = "spacemit-k1";
        const auto prepared = *prepare(model);
        const auto statistics = std::make_shared<const Statistics>(
            *testing::reference_statistics(*prepared, testing::random_inputs(*model, 2)));
        const PlanCost cost = MeasuredCosts(read->records).predict(**resolve(prepared, statistics, plan));
        QVERIFY2(cost.measured > 10, qPrintable(QString("%1 measured, %2 estimated, %3 unknown")
                                                    .arg(cost.measured)
                                                    .arg(cost.estimated)
                                                    .arg(cost.unknown)));
        QCOMPARE(cost.unknown, 0);
        // What takes longer on purpose is no measurement.
        run_cli(QStringList{"board", "deploy", int8(), "--runs", "3", "--optimizations", "off"} + with_key());
        QCOMPARE(BoardHistory(folder).read(address.toStdString())->records.size(), before + 1);
    }

    void two_models_in_turns() {
        const CliRun run = run_cli(
            QStringList{"board", "deploy", int8(), "--compare", sample_model(), "--runs", "12", "--profile"} +
            with_key());
        QVERIFY2(run.code == 0, run.all().constData());
        const QJsonObject compare = run.json()["compare"].toObject();
        const double low = compare["ratio_low"].toDouble(), high = compare["ratio_high"].toDouble();
        QVERIFY(low > 0 && low <= high);
        QCOMPARE(compare["certain"].toBool(), low > 1 || high < 1);
        QVERIFY(compare["profile"].toArray().size() > 5);
        int both = 0;
        for (const auto& layer : run.json()["layers"].toArray())
            both += layer.toObject().contains("us") && layer.toObject().contains("compare_us");
        QVERIFY(both > 10);
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

    /// Ctrl+C while it is loaded or anything before that, and in the middle of a run without an end.
    void interrupted_data() {
        QTest::addColumn<bool>("running");
        QTest::newRow("as soon as its agent is there") << false;
        QTest::newRow("while it runs") << true;
    }
    void interrupted() {
        QFETCH(bool, running);
        QCOMPARE(qt::left_behind(m_board), QString());
        QProcess process;
        process.setProcessEnvironment(cli_environment());
        process.start(QStringLiteral(QUANTWRIGHT_CLI),
                      QStringList{"board", "deploy", int8(), "--runs", "50000"} + with_key() + images(200));
        QByteArray said;
        const auto there = [&] {
            process.waitForReadyRead(50);
            said += process.readAllStandardError();
            return running ? said.contains("Measuring")
                           : !qt::run_standin({"ps", "--dir", m_board["dir"]}).output.trimmed().isEmpty();
        };
        QElapsedTimer waited;
        waited.start();
        // What ends by itself is told at once, and not waited for.
        while (!there() && process.state() == QProcess::Running && waited.elapsed() < 240'000) {
        }
        QVERIFY2(process.state() == QProcess::Running && (!running || said.contains("Measuring")),
                 (said + process.readAllStandardOutput() + process.readAllStandardError()).constData());
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        QVERIFY(process.waitForFinished(60'000));
        QCOMPARE(process.exitCode(), 130);
        const QJsonObject json = QJsonDocument::fromJson(process.readAllStandardOutput()).object();
        QCOMPARE(json["error"].toObject()["code"].toString(), QString("cancelled"));
        QCOMPARE(qt::left_behind(m_board), QString());
    }

    /// A real network, float and INT8, where QUANTWRIGHT_EFFICIENTNET names efficientnet-lite0.onnx; with
    /// photographs of the folder QUANTWRIGHT_PHOTOS, else of the sample. A minute an image, under emulation.
    void efficientnet_data() {
        QTest::addColumn<bool>("quantized");
        QTest::newRow("float") << false;
        QTest::newRow("INT8") << true;
    }
    void efficientnet() {
        QFETCH(bool, quantized);
        const QString source = qEnvironmentVariable("QUANTWRIGHT_EFFICIENTNET");
        if (source.isEmpty())
            QSKIP("QUANTWRIGHT_EFFICIENTNET does not name efficientnet-lite0.onnx");
        const QStringList inputs = {
            "--images",     qEnvironmentVariable("QUANTWRIGHT_PHOTOS", sample("evaluation")),
            "--preprocess", "imagenet",
            "--mean",       ".498,.498,.498",
            "--std",        ".502,.502,.502",
            "--count",      "4"};
        QString model = source;
        if (quantized) {
            model = m_folder.filePath("efficientnet.onnx");
            const CliRun made =
                run_cli(QStringList{"quantize", source, "--out", model, "--target", "spacemit-k1", "--json"} +
                        inputs);
            QVERIFY2(made.code == 0, made.all().constData());
        }
        const CliRun run = run_cli(QStringList{"board", "deploy", model, "--against", source, "--runs", "1",
                                               "--profile", "--layers", "1", "--optimizations", "off"} +
                                       with_key() + inputs,
                                   1'800'000);
        QVERIFY2(run.code == 0, run.all().constData());
        const QJsonObject json = run.json();
        check_complete(json);
        QCOMPARE(json["images"].toInt(), 4);
        QCOMPARE(json["agreement"].toDouble(), json["host"].toObject()["agreement"].toDouble());
        const double board = json["snr_db"].toDouble(), host = json["host"].toObject()["snr_db"].toDouble();
        qInfo("board %.2f dB, host %.2f dB", board, host);
        // The two sum floats in another order: of a float model that is all there is. Codes that lie between
        // two steps fall to either side, and over four images that alone moves the whole network's figure:
        // what must hold to a step is each layer on the same inputs.
        if (quantized)
            QVERIFY(board > 10 && std::abs(board - host) < 1);
        else
            QVERIFY(board > 90 && host > 90);
        const QJsonArray layers = json["layers"].toArray();
        int compared = 0, with_time = 0;
        for (const auto& one : layers) {
            const QJsonObject layer = one.toObject();
            with_time += layer["us"].toDouble() > 0 ? 1 : 0;
            if (!layer.contains("agrees"))
                continue;
            ++compared;
            QVERIFY2(layer["agrees"].toBool(), qPrintable(layer["name"].toString()));
        }
        if (!quantized)
            QCOMPARE(layers.size(), 61);
        QVERIFY(layers.size() >= 61 && compared >= 61);
        QCOMPARE(with_time, compared);
        QVERIFY(json["problems"].toArray().isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestCliDeploy)
#include "test_cli_deploy.moc"
