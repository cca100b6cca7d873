// A detector, a segmenter and a reader of texts in the real window: recognised, judged in their own figures,
// their results drawn over the images where they are; the task corrected by hand, taken back, and kept.
#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPainter>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTableWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <QUndoStack>
#include <random>

#include "core/task/judge.h"
#include "tests/support/patience.h"
#include "tests/support/small_models.h"
#include "widgets/panels/elided_label.h"
#include "widgets/panels/figure_box.h"
#include "widgets/panels/result_paint.h"
#include "widgets/panels/result_picture.h"
#include "widgets/theme/theme.h"
#include "widgets/words/language.h"
#include "widgets/words/words.h"
#include "window_driver.h"

using namespace quantwright;
using quantwright::testing::eventually;
using quantwright::testing::ModelBuilder;
using quantwright::testing::WindowDriver;

namespace {

enum Tab { CompareTab = 2 };

void named(ModelBuilder& b, const std::string& key, const std::string& value) {
    auto* property = b.proto().add_metadata_props();
    property->set_key(key);
    property->set_value(value);
}

onnx::NodeProto& convolution(ModelBuilder& b, const std::string& out, const Shape& shape,
                             std::vector<float> weights, std::vector<float> bias, std::int64_t stride,
                             std::int64_t pad) {
    const auto outputs = static_cast<std::int64_t>(bias.size());
    b.weight(out + ".weight", shape, std::move(weights)).weight(out + ".bias", {outputs}, std::move(bias));
    auto& node = b.node("Conv", "/" + out + "/Conv", {"image", out + ".weight", out + ".bias"}, {out});
    set_attribute(node, "kernel_shape", std::vector<std::int64_t>{shape[2], shape[3]});
    set_attribute(node, "strides", std::vector<std::int64_t>{stride, stride});
    set_attribute(node, "pads", std::vector<std::int64_t>{pad, pad, pad, pad});
    return node;
}

/// CenterNet's three maps over 64 by 64 pixels: a square of 12 pixels that is red is of class 0, one that is
/// green of class 1; the box is the square.
std::shared_ptr<const Model> detector() {
    ModelBuilder b;
    b.input("image", {1, 3, 64, 64});
    constexpr std::int64_t kernel = 12;
    std::vector<float> heat;
    for (int of = 0; of < 2; ++of)
        for (int channel = 0; channel < 3; ++channel)
            heat.insert(heat.end(), kernel * kernel, (channel == of ? 8.0F : -8.0F) / (kernel * kernel));
    convolution(b, "hm", {2, 3, kernel, kernel}, heat, {-5, -5}, 4, 4);
    const std::vector<float> hardly(6, 0.01F);
    convolution(b, "wh", {2, 3, 1, 1}, hardly, {3, 3}, 4, 0);
    convolution(b, "reg", {2, 3, 1, 1}, hardly, {0.5F, 0.5F}, 4, 0);
    b.output("hm").output("wh").output("reg");
    named(b, "names", "{0: 'apple', 1: 'leaf'}");
    return b.build();
}

/// Scores of background and three colours, at half of 32 by 32 pixels.
std::shared_ptr<const Model> segmenter() {
    ModelBuilder b;
    b.input("image", {1, 3, 32, 32});
    std::vector<float> weights(4 * 3 * 2 * 2, 0.0F);
    for (std::size_t of = 1; of < 4; ++of)
        for (std::size_t i = 0; i < 12; ++i)
            weights[of * 12 + i] = i / 4 == of - 1 ? 0.5F : -0.25F;
    convolution(b, "scores", {4, 3, 2, 2}, weights, {0.3F, 0, 0, 0}, 2, 0);
    b.output("scores");
    named(b, "task", "segment");
    named(b, "names", "{0: 'background', 1: 'red', 2: 'green', 3: 'blue'}");
    return b.build();
}

/// Eight steps of blank, five characters and a blank.
std::shared_ptr<const Model> textReader() {
    ModelBuilder b(17, 9);
    b.input("image", {1, 3, 64, 64});
    b.conv("/c/Conv", "image", "map", 3, 7, 3, 1, 8);
    set_attribute(b.node("MaxPool", "/rows/MaxPool", {"map"}, {"row"}), "kernel_shape",
                  std::vector<std::int64_t>{8, 1});
    b.weight("shape", {3}, std::vector<std::int64_t>{1, 7, 8});
    b.node("Reshape", "/steps/Reshape", {"row", "shape"}, {"steps"});
    set_attribute(b.node("Transpose", "/t/Transpose", {"steps"}, {"probabilities"}), "perm",
                  std::vector<std::int64_t>{0, 2, 1});
    b.output("probabilities");
    named(b, "character", "水\nb\n压\nd\ne");
    return b.build();
}

bool near(const QColor& a, const QColor& b, int by) {
    return std::abs(a.red() - b.red()) <= by && std::abs(a.green() - b.green()) <= by &&
           std::abs(a.blue() - b.blue()) <= by;
}

}  // namespace

class TaskWindowTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void detects_data() { languages(); }
    void detects();
    void segments_data() { languages(); }
    void segments();
    void reads_data() { languages(); }
    void reads();
    void nothingIsMadeUp();

private:
    static void languages() {
        QTest::addColumn<QString>("language");
        QTest::newRow("English") << "en";
        QTest::newRow("Chinese") << "zh";
    }
    [[nodiscard]] QString path(const QString& name) const { return m_folder.filePath(name); }
    /// Opens, calibrates and evaluates by hand; false with a failure where something doesn't come.
    bool evaluate(MainWindow& window, WindowDriver& driver, const QString& model, const QString& images);
    void lookAround(MainWindow& window, const WindowDriver& driver, const QString& name);
    static QStringList figureNames(const MainWindow& window);
    /// What the picture of one network shows at a pixel of the image.
    static QColor pixel(MainWindow& window, const char* picture, double x, double y);
    /// Within two pixels of there something of this colour is drawn.
    static bool drawn(MainWindow& window, const char* picture, double x, double y, const QColor& colour);
    static QStringList boxTitles(const MainWindow& window);

    QTemporaryDir m_folder;
};

void TaskWindowTest::initTestCase() {
    QVERIFY(m_folder.isValid());
    testing::prepareForWindows(m_folder.path());
    for (const auto& [model, name] :
         {std::pair(detector(), "det.onnx"), {segmenter(), "seg.onnx"}, {textReader(), "ctc.onnx"}})
        QVERIFY(save_model(model->proto(), path(QLatin1String(name)).toStdString()));
    for (const char* folder : {"squares", "halves", "lines"})
        QDir(m_folder.path()).mkpath(QLatin1String(folder));
    // Squares of 24 pixels in images of 128 by 96, at places where the network has cells.
    std::mt19937 random(3);
    for (int i = 0; i < 6; ++i) {
        QImage image(128, 96, QImage::Format_RGB32);
        for (int y = 0; y < 96; ++y)
            for (int x = 0; x < 128; ++x) {
                const int gray = 40 + static_cast<int>(random() % 40) + x / 4;
                image.setPixelColor(x, y, QColor(gray, gray, gray));
            }
        QPainter painter(&image);
        painter.fillRect(40, 32, 24, 24, QColor(250, 20, 20));
        if (i % 2 == 0)
            painter.fillRect(88, 8 + 8 * i, 24, 24, QColor(20, 240, 20));
        painter.end();
        QVERIFY(image.save(path(QStringLiteral("squares/%1.png").arg(i))));
        QImage halves(96, 64, QImage::Format_RGB32);
        halves.fill(QColor(20, 20, 20));
        QPainter half(&halves);
        half.fillRect(0, 0, 48, 64, QColor(230, 10, 10));
        half.fillRect(48, 32, 48, 32, QColor(10, 10, 230));
        half.end();
        QVERIFY(halves.save(path(QStringLiteral("halves/%1.png").arg(i))));
        QVERIFY(image.save(path(QStringLiteral("lines/%1.png").arg(i))));
    }
}

