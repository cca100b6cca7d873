// Every command on the embedded sample: the documented keys, and figures that agree with each other.
#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>

#include "tests/cli/cli_run.h"

class TestCliSample : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    [[nodiscard]] QString place(const QString& name) const { return m_folder.filePath(name); }

    static QByteArray digest(const QString& path) {
        QFile file(path);
        return file.open(QIODevice::ReadOnly)
                   ? QCryptographicHash::hash(file.readAll(), QCryptographicHash::Sha256)
                   : QByteArray();
    }

    static QStringList absent(const QJsonObject& object, const QStringList& keys) {
        QStringList missing;
        for (const QString& key : keys)
            if (!object.contains(key))
                missing.append(key);
        return missing;
    }

    CliRun quantize(const QString& out, const QStringList& more) {
        return run_cli(QStringList{"quantize", sample_model(), "--out", place(out), "--json"} + more);
    }

private slots:
    void inspect() {
        const CliRun run = run_cli({"inspect", sample_model(), "--json"});
        QCOMPARE(run.code, 0);
        const QJsonObject model = run.json()["model"].toObject();
        QCOMPARE(
            absent(model, {"inputs", "outputs", "opset", "ir_version", "parameters", "macs", "file_bytes"}),
            QStringList());
        QCOMPARE(model["file_bytes"].toInteger(), QFileInfo(sample_model()).size());
        QCOMPARE(model["inputs"].toArray()[0].toObject()["dtype"].toString(), QString("float32"));
        const QJsonArray layers = run.json()["layers"].toArray();
        QVERIFY(layers.size() > 10);
        qint64 parameters = 0, macs = 0;
        for (const auto& layer : layers) {
            QCOMPARE(absent(layer.toObject(), {"name", "op", "nodes", "outputs", "output_shape", "parameters",
                                               "macs", "quantizable"}),
                     QStringList());
            QCOMPARE(layer.toObject().contains("reason"), !layer.toObject()["quantizable"].toBool());
            parameters += layer.toObject()["parameters"].toInteger();
            macs += layer.toObject()["macs"].toInteger();
        }
        QCOMPARE(model["parameters"].toInteger(), parameters);
        QCOMPARE(model["macs"].toInteger(), macs);
    }

    void quantize_does_the_whole_job() {
        const CliRun run =
            quantize("whole.onnx",
                     sample_images(64) + QStringList{"--eval-images", sample("evaluation"), "--report",
                                                     place("report"), "--save-plan", place("whole.qwplan")});
        QVERIFY2(run.code == 0, run.all().constData());
        const QJsonObject json = run.json();
        QCOMPARE(absent(json, {"out", "bytes", "float_bytes", "ratio", "seconds", "layers_quantized",
                               "layers_total", "snr_db", "cosine", "problems", "preprocess", "report",
                               "skipped", "evaluated_on"}),
                 QStringList());
        QCOMPARE(json["bytes"].toInteger(), QFileInfo(place("whole.onnx")).size());
        QVERIFY(qAbs(json["ratio"].toDouble() - json["float_bytes"].toDouble() / json["bytes"].toDouble()) <
                1e-9);
        QCOMPARE(json["evaluated_on"].toString(), QString("evaluation"));
        QCOMPARE(json["labelled"].toInt(), 1000);
        QVERIFY(json["snr_db"].toDouble() > 20);
        QVERIFY(json["top1"].toDouble() > 0.9 && json["reference_top1"].toDouble() > 0.9);
        QVERIFY(qAbs(json["drop"].toDouble() -
                     100 * (json["reference_top1"].toDouble() - json["top1"].toDouble())) < 1e-9);
        QVERIFY(json["prepare_max_difference"].toDouble() < 1e-3);
        for (const char* kind : {"html", "md", "csv", "json"})
            QVERIFY2(QFileInfo(json["report"].toObject()[kind].toString()).size() > 100, kind);
        bool explained = false;
        for (const auto& problem : json["problems"].toArray()) {
            QCOMPARE(absent(problem.toObject(), {"code", "severity", "message", "hint"}), QStringList());
            explained = explained || problem.toObject()["code"].toString() == "weight.uint8_storage";
        }
        QVERIFY(explained);
        // The figures are those of the file that was written.
        const CliRun evaluated =
            run_cli({"evaluate", place("whole.onnx"), "--images", sample("evaluation"), "--preprocess",
                     sample("preprocess.json"), "--against", sample_model(), "--json"});
        QCOMPARE(evaluated.json()["top1"].toDouble(), json["top1"].toDouble());
        QVERIFY(qAbs(evaluated.json()["snr_db"].toDouble() - json["snr_db"].toDouble()) < 0.01);
        QFile report(json["report"].toObject()["json"].toString());
        QVERIFY(report.open(QIODevice::ReadOnly));
        const QJsonObject document = QJsonDocument::fromJson(report.readAll()).object();
        QCOMPARE(document["layers"].toArray().size(), static_cast<qsizetype>(json["layers_total"].toInt()));
        QCOMPARE(document["top1"].toDouble(), json["top1"].toDouble());
    }

    void a_saved_plan_and_statistics_give_the_same_file() {
        const CliRun first =
            quantize("first.onnx",
                     sample_images() + QStringList{"--float", "/head/*", "--threshold", "mse", "--symmetric",
                                                   "both", "--save-plan", place("first.qwplan")});
        QVERIFY2(first.code == 0, first.all().constData());
        QVERIFY(first.json()["layers_quantized"].toInt() < first.json()["layers_total"].toInt());
        const CliRun calibrated =
            run_cli(QStringList{"calibrate", sample_model(), "--out", place("first.qwstats"), "--json"} +
                    sample_images());
        QVERIFY2(calibrated.code == 0, calibrated.all().constData());
        const CliRun second =
            quantize("second.onnx", {"--stats", place("first.qwstats"), "--plan", place("first.qwplan")});
        QVERIFY2(second.code == 0, second.all().constData());
        QCOMPARE(digest(place("first.onnx")), digest(place("second.onnx")));
        // Without images nothing was measured: then the figures are absent, not zero.
        QVERIFY(!second.json().contains("snr_db") && !second.json().contains("cosine"));
        const CliRun with_default_plan = quantize("third.onnx", {"--stats", place("first.qwstats")});
        QVERIFY(digest(place("first.onnx")) != digest(place("third.onnx")));
        QCOMPARE(with_default_plan.json()["preprocess"], first.json()["preprocess"]);
    }

    void options_without_effect_are_named_data() {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<QStringList>("unused");
        const auto row = [](const char* name, const QStringList& options, const QStringList& unused) {
            QTest::newRow(name) << options << unused;
        };
        row("activations of weight-only",
            {"--mode", "weight-only", "--threshold", "percentile", "--percentile", "99.9", "--activation",
             "int8"},
            {"--activation", "--threshold", "--percentile"});
        row("weights of fp16", {"--mode", "fp16", "--weight", "int4", "--symmetric", "weights"},
            {"--weight", "--symmetric"});
        row("blocks of convolutions", {"--mode", "weight-only", "--block-size", "16", "--float", "/head/*"},
            {"--block-size"});
        row("blocks", {"--mode", "weight-only", "--block-size", "16"}, {});
        row("one layer is enough",
            {"--mode", "weight-only", "--threshold", "mse", "--set", "/stem/*:mode=static"}, {});
        row("no images", {"--mode", "weight-only", "--count", "8", "--size", "28"}, {"--count", "--size"});
    }
    void options_without_effect_are_named() {
        QFETCH(QStringList, options);
        QFETCH(QStringList, unused);
        const bool images = options.contains("--set");
        const CliRun run = quantize("unused.onnx", options + (images ? sample_images(8) : QStringList()));
        QVERIFY2(run.code == 0, run.all().constData());
        QStringList named;
        for (const auto& problem : run.json()["problems"].toArray())
            if (problem.toObject()["code"].toString() == "option.unused") {
                QCOMPARE(problem.toObject()["severity"].toString(), QString("info"));
                named.append(problem.toObject()["layer"].toString());
                QVERIFY(problem.toObject()["message"].toString().contains(named.last()));
            }
        QCOMPARE(named, unused);
    }

    void integer_files_name_what_is_not_integer() {
        const CliRun run =
            quantize("kept.onnx", sample_images(8) +
                                      QStringList{"--format", "qoperator", "--set", "/head/*:mode=dynamic"});
        QVERIFY2(run.code == 0, run.all().constData());
        QStringList kept;
        for (const auto& problem : run.json()["problems"].toArray())
            if (problem.toObject()["code"].toString() == "export.kept_qdq")
                kept.append(problem.toObject()["message"].toString());
        QCOMPARE(kept.size(), 1);
        QVERIFY2(kept.front().contains("/head/") && kept.front().contains("dynamic"),
                 qPrintable(kept.front()));
    }

    void options_beat_the_plan() {
        const CliRun floats = quantize(
            "o.onnx",
            sample_images() + QStringList{"--set", "*:mode=float", "--save-plan", place("float.qwplan")});
        QCOMPARE(floats.json()["layers_quantized"].toInt(), 0);
        QVERIFY(floats.json()["snr_db"].isNull() ||
                floats.json()["snr_db"].toDouble() > 90);  // folding rounds
        QVERIFY(floats.out.contains("layers.none_quantized"));
        const CliRun again = quantize(
            "o.onnx",
            sample_images() + QStringList{"--plan", place("float.qwplan"), "--set", "/stem/*:mode=static"});
        QVERIFY2(again.json()["layers_quantized"].toInt() > 0, again.all().constData());
        const CliRun nothing = quantize("o.onnx", sample_images() + QStringList{"--float", "/nowhere/*"});
        QCOMPARE(nothing.code, 0);
        QVERIFY(nothing.out.contains("plan.matches_nothing"));
    }

    void shards_merge_to_the_whole() {
        const QStringList images = sample_images(25) + QStringList{"--json"};
        const CliRun whole =
            run_cli(QStringList{"calibrate", sample_model(), "--out", place("w.qwstats")} + images);
        QVERIFY2(whole.code == 0, whole.all().constData());
        QCOMPARE(absent(whole.json(), {"images", "skipped", "preprocess", "images_per_second",
                                       "peak_memory_bytes", "tensors"}),
                 QStringList());
        const QJsonArray tensors = whole.json()["tensors"].toArray();
        QCOMPARE(absent(tensors[0].toObject(),
                        {"name", "min", "max", "mean", "std", "threshold", "scale", "zero_point"}),
                 QStringList());
        for (const char* shard : {"1/2", "2/2"})
            QCOMPARE(run_cli(QStringList{"calibrate", sample_model(), "--out",
                                         place(QString("s%1.qwstats").arg(shard[0])), "--shard", shard} +
                             images)
                         .code,
                     0);
        const CliRun merged = run_cli({"calibrate", "--merge", place("s1.qwstats"), place("s2.qwstats"),
                                       "--out", place("m.qwstats"), "--json"});
        QVERIFY2(merged.code == 0, merged.all().constData());
        QCOMPARE(merged.json()["images"].toInt(), 25);
        QCOMPARE(merged.json()["tensors"].toArray().size(), tensors.size());
        QCOMPARE(quantize("w.onnx", {"--stats", place("w.qwstats")}).code, 0);
        QCOMPARE(quantize("m.onnx", {"--stats", place("m.qwstats")}).code, 0);
        QCOMPARE(digest(place("w.onnx")), digest(place("m.onnx")));
    }

    void evaluate_shows_what_kernels_lose() {
        QCOMPARE(quantize("k.onnx", sample_images()).code, 0);
        const QStringList images = {"--images",     sample("evaluation"),      "--count", "60",
                                    "--preprocess", sample("preprocess.json"), "--json"};
        const CliRun run =
            run_cli(QStringList{"evaluate", place("k.onnx"), "--against", sample_model()} + images);
        QVERIFY2(run.code == 0, run.all().constData());
        QCOMPARE(absent(run.json(), {"images", "labelled", "top1", "top5", "agreement", "snr_db", "cosine",
                                     "mean_abs_error", "latency_ms", "kernel_gap"}),
                 QStringList());
        QCOMPARE(absent(run.json()["latency_ms"].toObject(), {"p50", "p90", "p99", "min"}), QStringList());
        const QJsonObject gap = run.json()["kernel_gap"].toObject();
        QCOMPARE(absent(gap, {"snr_db_default", "snr_db_off", "warning", "hint"}), QStringList());
        QCOMPARE(gap["warning"].toBool(),
                 gap["snr_db_default"].toDouble() < gap["snr_db_off"].toDouble() - 1);
        // A float model has no such gap, and without --against nothing to be compared with.
        const CliRun alone = run_cli(QStringList{"evaluate", sample_model()} + images);
        QVERIFY(!alone.json().contains("kernel_gap") && !alone.json().contains("snr_db") &&
                !alone.json().contains("agreement"));
        // Against itself there is no noise.
        const CliRun same =
            run_cli(QStringList{"evaluate", sample_model(), "--against", sample_model()} + images);
        QVERIFY(same.json().contains("snr_db") && same.json()["snr_db"].isNull());
        QCOMPARE(same.json()["mean_abs_error"].toDouble(), 0.0);
        QCOMPARE(same.json()["agreement"].toDouble(), 1.0);
        // Without a reference: the kernels against the file's own arithmetic.
        const CliRun own = run_cli(QStringList{"evaluate", place("k.onnx")} + images);
        QVERIFY(own.json()["kernel_gap"].toObject()["snr_db_off"].isNull());
    }

    void analyze_ranks_layers() {
        const CliRun run = run_cli(QStringList{"analyze", sample_model(), "--json"} + sample_images());
        QVERIFY2(run.code == 0, run.all().constData());
        const QJsonArray layers = run.json()["layers"].toArray();
        QVERIFY(layers.size() > 10);
        double before = -1000;
        for (qsizetype i = 0; i < layers.size(); ++i) {
            const QJsonObject layer = layers[i].toObject();
            QCOMPARE(absent(layer, {"name", "op", "snr_db_alone", "cosine_alone", "mse_alone", "rank"}),
                     QStringList());
            QCOMPARE(layer["rank"].toInt(), static_cast<int>(i) + 1);
            const double snr = layer["snr_db_alone"].isNull() ? 1000 : layer["snr_db_alone"].toDouble();
            QVERIFY(snr >= before);
            before = snr;
        }
    }

    void plan_files() {
        QCOMPARE(
            quantize("p.onnx", sample_images() + QStringList{"--set", "/stem/*:weight.granularity=tensor",
                                                             "--save-plan", place("a.qwplan")})
                .code,
            0);
        QCOMPARE(quantize("p.onnx", sample_images() + QStringList{"--target", "spacemit-k1", "--save-plan",
                                                                  place("b.qwplan")})
                     .code,
                 0);
        const CliRun shown = run_cli({"plan", "show", place("a.qwplan"), "--json"});
        QFile file(place("a.qwplan"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(shown.out, file.readAll());
        QCOMPARE(run_cli({"plan", "check", place("a.qwplan"), sample_model()}).code, 0);
        const CliRun diff = run_cli({"plan", "diff", place("a.qwplan"), place("b.qwplan"), "--json"});
        QCOMPARE(diff.code, 0);
        QCOMPARE(diff.json()["equal"].toBool(), false);
        QVERIFY(diff.out.contains("weight.granularity") && diff.out.contains("spacemit-k1"));
        QCOMPARE(run_cli({"plan", "diff", place("a.qwplan"), place("a.qwplan"), "--json"})
                     .json()["equal"]
                     .toBool(),
                 true);
        file.close();
        QVERIFY(file.open(QIODevice::ReadWrite));
        const QByteArray text = file.readAll().replace("/stem/conv/Conv", "/stem/conv/Gone");
        file.resize(0);
        file.write(text);
        file.close();
        const CliRun checked = run_cli({"plan", "check", place("a.qwplan"), sample_model(), "--json"});
        QCOMPARE(checked.code, 1);
        QCOMPARE(checked.json()["ok"].toBool(), false);
        QVERIFY(checked.out.contains("plan.unknown_layer"));
    }

    void quiet_says_nothing_and_json_is_alone() {
        const CliRun quiet =
            run_cli(QStringList{"quantize", sample_model(), "--out", place("q.onnx"), "--quiet", "--json"} +
                    sample_images(8));
        QCOMPARE(quiet.code, 0);
        QVERIFY2(quiet.err.isEmpty(), quiet.err.constData());
        QVERIFY(!quiet.json().isEmpty());
        const CliRun people =
            run_cli(QStringList{"quantize", sample_model(), "--out", place("q.onnx")} + sample_images(8));
        QVERIFY(people.err.contains("Preprocessing:") && people.err.contains("Calibrating"));
        QVERIFY(people.out.contains("SNR") && !people.out.contains("Calibrating"));
        QVERIFY(!people.err.contains('\r'));  // no bar where there is no terminal
    }
};

QTEST_GUILESS_MAIN(TestCliSample)
#include "test_cli_sample.moc"
