// What bad input gets: the documented code, exit 1, both languages, nothing written.
#include <sys/stat.h>
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>
#include <cstring>
#include <filesystem>
#include <map>

#include "tests/cli/cli_run.h"
#include "tests/support/small_models.h"

using quantwright::ElementType;
using quantwright::testing::ModelBuilder;

class TestCliBadInput : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    [[nodiscard]] QString place(const QString& name) const { return m_folder.filePath(name); }

    QString write(const QString& name, const QByteArray& content) {
        QDir().mkpath(QFileInfo(place(name)).path());
        QFile file(place(name));
        return file.open(QIODevice::WriteOnly) && file.write(content) == content.size() ? place(name)
                                                                                        : QString();
    }

    QString save(const QString& name, ModelBuilder& builder) {
        return write(name, QByteArray::fromStdString(builder.proto().SerializeAsString()));
    }

    /// A version 1.0 .npy of float32 values.
    QString write_npy(const QString& name, const QString& shape, int count) {
        QByteArray header =
            QString("{'descr': '<f4', 'fortran_order': False, 'shape': (%1), }").arg(shape).toLatin1();
        while ((10 + header.size() + 1) % 64 != 0)
            header += ' ';
        header += '\n';
        QByteArray content("\x93NUMPY\x01\x00", 8);
        const auto size = static_cast<quint16>(header.size());
        content.append(static_cast<char>(size & 0xFF)).append(static_cast<char>(size >> 8)).append(header);
        for (int i = 0; i < count; ++i) {
            const float value = 0.1f * static_cast<float>(i % 7) - 0.2f;
            char bytes[4];
            std::memcpy(bytes, &value, 4);
            content.append(bytes, 4);
        }
        return write(name, content);
    }

    /// Runs it in both languages and compares code and traces.
    void expect(const QStringList& arguments, const char* code, const QString& named) {
        const QStringList before =
            QDir(m_folder.path()).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot);
        const CliRun run = run_cli(arguments + QStringList{"--json"});
        QVERIFY2(run.code == 1, run.all().constData());
        QCOMPARE(run.error_code(), QString(code));
        const QJsonObject error = run.json()["error"].toObject();
        QVERIFY2(error["message"].toString().contains(named), run.out.constData());
        QVERIFY(!error["hint"].toString().isEmpty());
        const CliRun chinese = run_cli(arguments + QStringList{"--lang", "zh"});
        QCOMPARE(chinese.code, 1);
        QVERIFY(chinese.out.isEmpty());
        QVERIFY2(QString::fromUtf8(chinese.err).contains(named) && chinese.err.contains("错误"),
                 chinese.err.constData());
        QCOMPARE(QDir(m_folder.path()).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot),
                 before);
    }

    [[nodiscard]] QStringList quantize(const QString& model) const {
        return QStringList{"quantize", model, "--out", place("out.onnx"), "--report", place("report")} +
               sample_images(8);
    }

