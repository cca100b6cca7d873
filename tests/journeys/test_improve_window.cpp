// Improving by hand in the real window: the step, its dialog, the figure that rises, undo and redo, save and
// open; too few images; a file that asks for it.
#include <QDialog>
#include <QDir>
#include <QFile>
#include <QImage>
#include <QLabel>
#include <QPushButton>
#include <QRadioButton>
#include <QTemporaryDir>
#include <QTest>

#include "core/model/model.h"
#include "tests/support/patience.h"
#include "tests/support/small_models.h"
#include "widgets/panels/improve_text.h"
#include "widgets/panels/log_panel.h"
#include "widgets/panels/step_button.h"
#include "widgets/theme/theme.h"
#include "widgets/words/language.h"
#include "widgets/words/words.h"
#include "window_driver.h"

using namespace quantwright;
using quantwright::testing::eventually;
using quantwright::testing::WindowDriver;

class ImproveWindowTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void byHand_data();
    void byHand();
    void cancelledByHand();
    void asAFileAsks();

private:
    /// The step's dialog, opened by a click on the step.
    static QDialog* open(MainWindow& window, WindowDriver& driver);
    static bool click(QWidget* dialog, const char* name);
    static QString text(QWidget* dialog, const char* name) {
        return dialog->findChild<QLabel*>(QLatin1String(name))->text();
    }
    static bool settled(MainWindow& window);
    static void lookAround(MainWindow& window, WindowDriver& driver, const QString& name);
    static bool fourBits(MainWindow& window);

    QTemporaryDir m_folder;
};

void ImproveWindowTest::initTestCase() {
    QVERIFY(m_folder.isValid());
    testing::prepareForWindows(m_folder.path());
}

