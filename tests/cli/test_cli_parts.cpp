// A detector's output: its tail is proposed float, and where the user takes that back, the lost part is
// named.
#include <onnx/onnx_pb.h>

#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>

#include "tests/cli/cli_run.h"
#include "tests/support/sample_files.h"
#include "tests/support/small_models.h"

namespace qt = quantwright::testing;

class TestCliParts : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    [[nodiscard]] QString place(const QString& name) const { return m_folder.filePath(name); }
    [[nodiscard]] QStringList samples() const { return {"--input", "x=" + place("samples")}; }

    static QJsonObject with(const QJsonArray& all, const QString& key, const QString& value) {
        for (const auto& one : all)
            if (one.toObject()[key].toString() == value)
                return one.toObject();
        return {};
    }

    CliRun quantize(const QString& out, const QStringList& more) const {
        return run_cli(QStringList{"quantize", place("model.onnx"), "--out", place(out), "--json"} +
                       samples() + more);
    }

private slots:
    void initTestCase() {
        qt::ModelBuilder b;
        b.input("x", {1, 8, 10, 10}).output("y").weight("k", {}, std::vector<float>{300});
        b.conv("boxes", "x", "a", 8, 4, 1).conv("scores", "x", "s", 8, 2, 1);
        b.node("Mul", "scale", {"a", "k"}, {"box"});
        b.node("Sigmoid", "sigmoid", {"s"}, {"p"});
        quantwright::set_attribute(b.node("Concat", "cat", {"box", "p"}, {"y"}), "axis", std::int64_t(1));
        const auto model = b.build();
        std::ofstream file(place("model.onnx").toStdString(), std::ios::binary);
        QVERIFY(model->proto().SerializeToOstream(&file));
        std::filesystem::create_directory(place("samples").toStdString());
        qt::write_samples(place("samples").toStdString(), qt::random_inputs(*model, 6));
    }

    void both_parts_survive_by_default_data() {
        QTest::addColumn<QString>("target");
        QTest::newRow("x86") << "onnxruntime-x86";
        QTest::newRow("k1") << "spacemit-k1";
    }
    void both_parts_survive_by_default() {
        QFETCH(QString, target);
        const CliRun run =
            quantize("good.onnx", {"--target", target, "--report", place("report"), "--mode", "static"});
        QVERIFY2(run.code == 0, run.all().constData());
        const QJsonObject json = run.json();
        const QJsonArray parts = json["outputs"].toArray()[0].toObject()["parts"].toArray();
        QCOMPARE(parts.size(), 2);
        QCOMPARE(with(parts, "name", "p")["range"].toArray(), (QJsonArray{4, 6}));
        QCOMPARE(with(parts, "name", "p")["axis"].toInt(), 1);
        for (const auto& part : parts)
            QVERIFY2(part.toObject()["snr_db"].toDouble() > 25, run.out.constData());
        QVERIFY(json["worst_part"].toObject()["snr_db"].toDouble() > 25);
        const QJsonObject proposed = with(json["problems"].toArray(), "code", "proposed.shared_scale");
        QCOMPARE(proposed["severity"].toString(), QString("info"));
        QVERIFY2(proposed["message"].toString().contains("cat, sigmoid, scale"), run.out.constData());
        QVERIFY(proposed["hint"].toString().contains("--set 'cat:mode=static'"));
        QVERIFY(with(json["problems"].toArray(), "code", "output.part_lost").isEmpty());
        QFile report(place("report/report.json"));
        QVERIFY(report.open(QIODevice::ReadOnly));
        const QJsonObject told = QJsonDocument::fromJson(report.readAll()).object();
        QVERIFY(told.contains("worst_part"));
        const QJsonObject cat = with(told["layers"].toArray(), "name", "cat");
        QCOMPARE(cat["reason"].toString(), QString("shared_scale"));
        QCOMPARE(cat["choices"].toObject()["mode"].toObject()["origin"].toString(), QString("proposed"));
        QFile page(place("report/report.md"));
        QVERIFY(page.open(QIODevice::ReadOnly));
        QVERIFY(page.readAll().contains("worst part"));
    }

    void a_lost_part_is_named() {
        const CliRun run = quantize("bad.onnx", {"--set", "cat:mode=static"});
        QVERIFY2(run.code == 0, run.all().constData());
        const QJsonObject json = run.json();
        QVERIFY(json["snr_db"].toDouble() > 30);  // what hid it
        const QJsonObject worst = json["worst_part"].toObject();
        QCOMPARE(worst["name"].toString(), QString("p"));
        QCOMPARE(worst["output"].toString(), QString("y"));
        QVERIFY2(worst["snr_db"].toDouble() < 10, run.out.constData());
        const QJsonObject lost = with(json["problems"].toArray(), "code", "output.part_lost");
        QCOMPARE(lost["severity"].toString(), QString("warning"));
        QVERIFY(lost["message"].toString().contains("“p”"));
        QVERIFY(lost["hint"].toString().contains("--set 'cat:mode=float'"));
        QVERIFY(with(json["problems"].toArray(), "code", "proposed.shared_scale").isEmpty());
    }

    void evaluate_and_analyze_say_it_too() {
        QVERIFY(quantize("bad.onnx", {"--set", "cat:mode=static"}).code == 0);
        const CliRun run =
            run_cli(QStringList{"evaluate", place("bad.onnx"), "--against", place("model.onnx"), "--json"} +
                    samples());
        QVERIFY2(run.code == 0, run.all().constData());
        QCOMPARE(run.json()["worst_part"].toObject()["name"].toString(), QString("p"));
        QVERIFY(!with(run.json()["problems"].toArray(), "code", "output.part_lost").isEmpty());
        const CliRun alone = run_cli(QStringList{"evaluate", place("model.onnx"), "--json"} + samples());
        QVERIFY2(alone.code == 0, alone.all().constData());
        QVERIFY(!alone.json().contains("outputs"));
        const CliRun analyzed = run_cli(
            QStringList{"analyze", place("model.onnx"), "--json", "--set", "cat:mode=static"} + samples());
        QVERIFY2(analyzed.code == 0, analyzed.all().constData());
        QCOMPARE(analyzed.json()["worst_part"].toObject()["name"].toString(), QString("p"));
        QVERIFY(!with(analyzed.json()["problems"].toArray(), "code", "output.part_lost").isEmpty());
        const QJsonObject cat = with(analyzed.json()["layers"].toArray(), "name", "cat");
        QCOMPARE(cat["worst_part_alone"].toObject()["name"].toString(), QString("p"));
    }
};

QTEST_GUILESS_MAIN(TestCliParts)
#include "test_cli_parts.moc"
