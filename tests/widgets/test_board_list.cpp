// Boards by name on the page: kept, several at work at once, each with its own progress, error and end.
#include <QFile>
#include <QInputDialog>
#include <QLabel>
#include <QListWidget>
#include <QMessageBox>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <future>

#include "tests/widgets/open_document.h"
#include "tests/widgets/silent_server.h"
#include "widgets/panels/board_list.h"
#include "widgets/panels/board_question_dialog.h"
#include "widgets/panels/board_steps.h"
#include "widgets/panels/deploy_panel.h"
#include "widgets/setup/board_setup_dialog.h"
#include "widgets/words/language.h"
#include "widgets/words/words.h"

using namespace quantwright;
using quantwright::testing::closedAddress;
using quantwright::testing::SilentServer;

class BoardListTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    static BoardList* list(const DeployPanel& panel) { return panel.findChild<BoardList*>(); }
    static QStringList names(const DeployPanel& panel) {
        QStringList result;
        const auto* rows = panel.findChild<QListWidget*>(QStringLiteral("board_list"));
        for (int i = 0; i < rows->count(); ++i)
            result << rows->item(i)->data(Qt::UserRole).toString();
        return result;
    }
    /// On the text, as a hand does.
    static void clickRow(const DeployPanel& panel, const QString& name,
                         Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
        auto* label = list(panel)->row(name)->findChild<QLabel*>(QStringLiteral("board_status"));
        QTest::mouseClick(label, Qt::LeftButton, modifiers);
    }
    static void click(const QWidget& parent, const char* name) {
        QTest::mouseClick(parent.findChild<QAbstractButton*>(QLatin1String(name)), Qt::LeftButton);
    }
    static void type(DeployPanel& panel, const QString& address) {
        auto* edit = panel.findChild<QWidget*>(QStringLiteral("board_address"))->findChild<QLineEdit*>();
        edit->selectAll();
        QTest::keyClicks(edit, address);
    }
    static QString address(const DeployPanel& panel) {
        return panel.findChild<QWidget*>(QStringLiteral("board_address"))->findChild<QLineEdit*>()->text();
    }
    static QString status(const DeployPanel& panel, const QString& name) {
        return list(panel)->row(name)->statusText();
    }
    static QString told(const DeployPanel& panel) {
        const auto* label = panel.findChild<QLabel*>(QStringLiteral("board_error"));
        return label->isVisible() ? label->text() : QString();
    }
    static QPushButton* button(const DeployPanel& panel) {
        return panel.findChild<QPushButton*>(QStringLiteral("board_deploy"));
    }
    static void keep(const std::vector<SavedBoard>& boards) {
        QVERIFY(save_boards(BoardBook::file().toStdString(), boards));
    }
    static std::vector<SavedBoard> kept() { return load_boards(BoardBook::file().toStdString()).value(); }
    static bool ends(const Workspace& workspace) {
        return QTest::qWaitFor([&] { return !workspace.deploying(); }, 20000);
    }

