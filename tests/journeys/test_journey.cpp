// The whole way through the real window on the embedded sample: open, calibrate, change three layers, undo
// and redo, analyze, export, evaluate; in both languages and themes.
#include <QCheckBox>
#include <QComboBox>
#include <QDialog>
#include <QDir>
#include <QFileInfo>
#include <QScrollArea>
#include <QScrollBar>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <QUndoStack>

#include "tests/support/patience.h"
#include "widgets/graph/graph_view.h"
#include "widgets/panels/histogram_plot.h"
#include "widgets/theme/theme.h"
#include "widgets/words/language.h"
#include "window_driver.h"

using namespace quantwright;
using quantwright::testing::eventually;
using quantwright::testing::WindowDriver;

class JourneyTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void wholeWay_data();
    void wholeWay();
    void everyMode_data() { wholeWay_data(); }
    void everyMode();
    void arrivesQuantized_data() { wholeWay_data(); }
    void arrivesQuantized();

private:
    /// Sizes and themes; nothing may be cut in any of them.
    void lookAround(MainWindow& window, WindowDriver& driver, const QString& language, const QString& name);

    QTemporaryDir m_folder;
};

void JourneyTest::initTestCase() {
    QVERIFY(m_folder.isValid());
    testing::prepareForWindows(m_folder.path());
}

