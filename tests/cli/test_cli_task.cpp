// Tasks on the command line: a small segmenter is quantized and judged in its own figures, and what can be
// wrong with labels, options and judging programs ends with its code.
#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>
#include <random>

#include "tests/cli/cli_run.h"
#include "tests/core/files.h"
#include "tests/support/png_file.h"
#include "tests/support/small_models.h"

using namespace quantwright;

namespace {
QJsonObject task_of(const CliRun& run) {
    return run.json()["task"].toObject();
}
}  // namespace

class TestCliTask : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void a_segmenter_is_quantized();
    void a_segmenter_against_float();
    void a_segmenter_with_masks();
    void classification_as_before();
    void nothing_but_tensors();
    void chosen_by_a_file();
    void wrong_data();
    void wrong();
    void judged_by_a_program();
    void judging_fails();

private:
    [[nodiscard]] QString path(const char* name) const { return m_folder.filePath(QLatin1String(name)); }
    [[nodiscard]] QStringList on_images(const QStringList& more) const {
        return QStringList{"--images", path("images"), "--preprocess", "stretch"} + more;
    }
    QTemporaryDir m_folder;
};

void TestCliTask::initTestCase() {
    testing::ModelBuilder b(17, 3);
    b.input("image", {1, 3, 32, 32}).output("classes");
    b.conv("/stem/Conv", "image", "stem", 3, 8, 3, 1, 2);
    b.node("Relu", "/stem/Relu", {"stem"}, {"relu"});
    b.conv("/head/Conv", "relu", "classes", 8, 4);
    QVERIFY(save_model(b.proto(), path("seg.onnx").toStdString()).has_value());
    std::mt19937 random(5);
    for (int i = 0; i < 6; ++i) {
        std::vector<std::uint8_t> pixels(48 * 40 * 3);
        for (auto& pixel : pixels)
            pixel = static_cast<std::uint8_t>(random());
        const std::string name = std::to_string(i) + ".png";
        testing::write_png(path("images").toStdString() + "/" + name, 48, 40, 8, 2, pixels);
        std::vector<std::uint8_t> mask(48 * 40);
        for (auto& value : mask)
            value = static_cast<std::uint8_t>(random() % 4);
        testing::write_gray_png(path("masks").toStdString() + "/" + name, 48, 40, mask);
    }
    const CliRun run =
        run_cli(QStringList{"quantize", path("seg.onnx"), "--out", path("q.onnx"), "--json"} + on_images({}));
    QVERIFY2(run.code == 0, run.all());
    const QJsonObject task = task_of(run);
    QCOMPARE(task["name"].toString(), QString("segmentation"));
    QVERIFY(task["agreement_miou"].toDouble() > 0.5);
    QVERIFY(task["agreement_miou"].toDouble() < 1);
    QVERIFY(!run.json().contains("agreement"));
    QVERIFY(run.json().contains("snr_db"));
}

void TestCliTask::a_segmenter_is_quantized() {
    const CliRun run =
        run_cli(QStringList{"quantize", path("seg.onnx"), "--out", path("again.onnx"), "--lang", "en"} +
                on_images({}));
    QVERIFY2(run.code == 0, run.all());
    QVERIFY2(run.out.contains("mIoU against float's masks"), run.out);
    QVERIFY(!run.out.contains("Agreement"));
    QVERIFY2(run.err.contains("Task: segmentation by decoder mask"), run.err);
    const CliRun chinese = run_cli(
        QStringList{"quantize", path("seg.onnx"), "--out", path("zh.onnx"), "--lang", "zh"} + on_images({}));
    QVERIFY2(chinese.out.contains("相对浮点掩码的 mIoU"), chinese.out);
}

void TestCliTask::a_segmenter_against_float() {
    const CliRun run = run_cli(
        QStringList{"evaluate", path("q.onnx"), "--against", path("seg.onnx"), "--json"} + on_images({}));
    QVERIFY2(run.code == 0, run.all());
    const QJsonObject task = task_of(run);
    QCOMPARE(task["decoder"].toString(), QString("mask"));
    QVERIFY(task["agreement_miou"].toDouble() > 0.5);
    QCOMPARE(task["images"].toInt(), 6);
    QCOMPARE(task["labelled"].toInt(), 0);
    QVERIFY(!task["changed"].toArray().isEmpty());
    QVERIFY(task["changed"].toArray()[0].toObject()["image"].toString().endsWith(".png"));
    QCOMPARE(task["per_class"].toArray().size(), 4);
    for (const char* figure : {"agreement", "top1", "labelled"})
        QVERIFY2(!run.json().contains(QLatin1String(figure)), figure);
    // The float network agrees with itself.
    const CliRun same = run_cli(
        QStringList{"evaluate", path("seg.onnx"), "--against", path("seg.onnx"), "--json"} + on_images({}));
    QCOMPARE(task_of(same)["agreement_miou"].toDouble(), 1.0);
    QVERIFY(task_of(same)["changed"].toArray().isEmpty());
}