QDialog* ImproveWindowTest::open(MainWindow& window, WindowDriver& driver) {
    if (!driver.clickStep(Step::improve))
        return nullptr;
    QDialog* dialog = nullptr;
    const bool there = eventually([&] {
        dialog = window.findChild<QDialog*>(QStringLiteral("improve_dialog"));
        return dialog && dialog->isVisible();
    });
    return there && QTest::qWaitForWindowActive(dialog, 60'000) ? dialog : nullptr;
}

bool ImproveWindowTest::click(QWidget* dialog, const char* name) {
    auto* button = dialog->findChild<QAbstractButton*>(QLatin1String(name));
    if (!button || !button->isVisible() || !button->isEnabled())
        return false;
    QTest::mouseClick(button, Qt::LeftButton, {}, QPoint(10, button->height() / 2));
    return true;
}

bool ImproveWindowTest::settled(MainWindow& window) {
    return eventually([&] {
        const Workspace& workspace = *window.workspace();
        const WhatIf& live = *window.workspace()->whatIf();
        return workspace.resolved()->plan == workspace.plan() &&
               workspace.resolved()->improved == workspace.improved() && live.quality() && !live.stale() &&
               !live.quality()->partial();
    });
}

void ImproveWindowTest::lookAround(MainWindow& window, WindowDriver& driver, const QString& name) {
    for (const auto mode : {Theme::Mode::Light, Theme::Mode::Dark}) {
        Theme::instance().setMode(mode);
        for (const QSize size : {QSize(1280, 800), QSize(1920, 1080)}) {
            window.resize(size);
            QVERIFY(eventually([&] { return window.size() == size; }));
            const QStringList clipped = driver.settledClippedTexts();
            QVERIFY2(clipped.isEmpty(), qPrintable(clipped.join(QLatin1Char('\n'))));
            driver.screenshot(
                QStringLiteral("%1-%2-%3-%4")
                    .arg(name, words::currentLanguage(),
                         mode == Theme::Mode::Dark ? QStringLiteral("dark") : QStringLiteral("light"))
                    .arg(size.width()));
        }
    }
    Theme::instance().setMode(Theme::Mode::Light);
    window.resize(1280, 800);
    if (words::currentLanguage() == QLatin1String("zh"))
        QCOMPARE(driver.untranslatedTexts(), QStringList());
}

/// The sample calibrated, with weights of 4 bits, where there is much to win.
bool ImproveWindowTest::fourBits(MainWindow& window) {
    WindowDriver driver(&window);
    if (!driver.openSample() || !driver.clickStep(Step::calibrate) ||
        !driver.waitForStep(Step::calibrate, StepState::Kind::done))
        return false;
    window.workspace()->edit({{{Assignment::Scope::defaults, {}, Field::weight_format, "int4"}}});
    window.workspace()->undoStack()->clear();
    return settled(window);
}

void ImproveWindowTest::byHand_data() {
    QTest::addColumn<QString>("language");
    QTest::newRow("English") << QStringLiteral("en");
    QTest::newRow("Chinese") << QStringLiteral("zh");
}

void ImproveWindowTest::byHand() {
    QFETCH(QString, language);
    words::setLanguage(language);
    const QString project = m_folder.filePath(language + QStringLiteral(".qwproj"));
    std::optional<double> better;
    {
        MainWindow window;
        WindowDriver driver(&window);
        QVERIFY(driver.openSample());
        QVERIFY(!window.workspace()->state(Step::improve).possible);  // not calibrated
        QVERIFY(fourBits(window));
        Workspace& workspace = *window.workspace();
        const auto plain = workspace.whatIf()->quality()->snr_db;
        QDialog* dialog = open(window, driver);
        QVERIFY(dialog);
        QVERIFY(dialog->findChild<QRadioButton*>(QStringLiteral("improve_best"))->isChecked());
        QVERIFY(click(dialog, "improve_none"));
        QVERIFY(!dialog->findChild<QPushButton*>(QStringLiteral("improve_start"))->isEnabled());
        QVERIFY(click(dialog, "improve_best"));
        lookAround(window, driver, QStringLiteral("improve-before"));
        if (QTest::currentTestFailed())
            return;
        QVERIFY(click(dialog, "improve_start"));
        QVERIFY(driver.waitForStep(Step::improve, StepState::Kind::running));
        QVERIFY(eventually([&] { return dialog->findChild<QPushButton*>("improve_cancel")->isVisible(); }));
        driver.screenshot(QStringLiteral("improve-running-") + language);
        QVERIFY(driver.waitForStep(Step::improve, StepState::Kind::done));
        QVERIFY(settled(window));
        better = workspace.whatIf()->quality()->snr_db;
        QVERIFY2(*better > *plain + 1, qPrintable(QString("%1 %2").arg(*plain).arg(*better)));
        const Improved& improved = *workspace.improved();
        QVERIFY(improved.complete && improved.last_kept());
        QCOMPARE(text(dialog, "improve_summary"), improveResult(improved));
        QCOMPARE(dialog->findChild<QWidget*>(QStringLiteral("improve_steps"))->findChildren<QLabel*>().size(),
                 qsizetype(4 * improved.steps.size()));
        QCOMPARE(window.findChild<StepButton*>(QStringLiteral("step_improve"))->statusText(),
                 improveSummary(improved));
        lookAround(window, driver, QStringLiteral("improve-after"));
        if (QTest::currentTestFailed())
            return;
        QVERIFY(click(dialog, "improve_close"));
        QVERIFY(eventually([&] { return !window.findChild<QDialog*>(QStringLiteral("improve_dialog")); }));
        window.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window, 60'000));

        QTest::keyClick(&window, Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(!workspace.improved());
        QVERIFY(settled(window));
        QCOMPARE(workspace.whatIf()->quality()->snr_db, plain);
        QTest::keyClick(&window, Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(workspace.improved().get(), &improved);
        QVERIFY(settled(window));
        QCOMPARE(workspace.whatIf()->quality()->snr_db, better);

        const QString out = m_folder.filePath(language + QStringLiteral(".q.onnx"));
        QVERIFY(driver.clickStep(Step::export_model));
        QVERIFY(driver.answerExportDialog(out));
        QVERIFY(driver.waitForStep(Step::export_model, StepState::Kind::done));
        QVERIFY(workspace.log().back().command.contains(QStringLiteral("--improve best")));
        QVERIFY(driver.clickStep(Step::evaluate));
        QVERIFY(driver.waitForStep(Step::evaluate, StepState::Kind::done));
        QVERIFY(std::abs(*workspace.comparison()->quantized.snr_db - *better) < 1.5);  // of all, of some

        window.activateWindow();  // shortcuts go to the active window
        QVERIFY(QTest::qWaitForWindowActive(&window));
        QTest::keyClick(&window, Qt::Key_S, Qt::ControlModifier);
        QVERIFY(driver.answerFileDialog(QStringLiteral("save_dialog"), project));
        QVERIFY(eventually([&] { return !window.isWindowModified(); }));
    }
    MainWindow window;
    WindowDriver driver(&window);
    window.show();
    window.openPath(project);
    QVERIFY(eventually([&] { return window.workspace()->isOpen(); }));
    QVERIFY(settled(window));
    QCOMPARE(window.workspace()->state(Step::improve).kind, StepState::Kind::done);
    QCOMPARE(window.workspace()->state(Step::evaluate).kind, StepState::Kind::done);
    QCOMPARE(window.workspace()->whatIf()->quality()->snr_db, better);
    QDialog* dialog = open(window, driver);
    QVERIFY(dialog);
    QCOMPARE(text(dialog, "improve_summary"), improveResult(*window.workspace()->improved()));
}

void ImproveWindowTest::cancelledByHand() {
    words::setLanguage(QStringLiteral("en"));
    MainWindow window;
    WindowDriver driver(&window);
    QVERIFY(fourBits(window));
    QDialog* dialog = open(window, driver);
    QVERIFY(dialog);
    QVERIFY(click(dialog, "improve_start"));
    QVERIFY(eventually([&] { return dialog->findChild<QPushButton*>("improve_cancel")->isVisible(); }));
    QVERIFY(click(dialog, "improve_cancel"));
    QVERIFY(eventually(
        [&] { return window.workspace()->state(Step::improve).kind != StepState::Kind::running; }));
    const auto& left = window.workspace()->improved();
    QVERIFY(!left || !left->complete);
    QVERIFY(dialog->findChild<QPushButton*>("improve_start")->isVisible());
    QVERIFY(!dialog->findChild<QPushButton*>("improve_cancel")->isVisible());
}

/// An xslim file with too few images says so and how to go on; with enough of them it is done by itself.
void ImproveWindowTest::asAFileAsks() {
    words::setLanguage(QStringLiteral("en"));
    const QString folder = m_folder.filePath(QStringLiteral("tutorial"));
    QVERIFY(QDir().mkpath(folder));
    QVERIFY(save_model(testing::small_cnn()->proto(), (folder + QStringLiteral("/net.onnx")).toStdString()));
    QImage image(20, 20, QImage::Format_RGB888);
    QFile list(folder + QStringLiteral("/list.txt"));
    QVERIFY(list.open(QIODevice::WriteOnly));
    for (int i = 0; i < 12; ++i) {
        for (int y = 0; y < 20; ++y)
            for (int x = 0; x < 20; ++x)
                image.setPixelColor(x, y, QColor(20 * i, 12 * x, (y * (i + 3) * 7) % 256));
        QVERIFY(image.save(folder + QStringLiteral("/%1.png").arg(i)));
        list.write(QByteArray::number(i) + ".png\n");
    }
    list.close();
    for (const int count : {3, 12}) {
        const QString path = folder + QStringLiteral("/net%1.json").arg(count);
        QFile config(path);
        QVERIFY(config.open(QIODevice::WriteOnly));
        config.write(R"({"model_parameters": {"onnx_model": "net.onnx"}, "calibration_parameters":
            {"calibration_step": )" +
                     QByteArray::number(count) + R"(, "calibration_type": "minmax", "input_parametres":
            [{"input_name": "input", "mean_value": [0, 0, 0], "std_value": [255, 255, 255], "data_list_path":
            "list.txt"}]}, "quantization_parameters": {"finetune_level": 1}})");
        config.close();
        MainWindow window;
        WindowDriver driver(&window);
        window.resize(1280, 800);
        window.show();
        window.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window, 60'000));
        QTest::keyClick(&window, Qt::Key_O, Qt::ControlModifier);
        QVERIFY(driver.answerFileDialog(QStringLiteral("open_dialog"), path));
        Workspace& workspace = *window.workspace();
        QVERIFY(eventually([&] { return workspace.isOpen(); }));
        QCOMPARE(workspace.improveLevel(), ImproveLevel::fast);
        QVERIFY(driver.clickStep(Step::calibrate));
        if (count > 3) {
            QVERIFY(eventually([&] { return workspace.improved() != nullptr; }));
            QCOMPARE(workspace.improved()->level, std::string("fast"));
            QCOMPARE(workspace.improved()->images_fit + workspace.improved()->images_judged, count);
            continue;
        }
        QVERIFY(eventually([&] { return !workspace.improveProblems().empty(); }));
        QVERIFY(driver.waitForStep(Step::improve, StepState::Kind::not_yet));
        QDialog* dialog = open(window, driver);
        QVERIFY(dialog);
        QVERIFY(dialog->findChild<QRadioButton*>(QStringLiteral("improve_fast"))->isChecked());
        const QString said = text(dialog, "improve_problem");
        QVERIFY2(said.contains(words::message(workspace.improveProblems().front())), qPrintable(said));
        driver.screenshot(QStringLiteral("improve-few"));
        QCOMPARE(driver.settledClippedTexts(), QStringList());
        QVERIFY(click(dialog, "improve_images"));
        QVERIFY(eventually([&] {
            const auto* images = window.findChild<QDialog*>(QStringLiteral("images_dialog"));
            return images && images->isVisible();
        }));
    }
}

QTEST_MAIN(ImproveWindowTest)
#include "test_improve_window.moc"