void JourneyTest::lookAround(MainWindow& window, WindowDriver& driver, const QString& language,
                             const QString& name) {
    for (const auto mode : {Theme::Mode::Light, Theme::Mode::Dark}) {
        Theme::instance().setMode(mode);
        for (const QSize size : {QSize(1280, 800), QSize(1920, 1080)}) {
            window.resize(size);
            QVERIFY(eventually([&] { return window.size() == size; }));
            const QStringList clipped = driver.settledClippedTexts();
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
    QVERIFY(QTest::qWaitForWindowActive(&window, 60'000));
    lookAround(window, driver, language, QStringLiteral("empty"));
    if (QTest::currentTestFailed())
        return;
    QVERIFY(driver.openSample());
    Workspace& workspace = *window.workspace();
    QVERIFY(workspace.prepared()->layers.size() > 10);
    lookAround(window, driver, language, QStringLiteral("opened"));
    if (QTest::currentTestFailed())
        return;

    QVERIFY(driver.clickStep(Step::calibrate));
    QVERIFY(driver.waitForStep(Step::calibrate, StepState::Kind::done));
    QCOMPARE(workspace.statistics()->images, 256);
    QVERIFY(eventually([&] { return workspace.resolved()->quantized_layers() > 0; }));
    QVERIFY(eventually([&] { return workspace.whatIf()->quality().has_value(); }));

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
    QVERIFY(eventually([&] { return workspace.resolved()->plan == changed; }));

    // A clip line under the hand.
    QVERIFY(driver.showTab(1));
    QVERIFY(driver.clickGraphNode(4));
    auto* plot = window.findChild<HistogramPlot*>();
    QVERIFY(eventually([&] { return plot->isVisible() && plot->clip().has_value(); }));
    QTest::qWait(100);
    const QPoint from = plot->handle(1), to = from - QPoint(60, 0);
    QTest::mousePress(plot, Qt::LeftButton, {}, from);
    for (int i = 1; i <= 10; ++i) {
        QTest::mouseMove(plot, from + (to - from) * i / 10);
        QTest::qWait(20);
    }
    QVERIFY(plot->dragging());
    QVERIFY(eventually([&] { return workspace.whatIf()->trialQuality().has_value(); }));
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
    QVERIFY(driver.exportDialog());
    lookAround(window, driver, language, QStringLiteral("export"));
    if (QTest::currentTestFailed())
        return;
    QVERIFY(driver.answerExportDialog(out));
    QVERIFY(driver.waitForStep(Step::export_model, StepState::Kind::done));
    QVERIFY(QFileInfo(out).size() > 100000);

    QVERIFY(driver.clickStep(Step::evaluate));
    QVERIFY(driver.waitForStep(Step::evaluate, StepState::Kind::done));
    const Comparison& comparison = *workspace.comparison();
    QCOMPARE(comparison.quantized.images, 1000);
    QCOMPARE(QString::fromStdString(comparison.file.string()), out);
    QVERIFY(*comparison.float_model.top1 >= 0.9);
    QVERIFY(*comparison.quantized.top1 >= *comparison.float_model.top1 - 0.01);
    QVERIFY(eventually([&] { return !workspace.whatIf()->stale(); }));
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
    QVERIFY(driver.showTab(4));
    lookAround(window, driver, language, QStringLiteral("problems"));
    if (QTest::currentTestFailed())
        return;
    QVERIFY(driver.showTab(5));
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
    QVERIFY(dialog && QTest::qWaitForWindowExposed(dialog, 60'000));
    QTest::qWait(100);
    lookAround(window, driver, language, QStringLiteral("images"));
    if (QTest::currentTestFailed())
        return;
    QTest::keyClick(dialog, Qt::Key_Escape);

    // The other language, live, and back.
    words::setLanguage(language == QStringLiteral("en") ? QStringLiteral("zh") : QStringLiteral("en"));
    const QStringList clipped = driver.settledClippedTexts();
    QVERIFY2(clipped.isEmpty(), qPrintable(clipped.join(QLatin1Char('\n'))));
    driver.screenshot(QStringLiteral("switched-from-") + language);
    words::setLanguage(language);
}

/// Layers in other modes, folded fields, presets and what goes beside an exported file.
void JourneyTest::everyMode() {
    QFETCH(QString, language);
    words::setLanguage(language);
    MainWindow window;
    WindowDriver driver(&window);
    QVERIFY(driver.openSample());
    Workspace& workspace = *window.workspace();
    QVERIFY(driver.clickStep(Step::calibrate));
    QVERIFY(driver.waitForStep(Step::calibrate, StepState::Kind::done));
    QVERIFY(eventually([&] { return workspace.resolved()->quantized_layers() > 0; }));
    QVERIFY(driver.showTab(0));
    QVERIFY(driver.selectTableRow(1, Qt::NoModifier));
    QVERIFY(driver.chooseField(QStringLiteral("mode"), QStringLiteral("fp16")));
    QVERIFY(driver.selectTableRow(3, Qt::NoModifier));
    QVERIFY(driver.chooseField(QStringLiteral("mode"), QStringLiteral("weight-only")));
    QVERIFY(driver.selectTableRow(2, Qt::NoModifier));
    QVERIFY(driver.chooseField(QStringLiteral("mode"), QStringLiteral("dynamic")));
    QVERIFY(eventually([&] { return workspace.resolved()->plan == workspace.plan(); }));
    const auto mode = [&](std::size_t layer) { return workspace.resolved()->layers[layer].mode; };
    QCOMPARE(mode(1), LayerMode::fp16);
    QCOMPARE(mode(2), LayerMode::dynamic);
    QCOMPARE(mode(3), LayerMode::weight_only);
    QVERIFY(eventually([&] { return !workspace.whatIf()->stale(); }));
    QVERIFY(driver.chooseIn(QStringLiteral("colour_by"), 1));
    lookAround(window, driver, language, QStringLiteral("modes"));
    if (QTest::currentTestFailed())
        return;
    QVERIFY(driver.chooseIn(QStringLiteral("colour_by"), 0));
    QVERIFY(driver.showTab(1));
    lookAround(window, driver, language, QStringLiteral("dynamic"));
    if (QTest::currentTestFailed())
        return;

    // What is seldom chosen.
    QVERIFY(driver.clickGraphNode(4));
    auto* advanced = window.findChild<QToolButton*>(QStringLiteral("advanced"));
    QVERIFY(advanced->isVisible());
    QTest::mouseClick(advanced, Qt::LeftButton);
    QVERIFY(driver.chooseField(QStringLiteral("activation.symmetric"), QStringLiteral("true")));
    QVERIFY(eventually([&] { return workspace.resolved()->plan == workspace.plan(); }));
    auto* scroll = window.findChild<QScrollArea*>(QStringLiteral("inspector_scroll"));
    scroll->verticalScrollBar()->setValue(scroll->verticalScrollBar()->maximum());
    lookAround(window, driver, language, QStringLiteral("advanced"));
    if (QTest::currentTestFailed())
        return;
    QTest::mouseClick(advanced, Qt::LeftButton);

    QVERIFY(driver.choosePreset(QStringLiteral("ncnn"), QStringLiteral("preset-") + language));
    QCOMPARE(workspace.plan().preset, std::string("ncnn"));
    workspace.edit({{{Assignment::Scope::target, {}, Field::mode, "ncnn"}}});
    QVERIFY(eventually([&] { return workspace.resolved()->plan == workspace.plan(); }));
    QVERIFY(driver.clickStep(Step::export_model));
    QDialog* dialog = driver.exportDialog();
    QVERIFY(dialog);
    QVERIFY(dialog->findChild<QCheckBox*>(QStringLiteral("export_sidecar"))->isChecked());
    lookAround(window, driver, language, QStringLiteral("export-ncnn"));
    if (QTest::currentTestFailed())
        return;
    QTest::keyClick(dialog, Qt::Key_Escape);
    QVERIFY(eventually([&] { return !window.findChild<QDialog*>(QStringLiteral("export_dialog")); }));
}

/// A model with Q/DQ nodes, as training leaves it: locked until somebody chooses, and no images needed.
void JourneyTest::arrivesQuantized() {
    QFETCH(QString, language);
    words::setLanguage(language);
    MainWindow window;
    WindowDriver driver(&window);
    QVERIFY(driver.openSample());
    Workspace& workspace = *window.workspace();
    const ImageSettings images = workspace.images();
    QVERIFY(driver.clickStep(Step::calibrate));
    QVERIFY(driver.waitForStep(Step::calibrate, StepState::Kind::done));
    QDir(m_folder.path()).mkpath(language);
    const QString trained = m_folder.filePath(language + QStringLiteral("/trained.onnx"));
    workspace.exportModel(std::filesystem::path(trained.toStdString()));
    QVERIFY(driver.waitForStep(Step::export_model, StepState::Kind::done));
    OpenRequest request;
    request.model = trained.toStdString();
    request.images = images;
    workspace.open(request);
    QVERIFY(eventually(
        [&] { return workspace.prepared()->original->path() == std::filesystem::path(request.model); }));
    QVERIFY(!workspace.prepared()->given.empty());
    QVERIFY(!workspace.statistics());
    QVERIFY(workspace.ready());

    QVERIFY(driver.showTab(0));
    QVERIFY(driver.selectTableRow(2, Qt::NoModifier));
    auto* method = window.findChild<QComboBox*>(QStringLiteral("field_activation.threshold.method"));
    QVERIFY(method->isVisible());
    QCOMPARE(method->currentIndex(), -1);
    QVERIFY(eventually([&] { return workspace.whatIf()->quality().has_value(); }));
    // Nothing was chosen: what is simulated is what arrived.
    const auto& quality = *workspace.whatIf()->quality();
    QVERIFY2(!quality.snr_db || *quality.snr_db > 60,
             qPrintable(QString::number(quality.snr_db.value_or(0))));
    QCOMPARE(quality.figure->name, std::string("agreement"));
    QCOMPARE(quality.figure->value, 1.0);
    lookAround(window, driver, language, QStringLiteral("given"));
    if (QTest::currentTestFailed())
        return;

    QVERIFY(driver.clickStep(Step::calibrate));
    QVERIFY(driver.waitForStep(Step::calibrate, StepState::Kind::done));
    QVERIFY(eventually([&] { return workspace.resolved()->statistics != nullptr; }));
    QCOMPARE(method->currentIndex(), -1);  // calibration alone changes nothing of it
    QVERIFY(driver.chooseField(QStringLiteral("activation.threshold.method"), QStringLiteral("mse")));
    QVERIFY(eventually([&] { return workspace.resolved()->plan == workspace.plan(); }));
    QCOMPARE(method->currentData().toString(), QStringLiteral("mse"));
    QTest::keyClick(&window, Qt::Key_Z, Qt::ControlModifier);
    QVERIFY(eventually([&] { return workspace.resolved()->plan == workspace.plan(); }));
    QCOMPARE(method->currentIndex(), -1);
}

QTEST_MAIN(JourneyTest)
#include "test_journey.moc"