void TestCliTask::a_segmenter_with_masks() {
    const CliRun run = run_cli(QStringList{"evaluate", path("q.onnx"), "--against", path("seg.onnx"),
                                           "--json", "--labels", path("masks")} +
                               on_images({}));
    QVERIFY2(run.code == 0, run.all());
    const QJsonObject task = task_of(run);
    QCOMPARE(task["labels"].toString(), QString("masks"));
    QCOMPARE(task["labelled"].toInt(), 6);
    // Random masks of four classes: a quarter is right by chance.
    QVERIFY(std::abs(task["pixel_accuracy"].toDouble() - 0.25) < 0.05);
    QVERIFY(task["miou"].toDouble() > 0.05);
    QVERIFY(task["reference"].toObject().contains("miou"));
}

void TestCliTask::classification_as_before() {
    const CliRun run = run_cli({"evaluate", sample_model(), "--json", "--images", sample("evaluation"),
                                "--preprocess", sample("preprocess.json"), "--count", "40"});
    QVERIFY2(run.code == 0, run.all());
    const QJsonObject task = task_of(run);
    QCOMPARE(task["name"].toString(), QString("classification"));
    QCOMPARE(task["labelled"].toInt(), 40);
    QCOMPARE(task["top1"].toDouble(), run.json()["top1"].toDouble());
    QCOMPARE(task["top5"].toDouble(), run.json()["top5"].toDouble());
    QCOMPARE(task["labelled"].toInt(), run.json()["labelled"].toInt());
    QVERIFY(task["top1"].toDouble() > 0.5);
}

void TestCliTask::nothing_but_tensors() {
    const CliRun run = run_cli(
        QStringList{"evaluate", path("q.onnx"), "--against", path("seg.onnx"), "--task", "none", "--json"} +
        on_images({}));
    QVERIFY2(run.code == 0, run.all());
    QCOMPARE(task_of(run), (QJsonObject{{"name", "none"}}));
    QVERIFY(run.json()["snr_db"].toDouble() > 5);
}

void TestCliTask::chosen_by_a_file() {
    testing::write(path("task.json").toStdString(),
                   R"({"decoder": "mask", "names": ["sky", "tree", "road", "car"]})");
    const CliRun run = run_cli(QStringList{"evaluate", path("q.onnx"), "--against", path("seg.onnx"),
                                           "--task-options", path("task.json"), "--json"} +
                               on_images({}));
    QVERIFY2(run.code == 0, run.all());
    QCOMPARE(task_of(run)["per_class"].toArray()[2].toObject()["name"].toString(), QString("road"));
    QCOMPARE(task_of(run)["why"].toArray()[0].toString(), QString("chosen: mask"));
}

void TestCliTask::wrong_data() {
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<QString>("code");
    QTest::newRow("no such task") << QStringList{"--task", "guessing"} << QString("usage");
    QTest::newRow("no such decoder") << QStringList{"--task-set", "decoder=yolo99"}
                                     << QString("task.invalid");
    QTest::newRow("no such option") << QStringList{"--task-set", "scroe=0.5"} << QString("task.invalid");
    QTest::newRow("no file of options")
        << QStringList{"--task-options", "/not/there.json"} << QString("task.invalid");
    QTest::newRow("not of this task") << QStringList{"--task", "text"} << QString("task.outputs");
    QTest::newRow("labels of another task")
        << QStringList{"--labels", path("boxes.json")} << QString("task.outputs");
    QTest::newRow("broken labels") << QStringList{"--task", "segmentation", "--labels", path("broken")}
                                   << QString("labels.unreadable");
    QTest::newRow("labels of no image")
        << QStringList{"--labels", path("others")} << QString("images.labels_match_nothing");
}

void TestCliTask::wrong() {
    QFETCH(QStringList, options);
    QFETCH(QString, code);
    testing::write(path("boxes.json").toStdString(), R"({"images":[],"annotations":[],"categories":[]})");
    testing::write(path("broken/0.png").toStdString(), "no picture");
    testing::write_gray_png(path("others/z.png").toStdString(), 1, 1, {0});
    const CliRun run = run_cli(QStringList{"evaluate", path("seg.onnx"), "--json"} + on_images(options));
    QCOMPARE(run.code, code == "usage" ? 2 : 1);
    QCOMPARE(run.error_code(), code);
}

void TestCliTask::judged_by_a_program() {
    const CliRun run =
        run_cli(QStringList{"evaluate", path("q.onnx"), "--against", path("seg.onnx"), "--json", "--judge",
                            "count() { echo \"{\\\"files\\\": $(ls \"$1\"/outputs | wc -l)}\"; }; count"} +
                on_images({}));
    QVERIFY2(run.code == 0, run.all());
    QCOMPARE(run.json()["judge"].toObject()["figures"].toObject()["files"].toInt(), 6);
    QCOMPARE(run.json()["judge"].toObject()["reference"].toObject()["files"].toInt(), 6);
}

void TestCliTask::judging_fails() {
    const CliRun run =
        run_cli(QStringList{"evaluate", path("seg.onnx"), "--json", "--judge", "false"} + on_images({}));
    QCOMPARE(run.code, 1);
    QCOMPARE(run.error_code(), QString("judge.failed"));
}

QTEST_GUILESS_MAIN(TestCliTask)
#include "test_cli_task.moc"
