// Commands that mend: what they are, and that a shell does with them what is meant.
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include "core/board/remedy.h"
#include "tests/board/board_connection.h"

using namespace quantwright;
namespace qt = quantwright::testing;

class TestRemedy : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    static std::string command(ErrorCode code, const std::string& subject = "k1:22",
                               const std::string& detail = {},
                               const BoardAddress& address = {"bianbu", "k1", 22}) {
        const auto remedy = remedy_of({code, subject, detail}, address);
        return remedy ? remedy->command : std::string();
    }

private slots:
    void waysIn() {
        QVERIFY(command(ErrorCode::board_refused).find("apt install openssh-server") != std::string::npos);
        QVERIFY(command(ErrorCode::board_no_sftp).find("openssh-sftp-server") != std::string::npos);
        QVERIFY(remedy_of({ErrorCode::board_refused, "k1:22", {}}, {})->on_board);
        QCOMPARE(command(ErrorCode::cancelled), "");
        QCOMPARE(command(ErrorCode::board_address), "");
        QCOMPARE(command(ErrorCode::board_denied), "sudo passwd bianbu");
        QCOMPARE(command(ErrorCode::board_denied, {}, {}, {"o'brien; reboot", "k1", 22}),
                 "sudo passwd 'o'\\''brien; reboot'");
        QVERIFY(command(ErrorCode::board_denied, {}, {}, {"root", "k1", 22}).find("PermitRootLogin yes") !=
                std::string::npos);
        const std::string only_keys =
            "Access denied for 'publickey'. Authentication that can continue: publickey";
        QVERIFY(command(ErrorCode::board_denied, {}, only_keys).find("PasswordAuthentication yes") !=
                std::string::npos);
        QCOMPARE(command(ErrorCode::board_denied, {}, only_keys + ",password"), "sudo passwd bianbu");
        QVERIFY(remedy_of_key({true, true}).command.starts_with("chmod go-w"));
        QVERIFY(remedy_of_key({true, false}).command.find("PubkeyAuthentication yes") != std::string::npos);
    }

    /// The command is typed into a shell, and only the changed key goes.
    void changedHostKey_data() {
        QTest::addColumn<QString>("subject");
        QTest::addColumn<QString>("known");
        QTest::newRow("plain") << "k1:22"
                               << "k1";
        QTest::newRow("port") << "k1:2222"
                              << "[k1]:2222";
        QTest::newRow("address") << "192.168.1.20:22"
                                 << "192.168.1.20";
        QTest::newRow("IPv6") << "[fe80::1]:22"
                              << "fe80::1";
        QTest::newRow("IPv6, port") << "[fe80::1]:2222"
                                    << "[fe80::1]:2222";
        QTest::newRow("shell's signs") << "k1$(touch${IFS}pwned);'x:22"
                                       << "k1$(touch${IFS}pwned);'x";
    }

    void changedHostKey() {
        QFETCH(QString, subject);
        QFETCH(QString, known);
        const QByteArray key =
            " ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl\n";
        const QString file = m_folder.filePath("known hosts");
        qt::write_file(file, known.toUtf8() + key + "other" + key);
        const auto remedy =
            remedy_of({ErrorCode::board_host_key_changed, subject.toStdString(), {}}, {}, file.toStdString());
        QVERIFY(remedy && !remedy->on_board);
        QProcess shell;
        shell.setWorkingDirectory(m_folder.path());
        shell.start("sh", {"-c", QString::fromStdString(remedy->command)});
        shell.waitForFinished(-1);
        QCOMPARE(shell.exitCode(), 0);
        QFile left(file);
        QVERIFY(left.open(QIODevice::ReadOnly));
        QCOMPARE(left.readAll(), "other" + key);
        QVERIFY(!QFile::exists(m_folder.filePath("pwned")));
    }
};

QTEST_GUILESS_MAIN(TestRemedy)
#include "test_remedy.moc"
