// Logging in with what the keychain has, as a user types it, against the stand-in.
#include <QScopeGuard>
#include <QTemporaryDir>
#include <QtTest>

#include <optional>
#include <utility>

#include "tests/board/board_connection.h"
#include "tests/board/keyring.h"
#include "tests/cli/cli_run.h"
#include "widgets/keychain/keychain.h"

namespace qt = quantwright::testing;
using quantwright::KeychainItem;
using quantwright::KeychainState;
namespace keychain = quantwright::keychain;

class TestCliKeychain : public QObject {
    Q_OBJECT

    qt::BoardFacts m_board;
    QTemporaryDir m_folder;
    std::optional<qt::Keyring> m_keyring;
    std::optional<qt::OwnBoard> m_strict;

    [[nodiscard]] QString address() const {
        return QString("%1@%2:%3").arg(m_board["user"], m_board["host"], m_board["port"]);
    }
    [[nodiscard]] KeychainItem password() const {
        return {KeychainItem::Kind::password, address().toStdString()};
    }
    [[nodiscard]] KeychainItem passphrase() const {
        return {KeychainItem::Kind::passphrase, m_board["locked_key"].toStdString()};
    }
    [[nodiscard]] CliRun check(const QStringList& more = {}) const {
        return run_cli(QStringList{"board", "check", "--host", address(), "--known-hosts",
                                   m_folder.filePath("known_hosts"), "--json"} +
                       more);
    }

    void write_known_hosts() const {
        qt::write_file(m_folder.filePath("known_hosts"), m_board["known_hosts"].toUtf8() + '\n');
    }

private slots:
    void initTestCase() {
        m_board = qt::board_facts();
        if (m_board.contains("reason"))
            QSKIP(qPrintable(m_board["reason"]));
        if (const QString missing = qt::Keyring::missing(); !missing.isEmpty())
            QSKIP(qPrintable(missing));
        qunsetenv("SSH_AUTH_SOCK");
        m_strict.emplace(
            QStringList{"--sshd", "MaxAuthTries 1", "--sshd", "KbdInteractiveAuthentication no"});
        QVERIFY(!m_strict->facts.isEmpty());
        m_keyring.emplace();
        m_keyring->move_in();
        QVERIFY(m_keyring->start(qt::Keyring::Lock::open));
    }
    void init() {
        write_known_hosts();
        for (const KeychainItem& item : {password(), passphrase()})
            QCOMPARE(keychain::remove(item).state, KeychainState::ready);
    }

    void a_password() {
        QCOMPARE(check().error_code(), QString("board.denied"));
        const std::string right = m_board["password"].toStdString();
        QCOMPARE(keychain::write(password(), right).state, KeychainState::ready);
        for (int time = 0; time < 2; ++time) {
            const CliRun run = check();
            QVERIFY2(run.code == 0, run.all().constData());
            QVERIFY(!run.all().contains(m_board["password"].toUtf8()));
        }
        QCOMPARE(keychain::read(password()).secret, right);
        QCOMPARE(m_keyring->files_with(m_board["password"]), QStringList());
    }

    void a_passphrase() {
        const QStringList key{"--identity", m_board["locked_key"]};
        QCOMPARE(check(key).error_code(), QString("board.key_unreadable"));
        const std::string right = m_board["passphrase"].toStdString();
        QCOMPARE(keychain::write(passphrase(), right).state, KeychainState::ready);
        const CliRun run = check(key);
        QVERIFY2(run.code == 0, run.all().constData());
        QCOMPARE(keychain::read(passphrase()).secret, right);
    }

    /// It is tried once, told of, and left where it is.
    void a_wrong_one() {
        QCOMPARE(keychain::write(password(), "wrong one").state, KeychainState::ready);
        const CliRun run = check();
        QCOMPARE(run.error_code(), QString("board.denied"));
        QVERIFY2(run.err.contains("keychain"), run.err.constData());
        QVERIFY(!run.all().contains("wrong one"));
        QCOMPARE(keychain::read(password()).secret, std::string("wrong one"));
    }

    void the_environment_comes_first() {
        QCOMPARE(keychain::write(password(), "wrong one").state, KeychainState::ready);
        qputenv("QUANTWRIGHT_PASSWORD", m_board["password"].toUtf8());
        CliRun run = check();
        QVERIFY2(run.code == 0, run.all().constData());
        QVERIFY(!run.err.contains("keychain"));
        // And what it has is wrong: the keychain's is next.
        QCOMPARE(keychain::write(password(), m_board["password"].toStdString()).state, KeychainState::ready);
        qputenv("QUANTWRIGHT_PASSWORD", "wrong one");
        run = check();
        qunsetenv("QUANTWRIGHT_PASSWORD");
        QVERIFY2(run.code == 0, run.all().constData());
    }

    /// A server that hangs up after one wrong password: had the keychain been first, that would have been
    /// all.
    void nothing_wrong_is_tried_before_the_environment() {
        const qt::BoardFacts common = std::exchange(m_board, m_strict->facts);
        const auto back = qScopeGuard([&] { m_board = common; });
        write_known_hosts();
        QCOMPARE(keychain::write(password(), "wrong one").state, KeychainState::ready);
        QCOMPARE(check().error_code(), QString("board.denied"));
        qputenv("QUANTWRIGHT_PASSWORD", m_board["password"].toUtf8());
        const CliRun run = check();
        qunsetenv("QUANTWRIGHT_PASSWORD");
        QVERIFY2(run.code == 0, run.all().constData());
    }

    /// Ctrl+C while the keychain says nothing.
    void cancelled_while_it_hangs() {
        QCOMPARE(keychain::write(password(), m_board["password"].toStdString()).state, KeychainState::ready);
        m_keyring->freeze();
        QProcess process;
        process.setProcessEnvironment(cli_environment());
        process.start(QStringLiteral(QUANTWRIGHT_CLI),
                      {"board", "check", "--host", address(), "--known-hosts",
                       m_folder.filePath("known_hosts"), "--json"});
        QVERIFY(process.waitForStarted());
        QVERIFY(!process.waitForFinished(3000));
        process.terminate();
        const bool ended = process.waitForFinished(25'000);  // the keychain alone would be waited for longer
        m_keyring->go_on();
        QVERIFY(ended);
        QCOMPARE(process.exitCode(), 130);
    }
};

QTEST_GUILESS_MAIN(TestCliKeychain)
#include "test_cli_keychain.moc"
