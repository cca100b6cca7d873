// --host takes the name of a board that the window keeps.
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>

#include "core/board/saved_boards.h"
#include "tests/board/board.h"
#include "tests/cli/cli_run.h"

using namespace quantwright;
namespace qt = quantwright::testing;

class TestCliSaved : public QObject {
    Q_OBJECT

    qt::BoardFacts m_board;
    QTemporaryDir m_folder;

    /// Where the window has it: QStandardPaths::AppConfigLocation.
    [[nodiscard]] QString list() const {
        return m_folder.filePath("config/quantwright/quantwright/boards.json");
    }
    [[nodiscard]] CliRun check(const QStringList& options) const {
        return run_cli(
            QStringList{"board", "check", "--known-hosts", m_folder.filePath("known_hosts"), "--json"} +
            options);
    }
    /// Whether the board's runtime was found.
    static bool ok(const CliRun& run) {
        const QJsonArray points = run.json()["points"].toArray();
        return std::any_of(points.begin(), points.end(), [](const QJsonValue& point) {
            return point["code"].toString() == "runtime" && point["ok"].toBool();
        });
    }

private slots:
    void initTestCase() {
        m_board = qt::board_facts();
        if (m_board.contains("reason"))
            QSKIP(qPrintable(m_board["reason"]));
        QFile known(m_folder.filePath("known_hosts"));
        QVERIFY(known.open(QIODevice::WriteOnly));
        known.write(m_board["known_hosts"].toUtf8() + '\n');
        qputenv("XDG_CONFIG_HOME", m_folder.filePath("config").toLocal8Bit());
    }
    void init() {
        const std::string address =
            QString("%1@%2:%3").arg(m_board["user"], m_board["host"], m_board["port"]).toStdString();
        const std::string key = m_board["key"].toStdString();
        QFile::remove(list());
        QVERIFY(save_boards(list().toStdString(), {{"量匠的 \"板\"", address, key, {}, 0},
                                                   {"wrong", address, key, "/nowhere/libonnxruntime.so", 0},
                                                   {"no key", address, "/nowhere/key", {}, 0}}));
    }

    void a_name_stands_for_address_and_key() {
        const CliRun run = check({"--host", "量匠的 \"板\""});
        QVERIFY2(run.code == 0, run.all().constData());
        QVERIFY(ok(run));
    }

    void what_is_said_goes_first() {
        const CliRun missing = check({"--host", "wrong"});
        QCOMPARE(missing.code, 1);
        QVERIFY2(missing.json().contains("points") && !ok(missing), missing.all().constData());
        const CliRun unreadable = check({"--host", "no key"});
        QCOMPARE(unreadable.error_code(), QString("board.key_unreadable"));
        const CliRun given = check({"--host", "no key", "--identity", m_board["key"]});
        QVERIFY2(given.code == 0, given.all().constData());
    }

    void a_broken_list_is_told_and_left_aside() {
        QFile file(list());
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("{\"quantwright_boards\": 1,");
        file.close();
        const CliRun run =
            check({"--host", QString("%1@%2:%3").arg(m_board["user"], m_board["host"], m_board["port"]),
                   "--identity", m_board["key"]});
        QVERIFY2(run.code == 0, run.all().constData());
        QVERIFY2(run.err.contains(list().toUtf8()), run.err.constData());
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), QByteArray("{\"quantwright_boards\": 1,"));
    }

    void another_name_is_an_address() {
        const CliRun run = check({"--host", "no-such-board.invalid"});
        QCOMPARE(run.error_code(), QString("board.unknown_host"));
    }
};

QTEST_GUILESS_MAIN(TestCliSaved)
#include "test_cli_saved.moc"
