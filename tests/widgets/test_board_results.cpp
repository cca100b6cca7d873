// What a deployment taught, on the page: errors per layer, float in turns, past deployments, and times
// predicted from them.
#include <QLabel>
#include <QPushButton>
#include <QSettings>
#include <QStackedWidget>
#include <QTabBar>
#include <QTableWidget>
#include <QTemporaryDir>
#include <QTest>
#include <cmath>

#include "tests/support/board_results.h"
#include "tests/widgets/open_document.h"
#include "widgets/panels/board_result_view.h"
#include "widgets/panels/board_times.h"
#include "widgets/panels/cost_text.h"
#include "widgets/panels/edit_text.h"
#include "widgets/panels/figures.h"
#include "widgets/panels/inspector_panel.h"
#include "widgets/panels/scene_builder.h"
#include "widgets/theme/theme.h"
#include "widgets/words/board_words.h"
#include "widgets/words/language.h"

using namespace quantwright;

class BoardResultsTest : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;

    [[nodiscard]] std::filesystem::path history() const {
        return m_folder->filePath(QStringLiteral("history")).toStdString();
    }
    static std::shared_ptr<const Deployed> deployed(const Workspace& workspace, BoardResult result) {
        Deployed deployed;
        deployed.request.name = "k1";
        deployed.made_from = workspace.basis();
        deployed.result = std::move(result);
        return std::make_shared<const Deployed>(std::move(deployed));
    }
    static QString told(const QWidget& widget, const char* name) {
        const auto* label = widget.findChild<QLabel*>(QLatin1String(name));
        return label->isHidden() ? QString() : label->text();
    }
    static QStringList row(const QTableWidget& table, int row) {
        QStringList cells;
        for (int column = 0; column < table.columnCount(); ++column)
            cells << table.item(row, column)->text();
        return cells;
    }
    static QString figure(const QWidget& view, const QString& name) {
        const auto* figures = view.findChild<QTableWidget*>(QStringLiteral("board_figures"));
        for (int row = 0; row < figures->rowCount(); ++row)
            if (figures->item(row, 0)->text() == name)
                return figures->item(row, 1)->text();
        return {};
    }
    /// Every layer compared and equal but for the second one, which is three steps off.
    static BoardResult comparedResult(const Workspace& workspace) {
        BoardResult result = testing::board_result(*workspace.resolved(), 100);
        for (std::size_t i = 0; i < result.profile.size(); ++i) {
            BoardLayer layer;
            layer.layer = result.profile[i].layer;
            layer.op = result.profile[i].op;
            layer.provider = "CPUExecutionProvider";
            layer.us = result.profile[i].us;
            layer.compared = true;
            layer.snr_db_float = 40.0 - static_cast<double>(i);
            layer.snr_db_float_host = 45.0 - static_cast<double>(i);
            layer.steps = i == 1 ? 3 : i == 2 ? 1 : 0;
            layer.agrees = i != 1;
            result.layers.push_back(std::move(layer));
        }
        return result;
    }
    /// A deployment of `plan` whose first layer took `us`.
    BoardRecord keep(const Workspace& workspace, const Plan& plan, double us, const std::string& time) const {
        const auto resolved = *resolve(workspace.prepared(), workspace.statistics(), plan);
        BoardResult result = testing::board_result(*resolved, us);
        result.other_profile = testing::board_result(*resolved, 10 * us).profile;
        result.other_latency = Latency{10 * result.latency.p50_ms, 1, 1, 1};
        result.accuracy.emplace();
        result.accuracy->images = 100;
        result.accuracy->top1 = 0.75;
        result.trust.reasons = {{"few_runs", {"3"}}};
        BoardRecord record = make_record(*resolved, result, "k1", 0);
        record.time = time;
        if (!BoardHistory(history()).add(record))
            qFatal("no history");
        return record;
    }
    static bool settled(Workspace& workspace, std::size_t records) {
        return QTest::qWaitFor([&] { return workspace.boardMemory()->records().size() == records; }) &&
               testing::settle(workspace);
    }

