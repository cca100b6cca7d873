// The whole way through the real window on the embedded sample: open, calibrate, change three layers, undo
// and redo, analyze, export, evaluate; in both languages and themes.
#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QDragEnterEvent>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>
#include <QUndoStack>
#include <tuple>

#include "core/model/model.h"
#include "tests/support/small_models.h"
#include "widgets/graph/graph_view.h"
#include "widgets/panels/histogram_plot.h"
#include "widgets/theme/theme.h"
#include "widgets/window/error_dialog.h"
#include "widgets/window/recent_files.h"
#include "widgets/window/shape_dialog.h"
#include "widgets/words/language.h"
#include "window_driver.h"

using namespace quantwright;
using quantwright::testing::WindowDriver;

namespace {

/// What is still cut after the layouts had the time to follow.
QStringList settledClippedTexts(const WindowDriver& driver) {
    QStringList clipped;
    std::ignore = QTest::qWaitFor(
        [&] {
            clipped = driver.clippedTexts();
            return clipped.isEmpty();
        },
        2000);
    return clipped;
}

}  // namespace

class JourneyTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void wholeWay_data();
    void wholeWay();
    void badFileLeavesTheDocument();
    void cancelledAnalysisCanBeRepeated();
    void closingEndsRunningJobs();
    void projectComesBackAsItWas();
    void theWindowNeverBlocks();
    void openShapesAreAskedFor();
    void filesAreDropped();

private:
    void openSample(MainWindow& window, WindowDriver& driver);
    /// Sizes and themes; nothing may be cut in any of them.
    void lookAround(MainWindow& window, WindowDriver& driver, const QString& language, const QString& name);

    QTemporaryDir m_folder;
};

void JourneyTest::initTestCase() {
    QVERIFY(m_folder.isValid());
    QCoreApplication::setOrganizationName(QStringLiteral("quantwright-tests"));
    QCoreApplication::setApplicationName(QStringLiteral("quantwright-tests"));
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_folder.path());
    // A file dialog that a test can type into.
    QApplication::setAttribute(Qt::AA_DontUseNativeDialogs);
    Theme::instance().apply(Theme::Mode::Light);
}

void JourneyTest::openSample(MainWindow& window, WindowDriver& driver) {
    window.resize(1280, 800);
    window.show();
    window.activateWindow();  // shortcuts go to the active window
    QVERIFY(QTest::qWaitForWindowActive(&window));
    const bool chinese = words::currentLanguage() == QStringLiteral("zh");
    QVERIFY(driver.clickMenu(0, chinese ? QStringLiteral("打开示例(M)") : QStringLiteral("Open sample")));
    QVERIFY(driver.waitForStep(Step::open, StepState::Kind::done));
    auto* view = window.findChild<GraphView*>();
    QVERIFY(
        QTest::qWaitFor([view] { return !view->scene().nodes.empty() && !view->isLayoutRunning(); }, 20000));
}

void JourneyTest::lookAround(MainWindow& window, WindowDriver& driver, const QString& language,
                             const QString& name) {
    for (const auto mode : {Theme::Mode::Light, Theme::Mode::Dark}) {
        Theme::instance().setMode(mode);
        for (const QSize size : {QSize(1280, 800), QSize(1920, 1080)}) {
            window.resize(size);
            QVERIFY(QTest::qWaitFor([&] { return window.size() == size; }));
            const QStringList clipped = settledClippedTexts(driver);
            QVERIFY2(clipped.isEmpty(), qPrintable(clipped.join(QLatin1Char('\n'))));
            driver.screenshot(
                QStringLiteral("%1-%2-%3-%4x%5")
                    .arg(name, language,
                         mode == Theme::Mode::Dark ? QStringLiteral("dark") : QStringLiteral("light"))
                    .arg(size.width())
                    .arg(size.height()));
        }
    }
    Theme::instance().setMode(Theme::Mode::Light);
    window.resize(1280, 800);
    if (language == QStringLiteral("zh")) {
        const QStringList english = driver.untranslatedTexts();
        QVERIFY2(english.isEmpty(), qPrintable(english.join(QLatin1Char('\n'))));
    }
}

void JourneyTest::wholeWay_data() {
    QTest::addColumn<QString>("language");
    QTest::newRow("English") << QStringLiteral("en");
    QTest::newRow("Chinese") << QStringLiteral("zh");
}

