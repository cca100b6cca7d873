// The real window where something goes another way: bad files, cancelling, closing, projects, dialogs,
// dropped files.
#include <QDialogButtonBox>
#include <QDir>
#include <QDragEnterEvent>
#include <QElapsedTimer>
#include <QFile>
#include <QImage>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include "core/model/model.h"
#include "tests/support/patience.h"
#include "tests/support/small_models.h"
#include "widgets/window/error_dialog.h"
#include "widgets/window/recent_files.h"
#include "widgets/window/shape_dialog.h"
#include "widgets/words/language.h"
#include "window_driver.h"

using namespace quantwright;
using quantwright::testing::eventually;
using quantwright::testing::WindowDriver;

class WindowTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void badFileLeavesTheDocument();
    void cancelledAnalysisCanBeRepeated();
    void closingEndsRunningJobs();
    void projectComesBackAsItWas();
    void reopeningShowsTheSameFigures();
    void openShapesAreAskedFor();
    void filesAreDropped();
    void xslimFilesAreOpened();
    void theWindowNeverBlocks();

private:
    QTemporaryDir m_folder;
};

void WindowTest::initTestCase() {
    QVERIFY(m_folder.isValid());
    testing::prepareForWindows(m_folder.path());
    words::setLanguage(QStringLiteral("en"));
}

