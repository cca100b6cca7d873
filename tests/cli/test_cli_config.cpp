// quantize --config with files of SpacemiT's quantizer, plans to and from them, and the PyTorch script: the
// real program on the embedded sample.
#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>

#include "tests/cli/cli_run.h"

class TestCliConfig : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    QDir m_before = QDir::current();

    [[nodiscard]] QString place(const QString& name) const { return m_folder.filePath(name); }

    static void write(const QString& path, const QByteArray& text) {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
    }
    static QByteArray read(const QString& path) {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    void config(const QJsonObject& model, const QJsonObject& calibration, const QJsonObject& quantization,
                const QString& name = "c.json") {
        write(place(name), QJsonDocument(QJsonObject{{"model_parameters", model},
                                                     {"calibration_parameters", calibration},
                                                     {"quantization_parameters", quantization}})
                               .toJson());
    }
    /// The sample's images, told as xslim tells them: mean and std of pixels.
    static QJsonObject images(const QString& list) {
        return {{"input_parametres", QJsonArray{QJsonObject{{"mean_value", QJsonArray{0.286 * 255}},
                                                            {"std_value", QJsonArray{0.353 * 255}},
                                                            {"data_list_path", list}}}}};
    }
    static QStringList codes(const QJsonObject& json) {
        QStringList result;
        for (const auto& problem : json["problems"].toArray())
            result.append(problem.toObject()["code"].toString());
        result.sort();
        return result;
    }
    static CliRun run(const QStringList& arguments) { return run_cli(arguments + QStringList{"--json"}); }

private slots:
    void initTestCase() {
        // Paths of these files are relative to the current directory, like xslim's.
        QVERIFY(QDir::setCurrent(m_folder.path()));
        QVERIFY(QFile::copy(sample_model(), place("net.onnx")));
        QVERIFY(QDir().mkpath("lists"));
        QByteArray list;
        const QDir folder(sample("calibration"));
        for (const QString& name : folder.entryList(QDir::Files, QDir::Name).mid(0, 12))
            list += folder.filePath(name).toUtf8() + "\n";
        write(place("lists/images.txt"), list);
    }
    void cleanupTestCase() { QDir::setCurrent(m_before.path()); }

    void the_smallest_file_needs_no_images() {
        write(place("c.json"), R"({"model_parameters": {"onnx_model": "./net.onnx", "working_dir": "./temp"},
            "quantization_parameters": {"analysis_enable": true, "precision_level": 3}})");
        const CliRun done = run({"quantize", "--config", "c.json"});
        QVERIFY2(done.code == 0, done.all().constData());
        const QJsonObject json = done.json();
        QCOMPARE(json["out"].toString(), QString("./temp/net.q.onnx"));
        QCOMPARE(json["bytes"].toInteger(), QFileInfo("temp/net.q.onnx").size());
        QVERIFY(json["layers_quantized"].toInt() >= 16);
        QVERIFY(!json.contains("snr_db") && !json.contains("cosine"));  // nothing to measure them on
        QCOMPARE(codes(json), QStringList{"analysis.random_inputs"});
        QCOMPARE(json["analysis"].toObject()["inputs"].toString(), QString("random"));
        const QByteArray markdown = read("temp/net.q_report.md"), html = read("temp/net.q_report.html");
        QVERIFY(markdown.startsWith("| Op | Var | SNR | MSE | Cosine | Q.MinMax | F.MinMax | F.Hist |\n"));
        QVERIFY(markdown.contains("| /head/fc/Gemm[Gemm] | logits |") && markdown.contains("random input"));
        QVERIFY(html.contains("<!DOCTYPE html>") && html.contains("random input"));
        // Of a file that was written before, only the words of the plan differ from --mode weight-only.
        const CliRun same = run(
            {"quantize", "net.onnx", "--target", "spacemit-k1", "--mode", "weight-only", "--out", "w.onnx"});
        QVERIFY2(same.code == 0, same.all().constData());
        QCOMPARE(read("w.onnx"), read("temp/net.q.onnx"));  // the sample has no MatMul
    }

    void a_static_file_calibrates_on_its_list() {
        config(
            {{"onnx_model", "net.onnx"}, {"working_dir", "static"}, {"output_prefix", "net8"}, {"opset", 19}},
            images("lists/images.txt"), {{"finetune_level", 0}, {"typo", 1}});
        const CliRun done = run({"quantize", "--config", "c.json", "--save-plan", "static.qwplan"});
        QVERIFY2(done.code == 0, done.all().constData());
        const QJsonObject json = done.json();
        QCOMPARE(json["out"].toString(), QString("static/net8.onnx"));
        QCOMPARE(json["calibration_images"].toInt(), 12);
        QCOMPARE(json["opset"].toInt(), 19);
        QCOMPARE(json["evaluated_on"].toString(), QString("calibration"));
        QVERIFY(json["snr_db"].toDouble() > 20);
        QCOMPARE(codes(json), (QStringList{"config.instead", "config.own_search", "config.unknown_key"}));
        QCOMPARE(json["preprocess"].toObject()["scale"].toDouble(), 1.0);
        QVERIFY(QFileInfo::exists("static/net8_report.md") && QFileInfo::exists("static/net8_report.html"));
        // The same choices as options give the same file.
        const CliRun same = run({"quantize", "net.onnx", "--target", "spacemit-k1", "--images",
                                 "lists/images.txt", "--preprocess", sample("preprocess.json"), "--threshold",
                                 "mse", "--out", "same.onnx", "--save-plan", "same.qwplan"});
        QVERIFY2(same.code == 0, same.all().constData());
        QVERIFY(qAbs(same.json()["snr_db"].toDouble() - json["snr_db"].toDouble()) < 0.3);
        QCOMPARE(read("same.qwplan"), read("static.qwplan"));
        // Options are stronger than the file.
        const CliRun other = run({"quantize", "--config", "c.json", "--out", "other.onnx", "--float",
                                  "/head/*", "--threshold", "kl", "--count", "4"});
        QVERIFY2(other.code == 0, other.all().constData());
        QVERIFY(other.json()["layers_quantized"].toInt() < json["layers_quantized"].toInt());
        QVERIFY(QFileInfo::exists("other_report.md"));
        // Other images keep the file's preprocessing.
        const CliRun moved = run({"quantize", "--config", "c.json", "--out", "other.onnx", "--images",
                                  sample("calibration"), "--count", "4"});
        QVERIFY2(moved.code == 0, moved.all().constData());
        QCOMPARE(moved.json()["preprocess"], json["preprocess"]);
        QCOMPARE(moved.json()["calibration_images"].toInt(), 4);
    }

    void what_is_behind_a_truncation_stays_float() {
        // Run from elsewhere, all paths of the file are those of its folder.
        QVERIFY(QDir().mkpath("tutorial"));
        QFile::remove("tutorial/net.onnx");
        QVERIFY(QFile::copy(sample_model(), "tutorial/net.onnx"));
        QVERIFY(QFile::copy("lists/images.txt", "tutorial/calib_list.txt"));
        const auto truncated_at = [&](const QJsonArray& names) {
            config({{"onnx_model", "tutorial.onnx"}, {"working_dir", "./"}, {"skip_onnxsim", false}},
                   images("./calib_list.txt"),
                   {{"analysis_enable", false}, {"finetune_level", 0}, {"truncate_var_names", names}},
                   "tutorial/c.json");
        };
        QVERIFY(QFile::rename("tutorial/net.onnx", "tutorial/tutorial.onnx"));
        truncated_at({"/head/pool/GlobalAveragePool_output_0"});
        const CliRun done =
            run({"quantize", "--config", "tutorial/c.json", "--save-plan", "truncated.qwplan"});
        QVERIFY2(done.code == 0, done.all().constData());
        const QJsonObject json = done.json();
        QCOMPARE(json["out"].toString(), QString("tutorial/./tutorial.q.onnx"));
        QCOMPARE(codes(json), (QStringList{"config.found_elsewhere", "config.found_elsewhere",
                                           "config.instead", "config.own_search", "plan.truncated"}));
        QVERIFY(json["snr_db"].toDouble() > 20);
        QCOMPARE(json["layers_total"].toInt() - json["layers_quantized"].toInt(), 2);  // Flatten, Gemm
        // The same plan as an option, and there and back in xslim's words.
        const CliRun same = run({"quantize", "net.onnx", "--target", "spacemit-k1", "--images",
                                 "lists/images.txt", "--preprocess", sample("preprocess.json"), "--threshold",
                                 "mse", "--truncate", "/head/pool/GlobalAveragePool_output_0", "--out",
                                 "same.onnx", "--save-plan", "same.qwplan"});
        QVERIFY2(same.code == 0, same.all().constData());
        QCOMPARE(read("same.qwplan"), read("truncated.qwplan"));
        QVERIFY(run({"plan", "convert", "same.qwplan", "net.onnx", "--out", "words.json"}).code == 0);
        QVERIFY(read("words.json").contains("truncate_var_names"));
        QVERIFY(run({"plan", "convert", "words.json", "net.onnx", "--out", "back.qwplan"}).code == 0);
        QCOMPARE(read("back.qwplan"), read("same.qwplan"));
        QVERIFY(run({"plan", "convert", "same.qwplan", "--out", "words.json"}).code ==
                0);  // without the model
        QVERIFY(read("words.json").contains("truncate_var_names"));
        // A name that the model does not have ends it before any work, with the names that are like it.
        QFile::remove("tutorial/tutorial.q.onnx");
        truncated_at({"/head/pool/GlobalAveragePool"});
        const CliRun refused = run({"quantize", "--config", "tutorial/c.json"});
        QCOMPARE(refused.code, 1);
        const QJsonObject error = refused.json()["error"].toObject();
        QCOMPARE(error["code"].toString(), QString("plan.truncation_unknown"));
        QCOMPARE(error["subject"].toString(), QString("/head/pool/GlobalAveragePool"));
        QVERIFY(error["message"].toString().contains("/head/pool/GlobalAveragePool_output_0"));
        QVERIFY(!QFileInfo::exists("tutorial/tutorial.q.onnx"));
        QCOMPARE(run({"plan", "convert", "tutorial/c.json"}).error_code(),
                 QString("plan.truncation_unknown"));
    }

    void level_100_saves_the_prepared_graph() {
        config({{"onnx_model", "net.onnx"}, {"output_prefix", "simple"}}, images("nowhere.txt"),
               {{"precision_level", 100}});
        const CliRun done = run({"quantize", "--config", "c.json"});
        QVERIFY2(done.code == 0, done.all().constData());
        QCOMPARE(done.json()["layers_quantized"].toInt(), 0);
        QCOMPARE(codes(done.json()), QStringList{"config.unused_key"});
        QVERIFY(QFileInfo::exists("simple.onnx") && !QFileInfo::exists("simple_report.md"));
        for (const auto& layer : run({"inspect", "simple.onnx"}).json()["layers"].toArray())
            for (const auto& node : layer.toObject()["nodes"].toArray())
                QVERIFY(!node.toString().contains("BatchNormalization"));
        QVERIFY(QFileInfo("simple.onnx").size() < QFileInfo("net.onnx").size());
    }

    void what_cannot_be_done_is_an_error_data() {
        QTest::addColumn<QJsonObject>("model");
        QTest::addColumn<QJsonObject>("calibration");
        QTest::addColumn<QString>("code");
        const QJsonObject net = {{"onnx_model", "net.onnx"}};
        QTest::newRow("no data") << net << QJsonObject() << "config.no_data";
        QTest::newRow("no list") << net << QJsonObject{{"input_parametres", QJsonArray{QJsonObject()}}}
                                 << "config.no_data";
        QJsonObject script = images("lists/images.txt")["input_parametres"].toArray()[0].toObject();
        script["preprocess_file"] = "pre.py:load";
        QTest::newRow("script") << net << QJsonObject{{"input_parametres", QJsonArray{script}}}
                                << "config.script";
        QTest::newRow("list is not there") << net << images("lists/gone.txt") << "images.none_left";
        QTest::newRow("over the model") << QJsonObject{{"onnx_model", "net.onnx"}, {"output_prefix", "net"}}
                                        << images("lists/images.txt") << "output.equals_input";
        QTest::newRow("no model") << QJsonObject() << QJsonObject() << "config.invalid";
        QTest::newRow("model is not there")
            << QJsonObject{{"onnx_model", "gone.onnx"}} << QJsonObject() << "model.not_found";
    }
    void what_cannot_be_done_is_an_error() {
        QFETCH(QJsonObject, model);
        QFETCH(QJsonObject, calibration);
        QFETCH(QString, code);
        config(model, calibration, {});
        const QByteArray before = read("net.onnx");
        const CliRun done = run({"quantize", "--config", "c.json"});
        QCOMPARE(done.code, 1);
        QVERIFY2(done.error_code() == code, done.all().constData());
        QVERIFY(!done.json()["error"].toObject()["hint"].toString().isEmpty());
        QCOMPARE(read("net.onnx"), before);
        QVERIFY(!QFileInfo::exists("net.q.onnx"));
        // A folder made for the output goes away with it.
        if (model.contains("onnx_model") && !model.contains("output_prefix")) {
            QJsonObject elsewhere = model;
            elsewhere["working_dir"] = "made/for/nothing";
            config(elsewhere, calibration, {});
            QCOMPARE(run({"quantize", "--config", "c.json"}).error_code(), code);
            QVERIFY(!QFileInfo::exists("made/for/nothing"));
        }
    }

    void files_that_are_no_config() {
        write(place("bad.json"), "{\"model_parameters\": ");
        QCOMPARE(run({"quantize", "--config", "bad.json"}).error_code(), QString("config.invalid"));
        QCOMPARE(run({"quantize", "--config", "gone.json"}).error_code(), QString("config.invalid"));
    }

    void a_plan_goes_there_and_back() {
        config({{"onnx_model", "net.onnx"}, {"working_dir", "x"}}, images("lists/images.txt"),
               {{"ignore_op_names", QJsonArray{"/head/fc/Gemm"}}, {"ignore_op_types", QJsonArray{"Add"}}});
        const CliRun there = run({"plan", "convert", "c.json", "--out", "a.qwplan"});
        QVERIFY2(there.code == 0, there.all().constData());
        QCOMPARE(there.json()["to"].toString(), QString("plan"));
        // Paths and data are no part of a plan, and level 2 is what ignoring all Adds comes to here.
        QCOMPARE(codes(there.json()), (QStringList{"config.not_in_plan", "config.not_in_plan",
                                                   "config.not_in_plan", "config.own_search"}));
        const CliRun checked = run({"plan", "check", "a.qwplan", "net.onnx"});
        QVERIFY2(checked.code == 0, checked.all().constData());
        const CliRun back = run({"plan", "convert", "a.qwplan", "net.onnx", "--out", "b.json"});
        QVERIFY2(back.code == 0, back.all().constData());
        QCOMPARE(codes(back.json()), QStringList{"config.add_data"});
        const CliRun again = run({"plan", "convert", "b.json", "--out", "b.qwplan"});
        QVERIFY2(again.code == 0, again.all().constData());
        QCOMPARE(read("a.qwplan"), read("b.qwplan"));
        // Printed where no file is named; never over what was read.
        const CliRun printed = run_cli({"plan", "convert", "a.qwplan", "net.onnx"});
        QCOMPARE(printed.out, read("b.json"));
        QCOMPARE(run({"plan", "convert", "a.qwplan", "--out", "a.qwplan"}).error_code(),
                 QString("output.equals_input"));
        QCOMPARE(run({"plan", "convert", "a.qwplan", sample_model()}).code,
                 0);  // the same bytes, another place
    }

    void the_script_compiles() {
        const CliRun made = run({"quantize", "net.onnx", "--mode", "weight-only", "--float", "/head/*",
                                 "--out", "q.onnx", "--save-plan", "qat.qwplan"});
        QVERIFY2(made.code == 0, made.all().constData());
        const CliRun done = run({"plan", "export-qat", "qat.qwplan", "net.onnx", "--out", "qat.py"});
        QVERIFY2(done.code == 0, done.all().constData());
        const QByteArray script = read("qat.py");
        QVERIFY(script.contains("\"blocks.0.depthwise\": 0,") && script.contains("\"head.fc\": None,"));
        QProcess python;
        python.start("python3", {"-m", "py_compile", "qat.py"});
        if (!python.waitForStarted())
            QSKIP("there is no python3");
        QVERIFY(python.waitForFinished());
        QCOMPARE(python.exitCode(), 0);
        QCOMPARE(run_cli({"plan", "export-qat", "qat.qwplan", "net.onnx"}).out, script);
    }

    void modes_without_images_data() {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<int>("opset");
        QTest::newRow("weight-only") << QStringList{"--mode", "weight-only"} << 17;
        QTest::newRow("dynamic") << QStringList{"--mode", "dynamic"} << 17;
        QTest::newRow("fp16") << QStringList{"--mode", "fp16"} << 17;
        QTest::newRow("int4 in blocks")
            << QStringList{"--mode", "weight-only", "--weight", "int4", "--block-size", "16"} << 21;
        QTest::newRow("int4, capped") << QStringList{"--mode",       "weight-only", "--weight",    "int4",
                                                     "--block-size", "16",          "--opset-max", "18"}
                                      << 17;
    }
    void modes_without_images() {
        QFETCH(QStringList, options);
        QFETCH(int, opset);
        const CliRun done = run(QStringList{"quantize", "net.onnx", "--out", "m.onnx"} + options);
        QVERIFY2(done.code == 0, done.all().constData());
        QCOMPARE(done.json()["opset"].toInt(), opset);
        QVERIFY(!done.json().contains("snr_db") && !done.json().contains("cosine"));
        QVERIFY(done.json()["layers_quantized"].toInt() >= 16);
        const CliRun judged =
            run(QStringList{"evaluate", "m.onnx", "--against", "net.onnx"} + sample_images(8));
        QVERIFY2(judged.json()["snr_db"].toDouble() > (options.contains("int4") ? 6 : 20),
                 judged.all().constData());
        // Static needs images, unless there are statistics.
        const CliRun refused = run({"quantize", "net.onnx", "--out", "m.onnx", "--mode", "static"});
        QCOMPARE(refused.code, 2);
        QVERIFY(refused.json()["error"].toObject()["subject"].toString() == "--images");
    }

    void presets_and_formats() {
        double before = 0;
        for (const QStringList& options :
             {QStringList{"--preset", "qnnpack"},
              {"--activation", "int16"},
              {"--format", "qoperator"},
              {"--activation", "uint16", "--weight", "uint8", "--granularity", "tensor"}}) {
            const CliRun done =
                run(QStringList{"quantize", "net.onnx", "--out", "p.onnx", "--save-plan", "p.qwplan"} +
                    sample_images(8) + options);
            QVERIFY2(done.code == 0, done.all().constData());
            QVERIFY(done.json()["snr_db"].toDouble() != before);
            before = done.json()["snr_db"].toDouble();
            if (options.contains("qoperator"))
                QVERIFY(read("p.onnx").contains("QLinearConv"));
        }
    }
};

QTEST_GUILESS_MAIN(TestCliConfig)
#include "test_cli_config.moc"
