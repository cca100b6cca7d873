// The real window and the stand-in: an address, one button, the host key, latency and accuracy; in both
// languages.
#include <QComboBox>
#include <QCryptographicHash>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScopeGuard>
#include <QSettings>
#include <QSpinBox>
#include <QTableView>
#include <QTableWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <algorithm>
#include <cmath>

#include "tests/board/board.h"
#include "tests/board/left_behind.h"
#include "tests/support/patience.h"
#include "widgets/graph/graph_view.h"
#include "widgets/panels/board_list.h"
#include "widgets/panels/board_question_dialog.h"
#include "widgets/panels/board_steps.h"
#include "widgets/panels/deploy_panel.h"
#include "widgets/panels/layer_model.h"
#include "widgets/theme/theme.h"
#include "widgets/words/board_words.h"
#include "widgets/words/language.h"
#include "widgets/words/words.h"
#include "window_driver.h"

using namespace quantwright;
using quantwright::testing::eventually;
using quantwright::testing::WindowDriver;
namespace qt = quantwright::testing;

class TestDeployWindow : public QObject {
    Q_OBJECT

    static constexpr int k_board_tab = 3, k_time_colours = 2;
    qt::BoardFacts m_board;
    QTemporaryDir m_folder;

    [[nodiscard]] QString place(const QString& name) const { return m_folder.filePath(name); }
    [[nodiscard]] QString address() const {
        return QString("%1@%2:%3").arg(m_board["user"], m_board["host"], m_board["port"]);
    }
    /// As ssh-keygen prints it.
    [[nodiscard]] QString fingerprint() const {
        const QByteArray key = QByteArray::fromBase64(m_board["known_hosts"].section(' ', 2, 2).toUtf8());
        return "SHA256:" + QString::fromLatin1(QCryptographicHash::hash(key, QCryptographicHash::Sha256)
                                                   .toBase64(QByteArray::OmitTrailingEquals));
    }
    template <class Dialog>
    static Dialog* waitFor(QWidget& window) {
        Dialog* dialog = nullptr;
        const bool there = eventually([&] {
            dialog = window.findChild<Dialog*>();
            return dialog && dialog->isVisible();
        });
        return there ? dialog : nullptr;
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
    void lookAround(MainWindow& window, WindowDriver& driver, const QString& name) {
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
        if (language == "zh") {
            const QStringList english = driver.untranslatedTexts();
            QVERIFY2(english.isEmpty(), qPrintable(english.join('\n')));
        }
    }

private slots:
    void initTestCase() {
        m_board = qt::board_facts();
        if (m_board.contains("reason"))
            QSKIP(qPrintable(m_board["reason"]));
        qt::prepareForWindows(m_folder.path());
    }

    void deployed_data() {
        QTest::addColumn<QString>("language");
        QTest::addColumn<bool>("with_key");
        QTest::newRow("English, with a key") << "en" << true;
        QTest::newRow("Chinese, with a password") << "zh" << false;
    }

    void deployed() {
        QFETCH(QString, language);
        QFETCH(bool, with_key);
        words::setLanguage(language);
        QSettings().clear();
        QFile::remove(BoardBook::file());
        QSettings().setValue("board/known_hosts", place("known_hosts_" + language));
        QSettings().setValue("board/runs", 3);
        MainWindow window;
        WindowDriver driver(&window);
        QVERIFY(driver.openSample());
        Workspace& workspace = *window.workspace();
        auto* panel = window.findChild<DeployPanel*>();
        auto* address_edit = panel->findChild<QComboBox*>("board_address")->lineEdit();
        auto* steps = panel->steps();
        QVERIFY(driver.showTab(k_board_tab));
        lookAround(window, driver, "board-empty");
        if (QTest::currentTestFailed())
            return;
        QVERIFY(driver.clickStep(Step::calibrate));
        QVERIFY(driver.waitForStep(Step::calibrate, StepState::Kind::done));
        QVERIFY(eventually([&] { return workspace.state(Step::deploy).possible; }));
        QVERIFY(driver.showTab(0));
        QVERIFY(driver.clickStep(Step::deploy));
        QVERIFY(panel->isVisible());

        type(address_edit, address());
        if (with_key)
            type(panel->findChild<QLineEdit*>("board_key"), m_board["key"]);
        type(panel->findChild<QSpinBox*>("board_images")->findChild<QLineEdit*>(), "16");
        QVERIFY(driver.showTab(0));
        QVERIFY(driver.showTab(k_board_tab));
        click(*panel, "board_deploy");
        QVERIFY(driver.showTab(0));  // the question brings the page back
        auto* key = waitFor<HostKeyDialog>(window);
        QVERIFY(key);
        QVERIFY(panel->isVisible());
        QCOMPARE(key->findChild<QLabel*>("fingerprint")->text(), fingerprint());
        lookAround(window, driver, "board-key");
        if (QTest::currentTestFailed())
            return;
        click(*key, "accept");
        if (!with_key)
            for (const QString& password : {QString("wrong"), m_board["password"]}) {
                QVERIFY(eventually([&] { return window.findChildren<SecretDialog*>().size() == 1; }));
                auto* secret = waitFor<SecretDialog>(window);
                QVERIFY(secret);
                if (password != "wrong") {
                    lookAround(window, driver, "board-password");
                    if (QTest::currentTestFailed())
                        return;
                }
                type(secret->findChild<QLineEdit*>("secret"), password);
                click(*secret, "accept");
                QVERIFY(eventually([&] { return !secret->isVisible(); }));
                QTest::qWait(50);
            }
        QVERIFY(QTest::qWaitFor([&] { return steps->state(BoardSteps::Check) == BoardSteps::State::done; },
                                60000));
        driver.screenshot("board-running-" + language);
        QVERIFY(QTest::qWaitFor([&] { return !workspace.deploying(); }, 240000));
        const StepState state = workspace.state(Step::deploy);
        QVERIFY2(state.kind == StepState::Kind::done,
                 state.error ? qPrintable(words::message(*state.error) + '\n' +
                                          QString::fromStdString(state.error->detail))
                             : "not done");

        // What was measured, and where it stands.
        const BoardResult& result = workspace.deployed()->result;
        QVERIFY(result.board.emulated && result.latency.p50_ms > 0);
        QCOMPARE(result.runs, std::int64_t(3));
        QCOMPARE(result.accuracy->images, std::int64_t(16));
        QVERIFY(std::abs(*result.accuracy->snr_db - *result.host->snr_db) < 3);
        const auto* figures = panel->findChild<QTableWidget*>("board_figures");
        QVERIFY(figures->isVisible());
        QStringList cells;
        for (int row = 0; row < figures->rowCount(); ++row)
            cells << figures->item(row, 0)->text() + '=' + figures->item(row, 1)->text();
        const bool english = language == "en";
        const QString percent = QString::number(*result.accuracy->top1 * 100, 'f', 1) + " %";
        QVERIFY2(cells.contains("Top-1=" + percent), qPrintable(cells.join('\n')));
        QVERIFY2(std::any_of(cells.begin(), cells.end(),
                             [&](const QString& cell) {
                                 return cell.startsWith(english ? "Latency, median=" : "延迟中位数=") &&
                                        cell.endsWith(" ms");
                             }),
                 qPrintable(cells.join('\n')));
        QVERIFY(panel->findChild<QLabel*>("board_trust")
                    ->text()
                    .contains(words::message(TrustReason{"emulated", {}})));
        QVERIFY(panel->findChild<QTableWidget*>("board_times")->rowCount() > 5);
        for (const auto row : {BoardSteps::Check, BoardSteps::Upload, BoardSteps::Measure,
                               BoardSteps::Profile, BoardSteps::Accuracy})
            QCOMPARE(steps->state(row), BoardSteps::State::done);
        lookAround(window, driver, "board");
        if (QTest::currentTestFailed())
            return;

        // The same times in the table of layers and as colours.
        const auto* table = window.findChild<QTableView*>("layers");
        QVERIFY(!table->isColumnHidden(LayerModel::Board));
        QVERIFY(driver.chooseIn("colour_by", k_time_colours));
        const auto& nodes = window.findChild<GraphView*>()->scene().nodes;
        QVERIFY(std::count_if(nodes.begin(), nodes.end(),
                              [](const SceneNode& node) { return !std::isnan(node.heat); }) > 5);
        QVERIFY(driver.showTab(0));
        lookAround(window, driver, "board-times");
        if (QTest::currentTestFailed())
            return;
        QVERIFY(driver.showTab(k_board_tab));

        // Neither the key nor a password is asked for again, and nothing is sent again.
        click(*panel, "board_deploy");
        QVERIFY(driver.waitForStep(Step::deploy, StepState::Kind::running));
        QVERIFY(QTest::qWaitFor([&] { return !workspace.deploying(); }, 240000));
        QCOMPARE(workspace.state(Step::deploy).kind, StepState::Kind::done);
        QCOMPARE(workspace.deployed()->result.sent_bytes, std::uint64_t(0));

        // Cancelled in the middle: the last result stays, and the board is left alone.
        click(*panel, "board_deploy");
        QVERIFY(QTest::qWaitFor(
            [&] { return steps->state(BoardSteps::Measure) == BoardSteps::State::running; }, 60000));
        click(*panel, "board_deploy");
        QVERIFY(eventually([&] { return !workspace.deploying(); }));
        QCOMPARE(workspace.state(Step::deploy).kind, StepState::Kind::done);
        QVERIFY(figures->isVisible());
        QVERIFY(eventually([&] {
            return qt::run_standin({"ps", "--dir", m_board["dir"]}).output.trimmed().isEmpty();
        }));

        // An error stands on the page.
        type(address_edit, "nobody@" + m_board["host"] + ":1");
        click(*panel, "board_deploy");
        const auto* error = panel->findChild<QLabel*>("board_error");
        QVERIFY(eventually([&] { return error->isVisible(); }));
        QCOMPARE(workspace.state(Step::deploy).kind, StepState::Kind::failed);
        QCOMPARE(error->text(), words::message(*workspace.state(Step::deploy).error));
        lookAround(window, driver, "board-error");
    }

    void three_at_once_data() {
        QTest::addColumn<QString>("language");
        QTest::newRow("English") << "en";
        QTest::newRow("Chinese") << "zh";
    }

    /// Two boards, one of them under two names, so that it has a queue.
    void three_at_once() {
        QFETCH(QString, language);
        words::setLanguage(language);
        const QString folder = place("rack_" + language);
        qt::BoardFacts rack =
            qt::parse_facts(qt::run_standin({"start", "--dir", folder, "--while",
                                             QString::number(QCoreApplication::applicationPid())})
                                .output);
        QVERIFY(!rack["port"].isEmpty());
        const auto stop = qScopeGuard([&] { qt::run_standin({"stop", "--remove", "--dir", folder}); });
        const QString known = m_board["known_hosts"];
        QFile hosts(place("known_three_" + language));
        QVERIFY(hosts.open(QIODevice::WriteOnly));
        hosts.write((known + '\n' + QString(known).replace(m_board["host"], "localhost") + '\n' +
                     rack["known_hosts"] + '\n')
                        .toUtf8());
        hosts.close();
        QSettings().clear();
        QSettings().setValue("board/known_hosts", hosts.fileName());
        QSettings().setValue("board/runs", 100);
        QSettings().setValue("board/images", 8);
        const QString desk = QString::fromUtf8("量匠的开发板"), twin = "the \"same\" 2", shelf = "rack 1";
        const auto board = [](const QString& name, const QString& at, const QString& key) {
            return SavedBoard{name.toStdString(), at.toStdString(), key.toStdString(), {}, 0};
        };
        QVERIFY(save_boards(
            BoardBook::file().toStdString(),
            {board(desk, address(), m_board["key"]),
             board(twin, QString("%1@localhost:%2").arg(m_board["user"], m_board["port"]), m_board["key"]),
             board(shelf, QString("%1@%2:%3").arg(rack["user"], rack["host"], rack["port"]), {})}));
        MainWindow window;
        WindowDriver driver(&window);
        QVERIFY(driver.openSample());
        Workspace& workspace = *window.workspace();
        auto* panel = window.findChild<DeployPanel*>();
        auto* list = panel->findChild<BoardList*>();
        QVERIFY(driver.clickStep(Step::calibrate));
        QVERIFY(driver.waitForStep(Step::calibrate, StepState::Kind::done));
        QVERIFY(eventually([&] { return workspace.state(Step::deploy).possible; }));
        QVERIFY(driver.showTab(k_board_tab));

        const auto choose = [&](const QString& name, Qt::KeyboardModifiers keys = Qt::NoModifier) {
            QTest::mouseClick(list->row(name)->findChild<QLabel*>("board_status"), Qt::LeftButton, keys);
        };
        choose(desk);
        choose(twin, Qt::ControlModifier);
        choose(shelf, Qt::ControlModifier);
        click(*panel, "board_deploy");
        for (const QString& name : {desk, twin, shelf})
            QVERIFY(workspace.deploying(name.toStdString()));
        // The question of one of them keeps none of the others.
        auto* secret = waitFor<SecretDialog>(window);
        QVERIFY(secret);
        QVERIFY2(secret->windowTitle().endsWith(shelf), qPrintable(secret->windowTitle()));
        const QString waits =
            language == "en" ? QString("Waiting for its turn") : QString::fromUtf8("排队等待");
        const QString checks = language == "en" ? QString("Checking") : QString::fromUtf8("检查");
        const auto waiting = [&](const QString& name) { return list->row(name)->statusText() == waits; };
        QVERIFY(QTest::qWaitFor([&] { return waiting(desk) != waiting(twin); }, 60000));
        type(secret->findChild<QLineEdit*>("secret"), rack["password"]);
        click(*secret, "accept");
        QVERIFY(QTest::qWaitFor(
            [&] { return list->row(shelf)->statusText() != checks && waiting(desk) != waiting(twin); },
            60000));
        const QStringList clipped = driver.settledClippedTexts();
        QVERIFY2(clipped.isEmpty(), qPrintable(clipped.join('\n')));
        driver.screenshot("boards-running-" + language);

        // The one that has the board is cancelled in its row: the one that waits for it goes on, and so does
        // the other board.
        QVERIFY(QTest::qWaitFor([&] { return waiting(desk) != waiting(twin); }, 60000));
        const QString first = waiting(desk) ? twin : desk, next = waiting(desk) ? desk : twin;
        QTest::mouseClick(list->row(first)->findChild<QToolButton*>("board_cancel"), Qt::LeftButton);
        QVERIFY(eventually([&] { return !workspace.deploying(first.toStdString()); }));
        QVERIFY(workspace.deploying(next.toStdString()));
        QVERIFY(workspace.state(Step::deploy).kind == StepState::Kind::running);
        QVERIFY(QTest::qWaitFor([&] { return !workspace.deploying(); }, 300000));
        QVERIFY(!workspace.deployment(first.toStdString()).deployed);
        QVERIFY(!workspace.deployment(first.toStdString()).error);
        for (const QString& name : {next, shelf}) {
            const BoardOutcome outcome = workspace.deployment(name.toStdString());
            QVERIFY2(!outcome.error, outcome.error ? qPrintable(words::message(*outcome.error)) : "");
            QVERIFY(outcome.deployed);
            QCOMPARE(outcome.deployed->result.accuracy->images, std::int64_t(8));
            QCOMPARE(outcome.deployed->request.name, name.toStdString());
            const QString status = list->row(name)->statusText();
            QVERIFY2(status.contains(" ms") && status.contains("Top-1"), qPrintable(status));
            choose(name);
            QCOMPARE(panel->steps()->state(BoardSteps::Accuracy), BoardSteps::State::done);
            QVERIFY(panel->findChild<QTableWidget*>("board_figures")->isVisible());
        }
        QCOMPARE(list->row(first)->statusText(),
                 language == "en" ? QString("idle") : QString::fromUtf8("空闲"));
        QCOMPARE(workspace.state(Step::deploy).kind, StepState::Kind::done);
        lookAround(window, driver, "boards");
        if (QTest::currentTestFailed())
            return;
        choose(first);
        QCOMPARE(panel->steps()->state(BoardSteps::Accuracy), BoardSteps::State::pending);
        for (const qt::BoardFacts& facts : {m_board, rack})
            QCOMPARE(qt::left_behind(facts), QString());
    }
};

QTEST_MAIN(TestDeployWindow)
#include "test_deploy_window.moc"
