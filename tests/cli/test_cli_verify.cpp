// quantize runs what it wrote before it is called done: a file that doesn't run is none, layers that make it
// so are kept float, in the plan too.
#include <onnx/onnx_pb.h>

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>

#include "tests/cli/cli_run.h"
#include "tests/support/pretended_checker.h"
#include "tests/support/sample_files.h"
#include "tests/support/small_models.h"

namespace qt = quantwright::testing;

class TestCliVerify : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    [[nodiscard]] QString place(const QString& name) const { return m_folder.filePath(name); }

    /// Files and hidden folders beside the output, of this name.
    [[nodiscard]] QStringList left(const QString& name) const {
        return QDir(m_folder.path())
            .entryList({name + "*", "." + name + "*"},
                       QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot);
    }

    void refuse(const char* text) const { qt::pretend_refusal(m_folder.path().toStdString(), text); }

    [[nodiscard]] QStringList command(const QString& out, const QStringList& more = {}) const {
        return QStringList{"quantize", place("chain.onnx"), "--input", "x=" + place("samples"),
                           "--out",    place(out),          "--json"} +
               more;
    }

private slots:
    void initTestCase() {
        qt::ModelBuilder b(17);
        b.input("x", {1, 4, 6, 6}).output("t4");
        b.conv("c0", "x", "t1", 4, 4).conv("c1", "t1", "t2", 4, 4);
        b.conv("c2", "t2", "t3", 4, 4).conv("c3", "t3", "t4", 4, 4);
        QVERIFY(quantwright::save_model(b.proto(), place("chain.onnx").toStdString()));
        std::filesystem::create_directory(place("samples").toStdString());
        qt::write_samples(place("samples").toStdString(), qt::random_inputs(*b.build(), 4));
    }
    void init() { qt::real_checker(); }

    void says_what_it_cost() {
        const CliRun run = run_cli(command("good.onnx"));
        QVERIFY2(run.code == 0, run.all().constData());
        const QJsonObject verified = run.json()["verified"].toObject();
        for (const char* optimizations : {"default", "off"}) {
            const QJsonObject one = verified[optimizations].toObject();
            QVERIFY(one["load_seconds"].toDouble() > 0);
            QVERIFY(one["run_seconds"].toDouble() > 0);
            QCOMPARE(one["outputs"].toArray().first().toObject()["finite"].toBool(), true);
        }
        QVERIFY(verified["seconds"].toDouble() > 0);
        QVERIFY(verified["peak_memory_bytes"].toDouble() > 1e6);
    }

    /// No images are needed: the values are made up.
    void without_images() {
        const CliRun run = run_cli({"quantize", place("chain.onnx"), "--mode", "weight-only", "--out",
                                    place("weights.onnx"), "--json"});
        QVERIFY2(run.code == 0, run.all().constData());
        QVERIFY(run.json()["verified"].toObject().contains("default"));
    }

    void a_layer_is_kept_float() {
        refuse("c2.weight_quantized");
        const CliRun run = run_cli(command("cured.onnx", {"--save-plan", place("cured.qwplan")}));
        QVERIFY2(run.code == 0, run.all().constData());
        QStringList kept;
        for (const auto& problem : run.json()["problems"].toArray())
            if (problem.toObject()["code"].toString() == "export.kept_float") {
                kept << problem.toObject()["layer"].toString();
                QVERIFY2(problem.toObject()["message"].toString().contains("Tilt in kernel"),
                         run.all().constData());
            }
        QCOMPARE(kept, QStringList{"c2"});
        QCOMPARE(run.json()["layers_quantized"].toInt(), 3);
        QFile plan(place("cured.qwplan"));
        QVERIFY(plan.open(QIODevice::ReadOnly));
        const auto layers = QJsonDocument::fromJson(plan.readAll()).object()["layers"].toObject();
        QCOMPARE(layers["c2"].toObject()["mode"].toString(), QString("float"));
        QFile file(place("cured.onnx"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray bytes = file.readAll();
        QVERIFY(bytes.contains("c1.weight_quantized"));
        QVERIFY(!bytes.contains("c2.weight_quantized"));
    }

    void nothing_helps() {
        refuse("Conv");
        const CliRun run = run_cli(command("none.onnx"));
        QCOMPARE(run.code, 1);
        QCOMPARE(run.error_code(), QString("output.does_not_run"));
        QVERIFY2(run.json()["error"].toObject()["message"].toString().contains("none.onnx"),
                 run.all().constData());
        QVERIFY2(run.all().contains("Tilt in kernel"), run.all().constData());
        QCOMPARE(left("none.onnx"), QStringList{});
    }

    void without_a_checker() {
        qputenv("QUANTWRIGHT_CHECKER", place("nowhere").toUtf8());
        const CliRun run = run_cli(command("unchecked.onnx"));
        QCOMPARE(run.code, 1);
        QCOMPARE(run.error_code(), QString("output.not_checked"));
        QCOMPARE(left("unchecked.onnx"), QStringList{});
    }

    /// The runtime died of this one: Cast, Transpose, MatMul in half precision.
    void half_precision_transpose() {
        qt::ModelBuilder b(17);
        b.input("x", {4, 5, 8}).output("y").weight("w", {8, 7});
        const std::vector<std::int64_t> perm = {1, 0, 2};
        quantwright::set_attribute(b.node("Transpose", "transpose", {"x"}, {"t"}), "perm", perm);
        b.node("MatMul", "product", {"t", "w"}, {"y"});
        QVERIFY(quantwright::save_model(b.proto(), place("transpose.onnx").toStdString()));
        for (const char* target : {"onnxruntime-x86", "onnxruntime-arm", "spacemit-k1"}) {
            const CliRun run = run_cli({"quantize", place("transpose.onnx"), "--mode", "fp16", "--target",
                                        target, "--out", place("half.onnx"), "--json"});
            QVERIFY2(run.code == 0, run.all().constData());
            QCOMPARE(run.json()["layers_quantized"].toInt(), 2);
            QVERIFY(run.json()["verified"].toObject().contains("default"));
        }
    }
};

QTEST_GUILESS_MAIN(TestCliVerify)
#include "test_cli_verify.moc"
