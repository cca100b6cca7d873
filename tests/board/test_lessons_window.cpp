// The real window and the stand-in: what deployments teach. The sample with the float model in turns; errors
// per layer, past deployments, predicted times; in both languages.
#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <QTabBar>
#include <QTableView>
#include <QTableWidget>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <cmath>

#include "tests/board/board.h"
#include "tests/support/patience.h"
#include "widgets/graph/graph_view.h"
#include "widgets/panels/board_result_view.h"
#include "widgets/panels/deploy_panel.h"
#include "widgets/panels/figures.h"
#include "widgets/panels/layer_model.h"
#include "widgets/theme/theme.h"
#include "widgets/words/language.h"
#include "widgets/words/words.h"
#include "window_driver.h"

using namespace quantwright;
using quantwright::testing::eventually;
using quantwright::testing::WindowDriver;
namespace qt = quantwright::testing;

class TestLessonsWindow : public QObject {
    Q_OBJECT

    static constexpr int k_board_tab = 3, k_error_colours = 3;
    enum Tab { Figures, Times, Errors, History };
    qt::BoardFacts m_board;
    QTemporaryDir m_folder;

    static void lookAround(MainWindow& window, WindowDriver& driver, const QString& name) {
        const QString language = words::currentLanguage();
        for (const auto mode : {Theme::Mode::Light, Theme::Mode::Dark}) {
            Theme::instance().setMode(mode);
            for (const QSize size : {QSize(1280, 800), QSize(1920, 1080)}) {
                window.resize(size);
                QVERIFY(eventually([&] { return window.size() == size; }));
                const QStringList clipped = driver.settledClippedTexts();
                QVERIFY2(clipped.isEmpty(), qPrintable(clipped.join('\n')));
                driver.screenshot(QString("%1-%2-%3-%4")
                                      .arg(name, language, mode == Theme::Mode::Dark ? "dark" : "light")
                                      .arg(size.width()));
            }
        }
        Theme::instance().setMode(Theme::Mode::Light);
        window.resize(1280, 800);
        QVERIFY(eventually([&] { return window.width() == 1280; }));
        if (language == "zh") {
            const QStringList english = driver.untranslatedTexts();
            QVERIFY2(english.isEmpty(), qPrintable(english.join('\n')));
        }
    }
    static void click(const QWidget& parent, const char* name) {
        QTest::mouseClick(parent.findChild<QPushButton*>(QLatin1String(name)), Qt::LeftButton);
    }
    static void type(QLineEdit* edit, const QString& text) {
        QTest::mouseClick(edit, Qt::LeftButton);
        edit->selectAll();
        QTest::keyClick(edit, Qt::Key_Delete);
        QTest::keyClicks(edit, text);
    }
    static void pick(QTableWidget* table, int row) {
        table->scrollToItem(table->item(row, 0));
        QTest::mouseClick(table->viewport(), Qt::LeftButton, {},
                          table->visualItemRect(table->item(row, 0)).center());
    }
    static QString told(const QWidget& widget, const char* name) {
        const auto* label = widget.findChild<QLabel*>(QLatin1String(name));
        return label->isVisible() ? label->text() : QString();
    }
    static bool deployNow(MainWindow& window, DeployPanel& panel) {
        click(panel, "board_deploy");
        Workspace& workspace = *window.workspace();
        return eventually([&] { return workspace.deploying(); }) &&
               QTest::qWaitFor([&] { return !workspace.deploying(); }, 240000) &&
               workspace.state(Step::deploy).kind == StepState::Kind::done;
    }

private slots:
    void initTestCase() {
        m_board = qt::board_facts();
        if (m_board.contains("reason"))
            QSKIP(qPrintable(m_board["reason"]));
        qt::prepareForWindows(m_folder.path());
        QFile known(m_folder.filePath("known_hosts"));
        QVERIFY(known.open(QIODevice::WriteOnly));
        known.write(m_board["known_hosts"].toUtf8() + '\n');
    }

    void lessons_data() {
        QTest::addColumn<QString>("language");
        QTest::newRow("English") << "en";
        QTest::newRow("Chinese") << "zh";
    }

