// Samples and labels as people have them, through the command line.
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>
#include <cstring>

#include "tests/cli/cli_run.h"
#include "tests/support/small_models.h"

using quantwright::ElementType;
using quantwright::testing::ModelBuilder;

class TestCliSamples : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;

    [[nodiscard]] QString place(const QString& name) const { return m_folder->filePath(name); }

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
            const float value = 0.1f * static_cast<float>(i % 37) - 1.7f;
            char bytes[4];
            std::memcpy(bytes, &value, 4);
            content.append(bytes, 4);
        }
        return write(name, content);
    }

    /// Conv, pooling and `classes` scores; with `batch` 0 it is open.
    QString classifier(int batch, int classes, const std::string& input = "x",
                       ElementType type = ElementType::float32) {
        ModelBuilder b;
        b.input(input, {std::max(1, batch), 3, 8, 8}, type);
        std::string from = input;
        if (type != ElementType::float32) {
            auto& to = *b.node("Cast", "cast", {input}, {"float"}).add_attribute();
            to.set_name("to");
            to.set_type(onnx::AttributeProto::INT);
            to.set_i(1);
            from = "float";
        }
        b.conv("conv", from, "c", 3, 4).node("GlobalAveragePool", "pool", {"c"}, {"p"});
        b.node("Flatten", "flat", {"p"}, {"f"});
        b.weight("w", {4, classes}).weight("b", {classes}).node("Gemm", "fc", {"f", "w", "b"}, {"y"});
        b.output("y");
        auto* graph = b.proto().mutable_graph();
        auto* scores = graph->mutable_output(0)->mutable_type()->mutable_tensor_type()->mutable_shape();
        scores->clear_dim();
        scores->add_dim()->set_dim_value(std::max(1, batch));
        scores->add_dim()->set_dim_value(classes);
        if (batch == 0) {
            scores->mutable_dim(0)->set_dim_param("N");
            graph->mutable_input(0)
                ->mutable_type()
                ->mutable_tensor_type()
                ->mutable_shape()
                ->mutable_dim(0)
                ->set_dim_param("N");
        }
        return save("model.onnx", b);
    }

    /// A 24-bit Windows bitmap of 16 by 16 pixels of one colour.
    void image(const QString& name, int gray) {
        QByteArray file("BM", 2);
        const auto put = [&](quint32 value, int bytes) {
            for (int i = 0; i < bytes; ++i)
                file.append(static_cast<char>(value >> 8 * i & 0xFF));
        };
        constexpr quint32 header = 54, side = 16, pixels = side * side * 3;
        for (const quint32 value : {header + pixels, 0u, header, 40u, side, side})
            put(value, 4);
        put(1, 2);
        put(24, 2);
        for (const quint32 value : {0u, pixels, 0u, 0u, 0u, 0u})
            put(value, 4);
        for (quint32 i = 0; i < side * side; ++i)
            file.append(static_cast<char>(gray)).append(static_cast<char>(255 - gray)).append('\x7f');
        write(name, file);
    }

    [[nodiscard]] static QStringList codes(const QJsonObject& json) {
        QStringList result;
        for (const auto& problem : json["problems"].toArray())
            result << problem.toObject()["code"].toString();
        return result;
    }