void WindowTest::badFileLeavesTheDocument() {
    words::setLanguage(QStringLiteral("en"));
    MainWindow window;
    WindowDriver driver(&window);
    QVERIFY(driver.openSample());
    const auto before = window.workspace()->prepared();
    const QString bad = m_folder.filePath(QStringLiteral("bad.onnx"));
    QFile file(bad);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("this is no model");
    file.close();
    QTest::keyClick(&window, Qt::Key_O, Qt::ControlModifier);
    QVERIFY(driver.answerFileDialog(QStringLiteral("open_dialog"), bad));
    ErrorDialog* box = nullptr;
    QVERIFY(eventually([&] {
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

void WindowTest::cancelledAnalysisCanBeRepeated() {
    MainWindow window;
    WindowDriver driver(&window);
    QVERIFY(driver.openSample());
    QVERIFY(driver.clickStep(Step::calibrate));
    QVERIFY(driver.waitForStep(Step::calibrate, StepState::Kind::done));
    QVERIFY(driver.clickStep(Step::analyze));
    QVERIFY(driver.waitForStep(Step::analyze, StepState::Kind::running));
    QVERIFY(driver.cancelStep(Step::analyze));
    QVERIFY(driver.waitForStep(Step::analyze, StepState::Kind::not_yet, 5000));
    QVERIFY(!window.workspace()->sensitivity());
    QVERIFY(driver.clickStep(Step::analyze));
    QVERIFY(driver.waitForStep(Step::analyze, StepState::Kind::done));
    // Cancelled behind its first answer: the analysis that was complete is there again.
    const auto complete = window.workspace()->sensitivity();
    QVERIFY(driver.clickStep(Step::analyze));
    QVERIFY(eventually([&] { return window.workspace()->sensitivity() != complete; }));
    QVERIFY(!window.workspace()->sensitivity()->complete);
    window.workspace()->cancel(Step::analyze);
    QVERIFY(eventually([&] { return window.workspace()->sensitivity() == complete; }));
    QVERIFY(driver.waitForStep(Step::analyze, StepState::Kind::done));
}

void WindowTest::closingEndsRunningJobs() {
    auto window = std::make_unique<MainWindow>();
    WindowDriver driver(window.get());
    QVERIFY(driver.openSample());
    QVERIFY(driver.clickStep(Step::calibrate));
    QVERIFY(driver.waitForStep(Step::calibrate, StepState::Kind::running));
    QElapsedTimer timer;
    timer.start();
    QVERIFY(window->close());
    window.reset();
    QVERIFY2(timer.elapsed() < 60'000, qPrintable(QString::number(timer.elapsed())));
}

void WindowTest::projectComesBackAsItWas() {
    const QString path = m_folder.filePath(QStringLiteral("sample.qwproj"));
    Plan plan;
    std::int64_t images = 0;
    ImageSettings settings;
    {
        MainWindow window;
        WindowDriver driver(&window);
        QVERIFY(driver.openSample());
        QVERIFY(driver.clickStep(Step::calibrate));
        QVERIFY(driver.waitForStep(Step::calibrate, StepState::Kind::done));
        QVERIFY(driver.clickGraphNode(2));
        QVERIFY(
            driver.chooseField(QStringLiteral("activation.threshold.method"), QStringLiteral("percentile")));
        QVERIFY(window.isWindowModified());
        QTest::keyClick(&window, Qt::Key_S, Qt::ControlModifier);
        QVERIFY(driver.answerFileDialog(QStringLiteral("save_dialog"), path));
        QVERIFY(eventually([&] { return !window.isWindowModified(); }));
        plan = window.workspace()->plan();
        images = window.workspace()->statistics()->images;
        settings = window.workspace()->images();
    }
    MainWindow window;
    window.show();
    window.openPath(path);
    QVERIFY(eventually([&] { return window.workspace()->isOpen(); }));
    QCOMPARE(window.workspace()->plan(), plan);
    QCOMPARE(window.workspace()->images(), settings);
    QCOMPARE(window.workspace()->statistics()->images, images);
    QCOMPARE(window.workspace()->state(Step::calibrate).kind, StepState::Kind::done);
    QVERIFY(window.workspace()->resolved()->quantized_layers() > 0);
}

/// Analysis and headline are what was closed, however often it is opened.
void WindowTest::reopeningShowsTheSameFigures() {
    const QString path = m_folder.filePath(QStringLiteral("analyzed.qwproj"));
    std::shared_ptr<const Sensitivity> sensitivity;
    std::optional<Quality> quality;
    std::shared_ptr<const Comparison> comparison;
    const auto settled = [](MainWindow& window) {
        const WhatIf& live = *window.workspace()->whatIf();
        return live.quality() && !live.quality()->partial() && !live.stale();
    };
    {
        MainWindow window;
        WindowDriver driver(&window);
        QVERIFY(driver.openSample());
        QVERIFY(driver.clickStep(Step::calibrate));
        QVERIFY(driver.waitForStep(Step::calibrate, StepState::Kind::done));
        QVERIFY(driver.clickStep(Step::analyze));
        QVERIFY(driver.waitForStep(Step::analyze, StepState::Kind::done));
        QVERIFY(driver.clickStep(Step::evaluate));
        QVERIFY(driver.waitForStep(Step::evaluate, StepState::Kind::done));
        // An edit behind the results: they come back stale.
        QVERIFY(driver.clickGraphNode(2));
        QVERIFY(
            driver.chooseField(QStringLiteral("activation.threshold.method"), QStringLiteral("percentile")));
        QVERIFY(eventually([&] { return settled(window); }));
        QTest::keyClick(&window, Qt::Key_S, Qt::ControlModifier);
        QVERIFY(driver.answerFileDialog(QStringLiteral("save_dialog"), path));
        QVERIFY(eventually([&] { return !window.isWindowModified(); }));
        sensitivity = window.workspace()->sensitivity();
        quality = window.workspace()->whatIf()->quality();
        comparison = window.workspace()->comparison();
        // All are of the evaluation images: the analysis of some, with the same ones as the headline.
        QVERIFY(!quality->measured_on.source.empty());
        QCOMPARE(sensitivity->measured_on, quality->measured_on);
        QCOMPARE(comparison->quantized.measured_on.source, quality->measured_on.source);
        QCOMPARE(comparison->quantized.measured_on.rule, ImageRule::all);
        QCOMPARE(window.workspace()->state(Step::analyze).kind, StepState::Kind::stale);
        QCOMPARE(window.workspace()->state(Step::evaluate).kind, StepState::Kind::stale);
    }
    for (int time = 0; time < 10; ++time) {
        MainWindow window;
        window.show();
        window.openPath(path);
        QVERIFY(eventually([&] { return window.workspace()->isOpen() && settled(window); }));
        Workspace& workspace = *window.workspace();
        QCOMPARE(workspace.whatIf()->quality()->snr_db, quality->snr_db);
        QVERIFY(workspace.whatIf()->quality()->figure && quality->figure);
        QCOMPARE(workspace.whatIf()->quality()->figure->value, quality->figure->value);
        QCOMPARE(workspace.whatIf()->quality()->images, quality->images);
        QVERIFY(workspace.sensitivity());
        QCOMPARE(workspace.state(Step::analyze).kind, StepState::Kind::stale);
        QCOMPARE(workspace.sensitivity()->layers.size(), sensitivity->layers.size());
        for (std::size_t i = 0; i < sensitivity->layers.size(); ++i) {
            const LayerSensitivity &was = sensitivity->layers[i], &is = workspace.sensitivity()->layers[i];
            QCOMPARE(is.layer, was.layer);
            QCOMPARE(is.rank, was.rank);
            QCOMPARE(is.snr_db_alone, was.snr_db_alone);
            QCOMPARE(is.without.snr_db, was.without.snr_db);
            QCOMPARE(is.accumulated.snr_db, was.accumulated.snr_db);
            QCOMPARE(is.uncertainty_db, was.uncertainty_db);
            QCOMPARE(is.rank_from, was.rank_from);
            QCOMPARE(is.rank_to, was.rank_to);
        }
        QVERIFY(workspace.comparison());
        QCOMPARE(workspace.state(Step::evaluate).kind, StepState::Kind::stale);
        QCOMPARE(workspace.comparison()->quantized.snr_db, comparison->quantized.snr_db);
        QCOMPARE(workspace.comparison()->quantized.top1, comparison->quantized.top1);
        QCOMPARE(workspace.comparison()->float_model.latency.p50_ms, comparison->float_model.latency.p50_ms);
        QCOMPARE(workspace.comparison()->quantized.per_image.size(), comparison->quantized.per_image.size());
    }
}

void WindowTest::openShapesAreAskedFor() {
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
    QVERIFY(eventually([&] {
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
    QVERIFY(eventually([&] { return window.workspace()->isOpen(); }));
    QCOMPARE(imageInputShape(*window.workspace()->prepared()).value(), (Shape{1, 3, 16, 16}));
}

void WindowTest::filesAreDropped() {
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
    QVERIFY(eventually([&] { return window.workspace()->isOpen(); }));
    QVERIFY(drop(sample + QStringLiteral("/calibration")));
    QCOMPARE(QString::fromStdString(window.workspace()->images().calibration.string()),
             sample + QStringLiteral("/calibration"));
    QVERIFY(recentFiles().contains(sample + QStringLiteral("/fashion-dscnn.onnx")));
}

void WindowTest::xslimFilesAreOpened() {
    // As in the tutorials: everything beside the file, paths relative to it.
    const QString folder = m_folder.filePath(QStringLiteral("tutorial"));
    QVERIFY(QDir().mkpath(folder));
    QVERIFY(save_model(testing::small_cnn()->proto(), (folder + QStringLiteral("/net.onnx")).toStdString()));
    QImage image(20, 20, QImage::Format_RGB888);
    QFile list(folder + QStringLiteral("/calib_list.txt"));
    QVERIFY(list.open(QIODevice::WriteOnly));
    for (int i = 0; i < 4; ++i) {
        image.fill(QColor(60 * i, 120, 200 - 50 * i));
        QVERIFY(image.save(folder + QStringLiteral("/%1.png").arg(i)));
        list.write(QByteArray::number(i) + ".png\n");
    }
    list.close();
    const QString path = folder + QStringLiteral("/net.json");
    QFile config(path);
    QVERIFY(config.open(QIODevice::WriteOnly));
    config.write(
        R"({"model_parameters": {"onnx_model": "net.onnx", "working_dir": "./", "skip_onnxsim": false},
        "calibration_parameters": {"calibration_step": 3, "calibration_device": "cpu", "calibration_type": "default",
            "input_parametres": [{"input_name": "input", "input_shape": [1, 3, 16, 16], "dtype": "float32",
                "file_type": "img", "color_format": "rgb", "mean_value": [0, 0, 0], "std_value": [255, 255, 255],
                "data_list_path": "./calib_list.txt"}]},
        "quantization_parameters": {"analysis_enable": true, "truncate_var_names": ["/block/Add_output_0"]}})");
    config.close();
    for (const char* language : {"zh", "en"}) {
        words::setLanguage(QString::fromLatin1(language));
        MainWindow window;
        WindowDriver driver(&window);
        window.resize(1280, 800);
        window.show();
        window.activateWindow();  // shortcuts go to the active window
        QVERIFY(QTest::qWaitForWindowActive(&window, 60'000));
        QTest::keyClick(&window, Qt::Key_O, Qt::ControlModifier);
        QVERIFY(driver.answerFileDialog(QStringLiteral("open_dialog"), path));
        QVERIFY(eventually([&] { return window.workspace()->isOpen(); }));
        QVERIFY(recentFiles().contains(path));
        const Plan& plan = window.workspace()->plan();
        QCOMPARE(plan.target, std::string("spacemit-k1"));
        QCOMPARE(plan.truncate.size(), 1U);
        // No question is asked: the file says which images.
        QVERIFY(driver.clickStep(Step::calibrate));
        QVERIFY(driver.waitForStep(Step::calibrate, StepState::Kind::done));
        QCOMPARE(window.workspace()->statistics()->images, 3);
        QVERIFY(driver.showTab(4));
        QCOMPARE(driver.settledClippedTexts(), QStringList());
        const bool zh = words::currentLanguage() == QLatin1String("zh");
        if (zh)
            QCOMPARE(driver.untranslatedTexts(), QStringList());
        driver.screenshot(QStringLiteral("xslim-%1").arg(QLatin1String(language)));
        QVERIFY(driver.clickMenu(3, zh ? QStringLiteral("取消截断(N)") : QStringLiteral("Don't truncate")));
        QVERIFY(window.workspace()->plan().truncate.empty());
        window.activateWindow();  // the menu had the keys
        QVERIFY(QTest::qWaitForWindowActive(&window, 60'000));
        QTest::keyClick(&window, Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(window.workspace()->plan().truncate.size(), 1U);
        // The file that is written has the name that it says.
        QVERIFY(eventually([&] { return window.workspace()->resolved()->quantized_layers() > 0; }));
        QVERIFY(driver.clickStep(Step::export_model));
        QVERIFY(driver.exportDialog());
        bool proposed = false;
        for (const auto* edit : driver.exportDialog()->findChildren<QLineEdit*>())
            proposed = proposed || edit->text() == folder + QStringLiteral("/net.q.onnx");
        QVERIFY(proposed);
        driver.exportDialog()->reject();
    }
}

/// Milliseconds in which this thread could have run and did not; 0 where the kernel does not tell.
static qint64 waitedForProcessor() {
    QFile file(QStringLiteral("/proc/thread-self/schedstat"));
    constexpr qint64 nanoseconds = 1'000'000;
    return file.open(QIODevice::ReadOnly) ? file.readAll().split(' ').value(1).toLongLong() / nanoseconds : 0;
}

void WindowTest::theWindowNeverBlocks() {
    MainWindow window;
    WindowDriver driver(&window);
    QVERIFY(driver.openSample());
    // The longest time in which no event was handled, while everything long runs; without what this thread
    // only waited for a processor, which other programs may have.
    QElapsedTimer since;
    qint64 longest = 0, waited = waitedForProcessor();
    QTimer beat;
    connect(&beat, &QTimer::timeout, this, [&] {
        const qint64 now = waitedForProcessor();
        longest = std::max(longest, since.restart() - (now - std::exchange(waited, now)));
    });
    since.start();
    beat.start(5);
    Workspace& workspace = *window.workspace();
    workspace.calibrate();
    QVERIFY(driver.waitForStep(Step::calibrate, StepState::Kind::done));
    QVERIFY(eventually([&] { return workspace.resolved()->quantized_layers() > 0; }));
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

QTEST_MAIN(WindowTest)
#include "test_window.moc"