void JourneyTest::wholeWay() {
    QFETCH(QString, language);
    words::setLanguage(language);
    MainWindow window;
    WindowDriver driver(&window);
    window.resize(1280, 800);
    window.show();
    window.activateWindow();  // shortcuts go to the active window
    QVERIFY(QTest::qWaitForWindowActive(&window));
    lookAround(window, driver, language, QStringLiteral("empty"));
    if (QTest::currentTestFailed())
        return;
    openSample(window, driver);
    if (QTest::currentTestFailed())
        return;
    Workspace& workspace = *window.workspace();
    QVERIFY(workspace.prepared()->layers.size() > 10);
    lookAround(window, driver, language, QStringLiteral("opened"));
    if (QTest::currentTestFailed())
        return;

    QVERIFY(driver.clickStep(Step::calibrate));
    QVERIFY(driver.waitForStep(Step::calibrate, StepState::Kind::done));
    QCOMPARE(workspace.statistics()->images, 256);
    QVERIFY(QTest::qWaitFor([&] { return workspace.resolved()->quantized_layers() > 0; }));
    QVERIFY(QTest::qWaitFor([&] { return workspace.whatIf()->worth().has_value(); }, 30000));

    // Three layers, by mouse: one in the graph, two more in the table; then one choice for all.
    QVERIFY(driver.clickGraphNode(1));
    QCOMPARE(workspace.selection()->layers(), std::vector<int>{1});
    QVERIFY(driver.showTab(0));
    QVERIFY(driver.selectTableRow(2, Qt::ControlModifier));
    QVERIFY(driver.selectTableRow(3, Qt::ControlModifier));
    QCOMPARE(workspace.selection()->layers(), (std::vector<int>{1, 2, 3}));
    QVERIFY(driver.chooseField(QStringLiteral("activation.threshold.method"), QStringLiteral("mse")));
    QCOMPARE(workspace.undoStack()->count(), 1);
    const Plan changed = workspace.plan();
    QCOMPARE(changed.layers.size(), std::size_t(3));
    QVERIFY(driver.chooseField(QStringLiteral("mode"), QStringLiteral("float")));
    QCOMPARE(workspace.undoStack()->count(), 2);
    QTest::keyClick(&window, Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(workspace.plan(), changed);
    QTest::keyClick(&window, Qt::Key_Z, Qt::ControlModifier);
    QVERIFY(workspace.plan().layers.empty());
    QTest::keyClick(&window, Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    QCOMPARE(workspace.plan(), changed);
    QVERIFY(QTest::qWaitFor([&] { return workspace.resolved()->plan == changed; }));

    // A clip line under the hand.
    QVERIFY(driver.showTab(1));
    QVERIFY(driver.clickGraphNode(4));
    auto* plot = window.findChild<HistogramPlot*>();
    QVERIFY(QTest::qWaitFor([&] { return plot->isVisible() && plot->clip().has_value(); }));
    QTest::qWait(100);
    const QPoint from = plot->handle(1), to = from - QPoint(60, 0);
    QTest::mousePress(plot, Qt::LeftButton, {}, from);
    for (int i = 1; i <= 10; ++i) {
        QTest::mouseMove(plot, from + (to - from) * i / 10);
        QTest::qWait(20);
    }
    QVERIFY(plot->dragging());
    QVERIFY(QTest::qWaitFor([&] { return workspace.whatIf()->trialWorth().has_value(); }, 20000));
    QTest::mouseRelease(plot, Qt::LeftButton, {}, to);
    QCOMPARE(workspace.plan().tensors.size(), std::size_t(1));
    QTest::keyClick(&window, Qt::Key_Z, Qt::ControlModifier);
    QVERIFY(workspace.plan().tensors.empty());
    lookAround(window, driver, language, QStringLiteral("histogram"));
    if (QTest::currentTestFailed())
        return;

    QVERIFY(driver.clickStep(Step::analyze));
    if (!driver.waitForStep(Step::analyze, StepState::Kind::done)) {
        const StepState state = workspace.state(Step::analyze);
        qDebug() << int(state.kind) << state.fraction << (state.error ? state.error->detail.c_str() : "");
        QFAIL("not analyzed");
    }
    const auto& sensitivity = *workspace.sensitivity();
    QCOMPARE(sensitivity.layers.front().rank, 1);
    auto* view = window.findChild<GraphView*>();
    const auto& nodes = view->scene().nodes;
    QVERIFY(std::any_of(nodes.begin(), nodes.end(),
                        [](const SceneNode& node) { return node.warning && node.heat > 0.8; }));

    const QString out = m_folder.filePath(language + QStringLiteral("/sample.q.onnx"));
    QDir(m_folder.path()).mkpath(language);
    QVERIFY(driver.clickStep(Step::export_model));
    QVERIFY(driver.answerFileDialog(QStringLiteral("export_dialog"), out));
    QVERIFY(driver.waitForStep(Step::export_model, StepState::Kind::done));
    QVERIFY(QFileInfo(out).size() > 100000);

    QVERIFY(driver.clickStep(Step::evaluate));
    QVERIFY(driver.waitForStep(Step::evaluate, StepState::Kind::done));
    const Comparison& comparison = *workspace.comparison();
    QCOMPARE(comparison.quantized.images, 1000);
    QCOMPARE(QString::fromStdString(comparison.file.string()), out);
    QVERIFY(*comparison.float_model.top1 >= 0.9);
    QVERIFY(*comparison.quantized.top1 >= *comparison.float_model.top1 - 0.01);
    QVERIFY(QTest::qWaitFor([&] { return !workspace.whatIf()->stale(); }, 30000));
    lookAround(window, driver, language, QStringLiteral("compare"));
    if (QTest::currentTestFailed())
        return;
    QVERIFY(driver.showTab(0));
    QVERIFY(driver.clickGraphNode(sensitivity.layers.front().layer));
    lookAround(window, driver, language, QStringLiteral("layers"));
    if (QTest::currentTestFailed())
        return;
    QVERIFY(driver.clickMenu(
        2, language == QStringLiteral("zh") ? QStringLiteral("放大(I)") : QStringLiteral("Zoom in")));
    QVERIFY(driver.chooseIn(QStringLiteral("colour_by"), 1));
    lookAround(window, driver, language, QStringLiteral("precision"));
    if (QTest::currentTestFailed())
        return;
    QVERIFY(driver.chooseIn(QStringLiteral("colour_by"), 0));
    QVERIFY(driver.showTab(1));
    lookAround(window, driver, language, QStringLiteral("main"));
    if (QTest::currentTestFailed())
        return;
    QVERIFY(driver.showTab(3));
    lookAround(window, driver, language, QStringLiteral("problems"));
    if (QTest::currentTestFailed())
        return;
    QVERIFY(driver.showTab(4));
    lookAround(window, driver, language, QStringLiteral("log"));
    if (QTest::currentTestFailed())
        return;

    // A change makes what was computed from the plan stale, and taking it back makes it current again.
    QVERIFY(driver.chooseField(QStringLiteral("mode"), QStringLiteral("float")));
    QCOMPARE(workspace.state(Step::analyze).kind, StepState::Kind::stale);
    QCOMPARE(workspace.state(Step::export_model).kind, StepState::Kind::stale);
    QCOMPARE(workspace.state(Step::calibrate).kind, StepState::Kind::done);
    QTest::keyClick(&window, Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(workspace.state(Step::analyze).kind, StepState::Kind::done);
    QCOMPARE(workspace.state(Step::export_model).kind, StepState::Kind::done);

    QTest::keyClick(&window, Qt::Key_I, Qt::ControlModifier);
    auto* dialog = window.findChild<QDialog*>(QStringLiteral("images_dialog"));
    QVERIFY(dialog && QTest::qWaitForWindowExposed(dialog));
    QTest::qWait(100);
    lookAround(window, driver, language, QStringLiteral("images"));
    if (QTest::currentTestFailed())
        return;
    QTest::keyClick(dialog, Qt::Key_Escape);

    // The other language, live, and back.
    words::setLanguage(language == QStringLiteral("en") ? QStringLiteral("zh") : QStringLiteral("en"));
    const QStringList clipped = settledClippedTexts(driver);
    QVERIFY2(clipped.isEmpty(), qPrintable(clipped.join(QLatin1Char('\n'))));
    driver.screenshot(QStringLiteral("switched-from-") + language);
    words::setLanguage(language);
}

void JourneyTest::badFileLeavesTheDocument() {
    words::setLanguage(QStringLiteral("en"));
    MainWindow window;
    WindowDriver driver(&window);
    openSample(window, driver);
    if (QTest::currentTestFailed())
        return;
    const auto before = window.workspace()->prepared();
    const QString bad = m_folder.filePath(QStringLiteral("bad.onnx"));
    QFile file(bad);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("this is no model");
    file.close();
    QTest::keyClick(&window, Qt::Key_O, Qt::ControlModifier);
    QVERIFY(driver.answerFileDialog(QStringLiteral("open_dialog"), bad));
    ErrorDialog* box = nullptr;
    QVERIFY(QTest::qWaitFor([&] {
        box = window.findChild<ErrorDialog*>(QStringLiteral("error_dialog"));
        return box && box->isVisible();
    }));
    QVERIFY(box->sentence().contains(QStringLiteral("bad.onnx")));
    QVERIFY(box->details().contains(QStringLiteral("model.not_onnx")));
    driver.screenshot(QStringLiteral("error-en"));
    QTest::keyClick(box, Qt::Key_Escape);
    QCOMPARE(window.workspace()->prepared(), before);
    QCOMPARE(window.workspace()->state(Step::open).kind, StepState::Kind::done);
}

void JourneyTest::cancelledAnalysisCanBeRepeated() {
    MainWindow window;
    WindowDriver driver(&window);
    openSample(window, driver);
    if (QTest::currentTestFailed())
        return;
    QVERIFY(driver.clickStep(Step::calibrate));
    QVERIFY(driver.waitForStep(Step::calibrate, StepState::Kind::done));
    QVERIFY(driver.clickStep(Step::analyze));
    QVERIFY(driver.waitForStep(Step::analyze, StepState::Kind::running));
    QVERIFY(driver.cancelStep(Step::analyze));
    QVERIFY(driver.waitForStep(Step::analyze, StepState::Kind::not_yet, 5000));
    QVERIFY(!window.workspace()->sensitivity());
    QVERIFY(driver.clickStep(Step::analyze));
    QVERIFY(driver.waitForStep(Step::analyze, StepState::Kind::done));
}

void JourneyTest::closingEndsRunningJobs() {
    auto window = std::make_unique<MainWindow>();
    WindowDriver driver(window.get());
    openSample(*window, driver);
    if (QTest::currentTestFailed())
        return;
    QVERIFY(driver.clickStep(Step::calibrate));
    QVERIFY(driver.waitForStep(Step::calibrate, StepState::Kind::running));
    QElapsedTimer timer;
    timer.start();
    QVERIFY(window->close());
    window.reset();
    QVERIFY2(timer.elapsed() < 5000, qPrintable(QString::number(timer.elapsed())));
}

void JourneyTest::projectComesBackAsItWas() {
    const QString path = m_folder.filePath(QStringLiteral("sample.qwproj"));
    Plan plan;
    std::int64_t images = 0;
    ImageSettings settings;
    {
        MainWindow window;
        WindowDriver driver(&window);
        openSample(window, driver);
        if (QTest::currentTestFailed())
            return;
        QVERIFY(driver.clickStep(Step::calibrate));
        QVERIFY(driver.waitForStep(Step::calibrate, StepState::Kind::done));
        QVERIFY(driver.clickGraphNode(2));
        QVERIFY(
            driver.chooseField(QStringLiteral("activation.threshold.method"), QStringLiteral("percentile")));
        QVERIFY(window.isWindowModified());
        QTest::keyClick(&window, Qt::Key_S, Qt::ControlModifier);
        QVERIFY(driver.answerFileDialog(QStringLiteral("save_dialog"), path));
        QVERIFY(QTest::qWaitFor([&] { return !window.isWindowModified(); }));
        plan = window.workspace()->plan();
        images = window.workspace()->statistics()->images;
        settings = window.workspace()->images();
    }
    MainWindow window;
    window.show();
    window.openPath(path);
    QVERIFY(QTest::qWaitFor([&] { return window.workspace()->isOpen(); }, 30000));
    QCOMPARE(window.workspace()->plan(), plan);
    QCOMPARE(window.workspace()->images(), settings);
    QCOMPARE(window.workspace()->statistics()->images, images);
    QCOMPARE(window.workspace()->state(Step::calibrate).kind, StepState::Kind::done);
    QVERIFY(window.workspace()->resolved()->quantized_layers() > 0);
}

void JourneyTest::openShapesAreAskedFor() {
    onnx::ModelProto model = testing::small_cnn()->proto();
    auto* shape =
        model.mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type()->mutable_shape();
    shape->mutable_dim(2)->set_dim_param("height");
    shape->mutable_dim(3)->set_dim_param("width");
    const QString path = m_folder.filePath(QStringLiteral("open.onnx"));
    QVERIFY(save_model(model, path.toStdString()));
    MainWindow window;
    window.show();
    window.openPath(path);
    ShapeDialog* dialog = nullptr;
    QVERIFY(QTest::qWaitFor([&] {
        dialog = window.findChild<ShapeDialog*>();
        return dialog && dialog->isVisible();
    }));
    WindowDriver(&window).screenshot(QStringLiteral("shape-en"));
    auto* edit = dialog->findChild<QLineEdit*>();
    QCOMPARE(edit->text(), QStringLiteral("1,3,?,?"));
    auto* accept = dialog->findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Ok);
    QVERIFY(!accept->isEnabled());
    edit->selectAll();
    QTest::keyClicks(edit, QStringLiteral("1,3,16,0"));
    QVERIFY(!accept->isEnabled());
    edit->selectAll();
    QTest::keyClicks(edit, QStringLiteral("1,3,16,16"));
    QVERIFY(accept->isEnabled());
    QTest::keyClick(edit, Qt::Key_Return);
    QVERIFY(QTest::qWaitFor([&] { return window.workspace()->isOpen(); }, 30000));
    QCOMPARE(imageInputShape(*window.workspace()->prepared()).value(), (Shape{1, 3, 16, 16}));
}

void JourneyTest::filesAreDropped() {
    MainWindow window;
    window.show();
    const auto drop = [&](const QString& path) {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(path)});
        QDragEnterEvent enter(QPoint(300, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&window, &enter);
        if (!enter.isAccepted())
            return false;
        QDropEvent event(QPointF(300, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&window, &event);
        return true;
    };
    const QString sample = QStringLiteral(QUANTWRIGHT_SAMPLE_DIR);
    QVERIFY(!drop(sample + QStringLiteral("/train.py")));
    QVERIFY(!drop(sample + QStringLiteral("/calibration")));  // images of what?
    QVERIFY(drop(sample + QStringLiteral("/fashion-dscnn.onnx")));
    QVERIFY(QTest::qWaitFor([&] { return window.workspace()->isOpen(); }, 30000));
    QVERIFY(drop(sample + QStringLiteral("/calibration")));
    QCOMPARE(QString::fromStdString(window.workspace()->images().calibration.string()),
             sample + QStringLiteral("/calibration"));
    QVERIFY(recentFiles().contains(sample + QStringLiteral("/fashion-dscnn.onnx")));
}

void JourneyTest::theWindowNeverBlocks() {
    MainWindow window;
    WindowDriver driver(&window);
    openSample(window, driver);
    if (QTest::currentTestFailed())
        return;
    // The longest time in which no event was handled, while everything long runs.
    QElapsedTimer since;
    qint64 longest = 0;
    QTimer beat;
    connect(&beat, &QTimer::timeout, this, [&] { longest = std::max(longest, since.restart()); });
    since.start();
    beat.start(5);
    Workspace& workspace = *window.workspace();
    workspace.calibrate();
    QVERIFY(driver.waitForStep(Step::calibrate, StepState::Kind::done));
    QVERIFY(QTest::qWaitFor([&] { return workspace.resolved()->quantized_layers() > 0; }));
    workspace.analyze();
    std::vector<std::string> all;
    for (const Layer& layer : workspace.prepared()->layers)
        all.push_back(layer.name);
    workspace.edit(set_layers(all, Field::threshold_method, "kl"));
    QVERIFY(driver.waitForStep(Step::analyze, StepState::Kind::stale));
    QVERIFY(QTest::qWaitFor([&] { return workspace.resolved()->plan == workspace.plan(); }, 60000));
    workspace.evaluate();
    QVERIFY(driver.waitForStep(Step::evaluate, StepState::Kind::done));
    qInfo() << "longest pause" << longest << "ms";
    // Generous, for machines with other things to do; a step run in the window's thread takes far longer.
    QVERIFY2(longest < 400, qPrintable(QStringLiteral("%1 ms").arg(longest)));
}

QTEST_MAIN(JourneyTest)
#include "test_journey.moc"
