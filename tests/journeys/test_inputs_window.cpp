// A network with several inputs in the real window: data for each by hand, calibration, an export with its
// report; nothing cut or untranslated in either language or theme.
#include <QCheckBox>
#include <QClipboard>
#include <QDialogButtonBox>
#include <QGuiApplication>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTest>

#include "core/model/model.h"
#include "tests/support/patience.h"
#include "tests/support/two_inputs.h"
#include "widgets/theme/theme.h"
#include "widgets/words/language.h"
#include "window_driver.h"

using namespace quantwright;
using quantwright::testing::eventually;
using quantwright::testing::WindowDriver;

class InputsWindowTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void everyInputIsFed_data();
    void everyInputIsFed();
    void arraysAloneAreSamplesToo();

private:
    /// Clicks into a field and pastes over what is in it.
    static void fill(QDialog* dialog, const char* field, const QString& text) {
        auto* edit = dialog->findChild<QLineEdit*>(QLatin1String(field));
        QVERIFY2(edit && edit->isVisible(), field);
        QTest::mouseClick(edit, Qt::LeftButton);
        edit->selectAll();
        QGuiApplication::clipboard()->setText(text);
        QTest::keyClick(edit, Qt::Key_V, Qt::ControlModifier);
        QCOMPARE(edit->text(), text);
    }
    static QPushButton* okOf(QDialog* dialog) {
        return dialog->findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Ok);
    }
    static QDialog* imagesDialog(MainWindow& window) {
        QDialog* dialog = nullptr;
        const bool there = eventually([&] {
            dialog = window.findChild<QDialog*>(QStringLiteral("images_dialog"));
            return dialog && dialog->isVisible();
        });
        if (!there)
            return nullptr;
        dialog->activateWindow();
        return QTest::qWaitForWindowActive(dialog, 60'000) ? dialog : nullptr;
    }
    void open(MainWindow& window, WindowDriver& driver, const QString& model) {
        window.resize(1280, 800);
        window.show();
        window.activateWindow();  // shortcuts go to the active window
        QVERIFY(QTest::qWaitForWindowActive(&window, 60'000));
        QTest::keyClick(&window, Qt::Key_O, Qt::ControlModifier);
        QVERIFY(driver.answerFileDialog(QStringLiteral("open_dialog"), model));
        QVERIFY(eventually([&] { return window.workspace()->isOpen(); }));
    }
    static void lookAround(const WindowDriver& driver, const QString& name) {
        for (const auto mode : {Theme::Mode::Light, Theme::Mode::Dark}) {
            Theme::instance().setMode(mode);
            QCOMPARE(driver.settledClippedTexts(), QStringList());
            driver.screenshot(name + (mode == Theme::Mode::Dark ? "-dark" : "-light"));
        }
        Theme::instance().setMode(Theme::Mode::Light);
        if (name.startsWith(QLatin1String("zh")))
            QCOMPARE(driver.untranslatedTexts(), QStringList());
    }

    QTemporaryDir m_folder;
};

void InputsWindowTest::initTestCase() {
    QVERIFY(m_folder.isValid());
    testing::prepareForWindows(m_folder.path());
    testing::write_two_inputs(m_folder.path().toStdString());
    QVERIFY(save_model(testing::two_inputs()->proto(), m_folder.filePath("two.onnx").toStdString()));
}

void InputsWindowTest::everyInputIsFed_data() {
    QTest::addColumn<QString>("language");
    QTest::newRow("English") << "en";
    QTest::newRow("Chinese") << "zh";
}

void InputsWindowTest::everyInputIsFed() {
    QFETCH(QString, language);
    words::setLanguage(language);
    MainWindow window;
    WindowDriver driver(&window);
    open(window, driver, m_folder.filePath("two.onnx"));
    if (QTest::currentTestFailed())
        return;
    Workspace& workspace = *window.workspace();

    QVERIFY(driver.clickStep(Step::calibrate));
    QDialog* dialog = imagesDialog(window);
    QVERIFY(dialog);
    fill(dialog, "calibration_folder", m_folder.filePath("images"));
    QVERIFY(!okOf(dialog)->isEnabled());  // the tokens are missing
    fill(dialog, "calibration_of_token_ids", m_folder.filePath("one"));
    auto* count = dialog->findChild<QLabel*>(QStringLiteral("image_count"));
    QVERIFY(eventually([&] { return count->text().contains(QLatin1Char('5')); }));
    fill(dialog, "calibration_of_token_ids", m_folder.filePath("ids.npy"));
    QVERIFY(eventually([&] { return count->text().contains(QLatin1Char('5')); }));
    if (QTest::currentTestFailed())
        return;
    lookAround(driver, language + "-inputs");
    if (QTest::currentTestFailed())
        return;
    QTest::mouseClick(okOf(dialog), Qt::LeftButton);
    QVERIFY(driver.waitForStep(Step::calibrate, StepState::Kind::done));
    QCOMPARE(workspace.statistics()->images, 5);
    // Every input's samples were seen: tokens go from 0 to 403.
    const TensorStatistics* tokens = workspace.statistics()->find("tokens");
    QVERIFY(tokens);
    QCOMPARE(tokens->range.max, 403.0F);

    QVERIFY(eventually([&] { return workspace.ready(); }));
    QVERIFY(driver.clickStep(Step::export_model));
    dialog = driver.exportDialog();
    QVERIFY(dialog);
    auto* report = dialog->findChild<QCheckBox*>(QStringLiteral("export_report"));
    QTest::mouseClick(report, Qt::LeftButton, {}, QPoint(8, report->height() / 2));
    QVERIFY(report->isChecked());
    lookAround(driver, language + "-export-report");
    if (QTest::currentTestFailed())
        return;
    QVERIFY(driver.answerExportDialog(m_folder.filePath(language + ".q.onnx")));
    QVERIFY(driver.waitForStep(Step::export_model, StepState::Kind::done));
    QVERIFY(driver.waitForStep(Step::evaluate, StepState::Kind::done));  // of the same figures
    const QString folder = m_folder.filePath(language + ".q_report/");
    for (const char* name : {"report.html", "report.md", "report.csv", "report.json"})
        QVERIFY2(QFile::exists(folder + name), name);
    QFile file(folder + "report.json");
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QJsonObject json = QJsonDocument::fromJson(file.readAll()).object();
    for (const char* key : {"out", "bytes", "float_bytes", "ratio", "layers_quantized", "layers_total",
                            "snr_db", "cosine", "evaluated_on", "problems", "preprocess", "layers"})
        QVERIFY2(json.contains(key), key);
    QCOMPARE(json["images"].toInt(), 5);
    QCOMPARE(json["out"].toString(), m_folder.filePath(language + ".q.onnx"));
    const auto& log = workspace.log();
    QVERIFY(std::any_of(log.begin(), log.end(), [](const LogEntry& entry) {
        return entry.kind == LogEntry::Kind::exported && entry.command.contains("--input token_ids=") &&
               entry.command.contains("--report ");
    }));

    // Other tokens make the statistics stale; the same again don't.
    const ImageSettings settings = workspace.images();
    ImageSettings others = settings;
    others.inputs["token_ids"].calibration.path = m_folder.filePath("ids").toStdString();
    workspace.setImages(others);
    QCOMPARE(workspace.state(Step::calibrate).kind, StepState::Kind::stale);
    workspace.setImages(settings);
    QCOMPARE(workspace.state(Step::calibrate).kind, StepState::Kind::done);
}

/// Without an input for images there is nothing of them in the dialog.
void InputsWindowTest::arraysAloneAreSamplesToo() {
    words::setLanguage(QStringLiteral("en"));
    testing::ModelBuilder b;
    b.input("token_ids", {1, 4});
    b.weight("w", {4, 3}).node("MatMul", "fc", {"token_ids", "w"}, {"y"});
    b.output("y");
    const QString model = m_folder.filePath("arrays.onnx");
    QVERIFY(save_model(b.build()->proto(), model.toStdString()));
    MainWindow window;
    WindowDriver driver(&window);
    open(window, driver, model);
    if (QTest::currentTestFailed())
        return;
    QVERIFY(driver.clickStep(Step::calibrate));
    QDialog* dialog = imagesDialog(window);
    QVERIFY(dialog);
    QVERIFY(!dialog->findChild<QLineEdit*>(QStringLiteral("calibration_folder"))->isVisible());
    fill(dialog, "calibration_of_token_ids", m_folder.filePath("ids"));
    auto* count = dialog->findChild<QLabel*>(QStringLiteral("image_count"));
    QVERIFY(eventually([&] { return count->text().contains(QLatin1Char('5')); }));
    lookAround(driver, QStringLiteral("en-arrays"));
    if (QTest::currentTestFailed())
        return;
    QTest::mouseClick(okOf(dialog), Qt::LeftButton);
    QVERIFY(driver.waitForStep(Step::calibrate, StepState::Kind::done));
    QCOMPARE(window.workspace()->statistics()->images, 5);
}

QTEST_MAIN(InputsWindowTest)
#include "test_inputs_window.moc"