private slots:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void stacked_samples_are_so_many() {
        const QString model = classifier(0, 5);
        write_npy("x/all.npy", "10, 3, 8, 8", 1920);
        const CliRun run =
            run_cli({"quantize", model, "--input", "x=" + place("x"), "--out", place("q.onnx"), "--json"});
        QVERIFY2(run.code == 0, run.all().constData());
        QCOMPARE(run.json()["calibration_images"].toInt(), 10);
        QCOMPARE(run.json()["images"].toInt(), 10);
    }

    void a_fixed_batch_is_fed_in_batches() {
        const QString model = classifier(4, 5);
        write_npy("x/all.npy", "10, 3, 8, 8", 1920);
        const CliRun run =
            run_cli({"quantize", model, "--input", "x=" + place("x"), "--out", place("q.onnx"), "--json"});
        QVERIFY2(run.code == 0, run.all().constData());
        QCOMPARE(run.json()["calibration_images"].toInt(), 10);
        QCOMPARE(run.json()["images"].toInt(), 10);
        QVERIFY(codes(run.json()).contains("samples.left_over"));
    }

    void the_first_reason_is_in_the_error() {
        const QString model = classifier(0, 5);
        write_npy("x/all.npy", "10, 3, 8, 9", 2160);
        for (const char* command : {"calibrate", "evaluate", "quantize"}) {
            QStringList arguments = {command, model, "--input", "x=" + place("x"), "--json"};
            if (qstrcmp(command, "evaluate") != 0)
                arguments << "--out" << place("out");
            const CliRun run = run_cli(arguments);
            QCOMPARE(run.code, 1);
            QCOMPARE(run.error_code(), QString("images.none_left"));
            QVERIFY2(run.out.contains("shape 10x3x8x9, the input takes Nx3x8x8"), run.out.constData());
        }
        write_npy("x/good.npy", "3, 8, 8", 192);
        const CliRun run = run_cli({"evaluate", model, "--input", "x=" + place("x"), "--json"});
        QVERIFY2(run.code == 0, run.all().constData());
        QCOMPARE(run.json()["images"].toInt(), 1);
        const auto skipped = run.json()["skipped"].toArray();
        QCOMPARE(skipped.size(), 1);
        QCOMPARE(skipped[0].toObject()["reason"].toString(),
                 QString("shape 10x3x8x9, the input takes Nx3x8x8"));
    }

    void names_with_equals_signs() {
        ModelBuilder b;
        b.input("a", {1, 4}).input("a=b", {1, 4}).node("Add", "add", {"a", "a=b"}, {"s"});
        b.weight("w", {4, 4}).node("MatMul", "mm", {"s", "w"}, {"y"});
        b.output("y");
        auto* open = b.proto().mutable_graph()->mutable_input(1);
        open->mutable_type()->mutable_tensor_type()->mutable_shape()->mutable_dim(1)->set_dim_param("n");
        const QString model = save("model.onnx", b);
        write_npy("one/0.npy", "1, 4", 4);
        write("two=2/0.raw", QByteArray(16, '\1'));
        const CliRun run =
            run_cli({"calibrate", model, "--input", "a=" + place("one"), "--input", "a=b=" + place("two=2"),
                     "--input-shape", "a=b=1,4", "--dtype", "a=b=float32", "--shape", "a=b=4", "--out",
                     place("s.qwstats"), "--json"});
        QVERIFY2(run.code == 0, run.all().constData());
        QCOMPARE(run.json()["images"].toInt(), 1);
    }

    void integer_inputs_get_raw_pixels() {
        const QString model = classifier(1, 5, "x", ElementType::uint8);
        image("images/a.bmp", 40);
        const CliRun run = run_cli({"evaluate", model, "--images", place("images"), "--json"});
        QVERIFY2(run.code == 0, run.all().constData());
        const QJsonObject preprocess = run.json()["preprocess"].toObject();
        QCOMPARE(preprocess["scale"].toDouble(), 1.0);
        QCOMPARE(preprocess["mean"].toArray(), (QJsonArray{0.0, 0.0, 0.0}));
        QCOMPARE(preprocess["std"].toArray(), (QJsonArray{1.0, 1.0, 1.0}));
    }

    void class_folders_that_cannot_be_right_are_said() {
        const QString model = classifier(1, 12);
        for (const char* name : {"cat", "dog", "fish"})
            image(QString("images/%1/a.bmp").arg(name), 40);
        CliRun run = run_cli({"evaluate", model, "--images", place("images"), "--json"});
        QVERIFY2(run.code == 0, run.all().constData());
        QCOMPARE(codes(run.json()), QStringList{"labels.folder_count"});
        QCOMPARE(run.json()["labelled"].toInt(), 3);

        const QString classes = write("names.txt", "a\nb\nc\nd\ne\nf\ng\nh\ni\nfish\ndog\ncat\n");
        run = run_cli({"evaluate", model, "--images", place("images"), "--classes", classes, "--json"});
        QVERIFY2(run.code == 0, run.all().constData());
        QCOMPARE(codes(run.json()), QStringList{"labels.classes_missing"});

        write("few.txt", "fish\nbird\n");
        run = run_cli(
            {"evaluate", model, "--images", place("images"), "--classes", place("few.txt"), "--json"});
        QCOMPARE(codes(run.json()).first(), QString("labels.unknown_names"));
        QCOMPARE(run.json()["labelled"].toInt(), 1);

        write("none.txt", "bird\n");
        run = run_cli(
            {"evaluate", model, "--images", place("images"), "--classes", place("none.txt"), "--json"});
        QCOMPARE(run.error_code(), QString("images.labels_match_nothing"));
    }

    void numbered_class_folders() {
        for (int i = 0; i < 12; ++i)
            image(QString("images/%1/a.bmp").arg(i), 20 * i);
        QDir().mkpath(place("images/__MACOSX"));
        CliRun run = run_cli({"evaluate", classifier(1, 12), "--images", place("images"), "--json"});
        QVERIFY2(run.code == 0, run.all().constData());
        QVERIFY2(codes(run.json()).isEmpty(), run.out.constData());
        QCOMPARE(run.json()["labelled"].toInt(), 12);
        run = run_cli(
            {"quantize", classifier(1, 10), "--images", place("images"), "--out", place("q.onnx"), "--json"});
        QVERIFY2(run.code == 0, run.all().constData());
        QVERIFY2(codes(run.json()).contains("labels.beyond_outputs"), run.out.constData());
    }
};

QTEST_GUILESS_MAIN(TestCliSamples)
#include "test_cli_samples.moc"