    void lessons() {
        QFETCH(QString, language);
        words::setLanguage(language);
        QSettings().clear();
        QFile::remove(BoardBook::file());
        QSettings().setValue("board/known_hosts", m_folder.filePath("known_hosts"));
        QSettings().setValue("board/runs", 3);
        QSettings().setValue("board/layer_images", 1);
        MainWindow window;
        WindowDriver driver(&window);
        QVERIFY(driver.openSample());
        Workspace& workspace = *window.workspace();
        workspace.boardMemory()->setFolder(m_folder.filePath("history " + language).toStdString());
        auto* panel = window.findChild<DeployPanel*>();
        QVERIFY(driver.clickStep(Step::calibrate));
        QVERIFY(driver.waitForStep(Step::calibrate, StepState::Kind::done));
        QVERIFY(eventually([&] { return workspace.state(Step::deploy).possible; }));
        QVERIFY(driver.showTab(k_board_tab));
        type(panel->findChild<QComboBox*>("board_address")->lineEdit(),
             QString("%1@%2:%3").arg(m_board["user"], m_board["host"], m_board["port"]));
        type(panel->findChild<QLineEdit*>("board_key"), m_board["key"]);
        type(panel->findChild<QSpinBox*>("board_images")->findChild<QLineEdit*>(), "4");
        auto* in_turns = panel->findChild<QCheckBox*>("board_float");
        QTest::mouseClick(in_turns, Qt::LeftButton, {}, QPoint(8, in_turns->height() / 2));
        QVERIFY(in_turns->isChecked());
        QVERIFY(deployNow(window, *panel));

        // Float in turns.
        const BoardResult& result = workspace.deployed()->result;
        QVERIFY(result.other_latency && result.speed_up && !result.other_profile.empty());
        auto* tabs = panel->findChild<QTabBar*>("board_tabs");
        const auto* figures = panel->findChild<QTableWidget*>("board_figures");
        QVERIFY(figures->isVisible());
        QStringList cells;
        for (int row = 0; row < figures->rowCount(); ++row)
            cells << figures->item(row, 1)->text();
        QVERIFY2(cells.contains(figures::milliseconds(result.other_latency->p50_ms)),
                 qPrintable(cells.join('\n')));
        QVERIFY2(cells.filter("×").size() == 1, qPrintable(cells.join('\n')));
        lookAround(window, driver, "lessons-result");
        if (QTest::currentTestFailed())
            return;
        tabs->setCurrentIndex(Times);
        QVERIFY(!panel->findChild<QTableWidget*>("board_times")->isColumnHidden(5));
        lookAround(window, driver, "lessons-times");
        if (QTest::currentTestFailed())
            return;

        // Where does the board differ from the simulator? A row picks its layer.
        tabs->setCurrentIndex(Errors);
        auto* errors = panel->findChild<QTableWidget*>("board_errors");
        QVERIFY(errors->isVisible() && errors->rowCount() > 10);
        pick(errors, 3);
        QCOMPARE(workspace.selection()->layers().size(), std::size_t(1));
        const int layer = workspace.selection()->current();
        QCOMPARE(QString::fromStdString(workspace.prepared()->layers[static_cast<std::size_t>(layer)].name),
                 errors->item(3, 0)->text());
        QVERIFY(driver.chooseIn("colour_by", k_error_colours));
        const auto& nodes = window.findChild<GraphView*>()->scene().nodes;
        QVERIFY(std::count_if(nodes.begin(), nodes.end(),
                              [](const SceneNode& node) { return !std::isnan(node.heat); }) > 10);
        QVERIFY(!window.findChild<QTableView*>("layers")->isColumnHidden(LayerModel::BoardSnr));

        // The inspector knows both sides of the choice.
        QVERIFY(eventually([&] { return !told(window, "board_cost").isEmpty(); }));
        const QString cost = told(window, "board_cost");
        const auto& costs = workspace.boardMemory()->costs();
        const LayerShape shape = layer_shape(*workspace.prepared(), layer);
        for (const std::string& format : {cost_format(*workspace.resolved(), layer), std::string("float")})
            QVERIFY2(cost.contains(figures::microseconds(costs.predict(shape, format).us)), qPrintable(cost));
        QVERIFY2(cost.contains(language == "en" ? "(emulated)" : "（模拟器）"), qPrintable(cost));
        lookAround(window, driver, "lessons-errors");
        if (QTest::currentTestFailed())
            return;

        // Another plan: the result is old, and what to expect stands above it.
        const Plan before = workspace.plan();
        const double measured = costs.predict(*workspace.resolved()).ms;
        QVERIFY(std::abs(measured - result.latency.p50_ms) < 1e-6 * measured);
        workspace.edit(set_layers({workspace.prepared()->layers[static_cast<std::size_t>(layer)].name},
                                  Field::mode, "float"));
        QVERIFY(eventually([&] { return workspace.resolved()->plan == workspace.plan(); }));
        const double predicted = costs.predict(*workspace.resolved()).ms;
        QVERIFY2(told(*panel, "board_age").contains(figures::milliseconds(predicted)),
                 qPrintable(told(*panel, "board_age")));
        tabs->setCurrentIndex(Figures);
        lookAround(window, driver, "lessons-predicted");
        if (QTest::currentTestFailed())
            return;

        // Deployed as well, there are two in the history; the first one's plan comes back.
        QVERIFY(deployNow(window, *panel));
        auto* history = panel->findChild<QTableWidget*>("board_history");
        QVERIFY(eventually([&] { return history->rowCount() == 2; }));
        tabs->setCurrentIndex(History);
        pick(history, 1);
        QVERIFY(told(*panel, "board_record").contains("ONNX Runtime"));
        lookAround(window, driver, "lessons-history");
        if (QTest::currentTestFailed())
            return;
        click(*panel, "use_plan");
        QCOMPARE(workspace.plan(), before);
        click(*panel, "remove_record");
        QVERIFY(eventually([&] { return history->rowCount() == 1; }));

        // What was learned is still known when the program is started again.
        MainWindow later;
        WindowDriver again(&later);
        QVERIFY(again.openSample());
        later.workspace()->boardMemory()->setFolder(workspace.boardMemory()->folder());
        QVERIFY(again.showTab(k_board_tab));
        const auto* kept = later.findChild<DeployPanel*>()->findChild<QTableWidget*>("board_history");
        QVERIFY(eventually([&] { return kept->isVisible() && kept->rowCount() == 1; }));
    }
};

QTEST_MAIN(TestLessonsWindow)
#include "test_lessons_window.moc"
