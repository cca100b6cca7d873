// A processor without VNNI (emulated): the default export loses nothing there, and a file that does lose is
// named.
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>

#include "cli_run.h"

class TestKernelGap : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    /// The program on an emulated Haswell: AVX2, no VNNI.
    static CliRun run_without_vnni(const QString& emulator, const QStringList& arguments) {
        QProcess process;
        process.setProcessEnvironment(cli_environment());
        process.start(emulator, QStringList{"-cpu", "Haswell", QStringLiteral(QUANTWRIGHT_CLI)} + arguments);
        CliRun result;
        if (process.waitForFinished(300000) && process.exitStatus() == QProcess::NormalExit)
            result.code = process.exitCode();
        result.out = process.readAllStandardOutput();
        result.err = process.readAllStandardError();
        return result;
    }

private slots:
    void a_file_that_saturates_is_named_data() {
        QTest::addColumn<QString>("form");
        QTest::addColumn<QString>("storage");
        QTest::addColumn<bool>("loses");
        QTest::newRow("the default") << "qdq"
                                     << "" << false;
        QTest::newRow("weights stored as int8") << "qdq"
                                                << "*:weight.storage=int8" << true;
        // Their kernels saturate with optimizations off, too: they are judged by integers of our own.
        QTest::newRow("integer operators") << "qoperator"
                                           << "" << false;
        QTest::newRow("integer operators, int8") << "qoperator"
                                                 << "*:weight.storage=int8" << true;
    }
    void a_file_that_saturates_is_named() {
#if !defined(__x86_64__)
        QSKIP("the kernels in question are x86's");
#endif
        QString emulator = QStandardPaths::findExecutable("qemu-x86_64");
        if (emulator.isEmpty())
            emulator = QStandardPaths::findExecutable("qemu-x86_64-static");
        if (emulator.isEmpty())
            QSKIP("qemu-x86_64 is not installed");
        QFETCH(QString, form);
        QFETCH(QString, storage);
        QFETCH(bool, loses);
        const QString file = m_folder.filePath(form + (loses ? "-int8.onnx" : ".onnx"));
        QStringList arguments =
            QStringList{"quantize", sample_model(), "--out", file, "--format", form, "--json", "--quiet"} +
            sample_images(64);
        if (!storage.isEmpty())
            arguments += {"--set", storage};
        const CliRun quantized = run_cli(arguments);
        QVERIFY2(quantized.code == 0, quantized.all());
        // What was chosen is told: how the weights are stored, and why.
        QCOMPARE(quantized.out.contains("weight.uint8_storage"), !loses);

        const QStringList evaluation = QStringList{"evaluate",  file, "--against", sample_model(),
                                                   "--threads", "1",  "--json",    "--quiet"} +
                                       sample_images(32);
        const CliRun run = run_without_vnni(emulator, evaluation);
        QVERIFY2(run.code == 0, run.all());
        const QJsonObject gap = run.json()["kernel_gap"].toObject();
        const double standard = gap["snr_db_default"].toDouble(), off = gap["snr_db_off"].toDouble();
        QVERIFY2(off > 20, run.out);
        QCOMPARE(gap["warning"].toBool(), loses);
        QVERIFY2(loses ? standard < off - 5 : standard > off - 0.5, run.out);
        QVERIFY2(!gap["hint"].toString().isEmpty(), run.out);
        // The file's own arithmetic does not depend on the processor. Without a float model to compare with,
        // it is the reference.
        const CliRun here = run_cli(evaluation);
        QVERIFY2(here.code == 0, here.all());
        const double off_here = here.json()["kernel_gap"].toObject()["snr_db_off"].toDouble();
        QVERIFY2(std::abs(off_here - off) < 0.2, qPrintable(QString("%1 and %2").arg(off_here).arg(off)));
        const CliRun alone =
            run_without_vnni(emulator, QStringList{"evaluate", file, "--threads", "1", "--json", "--quiet"} +
                                           sample_images(8));
        QVERIFY2(alone.code == 0, alone.all());
        const QJsonObject own = alone.json()["kernel_gap"].toObject();
        QCOMPARE(own["snr_db_default"].toDouble() < 25, loses);
        QVERIFY2(loses || !own["warning"].toBool(), alone.out);
    }
};

QTEST_GUILESS_MAIN(TestKernelGap)
#include "test_kernel_gap.moc"