bool TaskWindowTest::evaluate(MainWindow& window, WindowDriver& driver, const QString& model,
                              const QString& images) {
    window.resize(1280, 800);
    window.show();
    window.activateWindow();
    if (!QTest::qWaitForWindowActive(&window, 60'000))
        return false;
    window.openPath(path(model), path(images));
    Workspace& workspace = *window.workspace();
    if (!eventually([&] { return workspace.isOpen(); }))
        return false;
    ImageSettings settings = workspace.images();
    const auto shape = imageInputShape(*workspace.prepared());
    settings.preprocess = *preprocess_preset("letterbox", *shape);
    workspace.setImages(settings);
    return driver.clickStep(Step::calibrate) && driver.waitForStep(Step::calibrate, StepState::Kind::done) &&
           eventually([&] { return workspace.resolved()->quantized_layers() > 0; }) &&
           eventually([&] { return workspace.whatIf()->quality() && !workspace.whatIf()->stale(); }) &&
           driver.clickStep(Step::evaluate) && driver.waitForStep(Step::evaluate, StepState::Kind::done) &&
           eventually([&] { return window.findChild<ResultPicture*>()->hasPicture(); });
}

void TaskWindowTest::lookAround(MainWindow& window, const WindowDriver& driver, const QString& name) {
    for (const auto mode : {Theme::Mode::Light, Theme::Mode::Dark}) {
        Theme::instance().setMode(mode);
        for (const QSize size : {QSize(1280, 800), QSize(1920, 1080)}) {
            window.resize(size);
            QVERIFY(eventually([&] { return window.size() == size; }));
            const QStringList clipped = driver.settledClippedTexts();
            QVERIFY2(clipped.isEmpty(), qPrintable(clipped.join(QLatin1Char('\n'))));
            driver.screenshot(QStringLiteral("%1-%2-%3x%4")
                                  .arg(name, mode == Theme::Mode::Dark ? "dark" : "light")
                                  .arg(size.width())
                                  .arg(size.height()));
        }
    }
    Theme::instance().setMode(Theme::Mode::Light);
    window.resize(1280, 800);
    QVERIFY(eventually([&] { return window.size() == QSize(1280, 800); }));
    if (words::currentLanguage() == QLatin1String("zh"))
        QVERIFY2(driver.untranslatedTexts().isEmpty(),
                 qPrintable(driver.untranslatedTexts().join(QLatin1Char('\n'))));
}

QStringList TaskWindowTest::figureNames(const MainWindow& window) {
    const auto* table = window.findChild<QTableWidget*>(QStringLiteral("comparison"));
    QStringList names;
    for (int row = 0; row < table->rowCount(); ++row)
        names << table->item(row, 0)->text();
    return names;
}

QStringList TaskWindowTest::boxTitles(const MainWindow& window) {
    QStringList titles;
    for (const FigureBox* box : window.findChildren<FigureBox*>())
        if (box->isVisible())
            titles << box->accessibleName();
    return titles;
}

QColor TaskWindowTest::pixel(MainWindow& window, const char* name, double x, double y) {
    auto* picture = window.findChild<ResultPicture*>(QLatin1String(name));
    const QImage image = picture->grab().toImage().scaled(picture->size());
    return image.pixelColor(picture->toScreen().map(QPointF(x, y)).toPoint());
}

bool TaskWindowTest::drawn(MainWindow& window, const char* name, double x, double y, const QColor& colour) {
    auto* picture = window.findChild<ResultPicture*>(QLatin1String(name));
    const QImage image = picture->grab().toImage().scaled(picture->size());
    const QPoint place = picture->toScreen().map(QPointF(x, y)).toPoint();
    for (int dy = -2; dy <= 2; ++dy)
        for (int dx = -2; dx <= 2; ++dx)
            if (near(image.pixelColor(place + QPoint(dx, dy)), colour, 12))
                return true;
    return false;
}

void TaskWindowTest::detects() {
    QFETCH(QString, language);
    words::setLanguage(language);
    MainWindow window;
    WindowDriver driver(&window);
    QVERIFY(evaluate(window, driver, QStringLiteral("det.onnx"), QStringLiteral("squares")));
    Workspace& workspace = *window.workspace();
    const auto comparison = workspace.comparison();
    QVERIFY(comparison->judgement);
    QCOMPARE(comparison->judgement->task.decoder, std::string("centernet"));
    QVERIFY(find_figure(comparison->judgement->agreement, "agreement_map50")->value > 0.9);
    // Nothing of the largest score, anywhere.
    QVERIFY(!comparison->quantized.agreement && !comparison->quantized.top1);
    const QStringList names = figureNames(window);
    QVERIFY(names.contains(words::figureShortly("agreement_map50")));
    QVERIFY(!names.contains(words::figureShortly("agreement")) &&
            !names.contains(words::figureShortly("top1")));
    QCOMPARE(workspace.whatIf()->quality()->figure->name, std::string("agreement_map50"));
    const QString shortly = words::figureShortly("agreement_map50");
    const QStringList titles = boxTitles(window);
    QVERIFY2(std::any_of(titles.begin(), titles.end(),
                         [&](const QString& title) { return title.startsWith(shortly); }),
             qPrintable(titles.join(QLatin1Char('|'))));
    const auto* told = window.findChild<QLabel*>(QStringLiteral("task"));
    QVERIFY(told->text().contains(words::taskName(comparison->judgement->task)));
    QVERIFY(told->text().contains(words::taskReasons(comparison->judgement->task).front()));

    // Each image has its boxes where the squares are, whatever the letterbox did.
    auto* list = window.findChild<QListView*>(QStringLiteral("result_list"));
    QCOMPARE(list->model()->rowCount(), 6);
    for (int row = 0; row < 6; ++row) {
        list->setCurrentIndex(list->model()->index(row, 0));
        const QString name = list->model()->index(row, 0).data().toString();
        const int i = name.left(1).toInt();
        QVERIFY(eventually([&] { return window.findChild<ResultPicture*>()->hasPicture(); }));
        for (const char* picture : {"picture_float", "picture_quantized"}) {
            for (const QPointF edge : {QPointF(40, 48), QPointF(64, 48), QPointF(50, 56)})
                QVERIFY2(drawn(window, picture, edge.x(), edge.y(), classColour(0)), qPrintable(name));
            QVERIFY(!drawn(window, picture, 30, 48, classColour(0)));
            QVERIFY(near(pixel(window, picture, 52, 44), QColor(250, 20, 20), 10));
            if (i % 2 == 0)
                QVERIFY(drawn(window, picture, 88, 8 + 8 * i + 18, classColour(1)));
        }
    }
    lookAround(window, driver, QStringLiteral("detects-") + language);
    if (QTest::currentTestFailed())
        return;
    auto* enlarge = window.findChild<QToolButton*>(QStringLiteral("enlarge"));
    auto* large = window.findChild<ResultPicture*>(QStringLiteral("picture_quantized"));
    const int small_height = large->height();
    QTest::mouseClick(enlarge, Qt::LeftButton);
    QVERIFY(eventually([&] { return large->height() > 2 * small_height; }));
    lookAround(window, driver, QStringLiteral("detects-large-") + language);
    if (QTest::currentTestFailed())
        return;
    QTest::mouseClick(enlarge, Qt::LeftButton);

    // The task by hand: a wrong value can't be taken, a right one makes the evaluation stale.
    const auto openDialog = [&] {
        QTest::mouseClick(window.findChild<QToolButton*>(QStringLiteral("change_task")), Qt::LeftButton);
        QDialog* dialog = nullptr;
        return eventually([&] {
            dialog = window.findChild<QDialog*>(QStringLiteral("task_dialog"));
            return dialog && dialog->isVisible();
        })
                   ? dialog
                   : nullptr;
    };
    QDialog* dialog = openDialog();
    QVERIFY(dialog);
    auto* score = dialog->findChild<QLineEdit*>(QStringLiteral("task_score"));
    auto* ok = dialog->findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Ok);
    QVERIFY(score->isVisible());
    QCOMPARE(score->placeholderText(), QStringLiteral("0.25"));
    QVERIFY(!dialog->findChild<QLineEdit*>(QStringLiteral("task_blank"))->isVisible());
    QTest::keyClicks(score, QStringLiteral("7"));
    QVERIFY(!ok->isEnabled());
    QVERIFY(
        dialog->findChild<QLabel*>(QStringLiteral("task_wrong"))->text().contains(QLatin1String("score")));
    score->clear();
    QTest::keyClicks(score, QStringLiteral("0.6"));
    QVERIFY(ok->isEnabled());
    lookAround(window, driver, QStringLiteral("task-dialog-") + language);
    if (QTest::currentTestFailed())
        return;
    QTest::mouseClick(ok, Qt::LeftButton);
    QVERIFY(eventually([&] { return !workspace.images().task.empty(); }));
    QCOMPARE(workspace.images().task.options.dump(), std::string(R"({"score":0.6})"));
    QCOMPARE(workspace.state(Step::evaluate).kind, StepState::Kind::stale);
    QVERIFY(workspace.state(Step::calibrate).kind == StepState::Kind::done);
    // One step of undo, and back.
    window.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&window, 60'000));
    QCOMPARE(workspace.undoStack()->count(), 1);
    QTest::keyClick(&window, Qt::Key_Z, Qt::ControlModifier);
    QVERIFY(workspace.images().task.empty());
    QCOMPARE(workspace.state(Step::evaluate).kind, StepState::Kind::done);
    QTest::keyClick(&window, Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    QVERIFY(!workspace.images().task.empty());

    const QString out = path(language + QStringLiteral("-det.q.onnx"));
    workspace.exportModel(std::filesystem::path(out.toStdString()));
    QVERIFY(driver.waitForStep(Step::export_model, StepState::Kind::done));
    QVERIFY(driver.clickStep(Step::evaluate));
    QVERIFY(driver.waitForStep(Step::evaluate, StepState::Kind::done));
    QCOMPARE(workspace.comparison()->judgement->task.options.score, 0.6);
    QVERIFY2(workspace.log().back().command.contains(QLatin1String("--task-set score=0.6")),
             qPrintable(workspace.log().back().command));

    // The project keeps the task, the figures and what is shown.
    const std::string project = path(language + QStringLiteral(".qwproj")).toStdString();
    workspace.save(project);
    QVERIFY(eventually([&] { return !workspace.modified(); }));
    MainWindow again;
    again.resize(1280, 800);
    again.show();
    again.openPath(QString::fromStdString(project));
    QVERIFY(eventually([&] { return again.workspace()->isOpen(); }));
    QCOMPARE(again.workspace()->images().task, workspace.images().task);
    QCOMPARE(again.workspace()->state(Step::evaluate).kind, StepState::Kind::done);
    QCOMPARE(figureNames(again), figureNames(window));
    WindowDriver other(&again);
    QVERIFY(other.showTab(CompareTab));
    auto* kept = again.findChild<QListView*>(QStringLiteral("result_list"));
    QCOMPARE(kept->model()->rowCount(), 6);
    QVERIFY(eventually([&] { return again.findChild<ResultPicture*>()->hasPicture(); }));
    QVERIFY(drawn(again, "picture_quantized", 40, 48, classColour(0)));
}

void TaskWindowTest::segments() {
    QFETCH(QString, language);
    words::setLanguage(language);
    MainWindow window;
    WindowDriver driver(&window);
    QVERIFY(evaluate(window, driver, QStringLiteral("seg.onnx"), QStringLiteral("halves")));
    Workspace& workspace = *window.workspace();
    QVERIFY(workspace.comparison()->judgement->task.kind == TaskKind::segmentation);
    QVERIFY(figureNames(window).contains(words::figureShortly("agreement_miou")));
    QVERIFY(!figureNames(window).contains(words::figureShortly("agreement")));
    QCOMPARE(workspace.whatIf()->quality()->figure->name, std::string("agreement_miou"));
    // The red half is tinted in the colour of its class, the dark quarter, which is background, is not.
    const auto mixed = [](const QColor& colour, const QColor& under) {
        const auto mix = [](int a, int b) { return b + (a - b) * 90 / 255; };
        return QColor(mix(colour.red(), under.red()), mix(colour.green(), under.green()),
                      mix(colour.blue(), under.blue()));
    };
    for (const char* picture : {"picture_float", "picture_quantized"}) {
        QVERIFY(near(pixel(window, picture, 24, 32), mixed(classColour(1), QColor(230, 10, 10)), 8));
        QVERIFY(near(pixel(window, picture, 72, 48), mixed(classColour(3), QColor(10, 10, 230)), 8));
        QVERIFY(near(pixel(window, picture, 72, 12), QColor(20, 20, 20), 8));
        // Near a border: the letterbox's bars are no part of the image.
        QVERIFY(near(pixel(window, picture, 72, 42), mixed(classColour(3), QColor(10, 10, 230)), 8));
    }
    lookAround(window, driver, QStringLiteral("segments-") + language);
}

void TaskWindowTest::reads() {
    QFETCH(QString, language);
    words::setLanguage(language);
    MainWindow window;
    WindowDriver driver(&window);
    QVERIFY(evaluate(window, driver, QStringLiteral("ctc.onnx"), QStringLiteral("lines")));
    Workspace& workspace = *window.workspace();
    const Judgement& judgement = *workspace.comparison()->judgement;
    QVERIFY(judgement.task.kind == TaskKind::text);
    QVERIFY(figureNames(window).contains(words::figureShortly("same_text")));
    QCOMPARE(workspace.whatIf()->quality()->figure->name, std::string("same_text"));
    QCOMPARE(judgement.shown.size(), std::size_t(6));
    for (const ShownResult& one : judgement.shown) {
        QVERIFY(!std::get<std::string>(one.reference).empty());
        QCOMPARE(one.amount > 0, std::get<std::string>(one.found) != std::get<std::string>(one.reference));
    }
    lookAround(window, driver, QStringLiteral("reads-") + language);
}

/// A network whose outputs could be anything has no figure of a task, in none of the places.
void TaskWindowTest::nothingIsMadeUp() {
    words::setLanguage(QStringLiteral("en"));
    ModelBuilder b;
    b.input("image", {1, 3, 64, 64}).conv("/c/Conv", "image", "depth", 3, 3).output("depth");
    QVERIFY(save_model(b.build()->proto(), path(QStringLiteral("any.onnx")).toStdString()));
    MainWindow window;
    WindowDriver driver(&window);
    QVERIFY(evaluate(window, driver, QStringLiteral("any.onnx"), QStringLiteral("lines")));
    Workspace& workspace = *window.workspace();
    QVERIFY(workspace.comparison()->judgement->task.kind == TaskKind::none);
    QVERIFY(!workspace.whatIf()->quality()->figure);
    for (const QString& title : boxTitles(window))
        QVERIFY2(!title.startsWith(QLatin1String("Agreement")), qPrintable(title));
    for (const QString& name : figureNames(window))
        QVERIFY2(!name.contains(QLatin1String("greement")) && !name.contains(QLatin1String("Top")),
                 qPrintable(name));
}

QTEST_MAIN(TaskWindowTest)
#include "test_task_window.moc"
