// A model whose attention mask is -inf goes through the command line like any other.
#include <onnx/onnx_pb.h>

#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>

#include "tests/cli/cli_run.h"
#include "tests/support/masked_models.h"
#include "tests/support/sample_files.h"

namespace qt = quantwright::testing;

class TestCliInfinities : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    [[nodiscard]] QString place(const QString& name) const { return m_folder.filePath(name); }

    static QJsonObject with(const QJsonArray& all, const QString& key, const QString& value) {
        for (const auto& one : all)
            if (one.toObject()[key].toString() == value)
                return one.toObject();
        return {};
    }
    /// The mask is part of the layer that scales, masks and takes the Softmax.
    static QJsonObject part(const QJsonArray& layers, const QString& name) {
        for (const auto& layer : layers)
            if (const auto found = with(layer.toObject()["parts"].toArray(), "name", name); !found.isEmpty())
                return found;
        return {};
    }

private slots:
    void initTestCase() {
        const auto model = qt::masked_attention(false);
        std::ofstream file(place("masked.onnx").toStdString(), std::ios::binary);
        QVERIFY(model->proto().SerializeToOstream(&file));
        std::filesystem::create_directory(place("samples").toStdString());
        qt::write_samples(place("samples").toStdString(), qt::random_inputs(*model, 6));
    }

    void calibrate() {
        const CliRun run = run_cli({"calibrate", place("masked.onnx"), "--input", "x=" + place("samples"),
                                    "--out", place("masked.qwstats"), "--json"});
        QVERIFY2(run.code == 0, run.all().constData());
        const QJsonArray tensors = run.json()["tensors"].toArray();
        QVERIFY(with(tensors, "name", "masked")["infinities"].toInt() > 0);
        QVERIFY(!with(tensors, "name", "scaled").isEmpty());
        QVERIFY(!with(tensors, "name", "scaled").contains("infinities"));
    }

    void quantize_data() {
        QTest::addColumn<QStringList>("more");
        QTest::newRow("qdq") << QStringList{};
        QTest::newRow("integer") << QStringList{"--format", "qoperator"};
    }
    void quantize() {
        QFETCH(QStringList, more);
        const CliRun run =
            run_cli(QStringList{"quantize", place("masked.onnx"), "--input", "x=" + place("samples"), "--out",
                                place("out.onnx"), "--report", place("report"), "--json"} +
                    more);
        QVERIFY2(run.code == 0, run.all().constData());
        const QJsonObject json = run.json();
        QVERIFY2(json["snr_db"].toDouble() > 20, run.all().constData());
        const QJsonObject told = with(json["problems"].toArray(), "code", "activation.infinite");
        QCOMPARE(told["severity"].toString(), QString("info"));
        QVERIFY2(told["message"].toString().contains("mask"), run.all().constData());
        QFile report(place("report/report.json"));
        QVERIFY(report.open(QIODevice::ReadOnly));
        const auto layers = QJsonDocument::fromJson(report.readAll()).object()["layers"].toArray();
        QCOMPARE(part(layers, "add_mask")["reason"].toString(), QString("infinities"));
    }

    void inspect() {
        const auto model = qt::masked_attention(true);
        std::ofstream file(place("constant.onnx").toStdString(), std::ios::binary);
        QVERIFY(model->proto().SerializeToOstream(&file));
        file.close();
        const CliRun run = run_cli({"inspect", place("constant.onnx"), "--json"});
        QVERIFY2(run.code == 0, run.all().constData());
        QCOMPARE(part(run.json()["layers"].toArray(), "add_mask")["reason"].toString(),
                 QString("infinities"));
    }
};

QTEST_GUILESS_MAIN(TestCliInfinities)
#include "test_cli_infinities.moc"
