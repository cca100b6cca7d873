// A key on its way into authorized_keys of a board of the test's own, and in with it afterwards.
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

#include "core/board/install_key.h"
#include "core/board/remedy.h"
#include "core/board/sftp.h"
#include "tests/board/board_connection.h"

using namespace quantwright;
namespace qt = quantwright::testing;

class TestInstallKey : public QObject {
    Q_OBJECT

    static constexpr unsigned k_user = 1000;
    std::unique_ptr<qt::OwnBoard> m_board;
    std::unique_ptr<qt::Door> m_door;
    std::unique_ptr<Connection> m_connection;  ///< by the password
    PublicKey m_key;

    [[nodiscard]] QString home() const { return m_board->facts["root"] + "/home/board"; }
    [[nodiscard]] QString ssh() const { return home() + "/.ssh"; }
    [[nodiscard]] QString authorized() const { return ssh() + "/authorized_keys"; }
    [[nodiscard]] std::filesystem::path keyFile() const { return m_door->path("id").toStdString(); }

    static void own(const QString& path, int mode) {
        const QByteArray name = path.toUtf8();
        QCOMPARE(::lchown(name.constData(), k_user, k_user), 0);
        QCOMPARE(::chmod(name.constData(), static_cast<mode_t>(mode)), 0);
    }
    static struct stat infoOf(const QString& path) {
        struct stat info {};
        ::lstat(path.toUtf8().constData(), &info);
        return info;
    }
    static int modeOf(const QString& path) { return static_cast<int>(infoOf(path).st_mode & 07777U); }
    static QByteArray read(const QString& path) {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("unreadable");
    }
    /// The account as it is made, without ~/.ssh.
    void reset() {
        QDir(ssh()).removeRecursively();
        QFile::remove(ssh());
        QFile::remove(home() + "/keys");
        own(home(), 0755);
    }
    void makeFolder() {
        QVERIFY(QDir(home()).mkdir(".ssh"));
        own(ssh(), 0700);
    }
    void makeFile(const QByteArray& text, int mode = 0600) {
        makeFolder();
        qt::write_file(authorized(), text);
        own(authorized(), mode);
    }
    [[nodiscard]] QStringList filesInSsh() const {
        return QDir(ssh()).entryList(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot);
    }
    [[nodiscard]] QByteArray line() const { return QByteArray::fromStdString(m_key.line()) + '\n'; }
    [[nodiscard]] QByteArray install(InstalledKey* installed = nullptr) const {
        const auto result = install_key(*m_connection, m_key);
        if (result && installed)
            *installed = *result;
        return qt::outcome(result);
    }
    /// With the key alone: the right password is at hand, and must not help.
    [[nodiscard]] QByteArray comeInWithKey() const {
        return qt::outcome(connect_with_key(m_door->options, keyFile(), m_door->questions));
    }

private slots:
    void initTestCase() {
        if (const qt::BoardFacts facts = qt::board_facts(); facts.contains("reason"))
            QSKIP(qPrintable(facts["reason"]));
        m_board = std::make_unique<qt::OwnBoard>(QStringList());
        QVERIFY(!m_board->facts.isEmpty());
        m_door = std::make_unique<qt::Door>(m_board->facts);
        m_door->options.identity = m_door->path("none").toStdString();
        m_door->questions.secret = [password = m_board->facts["password"].toStdString()](const auto&) {
            return std::optional(password);
        };
        const auto key = create_key_pair(keyFile(), "me@here");
        QVERIFY(key);
        m_key = *key;
        // A key that the board does not know: what comes in is the password.
        QVERIFY(create_key_pair(m_door->path("none").toStdString(), {}));
        auto connection = m_door->open();
        QVERIFY2(connection, connection ? "" : qt::code_of(connection.error()).c_str());
        m_connection = std::move(*connection);
    }
    void cleanupTestCase() {
        m_connection.reset();
        m_board.reset();
    }
    void init() { reset(); }

    void added_data() {
        QTest::addColumn<bool>("there");
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QByteArray>("between");  // of that and the new line
        const QByteArray other =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
        QTest::newRow("no folder") << false << QByteArray() << QByteArray();
        QTest::newRow("empty file") << true << QByteArray() << QByteArray();
        QTest::newRow("one line") << true << other + " x\n" << QByteArray();
        QTest::newRow("no final newline") << true << other + " x" << QByteArray("\n");
        QTest::newRow("CRLF") << true << other + " x\r\n# y\r\n" << QByteArray();
        QTest::newRow("CRLF without the last") << true << other + " x\r\n" + other << QByteArray("\n");
        QTest::newRow("comments, blank lines, options")
            << true
            << "# mine\n\n  \t\nno-pty,from=\"10.0.0.*\" " + other + " a \"quoted\" comment\n#\n" +
                   QByteArray("command=\"echo \\\"hi\\\"; exit\" ") + other + "\n"
            << QByteArray();
        QTest::newRow("commented out") << true << QByteArray("# KEY\n") << QByteArray();
        QTest::newRow("in a command's quotes") << true << "command=\"echo KEY\" " + other + "\n"
                                               << QByteArray();
        QTest::newRow("of an authority") << true << QByteArray("cert-authority KEY\n") << QByteArray();
        QTest::newRow("not all of it") << true << QByteArray("KEYA\n") << QByteArray();
        QTest::newRow("bytes that are no text")
            << true << QByteArray("\x00\xff\xfe\n\x80", 5) << QByteArray("\n");
    }

