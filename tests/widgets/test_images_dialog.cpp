// What the dialog of images infers and says before anything is run.
#include <QComboBox>
#include <QDialogButtonBox>
#include <QImage>
#include <QLabel>
#include <QLineEdit>
#include <QTemporaryDir>
#include <QTest>

#include "tests/support/small_models.h"
#include "widgets/window/images_dialog.h"

using namespace quantwright;

class ImagesDialogTest : public QObject {
    Q_OBJECT

private slots:
    void integerInputsAreInferredRaw();
    void fourChannelsHaveTheirColours();
    void countsSamplesAndDoubtsLabels();

private:
    static std::shared_ptr<const Prepared> model(const Shape& shape, ElementType type, int classes = 12) {
        testing::ModelBuilder b;
        b.input("x", shape, type);
        std::string from = "x";
        if (type != ElementType::float32) {
            auto& to = *b.node("Cast", "cast", {"x"}, {"float"}).add_attribute();
            to.set_name("to");
            to.set_type(onnx::AttributeProto::INT);
            to.set_i(1);
            from = "float";
        }
        b.conv("conv", from, "c", static_cast<int>(shape[1]), 4)
            .node("GlobalAveragePool", "pool", {"c"}, {"p"});
        b.node("Flatten", "flat", {"p"}, {"f"});
        b.weight("w", {4, classes}).node("MatMul", "fc", {"f", "w"}, {"y"});
        b.output("y");
        auto* scores = b.proto()
                           .mutable_graph()
                           ->mutable_output(0)
                           ->mutable_type()
                           ->mutable_tensor_type()
                           ->mutable_shape();
        scores->clear_dim();
        scores->add_dim()->set_dim_value(1);
        scores->add_dim()->set_dim_value(classes);
        return *prepare(b.build());
    }
};

void ImagesDialogTest::integerInputsAreInferredRaw() {
    const auto prepared = model({1, 3, 8, 8}, ElementType::uint8);
    const auto inferred = effectivePreprocess(*prepared, {});
    QVERIFY(inferred.has_value());
    QCOMPARE(inferred->scale, 1.0);
    QCOMPARE(inferred->mean, std::vector<double>(3, 0));
    JobRunner jobs;
    ImagesDialog dialog(prepared, {}, &jobs, nullptr);
    auto* preset = dialog.findChild<QComboBox*>();
    QVERIFY(preset);
    for (int row = 1; row <= 4; ++row) {  // the presets
        preset->setCurrentIndex(row);
        emit preset->activated(row);
        const auto chosen = dialog.settings().preprocess;
        QVERIFY(chosen.has_value());
        QCOMPARE(chosen->scale, 1.0);
        QCOMPARE(chosen->std, std::vector<double>(3, 1));
    }
}

void ImagesDialogTest::fourChannelsHaveTheirColours() {
    JobRunner jobs;
    ImagesDialog dialog(model({1, 4, 8, 8}, ElementType::float32), {}, &jobs, nullptr);
    QVERIFY(!dialog.settings().preprocess);  // as inferred, RGBA
    const QList<QComboBox*> boxes = dialog.findChildren<QComboBox*>();
    auto* colors = *std::find_if(boxes.begin(), boxes.end(), [](const QComboBox* box) {
        return box->findText(QStringLiteral("BGRA")) >= 0;
    });
    colors->setCurrentIndex(colors->findText(QStringLiteral("BGRA")));
    const auto chosen = dialog.settings().preprocess;
    QVERIFY(chosen.has_value());
    QVERIFY(chosen->color == ColorFormat::bgra);
}

void ImagesDialogTest::countsSamplesAndDoubtsLabels() {
    QTemporaryDir folder;
    QImage picture(8, 8, QImage::Format_RGB888);
    picture.fill(Qt::gray);
    for (const char* name : {"cat", "dog", "fish"}) {
        QVERIFY(QDir(folder.path()).mkpath(name));
        QVERIFY(picture.save(folder.filePath(QStringLiteral("%1/a.png").arg(name))));
    }
    JobRunner jobs;
    ImageSettings settings;
    settings.calibration = folder.path().toStdString();
    ImagesDialog dialog(model({1, 3, 8, 8}, ElementType::float32), settings, &jobs, nullptr);
    auto* count = dialog.findChild<QLabel*>(QStringLiteral("image_count"));
    QVERIFY(count);
    QTRY_VERIFY(count->text().startsWith(QLatin1Char('3')));
    QVERIFY2(count->text().contains(QStringLiteral("12")), qPrintable(count->text()));
}

QTEST_MAIN(ImagesDialogTest)
#include "test_images_dialog.moc"
