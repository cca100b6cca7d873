// The command line as a form: help, versions, languages, wrong usage.
#include <QTemporaryDir>
#include <QtTest>

#include "tests/cli/cli_run.h"

class TestCliUsage : public QObject {
    Q_OBJECT

private slots:
    void help_in_both_languages() {
        const CliRun english = run_cli({"--help"});
        QCOMPARE(english.code, 0);
        for (const char* word : {"inspect", "calibrate", "quantize", "evaluate", "analyze", "search", "plan",
                                 "--json", "--lang"})
            QVERIFY2(english.out.contains(word), word);
        const CliRun chinese = run_cli({"quantize", "--lang", "zh", "--help"});
        QCOMPARE(chinese.code, 0);
        QVERIFY(QString::fromUtf8(chinese.out).contains("校准图像"));
        QVERIFY(!chinese.out.contains("Folder"));
        for (const QStringList& command :
             {QStringList{"quantize"}, QStringList{"inspect"}, QStringList{"plan", "show"}}) {
            const CliRun help = run_cli(command + QStringList{"--lang", "zh", "--help"});
            QCOMPARE(help.code, 0);
            QVERIFY2(!help.out.contains("Options") && !help.out.contains("INT in"), help.out.constData());
        }
    }

    void the_language_comes_from_the_environment() {
        QProcess process;
        auto environment = cli_environment();
        environment.insert("LC_ALL", "zh_CN.UTF-8");
        process.setProcessEnvironment(environment);
        process.start(QUANTWRIGHT_CLI, {"inspect", "no.onnx"});
        QVERIFY(process.waitForFinished());
        QCOMPARE(process.exitCode(), 1);
        QVERIFY(QString::fromUtf8(process.readAllStandardError()).contains("没有模型文件"));
    }

    void version() {
        const CliRun text = run_cli({"--version"});
        QCOMPARE(text.code, 0);
        QVERIFY(text.out.startsWith("quantwright-cli "));
        QVERIFY(!run_cli({"--version", "--json"}).json()["onnxruntime"].toString().isEmpty());
    }

    void wrong_usage_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("named");
        const auto row = [](const QStringList& arguments, const QString& named) {
            QTest::newRow(qPrintable(arguments.join(' '))) << arguments << named;
        };
        row({}, "inspect");
        row({"bogus"}, "bogus");
        row({"plan"}, "show");
        row({"plan", "bogus"}, "bogus");
        row({"inspect"}, "MODEL");
        row({"inspect", "m.onnx", "--frob"}, "--frob");
        row({"inspect", "m.onnx", "--target", "abacus"}, "spacemit-k1");
        row({"inspect", "m.onnx", "--lang", "fr"}, "--lang fr");
        row({"quantize", "m.onnx", "--images", "d"}, "--out");
        row({"quantize", "m.onnx", "--out", "o.onnx", "--images", "d", "--count", "many"}, "--count");
        row({"quantize", "m.onnx", "--out", "o.onnx", "--images", "d", "--count", "-1"}, "--count");
        row({"quantize", "m.onnx", "--out", "o.onnx", "--images", "d", "--mean", "1,b"}, "--mean 1,b");
        row({"quantize", "m.onnx", "--out", "o.onnx", "--images", "d", "--set", "mode=float"},
            "GLOB:key=value");
        row({"quantize", "m.onnx", "--out", "o.onnx", "--images", "d", "--set", "*:moed=float"}, "moed");
        row({"quantize", "m.onnx", "--out", "o.onnx", "--images", "d", "--set", "*:mode=maybe"}, "maybe");
        row({"quantize", "m.onnx", "--out", "o.onnx", "--images", "d", "--percentile", "5"},
            "--percentile 5");
        row({"quantize", "m.onnx", "--out", "o.onnx", "--images", "d", "--threshold", "kl", "--percentile",
             "99"},
            "--percentile 99");
        row({"quantize", "m.onnx", "--out", "o.onnx", "--images", "d", "--input-shape", "x=1,a"}, "1,a");
        row({"quantize", "--out", "o.onnx"}, "MODEL");
        row({"quantize", "m.onnx", "--out", "o.onnx", "--mode", "sometimes"}, "weight-only");
        row({"quantize", "m.onnx", "--out", "o.onnx", "--preset", "best"}, "fbgemm");
        row({"quantize", "m.onnx", "--out", "o.onnx", "--block-size", "3"}, "--block-size 3");
        row({"quantize", "m.onnx", "--out", "o.onnx", "--block-size", "32", "--granularity", "channel"},
            "--granularity group");
        row({"quantize", "m.onnx", "--out", "o.onnx", "--opset-max", "0"}, "--opset-max");
        row({"quantize", "--config", "x.json", "--plan", "p.qwplan"}, "--plan p.qwplan");
        row({"calibrate", "m.onnx", "--out", "o.qwstats"}, "--images");
        row({"quantize", "m.onnx", "--out", "o.onnx", "--images", "d", "--save-plan", "o.onnx"},
            "--save-plan");
        row({"calibrate", "m.onnx", "--out", "o.qwstats", "--images", "d", "--shard", "3/2"}, "--shard 3/2");
        row({"evaluate", "m.onnx", "--images", "d", "--optimizations", "all"}, "--optimizations all");
    }
    void wrong_usage() {
        QFETCH(QStringList, arguments);
        QFETCH(QString, named);
        const CliRun people = run_cli(arguments);
        QCOMPARE(people.code, 2);
        QVERIFY(people.out.isEmpty());
        QVERIFY2(people.err.contains(named.toUtf8()), people.err.constData());
        const CliRun programs = run_cli(arguments + QStringList{"--json"});
        QCOMPARE(programs.code, 2);
        QCOMPARE(programs.error_code(), QString("usage"));
        const auto error = programs.json()["error"].toObject();
        for (const char* key : {"subject", "message", "hint"})
            QVERIFY2(!error[key].toString().isEmpty(), key);
    }
};

QTEST_GUILESS_MAIN(TestCliUsage)
#include "test_cli_usage.moc"
