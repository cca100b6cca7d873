// quantize --improve: a better file of the same size, what was done in JSON and table, less done where that
// is all the input allows, and said.
#include <QFile>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>

#include "tests/cli/cli_run.h"
#include "tests/support/pretended_checker.h"

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

    /// What was improved goes with the plan: the same file without improving, with images and with
    /// statistics.
    void a_saved_plan_gives_the_same_file() {
        const QString plan = m_folder.filePath("kept.qwplan"), stats = m_folder.filePath("kept.qwstats");
        const auto bytes = [&](const QString& name) {
            QFile file(m_folder.filePath(name + ".onnx"));
            return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        };
        const auto run = [&](const QString& name, const QStringList& options) {
            return run_cli(QStringList{"quantize", sample_model(), "--out", m_folder.filePath(name + ".onnx"),
                                       "--json", "--quiet"} +
                           options);
        };
        const QStringList choices{"--weight", "int4", "--granularity", "tensor"};
        QCOMPARE(
            run_cli(QStringList{"calibrate", sample_model(), "--out", stats, "--quiet"} + sample_images())
                .code,
            0);
        const CliRun plain = run("kept_plain", sample_images() + choices);
        const CliRun first = run(
            "kept_first", sample_images() + choices + QStringList{"--improve", "best", "--save-plan", plan});
        QVERIFY2(first.code == 0, first.all().constData());
        QCOMPARE(first.json()["improved"].toString(), plan + ".improved");
        QVERIFY(!bytes("kept_first").isEmpty() && bytes("kept_first") != bytes("kept_plain"));
        const CliRun again = run("kept_again", sample_images() + QStringList{"--plan", plan});
        QVERIFY2(again.code == 0, again.all().constData());
        QCOMPARE(bytes("kept_again"), bytes("kept_first"));
        QCOMPARE(again.json()["improve"].toObject(), first.json()["improve"].toObject());
        const CliRun without = run("kept_stats", {"--plan", plan, "--stats", stats});
        QVERIFY2(without.code == 0, without.all().constData());
        QCOMPARE(bytes("kept_stats"), bytes("kept_first"));

        // Unless it is said otherwise; and a plan that nothing was improved for takes the companion away.
        const CliRun none =
            run("kept_none", sample_images() + QStringList{"--plan", plan, "--improve", "none"});
        QCOMPARE(none.code, 0);
        QCOMPARE(bytes("kept_none"), bytes("kept_plain"));
        // Other choices: what no longer fits is said.
        const CliRun other =
            run("kept_other", sample_images() + QStringList{"--plan", plan, "--weight", "int8"});
        QVERIFY(problems(other).contains("improved.stale"));
        QCOMPARE(run("kept_over", sample_images() + choices + QStringList{"--save-plan", plan}).code, 0);
        QVERIFY(!QFile::exists(plan + ".improved"));
    }

    void a_companion_of_another_model_is_not_used() {
        const QString plan = m_folder.filePath("any.qwplan");
        QCOMPARE(quantize("any", {"--weight", "int4", "--improve", "fast", "--save-plan", plan}).code, 0);
        const auto change = [](const QString& path, const QByteArray& from, const QByteArray& to) {
            QFile file(path);
            QVERIFY(file.open(QIODevice::ReadOnly));
            QByteArray text = file.readAll();
            file.close();
            QVERIFY(text.contains(from));
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(text.replace(from, to));
        };
        QFile file(plan);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray hash =
            QJsonDocument::fromJson(file.readAll()).object()["model_sha256"].toString().toUtf8();
        change(plan + ".improved", hash, QByteArray(64, '0'));
        const CliRun refused = quantize("any2", {"--plan", plan});
        QCOMPARE(refused.code, 0);
        QVERIFY(problems(refused).contains("improved.other_model"));
        QVERIFY(!refused.json().contains("improve"));
        change(plan + ".improved", "\"level\"", "\"lever\"");
        const CliRun damaged = quantize("any3", {"--plan", plan});
        QCOMPARE(damaged.code, 1);
        QCOMPARE(damaged.error_code(), "plan.invalid");
        QCOMPARE(quantize("any4", {"--plan", plan + ".improved"}).error_code(), "plan.invalid");
    }

    /// Layers that become float because the file does not run take no other problem away.
    void few_images_are_said_beside_layers_that_do_not_run() {
        quantwright::testing::pretend_refusal(m_folder.path().toStdString(),
                                              "blocks.1.project.weight_quantized");
        const CliRun run =
            run_cli(QStringList{"quantize", sample_model(), "--out", m_folder.filePath("float.onnx"),
                                "--json", "--quiet", "--improve", "best"} +
                    sample_images(3));
        quantwright::testing::real_checker();
        QVERIFY2(run.code == 0, run.all().constData());
        QVERIFY(problems(run).contains("export.kept_float"));
        QVERIFY(problems(run).contains("improve.few_images"));
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