    void added() {
        QFETCH(bool, there);
        QFETCH(QByteArray, before);
        QFETCH(QByteArray, between);
        const QByteArray bare = QByteArray::fromStdString(m_key.type + " " + m_key.base64);
        before.replace("KEY", bare);
        if (there)
            makeFile(before);
        QVERIFY(comeInWithKey() == "board.denied");
        InstalledKey installed;
        QCOMPARE(install(&installed), QByteArray("ok"));
        QVERIFY(installed.added && !installed.too_open);
        QCOMPARE(read(authorized()), before + between + line());
        QCOMPARE(filesInSsh(), QStringList("authorized_keys"));
        QCOMPARE(modeOf(ssh()), 0700);
        QCOMPARE(modeOf(authorized()), 0600);
        QCOMPARE(infoOf(authorized()).st_uid, k_user);
        QCOMPARE(comeInWithKey(), QByteArray("ok"));
        // Once is enough.
        const auto inode = infoOf(authorized()).st_ino;
        QCOMPARE(install(&installed), QByteArray("ok"));
        QVERIFY(!installed.added);
        QCOMPARE(read(authorized()), before + between + line());
        QCOMPARE(infoOf(authorized()).st_ino, inode);
    }

    void thereAlready_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("other comment") << QByteArray("KEY somebody else's\n");
        QTest::newRow("no final newline") << QByteArray("KEY");
        QTest::newRow("CRLF") << QByteArray("# x\r\nKEY\r\n");
        QTest::newRow("blanks ahead") << QByteArray(" \t KEY\n");
        QTest::newRow("options") << QByteArray("no-pty,command=\"a \\\" b\" KEY\n");
    }

    void thereAlready() {
        QFETCH(QByteArray, text);
        text.replace("KEY", QByteArray::fromStdString(m_key.type + " " + m_key.base64));
        makeFile(text, 0640);
        const auto inode = infoOf(authorized()).st_ino;
        InstalledKey installed;
        QCOMPARE(install(&installed), QByteArray("ok"));
        QVERIFY(!installed.added);
        QCOMPARE(read(authorized()), text);
        QCOMPARE(infoOf(authorized()).st_ino, inode);
        QCOMPARE(comeInWithKey(), QByteArray("ok"));
    }

    void keptAsItIs() {
        makeFile("# mine\n", 0640);
        QCOMPARE(install(), QByteArray("ok"));
        QCOMPARE(modeOf(authorized()), 0640);
        QCOMPARE(read(authorized()), "# mine\n" + line());

        // A link stays one, and what it leads to gets the line.
        reset();
        makeFolder();
        qt::write_file(home() + "/keys", "# elsewhere\n");
        own(home() + "/keys", 0600);
        QVERIFY(QFile::link("../keys", authorized()));
        QCOMPARE(install(), QByteArray("ok"));
        QVERIFY(QFileInfo(authorized()).isSymLink());
        QCOMPARE(read(home() + "/keys"), "# elsewhere\n" + line());
        QCOMPARE(modeOf(home() + "/keys"), 0600);
        QCOMPARE(filesInSsh(), QStringList("authorized_keys"));
        QCOMPARE(comeInWithKey(), QByteArray("ok"));
    }

    /// Such a link holds no keys: it is replaced.
    void linkToNothing() {
        for (const char* target : {"nowhere", "authorized_keys"}) {
            reset();
            makeFolder();
            QVERIFY(QFile::link(target, authorized()));
            QCOMPARE(install(), QByteArray("ok"));
            QVERIFY(!QFileInfo(authorized()).isSymLink());
            QCOMPARE(read(authorized()), line());
            QCOMPARE(filesInSsh(), QStringList("authorized_keys"));
        }
        QCOMPARE(comeInWithKey(), QByteArray("ok"));
    }

    void nonsense_data() {
        QTest::addColumn<QString>("what");
        QTest::addColumn<QByteArray>("outcome");
        QTest::newRow("pipe") << "pipe" << QByteArray("board.not_writable");
        QTest::newRow("folder") << "folder" << QByteArray("board.not_writable");
        QTest::newRow("device without an end") << "device" << QByteArray("board.not_writable");
        QTest::newRow("too long") << "long" << QByteArray("board.bad_answer");
        QTest::newRow("folder of another") << "foreign" << QByteArray("board.not_writable");
        QTest::newRow("file in place of the folder") << "file" << QByteArray("board.not_writable");
    }

    void nonsense() {
        QFETCH(QString, what);
        QFETCH(QByteArray, outcome);
        const QByteArray path = authorized().toUtf8();
        if (what == "file")
            qt::write_file(ssh(), "x");
        else
            makeFolder();
        if (what == "pipe") {
            QCOMPARE(::mkfifo(path.constData(), 0600), 0);
            own(authorized(), 0600);
        } else if (what == "folder") {
            QVERIFY(QDir(ssh()).mkdir("authorized_keys"));
        } else if (what == "device") {
            QVERIFY(QFile::link("/dev/zero", authorized()));
        } else if (what == "long") {
            qt::write_file(authorized(), QByteArray((1 << 20) + 1, '#'));
        } else if (what == "foreign") {
            QCOMPARE(::chown(ssh().toUtf8().constData(), 0, 0), 0);
            QCOMPARE(::chmod(ssh().toUtf8().constData(), 0755), 0);
        }
        const auto before = filesInSsh();
        const auto inode = infoOf(authorized()).st_ino;
        QCOMPARE(install(), outcome);
        QCOMPARE(filesInSsh(), before);
        QCOMPARE(infoOf(authorized()).st_ino, inode);
    }

    /// sshd heeds no file that others may write to; the command given for that mends it.
    void tooOpen() {
        makeFolder();
        own(ssh(), 0777);
        InstalledKey installed;
        QCOMPARE(install(&installed), QByteArray("ok"));
        QVERIFY(installed.added && installed.too_open);
        QCOMPARE(comeInWithKey(), QByteArray("board.denied"));
        const Remedy remedy = remedy_of_key(installed);
        QVERIFY(remedy.on_board);
        QCOMPARE(qt::run_standin({"exec", "--dir", m_board->facts["dir"], "sh", "-c",
                                  QString::fromStdString(remedy.command)})
                     .status,
                 0);
        QCOMPARE(comeInWithKey(), QByteArray("ok"));
        QCOMPARE(install(&installed), QByteArray("ok"));
        QVERIFY(!installed.too_open);
    }

    /// A passphrase is the one thing that is asked.
    void encryptedKey() {
        const auto file = m_door->path("locked").toStdString();
        const auto key = create_key_pair(file, "locked", "open sesame");
        QVERIFY(key);
        makeFile(QByteArray::fromStdString(key->line()) + '\n');
        ConnectQuestions questions;
        QList<SecretQuestion::Kind> asked;
        questions.secret = [&](const SecretQuestion& question) {
            asked << question.kind;
            return std::optional<std::string>("open sesame");
        };
        QCOMPARE(qt::outcome(connect_with_key(m_door->options, file, questions)), QByteArray("ok"));
        QCOMPARE(asked, QList{SecretQuestion::Kind::passphrase});
    }

    void cancelled() {
        makeFile("# mine\n");
        const auto connection = m_door->open();  // this ends it
        QVERIFY(connection);
        CancelToken token;
        token.cancel();
        QCOMPARE(qt::outcome(install_key(**connection, m_key, JobContext(token))), QByteArray("cancelled"));
        QCOMPARE(read(authorized()), QByteArray("# mine\n"));
        QCOMPARE(filesInSsh(), QStringList("authorized_keys"));
    }

    void otherServers() {
        {
            const qt::OwnBoard board({"--no-sftp"});
            qt::Door door(board.facts);
            const auto connection = door.open();
            QVERIFY(connection);
            QCOMPARE(qt::outcome(install_key(**connection, m_key)), QByteArray("board.no_sftp"));
        }
        {
            // Keys are not heeded at all: the password that would be taken is not tried.
            const qt::OwnBoard board({"--sshd", "PubkeyAuthentication no"});
            qt::Door door(board.facts);
            door.questions.secret = [password = board.facts["password"].toStdString()](const auto&) {
                return std::optional(password);
            };
            const auto connection = door.open();
            QVERIFY(connection);
            QVERIFY(install_key(**connection, m_key));
            QCOMPARE(qt::outcome(connect_with_key(door.options, keyFile(), door.questions)),
                     QByteArray("board.denied"));
        }
        {
            // Where a file can't be replaced in one step it is added to.
            const qt::OwnBoard board(
                {"--no-sftp", "--sshd", "Subsystem sftp /usr/lib/openssh/sftp-server -P posix-rename"});
            qt::Door door(board.facts);
            const auto connection = door.open();
            QVERIFY(connection);
            const auto sftp = (*connection)->sftp();
            QVERIFY(sftp);
            QVERIFY(!(*sftp)->renames_at_once());
            const QString file = board.facts["root"] + "/home/board/.ssh/authorized_keys";
            const QByteArray before = read(file);
            const auto inode = infoOf(file).st_ino;
            QCOMPARE(qt::outcome(install_key(**connection, m_key)), QByteArray("ok"));
            QCOMPARE(read(file), before + line());
            QCOMPARE(infoOf(file).st_ino, inode);
            QCOMPARE(qt::outcome(connect_with_key(door.options, keyFile(), {})), QByteArray("ok"));
        }
    }
};

QTEST_GUILESS_MAIN(TestInstallKey)
#include "test_install_key.moc"