private slots:
    void initTestCase() {
        QVERIFY(m_folder.isValid());
        QCoreApplication::setOrganizationName(QStringLiteral("quantwright-tests"));
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_folder.path());
        qputenv("XDG_CONFIG_HOME", m_folder.path().toLocal8Bit());
        qputenv("XDG_DATA_HOME", m_folder.path().toLocal8Bit() + "/data");
        words::setLanguage(QStringLiteral("en"));
    }
    void init() {
        QSettings().clear();
        QFile::remove(BoardBook::file());
    }

    void addressesOfEarlierVersionsAreTakenOver() {
        QSettings().setValue(QStringLiteral("board/addresses"),
                             QStringList({QStringLiteral("root@k1"), QStringLiteral("no address"),
                                          QStringLiteral("root@k1"), QStringLiteral("rack")}));
        Workspace workspace;
        {
            const DeployPanel panel(&workspace);
            QCOMPARE(names(panel), QStringList({QStringLiteral("root@k1"), QStringLiteral("rack")}));
        }
        QVERIFY(!QSettings().contains(QStringLiteral("board/addresses")));
        const DeployPanel panel(&workspace);
        QCOMPARE(names(panel), QStringList({QStringLiteral("root@k1"), QStringLiteral("rack")}));
        QCOMPARE(kept()[1].address, std::string("rack"));
    }

    void aBrokenListIsToldAndKept() {
        keep({});
        QFile file(BoardBook::file());
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("{\"quantwright_boards\": 1, \"boards\": [{\"name\"");
        file.close();
        const QString typed = closedAddress();
        Workspace workspace;
        DeployPanel panel(&workspace);
        panel.show();
        QVERIFY(testing::openCalibrated(workspace, m_folder));
        QVERIFY2(told(panel).contains(BoardBook::file()), qPrintable(told(panel)));
        // Boards can be used all the same.
        type(panel, typed);
        QTest::mouseClick(button(panel), Qt::LeftButton);
        QVERIFY(workspace.deploying(typed.toStdString()));
        QVERIFY(ends(workspace));
        QCOMPARE(names(panel), QStringList(typed));
        QCOMPARE(status(panel, typed), QStringLiteral("failed"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), QByteArray("{\"quantwright_boards\": 1, \"boards\": [{\"name\""));
        file.close();
        // Once somebody has mended it both lists are one.
        QVERIFY(file.remove());
        keep({{"rack", "rack", {}, {}, 0}});
        type(panel, QStringLiteral("nobody@127.0.0.1:1"));
        QTest::mouseClick(button(panel), Qt::LeftButton);
        QVERIFY(ends(workspace));
        QCOMPARE(names(panel),
                 QStringList({QStringLiteral("rack"), typed, QStringLiteral("nobody@127.0.0.1:1")}));
        QCOMPARE(kept().size(), std::size_t(3));
    }

    void aBoardKeepsItsKeyAndSettings() {
        keep({{"desk", "root@k1", "/keys/k1", "/opt/lib.so", 4}, {"rack", "rack", {}, {}, 0}});
        Workspace workspace;
        DeployPanel panel(&workspace);
        panel.show();
        const auto* key = panel.findChild<QLineEdit*>(QStringLiteral("board_key"));
        clickRow(panel, QStringLiteral("desk"));
        QCOMPARE(address(panel), QStringLiteral("root@k1"));
        QCOMPARE(key->text(), QStringLiteral("/keys/k1"));
        clickRow(panel, QStringLiteral("rack"));
        QCOMPARE(address(panel), QStringLiteral("rack"));
        QVERIFY(key->text().isEmpty());
        // What is typed finds its board; a board's key goes with it.
        type(panel, QStringLiteral("root@k1"));
        QCOMPARE(list(panel)->selected(), QStringList(QStringLiteral("desk")));
        QCOMPARE(key->text(), QStringLiteral("/keys/k1"));
        type(panel, QStringLiteral("root@k12"));
        QVERIFY(list(panel)->selected().isEmpty());
        QVERIFY(key->text().isEmpty());
    }

    void twoBoardsAtOnce() {
        const SilentServer first, second;
        Workspace workspace;
        DeployPanel panel(&workspace);
        panel.show();
        QVERIFY(testing::openCalibrated(workspace, m_folder));
        for (const SilentServer* server : {&first, &second}) {
            type(panel, server->address());
            QCOMPARE(button(panel)->text(), QStringLiteral("Deploy"));
            QTest::mouseClick(button(panel), Qt::LeftButton);
            QVERIFY(QTest::qWaitFor([&] { return server->called(); }));
        }
        QVERIFY(workspace.deploying(first.address().toStdString()));
        QVERIFY(workspace.deploying(second.address().toStdString()));
        QCOMPARE(names(panel), QStringList({first.address(), second.address()}));
        QCOMPARE(status(panel, first.address()), QStringLiteral("Checking"));
        QCOMPARE(workspace.state(Step::deploy).kind, StepState::Kind::running);
        // Nothing that is at work can be taken away, or change its name.
        QVERIFY(!panel.findChild<QToolButton*>(QStringLiteral("board_remove"))->isEnabled());
        QVERIFY(!panel.findChild<QToolButton*>(QStringLiteral("board_rename"))->isEnabled());

        // One is cancelled in its row; the other goes on.
        click(*list(panel)->row(first.address()), "board_cancel");
        QVERIFY(QTest::qWaitFor([&] { return !workspace.deploying(first.address().toStdString()); }, 5000));
        QTest::qWait(1000);  // as long as a cancelled one may take
        QVERIFY(workspace.deploying(second.address().toStdString()));
        QCOMPARE(status(panel, first.address()), QStringLiteral("idle"));
        QCOMPARE(workspace.state(Step::deploy).kind, StepState::Kind::running);
        clickRow(panel, first.address());
        QCOMPARE(button(panel)->text(), QStringLiteral("Deploy"));
        QCOMPARE(panel.steps()->state(BoardSteps::Check), BoardSteps::State::pending);
        clickRow(panel, second.address());
        QCOMPARE(button(panel)->text(), QStringLiteral("Cancel"));
        QCOMPARE(panel.steps()->state(BoardSteps::Check), BoardSteps::State::running);
        QTest::mouseClick(button(panel), Qt::LeftButton);
        QVERIFY(ends(workspace));
        QCOMPARE(workspace.state(Step::deploy).kind, StepState::Kind::not_yet);
    }

    void theSelectedOnesStartTogether() {
        const SilentServer silent;
        const QString closed = closedAddress();
        keep({{"desk", closed.toStdString(), {}, {}, 0},
              {"rack", silent.address().toStdString(), {}, {}, 0},
              {"shelf", "nobody@127.0.0.1:1", {}, {}, 0}});
        Workspace workspace;
        DeployPanel panel(&workspace);
        panel.show();
        QVERIFY(testing::openCalibrated(workspace, m_folder));
        clickRow(panel, QStringLiteral("desk"));
        clickRow(panel, QStringLiteral("rack"), Qt::ControlModifier);
        QCOMPARE(list(panel)->selected(), QStringList({QStringLiteral("desk"), QStringLiteral("rack")}));
        QCOMPARE(button(panel)->text(), QStringLiteral("Deploy (2)"));
        QTest::mouseClick(button(panel), Qt::LeftButton);
        QVERIFY(workspace.deploying("desk"));
        QVERIFY(workspace.deploying("rack"));
        QVERIFY(!workspace.deploying("shelf"));
        // One fails while the other is still at work: the step runs on, and says so afterwards.
        QVERIFY(QTest::qWaitFor([&] { return !workspace.deploying("desk"); }, 20000));
        QCOMPARE(workspace.state(Step::deploy).kind, StepState::Kind::running);
        QCOMPARE(status(panel, QStringLiteral("desk")), QStringLiteral("failed"));
        clickRow(panel, QStringLiteral("desk"));
        const Error error = workspace.deployment("desk").error.value();
        QVERIFY(error.code == ErrorCode::board_refused);
        QCOMPARE(told(panel), words::message(error));
        QCOMPARE(panel.steps()->state(BoardSteps::Check), BoardSteps::State::failed);
        clickRow(panel, QStringLiteral("rack"));
        QVERIFY(told(panel).isEmpty());
        QCOMPARE(panel.steps()->state(BoardSteps::Check), BoardSteps::State::running);
        workspace.cancel(Step::deploy);
        QVERIFY(ends(workspace));
        QCOMPARE(workspace.state(Step::deploy).kind, StepState::Kind::failed);
        // What went wrong there is not a third board's, tried later.
        clickRow(panel, QStringLiteral("rack"));
        QTest::mouseClick(button(panel), Qt::LeftButton);
        QVERIFY(QTest::qWaitFor([&] { return silent.called(); }));
        QTest::mouseClick(button(panel), Qt::LeftButton);
        QVERIFY(ends(workspace));
        QCOMPARE(workspace.state(Step::deploy).kind, StepState::Kind::not_yet);
        QCOMPARE(status(panel, QStringLiteral("desk")), QStringLiteral("failed"));
    }

    void anotherDocumentEndsThemAll() {
        const SilentServer first, second;
        Workspace workspace;
        DeployPanel panel(&workspace);
        panel.show();
        QVERIFY(testing::openCalibrated(workspace, m_folder));
        for (const SilentServer* server : {&first, &second}) {
            type(panel, server->address());
            QTest::mouseClick(button(panel), Qt::LeftButton);
            QVERIFY(QTest::qWaitFor([&] { return server->called(); }));
        }
        QSignalSpy opened(&workspace, &Workspace::documentChanged);
        QVERIFY(testing::openCalibrated(workspace, m_folder));
        QVERIFY(QTest::qWaitFor([&] { return opened.count() == 1; }, 20000));
        QVERIFY(QTest::qWaitFor([&] { return !workspace.deploying(); }, 5000));
        QCOMPARE(workspace.state(Step::deploy).kind, StepState::Kind::not_yet);
        for (const SilentServer* server : {&first, &second})
            QCOMPARE(status(panel, server->address()), QStringLiteral("idle"));
    }

    void renamedAndRemoved() {
        const QString closed = closedAddress();
        keep({{"desk", closed.toStdString(), {}, {}, 0}, {"rack", "rack", {}, {}, 0}});
        Workspace workspace;
        DeployPanel panel(&workspace);
        panel.show();
        QVERIFY(testing::openCalibrated(workspace, m_folder));
        clickRow(panel, QStringLiteral("desk"));
        QTest::mouseClick(button(panel), Qt::LeftButton);
        QVERIFY(ends(workspace));
        const QString error = told(panel);
        QVERIFY(!error.isEmpty());
        const auto rename = [&](const QString& name) {
            click(panel, "board_rename");
            auto* dialog = panel.findChild<QInputDialog*>(QStringLiteral("board_rename_dialog"));
            auto* edit = dialog->findChild<QLineEdit*>();
            edit->selectAll();
            QTest::keyClicks(edit, name);
            QTest::keyClick(edit, Qt::Key_Return);
            return QTest::qWaitFor([&] { return !panel.findChild<QInputDialog*>(); });
        };
        QVERIFY(rename(QStringLiteral("rack")));
        QCOMPARE(told(panel), words::message(Error{ErrorCode::board_name, "rack", {}}));
        QCOMPARE(names(panel), QStringList({QStringLiteral("desk"), QStringLiteral("rack")}));
        QVERIFY(rename(QStringLiteral("  ")));
        QCOMPARE(names(panel), QStringList({QStringLiteral("desk"), QStringLiteral("rack")}));
        // What is known of it goes with it.
        QVERIFY(rename(QStringLiteral("on  the desk")));
        QCOMPARE(names(panel), QStringList({QStringLiteral("on the desk"), QStringLiteral("rack")}));
        QCOMPARE(kept()[0].name, std::string("on the desk"));
        QCOMPARE(told(panel), error);
        QCOMPARE(status(panel, QStringLiteral("on the desk")), QStringLiteral("failed"));
        QCOMPARE(panel.steps()->state(BoardSteps::Check), BoardSteps::State::failed);

        for (const bool sure : {false, true}) {
            click(panel, "board_remove");
            auto* dialog = panel.findChild<QMessageBox*>(QStringLiteral("board_remove_dialog"));
            QVERIFY(dialog->text().contains(QStringLiteral("on the desk")));
            QTest::mouseClick(dialog->button(sure ? QMessageBox::Ok : QMessageBox::Cancel), Qt::LeftButton);
            QVERIFY(QTest::qWaitFor([&] { return !panel.findChild<QMessageBox*>(); }));
            QCOMPARE(names(panel).size(), sure ? 1 : 2);
        }
        QCOMPARE(kept().size(), std::size_t(1));
        QVERIFY(told(panel).isEmpty());
        QVERIFY(address(panel).isEmpty());
        // Another window's list is not overwritten.
        keep({{"rack", "rack", {}, {}, 0}, {"shelf", "shelf", {}, {}, 0}});
        clickRow(panel, QStringLiteral("rack"));
        QVERIFY(rename(QStringLiteral("cellar")));
        QCOMPARE(names(panel), QStringList({QStringLiteral("cellar"), QStringLiteral("shelf")}));
    }

    void aBoardThatWasSetUpIsSelected() {
        keep({{"root@k1", "root@k1", {}, {}, 0}, {"rack", "rack", {}, {}, 0}});
        Workspace workspace;
        DeployPanel panel(&workspace);
        panel.show();
        const auto set_up = [&](const SavedBoard& board) {
            click(panel, "board_add");
            auto* dialog = panel.findChild<BoardSetupDialog*>();
            if (!dialog)
                return false;
            emit dialog->boardReady(board);
            dialog->close();
            return QTest::qWaitFor([&] { return !panel.findChild<BoardSetupDialog*>(); });
        };
        // One that was typed before gets its name and key; another one's name is left to it.
        QVERIFY(set_up({"desk", "root@k1", "/keys/k1", "/opt/lib.so", 0}));
        QCOMPARE(names(panel), QStringList({QStringLiteral("desk"), QStringLiteral("rack")}));
        QVERIFY(kept()[0] == SavedBoard({"desk", "root@k1", "/keys/k1", "/opt/lib.so", 0}));
        QVERIFY(set_up({"rack", "root@k2", {}, {}, 0}));
        QCOMPARE(names(panel),
                 QStringList({QStringLiteral("desk"), QStringLiteral("rack"), QStringLiteral("rack 2")}));
        QCOMPARE(list(panel)->selected(), QStringList(QStringLiteral("rack 2")));
        QCOMPARE(address(panel), QStringLiteral("root@k2"));
    }

    void questionsSayWhoseTheyAre() {
        keep({{"desk", "root@k1", {}, {}, 0}, {"rack", "rack", {}, {}, 0}});
        Workspace workspace;
        DeployPanel panel(&workspace);
        panel.show();
        const CancelToken token;
        const auto ask = [&](const char* address) {
            return std::async(std::launch::async, [&workspace, token, address] {
                return workspace.boardQuestions()
                    ->forJob(address, token)
                    .trust({"k", "ssh-ed25519", "SHA256:abc"});
            });
        };
        auto first = ask("root@k1");
        QVERIFY(QTest::qWaitFor([&] { return panel.findChildren<HostKeyDialog*>().size() == 1; }));
        auto second = ask("rack");
        QVERIFY(QTest::qWaitFor([&] { return panel.findChildren<HostKeyDialog*>().size() == 2; }));
        const auto dialogs = panel.findChildren<HostKeyDialog*>();
        QVERIFY(dialogs[0]->windowTitle().endsWith(QStringLiteral(" – desk")));
        QVERIFY(dialogs[1]->windowTitle().endsWith(QStringLiteral(" – rack")));
        // The answer to one is none to the other.
        click(*dialogs[1], "accept");
        QVERIFY(QTest::qWaitFor(
            [&] { return second.wait_for(std::chrono::seconds(0)) == std::future_status::ready; }));
        QVERIFY(second.get());
        QVERIFY(first.wait_for(std::chrono::seconds(0)) != std::future_status::ready);
        QVERIFY(dialogs[0]->isVisible());
        QTest::keyClick(dialogs[0], Qt::Key_Escape);
        QVERIFY(QTest::qWaitFor(
            [&] { return first.wait_for(std::chrono::seconds(0)) == std::future_status::ready; }));
        QVERIFY(!first.get());
    }
};

QTEST_MAIN(BoardListTest)
#include "test_board_list.moc"
