// quantize for TensorRT and ncnn: which files are there afterwards, and what they belong to.
#include <QFile>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>

#include "tests/cli/cli_run.h"

namespace {

QByteArray bytes_of(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

}  // namespace

class TestCliSidecar : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    /// In a folder of its own.
    CliRun quantize(const QString& folder, const QStringList& options) const {
        QDir(m_folder.path()).mkdir(folder);
        return run_cli(
            QStringList{"quantize", sample_model(), "--out", place(folder, "net.onnx"), "--json", "--quiet"} +
            sample_images() + options);
    }
    [[nodiscard]] QString place(const QString& folder, const QString& name) const {
        return m_folder.filePath(folder + "/" + name);
    }
    [[nodiscard]] QStringList files(const QString& folder) const {
        return QDir(m_folder.filePath(folder)).entryList(QDir::Files | QDir::Hidden, QDir::Name);
    }

private slots:
    void tensorrt_with_nodes() {
        const CliRun run = quantize("qdq", {"--target", "tensorrt"});
        QCOMPARE(run.code, 0);
        QCOMPARE(files("qdq"), QStringList{"net.onnx"});
        QVERIFY(!run.json().contains("sidecar"));
        QVERIFY(bytes_of(place("qdq", "net.onnx")).contains("DequantizeLinear"));
    }

    void tensorrt_with_a_cache() {
        const CliRun run =
            quantize("cache", {"--target", "tensorrt", "--format", "cache", "--tensorrt-version", "10.3.0"});
        QCOMPARE(run.code, 0);
        QCOMPARE(files("cache"), (QStringList{"net.cache", "net.onnx"}));
        QCOMPARE(run.json()["sidecar"].toString(), place("cache", "net.cache"));
        QCOMPARE(bytes_of(place("cache", "net.onnx")), bytes_of(sample_model()));
        QVERIFY(QFileInfo(place("cache", "net.onnx")).permissions() & QFile::WriteOwner);
        QVERIFY(bytes_of(place("cache", "net.cache")).startsWith("TRT-100300-EntropyCalibration2\n"));
        // The figures are those of the quantized arithmetic, not of the file that is written.
        QVERIFY(run.json()["snr_db"].toDouble() > 10 && run.json()["snr_db"].toDouble() < 60);
        QCOMPARE(run.json()["bytes"].toInteger(), QFileInfo(sample_model()).size());
    }

    void ncnn_with_a_table() {
        const CliRun run = quantize("table", {"--target", "ncnn"});
        QCOMPARE(run.code, 0);
        QCOMPARE(files("table"), (QStringList{"net.onnx", "net.table"}));
        QCOMPARE(bytes_of(place("table", "net.onnx")), bytes_of(sample_model()));
        const QByteArray table = bytes_of(place("table", "net.table"));
        QCOMPARE(table.count('\n'), run.json()["layers_quantized"].toInteger() * 2);
        QVERIFY(table.contains("_param_0 "));
        bool said = false;
        for (const auto& problem : run.json()["problems"].toArray())
            said = said || problem.toObject()["code"].toString() == "ncnn.names_assumed";
        QVERIFY(said);
    }

    void what_does_not_fit_data() {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<QString>("code");
        const auto row = [](const QStringList& options, const char* code) {
            QTest::newRow(qPrintable(options.join(' '))) << options << code;
        };
        row({"--format", "cache"}, "usage");
        row({"--format", "table", "--target", "tensorrt"}, "usage");
        row({"--ncnn-param", "x.param"}, "usage");
        row({"--target", "tensorrt", "--tensorrt-version", "8.6.1"}, "usage");
        row({"--target", "tensorrt", "--format", "cache", "--tensorrt-version", "new"}, "usage");
        row({"--target", "ncnn", "--ncnn-param", "/nowhere/x.param"}, "ncnn.param_invalid");
        row({"--target", "tensorrt", "--format", "cache", "--mode", "fp16"}, "plan.target_refuses");
    }
    void what_does_not_fit() {
        QFETCH(const QStringList, options);
        QFETCH(const QString, code);
        const CliRun run = quantize("none", options);
        QCOMPARE(run.error_code(), code);
        QCOMPARE(run.code, code == "usage" ? 2 : 1);
        QCOMPARE(files("none"), QStringList());
    }
};

QTEST_GUILESS_MAIN(TestCliSidecar)
#include "test_cli_sidecar.moc"