private slots:
    void models_that_are_none() {
        expect(quantize(place("nowhere.onnx")), "model.not_found", "nowhere.onnx");
        expect(quantize(write("text.onnx", "hello, this is not a model")), "model.not_onnx", "text.onnx");
        QFile whole(sample_model());
        QVERIFY(whole.open(QIODevice::ReadOnly));
        expect(quantize(write("half.onnx", whole.read(whole.size() / 2))), "model.truncated", "half.onnx");
    }

    void outputs_are_checked_before_the_work() {
        const QString copy = write("copy.onnx", [] {
            QFile file(sample_model());
            return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        }());
        expect(QStringList{"quantize", copy, "--out", copy} + sample_images(8), "output.equals_input",
               "copy.onnx");
        QVERIFY(QFile::link(copy, place("link.onnx")));
        expect(QStringList{"quantize", copy, "--out", place("link.onnx")} + sample_images(8),
               "output.equals_input", "link.onnx");
        // A name outside of the images, a file inside.
        QDir().mkpath(place("pictures"));
        QFile::copy(QDir(sample("calibration")).entryInfoList({"*.png"})[0].filePath(),
                    place("pictures/a.png"));
        expect({"quantize", copy, "--out", place("pictures/a.png"), "--images", place("pictures"),
                "--preprocess", sample("preprocess.json")},
               "output.equals_input", "a.png");
        expect(QStringList{"quantize", copy, "--out", place("no/such/out.onnx")} + sample_images(8),
               "output.unwritable", "out.onnx");
        expect(QStringList{"quantize", copy, "--out", place("out.onnx"), "--report", copy + "/report"} +
                   sample_images(8),
               "output.unwritable", "report");
        expect(QStringList{"quantize", copy, "--out", place("out.onnx"), "--save-plan",
                           place("no/plan.qwplan")} +
                   sample_images(8),
               "output.unwritable", "plan.qwplan");
        // A pipe or a device stays what it is.
        const QByteArray pipe = place("pipe.onnx").toLocal8Bit();
        QCOMPARE(::mkfifo(pipe.constData(), 0600), 0);
        expect(QStringList{"quantize", copy, "--out", place("pipe.onnx")} + sample_images(8),
               "output.unwritable", "pipe.onnx");
        QVERIFY(std::filesystem::is_fifo(pipe.constData()));
        expect(QStringList{"calibrate", copy, "--out", copy} + sample_images(8), "output.equals_input",
               "copy.onnx");
    }

    void images_that_are_none() {
        QDir().mkpath(place("empty"));
        expect({"quantize", sample_model(), "--out", place("out.onnx"), "--images", place("empty")},
               "images.none_left", "empty");
        expect({"quantize", sample_model(), "--out", place("out.onnx"), "--images", place("missing")},
               "images.none_left", "missing");
        write("broken/a.png", "no image");
        write("broken/b.jpg", "");
        expect({"quantize", sample_model(), "--out", place("out.onnx"), "--images", place("broken"),
                "--preprocess", sample("preprocess.json")},
               "images.none_left", "broken");
        expect({"evaluate", sample_model(), "--images", sample("evaluation"), "--labels",
                write("labels.txt", "nothing.png 3\n")},
               "images.labels_match_nothing", "labels.txt");
        expect(QStringList{"quantize", sample_model(), "--out", place("out.onnx"), "--images",
                           sample("calibration"), "--preprocess",
                           write("bad.json", R"({"color":"gray","sharpen":3})")},
               "preprocess.invalid", "bad.json");
        expect({"quantize", sample_model(), "--out", place("out.onnx"), "--images", sample("calibration"),
                "--mean", "0.1,0.2"},
               "preprocess.invalid", "");
    }

    void unreadable_images_are_skipped_and_listed() {
        write("mixed/bad.png", "no image");
        for (const QFileInfo& file : QDir(sample("calibration")).entryInfoList({"*.png"}).mid(0, 4))
            QFile::copy(file.filePath(), place("mixed/" + file.fileName()));
        const CliRun run = run_cli({"quantize", sample_model(), "--out", place("mixed.onnx"), "--images",
                                    place("mixed"), "--preprocess", sample("preprocess.json"), "--json"});
        QVERIFY2(run.code == 0, run.all().constData());
        const QJsonArray skipped = run.json()["skipped"].toArray();
        QCOMPARE(skipped.size(), 1);
        QVERIFY(skipped[0].toObject()["path"].toString().endsWith("bad.png"));
        QCOMPARE(skipped[0].toObject()["code"].toString(), QString("images.unreadable"));
        QCOMPARE(run.json()["images"].toInt(), 4);
        QFile::remove(place("mixed.onnx"));
    }

    void documents_of_another_model() {
        ModelBuilder builder;
        builder.input("x", {1, 1, 28, 28}).conv("c", "x", "y", 1, 4).output("y");
        const QString other = save("other.onnx", builder);
        const QStringList images = sample_images(8);
        QCOMPARE(run_cli(QStringList{"calibrate", other, "--out", place("other.qwstats")} + images).code, 0);
        QCOMPARE(run_cli(QStringList{"quantize", other, "--out", place("o.onnx"), "--save-plan",
                                     place("other.qwplan")} +
                         images)
                     .code,
                 0);
        expect({"quantize", sample_model(), "--out", place("out.onnx"), "--stats", place("other.qwstats")},
               "stats.other_model", "fashion-dscnn.onnx");
        expect(quantize(sample_model()) + QStringList{"--plan", place("other.qwplan")}, "plan.other_model",
               "other.qwplan");
        expect({"plan", "check", place("other.qwplan"), sample_model()}, "plan.other_model", "other.qwplan");
        expect(quantize(sample_model()) +
                   QStringList{"--plan", write("bad.qwplan", R"({"quantwright_plan":1,"colour":"red"})")},
               "plan.invalid", "colour");
        expect({"plan", "show", write("worse.qwplan", "{")}, "plan.invalid", "worse.qwplan");
        expect({"quantize", sample_model(), "--out", place("out.onnx"), "--stats",
                write("bad.qwstats", "nothing")},
               "stats.invalid", "bad.qwstats");
    }

    void shapes_that_are_open() {
        ModelBuilder builder;
        builder.input("x", {1, 3, 1, 1}).conv("c", "x", "y", 3, 4).output("y");
        auto& shape = *builder.proto()
                           .mutable_graph()
                           ->mutable_input(0)
                           ->mutable_type()
                           ->mutable_tensor_type()
                           ->mutable_shape();
        shape.mutable_dim(0)->set_dim_param("batch");
        shape.mutable_dim(2)->set_dim_param("height");
        shape.mutable_dim(3)->set_dim_param("width");
        const QString open = save("open.onnx", builder);
        expect({"inspect", open}, "model.shape_unknown", "x");
        const CliRun run = run_cli({"inspect", open, "--input-shape", "x=1,3,8,8", "--json"});
        QVERIFY2(run.code == 0, run.all().constData());
        const QJsonArray dimensions =
            run.json()["model"].toObject()["inputs"].toArray()[0].toObject()["shape"].toArray();
        QCOMPARE(dimensions, (QJsonArray{"batch", 3, "height", "width"}));
        QCOMPARE(run_cli({"inspect", open, "--input-shape", "y=1,3,8,8"}).code, 2);
    }

    void inputs_that_are_no_images() {
        ModelBuilder builder;
        builder.input("ids", {1, 8}).input("mask", {1, 8});
        builder.node("Add", "add", {"ids", "mask"}, {"sum"});
        builder.weight("w", {8, 4}).node("MatMul", "mul", {"sum", "w"}, {"y"});
        builder.output("y");
        const QString tokens = save("tokens.onnx", builder);
        expect({"quantize", tokens, "--out", place("out.onnx"), "--images", sample("calibration")},
               "model.no_quantizable_input", "");
        write_npy("ids/0.npy", "1, 8", 8);
        write_npy("mask/0.npy", "1, 8", 8);
        expect({"quantize", tokens, "--out", place("out.onnx"), "--input", "ids=" + place("ids")},
               "model.no_quantizable_input", "mask");
        QCOMPARE(
            run_cli({"quantize", tokens, "--out", place("out.onnx"), "--input", "who=" + place("ids")}).code,
            2);
        const CliRun run = run_cli({"quantize", tokens, "--out", place("tokens.q.onnx"), "--input",
                                    "mask=" + place("mask"), "--input", "ids=" + place("ids"), "--json"});
        QVERIFY2(run.code == 0, run.all().constData());
        QCOMPARE(run.json()["images"].toInt(), 1);
        QVERIFY(!run.json().contains("preprocess"));
    }

    void a_quantized_model_is_not_quantized_twice() {
        QCOMPARE(
            run_cli(QStringList{"quantize", sample_model(), "--out", place("once.onnx")} + sample_images(8))
                .code,
            0);
        const CliRun again =
            run_cli(QStringList{"quantize", place("once.onnx"), "--out", place("twice.onnx"), "--json"} +
                    sample_images(8));
        QVERIFY2(again.code == 0, again.all().constData());
        QVERIFY(again.out.contains("model.already_quantized"));
        // The same nodes and numbers under the same names.
        onnx::ModelProto once, twice;
        for (const auto& [name, model] : {std::pair("once.onnx", &once), std::pair("twice.onnx", &twice)}) {
            QFile file(place(name));
            QVERIFY(file.open(QIODevice::ReadOnly) && model->ParseFromString(file.readAll().toStdString()));
        }
        QCOMPARE(twice.graph().node_size(), once.graph().node_size());
        QCOMPARE(twice.graph().initializer_size(), once.graph().initializer_size());
        std::map<std::string, std::string> nodes, numbers;
        for (const auto& node : once.graph().node())
            nodes[node.name()] = node.SerializeAsString();
        for (const auto& tensor : once.graph().initializer())
            numbers[tensor.name()] = tensor.SerializeAsString();
        for (const auto& node : twice.graph().node())
            QVERIFY2(nodes[node.name()] == node.SerializeAsString(), node.name().c_str());
        for (const auto& tensor : twice.graph().initializer())
            QVERIFY2(numbers[tensor.name()] == tensor.SerializeAsString(), tensor.name().c_str());
    }

    void operators_that_nobody_knows() {
        ModelBuilder builder;
        builder.input("x", {1, 1, 28, 28}).conv("first", "x", "h", 1, 4).output("y");
        builder.node("Warp", "warp", {"h"}, {"w"}).set_domain("my.ops");
        builder.conv("second", "w", "y", 4, 2);
        quantwright::set_opset(builder.proto(), "my.ops", 1);
        const QString strange = save("strange.onnx", builder);
        const CliRun run = run_cli({"inspect", strange, "--json"});
        QVERIFY2(run.code == 0, run.all().constData());
        QStringList layers;
        for (const auto& value : run.json()["layers"].toArray()) {
            const QJsonObject layer = value.toObject();
            layers << layer["name"].toString() + " " + layer["op"].toString() + " " +
                          layer["reason"].toString();
        }
        QCOMPARE(layers,
                 (QStringList{"first Conv ", "warp Warp unknown_operator", "second Conv unknown_operator"}));
        QVERIFY(run.json()["layers"].toArray()[1].toObject()["output_shape"].isNull());
        const QJsonArray problems = run.json()["problems"].toArray();
        QCOMPARE(problems.size(), 1);
        QCOMPARE(problems[0].toObject()["code"].toString(), QString("prepare.unknown_operator"));
        QVERIFY(problems[0].toObject()["message"].toString().contains("my.ops:Warp"));
        expect(quantize(strange), "model.unknown_operator", "my.ops:Warp");
        expect(QStringList{"calibrate", strange, "--out", place("s.qwstats")} + sample_images(8),
               "model.unknown_operator", "my.ops:Warp");
    }
};

QTEST_GUILESS_MAIN(TestCliBadInput)
#include "test_cli_bad_input.moc"
