// quantize --improve: a better file of the same size, what was done in JSON and table, less done where that
// is all the input allows, and said.
#include <QFile>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>

#include "tests/cli/cli_run.h"

class TestCliImprove : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    CliRun quantize(const QString& name, const QStringList& options, int images = 24) const {
        return run_cli(QStringList{"quantize", sample_model(), "--out", m_folder.filePath(name + ".onnx"),
                                   "--json", "--quiet", "--mode", "weight-only"} +
                       sample_images(images) + options);
    }
    static QStringList problems(const CliRun& run) {
        QStringList codes;
        for (const auto& problem : run.json()["problems"].toArray())
            codes << problem.toObject()["code"].toString();
        return codes;
    }

private slots:
    void the_file_is_better_and_no_larger() {
        const CliRun plain = quantize("plain", {"--weight", "int4"});
        const CliRun best = quantize("best", {"--weight", "int4", "--improve", "best"});
        QCOMPARE(plain.code, 0);
        QCOMPARE(best.code, 0);
        QVERIFY(!plain.json().contains("improve"));
        QVERIFY2(best.json()["snr_db"].toDouble() > plain.json()["snr_db"].toDouble() + 3,
                 qPrintable(QString("%1 %2")
                                .arg(plain.json()["snr_db"].toDouble())
                                .arg(best.json()["snr_db"].toDouble())));
        QCOMPARE(best.json()["bytes"].toInteger(), plain.json()["bytes"].toInteger());
        const QJsonObject improve = best.json()["improve"].toObject();
        QCOMPARE(improve["level"].toString(), "best");
        QVERIFY(improve["images_fit"].toInt() > improve["images_judged"].toInt());
        const QJsonArray steps = improve["steps"].toArray();
        QCOMPARE(steps.size(), 1);  // weights alone have no ranges
        QCOMPARE(steps[0]["name"].toString(), "rounding");
        QVERIFY(steps[0]["kept"].toBool() && steps[0]["changed"].toInt() > 0);
        QVERIFY(steps[0]["snr_db_after"].toDouble() > steps[0]["snr_db_before"].toDouble());
    }

    void the_table_says_it() {
        const CliRun run = run_cli(
            QStringList{"quantize", sample_model(), "--out", m_folder.filePath("table.onnx"), "--quiet",
                        "--lang", "en", "--mode", "weight-only", "--weight", "int4", "--improve", "best"} +
            sample_images());
        QCOMPARE(run.code, 0);
        QVERIFY2(run.out.contains("Weights rounded") && run.out.contains(" dB on "), run.out.constData());
    }

    void a_few_images_are_too_few() {
        const CliRun run = quantize("few", {"--improve", "best"}, 3);
        QCOMPARE(run.code, 0);
        QVERIFY(problems(run).contains("improve.few_images"));
    }

    void a_table_goes_with_float_weights() {
        const CliRun run =
            run_cli(QStringList{"quantize", sample_model(), "--out", m_folder.filePath("net.onnx"), "--json",
                                "--quiet", "--target", "ncnn", "--improve", "best"} +
                    sample_images());
        QCOMPARE(run.code, 0);
        QVERIFY(problems(run).contains("improve.float_file"));
        QVERIFY(!run.json().contains("improve"));
    }
};

QTEST_GUILESS_MAIN(TestCliImprove)
#include "test_cli_improve.moc"
