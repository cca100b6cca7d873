// Layers that stand for several on the command line: one row, parts below it, one choice for all.
#include <onnx/onnx_pb.h>

#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>

#include "tests/cli/cli_run.h"
#include "tests/support/sample_files.h"
#include "tests/support/small_models.h"

namespace qt = quantwright::testing;

class TestCliGroups : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    [[nodiscard]] QString place(const QString& name) const { return m_folder.filePath(name); }
    [[nodiscard]] QStringList data() const { return {"--input", "x=" + place("samples")}; }

    static QStringList names(const QJsonArray& all, const char* key = "name") {
        QStringList found;
        for (const auto& one : all)
            found << one.toObject()[QLatin1String(key)].toString();
        return found;
    }
    /// Whether each part of the first layer of the report is quantized.
    [[nodiscard]] QList<bool> quantized_parts(const QStringList& options) {
        const CliRun run =
            run_cli(QStringList{"quantize", place("net.onnx"), "--out", place("out.onnx"), "--report",
                                place("report"), "--save-plan", place("saved.qwplan"), "--json"} +
                    data() + options);
        if (run.code != 0)
            qWarning("%s", run.all().constData());
        m_last = run.json();
        QFile report(place("report/report.json"));
        QList<bool> found;
        if (!report.open(QIODevice::ReadOnly))
            return found;
        for (const auto& layer : QJsonDocument::fromJson(report.readAll()).object()["layers"].toArray())
            if (layer.toObject()["name"].toString() == "/a/Conv")
                for (const auto& part : layer.toObject()["parts"].toArray())
                    found << part.toObject()["quantized"].toBool();
        return found;
    }

    QJsonObject m_last;

private slots:
    void initTestCase() {
        qt::ModelBuilder b(17);
        b.input("x", {1, 3, 8, 8}).output("y");
        b.conv("/a/Conv", "x", "c", 3, 6);
        b.node("Sigmoid", "/a/act/Sigmoid", {"c"}, {"s"});
        b.node("Mul", "/a/act/Mul", {"c", "s"}, {"h"});
        b.conv("/b/Conv", "h", "y", 6, 4);
        const auto model = b.build();
        std::ofstream file(place("net.onnx").toStdString(), std::ios::binary);
        QVERIFY(model->proto().SerializeToOstream(&file));
        std::filesystem::create_directory(place("samples").toStdString());
        qt::write_samples(place("samples").toStdString(), qt::random_inputs(*model, 6));
    }

    void inspect() {
        const CliRun run = run_cli({"inspect", place("net.onnx"), "--json"});
        QVERIFY2(run.code == 0, run.all().constData());
        const QJsonArray layers = run.json()["layers"].toArray();
        QCOMPARE(names(layers), (QStringList{"/a/Conv", "/b/Conv"}));
        QCOMPARE(names(layers, "op"), (QStringList{"Conv+SiLU", "Conv"}));
        const QJsonObject first = layers[0].toObject();
        QCOMPARE(first["nodes"].toArray(), (QJsonArray{"/a/Conv", "/a/act/Sigmoid", "/a/act/Mul"}));
        QCOMPARE(first["outputs"].toArray(), QJsonArray{"h"});
        QCOMPARE(names(first["parts"].toArray()), (QStringList{"/a/Conv", "/a/act/Sigmoid", "/a/act/Mul"}));
        QVERIFY(!layers[1].toObject().contains("parts"));
        const QByteArray closed = run_cli({"inspect", place("net.onnx")}).out;
        QVERIFY(closed.contains("Conv+SiLU") && !closed.contains("/a/act/Mul"));
        QVERIFY(run_cli({"inspect", place("net.onnx"), "--parts"}).out.contains("\n  /a/act/Mul"));
    }

    void choices() {
        QCOMPARE(quantized_parts({}), (QList<bool>{true, true, true}));
        QCOMPARE(m_last["layers_total"].toInt(), 2);
        QCOMPARE(m_last["layers_quantized"].toInt(), 2);
        QCOMPARE(quantized_parts({"--float", "/a/Conv"}), (QList<bool>{false, false, false}));
        QCOMPARE(m_last["layers_quantized"].toInt(), 1);
        QCOMPARE(quantized_parts({"--plan", place("saved.qwplan")}), (QList<bool>{false, false, false}));
        QCOMPARE(quantized_parts({"--float", "/a/act/Mul"}), (QList<bool>{true, true, false}));
        QCOMPARE(m_last["layers_quantized"].toInt(), 2);
        QCOMPARE(quantized_parts({"--float", "/a/Conv", "--set", "/a/act/Mul:mode=fp16"}),
                 (QList<bool>{false, false, true}));
    }

    void analyze() {
        const CliRun run = run_cli(QStringList{"analyze", place("net.onnx"), "--json"} + data());
        QVERIFY2(run.code == 0, run.all().constData());
        QStringList found = names(run.json()["layers"].toArray());
        found.sort();
        QCOMPARE(found, (QStringList{"/a/Conv", "/b/Conv"}));
        for (const auto& layer : run.json()["layers"].toArray())
            QCOMPARE(layer.toObject()["parts"].toArray().size(),
                     layer.toObject()["name"].toString() == "/a/Conv" ? 3 : 0);
    }
};

QTEST_GUILESS_MAIN(TestCliGroups)
#include "test_cli_groups.moc"