private slots:
    void initTestCase() {
        QCoreApplication::setOrganizationName(QStringLiteral("quantwright-tests"));
        QSettings::setDefaultFormat(QSettings::IniFormat);
        words::setLanguage(QStringLiteral("en"));
    }
    void init() {
        m_folder = std::make_unique<QTemporaryDir>();
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_folder->path());
    }

    void whereTheBoardDiffersFromTheSimulator() {
        Workspace workspace;
        QVERIFY(testing::openCalibrated(workspace, *m_folder));
        BoardResultView view(&workspace);
        view.resize(700, 300);
        view.setVisible(true);
        BoardResult result = comparedResult(workspace);
        view.show(deployed(workspace, result));
        const auto& layers = workspace.prepared()->layers;
        const auto* table = view.findChild<QTableWidget*>(QStringLiteral("board_errors"));
        QCOMPARE(table->rowCount(), static_cast<int>(layers.size()));
        // The one that differs comes first and stands out; the others as in the model.
        QCOMPARE(row(*table, 0), (QStringList{QString::fromStdString(layers[1].name), "200 µs", "CPU",
                                              "39.0 dB", "44.0 dB", "≠ 3.00 steps"}));
        QCOMPARE(row(*table, 1).first(), QString::fromStdString(layers[0].name));
        QCOMPARE(row(*table, 1).last(), QStringLiteral("0.00 steps"));
        QCOMPARE(row(*table, 2).first(), QString::fromStdString(layers[2].name));
        for (int column = 0; column < table->columnCount(); ++column) {
            QCOMPARE(table->item(0, column)->foreground().color(), currentPalette().worse);
            QVERIFY(table->item(0, column)->font().bold());
            QVERIFY(!table->item(1, column)->font().bold());
        }
        QCOMPARE(told(view, "board_verdict"), QStringLiteral("1 layer differs from the simulation."));
        auto* tabs = view.findChild<QTabBar*>(QStringLiteral("board_tabs"));
        QCOMPARE(tabs->tabText(2), QStringLiteral("Error: 1 differs"));

        // A row picks the layer everywhere.
        tabs->setCurrentIndex(2);
        QVERIFY(table->isVisible());
        QTest::mouseClick(table->viewport(), Qt::LeftButton, {},
                          table->visualItemRect(table->item(0, 0)).center());
        QCOMPARE(workspace.selection()->layers(), std::vector<int>{1});

        // The same as colours: the worst of all is the last one, and the one that differs has a mark.
        const auto errors = errorsByLayer(result, *workspace.prepared());
        QCOMPARE(errors[1], std::optional<double>(39));
        const auto marked = differingLayers(result, *workspace.prepared());
        QCOMPARE(marked, std::vector<int>{1});
        GraphScene scene = buildScene(*workspace.resolved(), nullptr, ColourBy::board_error);
        colourByError(scene, errorScale(errors), errors, marked);
        double first = 0, last = 0;
        for (const SceneNode& node : scene.nodes) {
            QCOMPARE(node.warning, node.id == 1);
            if (node.id == 0)
                first = node.heat;
            if (node.id == static_cast<int>(layers.size()) - 1)
                last = node.heat;
        }
        QVERIFY2(first < last, qPrintable(QString("%1 %2").arg(first).arg(last)));

        result = comparedResult(workspace);
        result.layers[1].agrees = true;
        view.show(deployed(workspace, result));
        QVERIFY(told(view, "board_verdict").startsWith(QStringLiteral("On the same inputs")));
        result.layers.clear();
        view.show(deployed(workspace, result));
        QCOMPARE(table->rowCount(), 0);
        QVERIFY(told(view, "board_verdict").startsWith(QStringLiteral("The layers were not compared")));
    }

    void floatInTurns() {
        Workspace workspace;
        QVERIFY(testing::openCalibrated(workspace, *m_folder));
        BoardResultView view(&workspace);
        BoardResult result = comparedResult(workspace);
        view.show(deployed(workspace, result));
        const auto* times = view.findChild<QTableWidget*>(QStringLiteral("board_times"));
        QVERIFY(times->isColumnHidden(5));
        QVERIFY(figure(view, QStringLiteral("Speed-up")).isEmpty());
        result.other_latency = Latency{40, 41, 42, 39};
        result.speed_up = SpeedUp{2.314, 2.25, 2.38};
        for (BoardLayer& layer : result.layers)
            layer.other_us = *layer.us * 10;
        view.show(deployed(workspace, result));
        QCOMPARE(figure(view, QStringLiteral("Float, median")), QStringLiteral("40.0 ms"));
        QCOMPARE(figure(view, QStringLiteral("Speed-up")), QStringLiteral("2.31× (2.25× … 2.38×)"));
        QVERIFY(!times->isColumnHidden(5));
        QCOMPARE(times->item(times->rowCount() - 1, 2)->text(), QStringLiteral("100 µs"));
        QCOMPARE(times->item(times->rowCount() - 1, 5)->text(), QStringLiteral("1.00 ms"));
        result.speed_up = SpeedUp{1.1, 0.9, 1.3};
        view.show(deployed(workspace, result));
        QCOMPARE(figure(view, QStringLiteral("Speed-up")),
                 QStringLiteral("1.10× (0.90× … 1.30×), uncertain"));
        result.speed_up = SpeedUp{1.1, {}, {}};
        view.show(deployed(workspace, result));
        QCOMPARE(figure(view, QStringLiteral("Speed-up")), QStringLiteral("1.10×, uncertain"));
    }

    void figuresStandBesideTheRestWhereThereIsRoom() {
        Workspace workspace;
        QVERIFY(testing::openCalibrated(workspace, *m_folder));
        BoardResultView view(&workspace);
        view.show(deployed(workspace, comparedResult(workspace)));
        const auto* figures = view.findChild<QTableWidget*>(QStringLiteral("board_figures"));
        const auto* times = view.findChild<QTableWidget*>(QStringLiteral("board_times"));
        auto* tabs = view.findChild<QTabBar*>(QStringLiteral("board_tabs"));
        view.resize(700, 300);
        view.setVisible(true);
        QVERIFY(figures->isVisible() && !times->isVisible());
        tabs->setCurrentIndex(1);
        QVERIFY(!figures->isVisible() && times->isVisible());
        tabs->setCurrentIndex(0);
        view.resize(1200, 300);
        QVERIFY(QTest::qWaitFor([&] { return figures->isVisible(); }));
        QVERIFY(times->isVisible() && !tabs->isTabVisible(0));
        view.resize(700, 300);
        QVERIFY(QTest::qWaitFor([&] { return !times->isVisible(); }));
        QVERIFY(figures->isVisible());
        // A tab that was chosen stays.
        tabs->setCurrentIndex(2);
        view.resize(1200, 300);
        QVERIFY(QTest::qWaitFor([&] { return figures->isVisible(); }));
        view.resize(700, 300);
        QVERIFY(QTest::qWaitFor([&] { return !figures->isVisible(); }));
        QCOMPARE(tabs->currentIndex(), 2);
    }

    void pastDeployments() {
        Workspace workspace;
        QVERIFY(testing::openCalibrated(workspace, *m_folder));
        workspace.boardMemory()->setFolder(history());
        const Plan now = workspace.plan();
        Plan other = now;
        other.defaults.set(Field::mode, "float");
        other.rules.push_back({"/head/*", {}, {}, {}});
        other.rules.back().set.set(Field::mode, "static");
        keep(workspace, now, 100, "2026-01-01T10:00:00Z");
        const BoardRecord second = keep(workspace, other, 150, "2026-01-02T10:00:00Z");
        keep(workspace, now, 120, "2026-01-03T10:00:00Z");
        BoardRecord foreign = second;
        foreign.id = "foreign";
        foreign.model_sha256 = "another";
        QVERIFY(BoardHistory(history()).add(foreign));

        BoardResultView view(&workspace);
        view.setVisible(true);
        const auto* table = view.findChild<QTableWidget*>(QStringLiteral("board_history"));
        QVERIFY(!view.hasContent());
        workspace.boardMemory()->setBoard("k1");
        QVERIFY(settled(workspace, 4));
        // Of this model, the newest first, each against the one before it.
        QVERIFY(view.hasContent());
        QCOMPARE(table->rowCount(), 3);
        QVERIFY(table->isVisible());
        QCOMPARE(table->item(0, 3)->text(), QStringLiteral("-20.0 %"));
        QCOMPARE(table->item(1, 3)->text(), QStringLiteral("+50.0 %"));
        QCOMPARE(table->item(2, 3)->text(), QString());
        QCOMPARE(table->item(2, 4)->text(), QStringLiteral("75.0 %"));
        for (const int row : {0, 1, 2}) {
            QCOMPARE(table->item(row, 1)->font().bold(), row != 1);
            QCOMPARE(table->item(row, 1)->text().startsWith(QStringLiteral("now: ")), row != 1);
        }
        QCOMPARE(table->item(1, 1)->text(), formatsText(second.formats));
        const auto* tabs = view.findChild<QTabBar*>(QStringLiteral("board_tabs"));
        QCOMPARE(tabs->tabText(3), QStringLiteral("History 3"));

        auto* use = view.findChild<QPushButton*>(QStringLiteral("use_plan"));
        auto* remove = view.findChild<QPushButton*>(QStringLiteral("remove_record"));
        QVERIFY(!use->isEnabled() && !remove->isEnabled() && told(view, "board_record").isEmpty());
        const auto pick = [&](int row) {
            QTest::mouseClick(table->viewport(), Qt::LeftButton, {},
                              table->visualItemRect(table->item(row, 0)).center());
        };
        pick(0);
        QVERIFY(!use->isEnabled() && remove->isEnabled());  // it is the plan
        pick(1);
        const QString details = told(view, "board_record");
        QVERIFY2(details.contains(QStringLiteral("median ") +
                                  figures::milliseconds(second.deployed.latency.p50_ms)),
                 qPrintable(details));
        QVERIFY(details.contains(QStringLiteral("float ")) &&
                details.contains(QStringLiteral("not to be relied on")));
        QCOMPARE(view.findChild<QLabel*>(QStringLiteral("board_record"))->toolTip(),
                 words::message(second.trust.reasons.front()));
        QTest::mouseClick(use, Qt::LeftButton);
        QCOMPARE(workspace.plan(), other);
        QVERIFY(table->item(1, 1)->font().bold() && !table->item(0, 1)->font().bold());
        QVERIFY(!use->isEnabled());
        QCOMPARE(editText(workspace.log().back().edit), QStringLiteral("An earlier plan"));
        workspace.undoStack()->undo();
        QCOMPARE(workspace.plan(), now);

        QTest::mouseClick(remove, Qt::LeftButton);
        QVERIFY(settled(workspace, 3));
        QCOMPARE(table->rowCount(), 2);
        QCOMPARE(BoardHistory(history()).read("k1")->records.size(), std::size_t(3));
        QVERIFY(!remove->isEnabled());
        // Another board's are not this one's.
        workspace.boardMemory()->setBoard("other");
        QCOMPARE(table->rowCount(), 0);
        QVERIFY(!view.hasContent());
        // A board that was renamed keeps them.
        workspace.boardMemory()->setBoard("k1");
        QVERIFY(settled(workspace, 3));
        workspace.renameBoard("k1", "new name");
        QVERIFY(settled(workspace, 3));
        QCOMPARE(workspace.boardMemory()->board(), std::string("new name"));
        QCOMPARE(table->rowCount(), 2);
    }

    void timesArePredicted() {
        Workspace workspace;
        QVERIFY(testing::openCalibrated(workspace, *m_folder));
        workspace.boardMemory()->setFolder(history());
        InspectorPanel inspector(&workspace);
        BoardResultView view(&workspace);
        workspace.selection()->setSingle(0);
        QVERIFY(told(inspector, "board_cost").isEmpty());
        QVERIFY(figure(view, QStringLiteral("Latency, predicted")).isEmpty());
        view.show(deployed(workspace, comparedResult(workspace)));
        QVERIFY(told(view, "board_age").isEmpty());

        const BoardRecord record = keep(workspace, workspace.plan(), 100, "2026-01-01T10:00:00Z");
        workspace.boardMemory()->setBoard("k1");
        QVERIFY(settled(workspace, 1));
        const std::string format = cost_format(*workspace.resolved(), 0);
        QCOMPARE(told(inspector, "board_cost"),
                 QStringLiteral("On k1: 100 µs as %1 (measured), 1.00 ms as float (measured)")
                     .arg(QString::fromStdString(format)));
        // Several at once: what they take together.
        workspace.selection()->set({0, 1});
        QVERIFY2(told(inspector, "board_cost").contains(QStringLiteral("300 µs as ")) &&
                     told(inspector, "board_cost").contains(QStringLiteral("3.00 ms as float (measured)")),
                 qPrintable(told(inspector, "board_cost")));
        QCOMPARE(figure(view, QStringLiteral("Latency, predicted")),
                 QStringLiteral("≈ ") + figures::milliseconds(record.deployed.latency.p50_ms));
        QVERIFY(told(view, "board_age").isEmpty());  // measured, not predicted

        // An edit makes the result old, and the prediction tells at once what to expect.
        workspace.edit(set_layers({workspace.prepared()->layers[0].name}, Field::mode, "float"));
        QVERIFY(testing::settle(workspace));
        const double ms = workspace.boardMemory()->costs().predict(*workspace.resolved()).ms;
        QVERIFY(ms > record.deployed.latency.p50_ms);
        const int layers = static_cast<int>(workspace.prepared()->layers.size());
        QCOMPARE(told(view, "board_age"),
                 QStringLiteral("Measured with another plan. The plan as it is now would take ≈ %1 there "
                                "(%2 layers measured).")
                     .arg(figures::milliseconds(ms))
                     .arg(layers));
        workspace.selection()->setSingle(0);
        QVERIFY2(
            told(inspector, "board_cost").startsWith(QStringLiteral("On k1: 1.00 ms as float (measured)")),
            qPrintable(told(inspector, "board_cost")));
        // In what was never measured nothing is said of it.
        workspace.edit(set_layers({workspace.prepared()->layers[0].name}, Field::mode, "fp16"));
        QVERIFY(testing::settle(workspace));
        QCOMPARE(cost_format(*workspace.resolved(), 0), std::string("fp16"));
        QVERIFY(!told(inspector, "board_cost").contains(QStringLiteral("fp16")));
        QVERIFY(told(view, "board_age").contains(QStringLiteral("1 unknown")));
        QVERIFY(figure(view, QStringLiteral("Latency, predicted")).startsWith(QStringLiteral("> ")));
    }

    void anEmulatorsTimesAreCalledThat() {
        Workspace workspace;
        QVERIFY(testing::openCalibrated(workspace, *m_folder));
        workspace.boardMemory()->setFolder(history());
        BoardResult result = testing::board_result(*workspace.resolved(), 100);
        result.board.emulated = true;
        QVERIFY(BoardHistory(history()).add(make_record(*workspace.resolved(), result, "k1", 0)));
        workspace.boardMemory()->setBoard("k1");
        QVERIFY(settled(workspace, 1));
        QVERIFY(costText(workspace, {0}).startsWith(QStringLiteral("On k1 (emulated): ")));
    }
};

QTEST_MAIN(BoardResultsTest)
#include "test_board_results.moc"
