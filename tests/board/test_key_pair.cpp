// Keys as OpenSSH's own programs read them, and what stands in the way of one.
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

#include "core/board/key_pair.h"
#include "tests/board/board_connection.h"

using namespace quantwright;
namespace qt = quantwright::testing;

class TestKeyPair : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    [[nodiscard]] std::filesystem::path place(const QString& name) const {
        return m_folder.filePath(name).toStdString();
    }
    static int modeOf(const std::filesystem::path& path) {
        struct stat info {};
        return ::lstat(path.c_str(), &info) == 0 ? static_cast<int>(info.st_mode & 07777U) : -1;
    }
    struct Said {
        int status = -1;
        QString text;
    };
    static Said keygen(const QStringList& arguments) {
        QProcess process;
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start("ssh-keygen", arguments);
        process.waitForFinished(-1);
        return {process.exitCode(), QString::fromUtf8(process.readAll()).trimmed()};
    }
    static QString text(const std::filesystem::path& path) { return QString::fromStdString(path.string()); }
    static QByteArray read(const std::filesystem::path& path) {
        QFile file(text(path));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    [[nodiscard]] QStringList filesIn(const QString& folder) const {
        return QDir(m_folder.filePath(folder))
            .entryList(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot);
    }

private slots:
    void initTestCase() {
        if (keygen({"-?"}).status < 0)
            QSKIP("ssh-keygen is missing");
    }

    void readByOpenSsh_data() {
        QTest::addColumn<QByteArray>("passphrase");
        QTest::newRow("open") << QByteArray();
        QTest::newRow("encrypted") << QByteArray("two words, “ü”");
    }

    void readByOpenSsh() {
        QFETCH(QByteArray, passphrase);
        const bool locked = !passphrase.isEmpty();
        const QString folder = locked ? "locked" : "open";
        const auto file = place(folder + "/id");
        const auto made =
            create_key_pair(file, "me@here\n\x1b[2Jx", locked ? passphrase.constData() : nullptr);
        QVERIFY2(made, made ? "" : qt::code_of(made.error()).c_str());
        QCOMPARE(made->comment, "me@here [2Jx");
        QCOMPARE(made->type, "ssh-ed25519");
        QCOMPARE(filesIn(folder), QStringList({"id", "id.pub"}));
        QCOMPARE(modeOf(place(folder)), 0700);
        QCOMPARE(modeOf(file), 0600);
        QCOMPARE(modeOf(file.string() + ".pub"), 0644);
        const QString fingerprint = QString::fromStdString(made->fingerprint);
        for (const QString& half : {text(file), text(file) + ".pub"}) {
            const Said listed = keygen({"-l", "-f", half});
            QCOMPARE(listed.text, "256 " + fingerprint + " me@here [2Jx (ED25519)");
        }
        // The private half says so too, without its public one beside it.
        QVERIFY(QFile::rename(text(file) + ".pub", text(file) + ".aside"));
        const Said derived = keygen({"-y", "-P", QString::fromUtf8(passphrase), "-f", text(file)});
        QCOMPARE(derived.status, 0);
        QCOMPARE(derived.text.section(' ', 0, 1), QString::fromStdString(made->type + " " + made->base64));
        if (locked)
            QVERIFY(keygen({"-y", "-P", "wrong", "-f", text(file)}).status != 0);
        const auto half = read_public_key(file);
        QVERIFY(half);
        QCOMPARE(half->base64, made->base64);
        QCOMPARE(half->fingerprint, made->fingerprint);
        QCOMPARE(half->comment, "");
        QVERIFY(QFile::rename(text(file) + ".aside", text(file) + ".pub"));
        QCOMPARE(read_public_key(file).value().line(), made->line());
        // No two are the same.
        const auto other = create_key_pair(place(folder + "/other"), {}, nullptr);
        QVERIFY(other && other->base64 != made->base64);
        QCOMPARE(other->line(), "ssh-ed25519 " + other->base64);
    }

    void nothingIsReplaced_data() {
        QTest::addColumn<QString>("in_the_way");
        QTest::addColumn<bool>("link");
        QTest::newRow("private half") << "id" << false;
        QTest::newRow("public half") << "id.pub" << false;
        QTest::newRow("link to nothing") << "id" << true;
        QTest::newRow("public link to nothing") << "id.pub" << true;
    }

    void nothingIsReplaced() {
        QFETCH(QString, in_the_way);
        QFETCH(bool, link);
        const QString folder = QString("way%1%2").arg(in_the_way).arg(link);
        QVERIFY(QDir(m_folder.path()).mkdir(folder));
        const QString path = m_folder.filePath(folder + '/' + in_the_way);
        if (link)
            QVERIFY(QFile::link(m_folder.filePath("elsewhere"), path));
        else
            qt::write_file(path, "precious");
        QCOMPARE(qt::outcome(create_key_pair(place(folder + "/id"), "me")), QByteArray("output.unwritable"));
        QCOMPARE(filesIn(folder), QStringList(in_the_way));
        if (!link)
            QCOMPARE(read(place(folder + '/' + in_the_way)), QByteArray("precious"));
        QVERIFY(!QFileInfo::exists(m_folder.filePath("elsewhere")));
    }

    void noFolder() {
        qt::write_file(m_folder.filePath("file"), "x");
        for (const char* path : {"file/id", "none/none/id"}) {
            const auto made = create_key_pair(place(path), "me");
            QCOMPARE(qt::outcome(made), QByteArray("output.unwritable"));
            QVERIFY(!made.error().detail.empty());
        }
        QVERIFY(!QFileInfo::exists(m_folder.filePath("none")));
    }

    void fullDisk() {
        // As much of a disk as a key needs is less than this one has.
        const QString folder = m_folder.filePath("full");
        QVERIFY(QDir().mkdir(folder));
        QProcess mount;
        mount.start("mount", {"-t", "tmpfs", "-o", "size=4k,nr_inodes=8", "tmpfs", folder});
        mount.waitForFinished(-1);
        if (mount.exitCode() != 0)
            QSKIP("no file system can be mounted here");
        qt::write_file(folder + "/filler", QByteArray(4096, 'x'));
        const auto made = create_key_pair(place("full/id"), "me");
        const QStringList left = filesIn("full");
        QProcess::execute("umount", {folder});
        QCOMPARE(qt::outcome(made), QByteArray("output.disk_full"));
        QCOMPARE(left, QStringList("filler"));
    }

    void publicHalf_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<bool>("alone");  // without its .pub
        QTest::addColumn<bool>("readable");
        QTest::newRow("ed25519") << QStringList{"-t", "ed25519", "-N", ""} << true << true;
        QTest::newRow("ed25519, encrypted") << QStringList{"-t", "ed25519", "-N", "secret"} << true << true;
        QTest::newRow("rsa") << QStringList{"-t", "rsa", "-b", "2048", "-N", ""} << true << true;
        QTest::newRow("ecdsa") << QStringList{"-t", "ecdsa", "-b", "384", "-N", ""} << true << true;
        QTest::newRow("PEM") << QStringList{"-t", "rsa", "-b", "2048", "-m", "PEM", "-N", ""} << true << true;
        QTest::newRow("PEM, encrypted, with .pub")
            << QStringList{"-t", "rsa", "-b", "2048", "-m", "PEM", "-N", "secret"} << false << true;
        QTest::newRow("PEM, encrypted, alone")
            << QStringList{"-t", "rsa", "-b", "2048", "-m", "PEM", "-N", "secret"} << true << false;
    }

    void publicHalf() {
        QFETCH(QStringList, arguments);
        QFETCH(bool, alone);
        QFETCH(bool, readable);
        const QString file =
            m_folder.filePath(QString("given%1").arg(qHash(arguments + QStringList(alone ? "a" : "b"))));
        QCOMPARE(keygen(QStringList{"-q", "-C", "from elsewhere", "-f", file} + arguments).status, 0);
        QFile open(file + ".pub");
        QVERIFY(open.open(QIODevice::ReadOnly));
        const QString line = QString::fromUtf8(open.readAll()).trimmed();
        const QString fingerprint = keygen({"-l", "-f", file + ".pub"}).text.section(' ', 1, 1);
        if (alone)
            QVERIFY(open.remove());
        const auto half = read_public_key(file.toStdString());
        if (!readable) {
            QCOMPARE(qt::outcome(half), QByteArray("board.key_unreadable"));
            return;
        }
        QVERIFY2(half, half ? "" : qt::code_of(half.error()).c_str());
        QCOMPARE(QString::fromStdString(half->type + " " + half->base64), line.section(' ', 0, 1));
        QCOMPARE(QString::fromStdString(half->fingerprint), fingerprint);
        QCOMPARE(half->comment, alone ? "" : "from elsewhere");
    }

    void noKey() {
        QCOMPARE(qt::outcome(read_public_key(place("nothing"))), QByteArray("board.key_unreadable"));
        QCOMPARE(qt::outcome(read_public_key(place("."))), QByteArray("board.key_unreadable"));
        qt::write_file(m_folder.filePath("text"), "hello");
        QCOMPARE(qt::outcome(read_public_key(place("text"))), QByteArray("board.key_unreadable"));
        qt::write_file(m_folder.filePath("broken"), "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n");
        QCOMPARE(qt::outcome(read_public_key(place("broken"))), QByteArray("board.key_unreadable"));
        // The public half is no key to log in with.
        QVERIFY(create_key_pair(place("one"), "one"));
        QCOMPARE(qt::outcome(read_public_key(place("one.pub"))), QByteArray("board.key_unreadable"));
        // That of another key beside it is not taken for its own.
        const auto two = create_key_pair(place("two"), "two");
        QVERIFY(two);
        QVERIFY(QFile::remove(m_folder.filePath("two.pub")));
        QVERIFY(QFile::copy(m_folder.filePath("one.pub"), m_folder.filePath("two.pub")));
        const auto again = read_public_key(place("two"));
        QVERIFY(again);
        QCOMPARE(again->base64, two->base64);
        QCOMPARE(again->comment, "");
    }
};

QTEST_GUILESS_MAIN(TestKeyPair)
#include "test_key_pair.moc"
