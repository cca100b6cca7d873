// The system's keychain: a real one, none, one that is locked, one that hangs.
#include <QtTest/QtTest>

#include <array>
#include <future>
#include <optional>
#include <thread>
#include <vector>

#include "core/board/authenticate.h"
#include "tests/board/keyring.h"
#include "tests/support/patience.h"
#include "widgets/keychain/keychain_login.h"

using namespace quantwright;
using namespace quantwright::testing;

namespace {

const QString secret = QStringLiteral("Sesam-öffne-dich 密码 7431");
const QString subject = QStringLiteral("board@k1.local:2222");

/// Another process.
QByteArray tool(const QProcessEnvironment& environment, const QStringList& arguments,
                const QString& input = {}) {
    QProcess process;
    process.setProcessEnvironment(environment);
    process.start(QStringLiteral(QUANTWRIGHT_KEYCHAIN_TOOL), arguments);
    process.write(input.toUtf8());
    process.closeWriteChannel();
    if (!process.waitForFinished(120'000) || process.exitCode() != 0)
        return "failed: " + process.readAllStandardError();
    return process.readAllStandardOutput();
}

}  // namespace

class TestKeychain : public QObject {
    Q_OBJECT

    std::optional<Keyring> m_keyring;
    const KeychainItem m_item{KeychainItem::Kind::password, subject.toStdString()};

    [[nodiscard]] QByteArray tool(const QStringList& arguments, const QString& input = {}) const {
        return ::tool(m_keyring->environment(), arguments, input);
    }

private slots:
    void initTestCase() {
        if (const QString missing = Keyring::missing(); !missing.isEmpty())
            QSKIP(qPrintable(missing));
        m_keyring.emplace();
        m_keyring->move_in();
        QVERIFY(m_keyring->start(Keyring::Lock::open));
    }
    void init() {
        if (m_keyring)
            QCOMPARE(keychain::remove(m_item).state, KeychainState::ready);
    }

    void what_one_process_writes_another_reads() {
        QCOMPARE(tool({"read", "password", subject}), "ready\n");
        QCOMPARE(tool({"write", "password", subject}, secret), "ready\n");
        QCOMPARE(tool({"read", "password", subject}), "ready\n" + secret.toUtf8() + '\n');
        QCOMPARE(tool({"read", "passphrase", subject}), "ready\n");
        QCOMPARE(tool({"read", "password", subject + '2'}), "ready\n");
        QCOMPARE(tool({"write", "password", subject}, "another"), "ready\n");
        QCOMPARE(tool({"read", "password", subject}), "ready\nanother\n");
        QCOMPARE(tool({"remove", "password", subject}), "ready\n");
        QCOMPARE(tool({"read", "password", subject}), "ready\n");
        QCOMPARE(tool({"remove", "password", subject}), "ready\n");
    }

    /// From a thread without an event loop, as jobs are.
    void from_any_thread() {
        QCOMPARE(keychain::write(m_item, secret.toStdString()).state, KeychainState::ready);
        std::array<KeychainAnswer, 4> answers;
        std::vector<std::thread> threads;
        for (KeychainAnswer& answer : answers)
            threads.emplace_back([&] { answer = keychain::read(m_item); });
        for (std::thread& thread : threads)
            thread.join();
        for (const KeychainAnswer& answer : answers)
            QCOMPARE(answer.secret, secret.toStdString());
    }

    /// The end of the program waits for it.
    void written_later() {
        QCOMPARE(tool({"write_later", "password", subject}, secret), "absent\n");
        QCOMPARE(keychain::read(m_item).secret, secret.toStdString());
        std::promise<KeychainState> done;
        keychain::remove_later(m_item, [&](const KeychainAnswer& answer) { done.set_value(answer.state); });
        QCOMPARE(done.get_future().get(), KeychainState::ready);
        QCOMPARE(keychain::read(m_item).secret, std::nullopt);
    }

    void no_file_has_the_secret() {
        QCOMPARE(tool({"write", "password", subject}, secret), "ready\n");
        QCOMPARE(m_keyring->files_with(secret), QStringList());
        // The search finds what is there.
        QFile trace(m_keyring->home() + "/trace");
        QVERIFY(trace.open(QIODevice::WriteOnly));
        trace.write("x" + secret.toUtf8());
        trace.close();
        QCOMPARE(m_keyring->files_with(secret), QStringList(trace.fileName()));
        QVERIFY(trace.remove());
    }

    void without_a_keychain_data() {
        QTest::addColumn<bool>("bus");
        QTest::addColumn<bool>("libsecret");
        QTest::newRow("nobody on the bus") << true << true;
        QTest::newRow("no bus") << false << true;
        QTest::newRow("no libsecret") << true << false;
        QTest::newRow("neither") << false << false;
    }
    /// A normal answer, and what was to be written is nowhere.
    void without_a_keychain() {
        QFETCH(bool, bus);
        QFETCH(bool, libsecret);
        const Keyring nothing;
        QProcessEnvironment environment = nothing.environment();
        if (!bus)
            environment.insert("DBUS_SESSION_BUS_ADDRESS", "unix:path=" + nothing.home() + "/no bus");
        if (!libsecret) {
            const QString folder = nothing.home() + "/libraries";
            QVERIFY(QDir().mkpath(folder));
            for (const char* name : {"libsecret-1.so", "libsecret-1.so.0", "secret-1.so", "secret-1.so.0"}) {
                QFile fake(folder + '/' + name);
                QVERIFY(fake.open(QIODevice::WriteOnly));
                fake.write("no library");
            }
            environment.insert("LD_LIBRARY_PATH", folder);
            // Then QtKeychain turns to KWallet, and has a plain-text file to fall back on.
            environment.insert("XDG_CURRENT_DESKTOP", "KDE");
            environment.insert("KDE_SESSION_VERSION", "5");
        }
        QCOMPARE(::tool(environment, {"read", "password", subject}), "absent\n");
        QCOMPARE(::tool(environment, {"write", "password", subject}, secret), "absent\n");
        QCOMPARE(::tool(environment, {"remove", "password", subject}), "absent\n");
        QCOMPARE(nothing.files_with(secret), QStringList());
    }

    /// There is nobody who could unlock it: the answer comes all the same.
    void locked() {
        QCOMPARE(tool({"write", "password", subject}, secret), "ready\n");
        m_keyring->stop();
        QVERIFY(m_keyring->start(Keyring::Lock::locked));
        const QByteArray read = tool({"read", "password", subject});
        QVERIFY2(read == "ready\n" || read == "refused\n" || read == "absent\n", read.constData());
        const QByteArray written = tool({"write", "password", subject}, "another");
        QVERIFY2(written == "refused\n" || written == "absent\n", written.constData());
        m_keyring->stop();
        QVERIFY(m_keyring->start(Keyring::Lock::open));
        QCOMPARE(tool({"read", "password", subject}), "ready\n" + secret.toUtf8() + '\n');
    }

    /// One that hangs costs its time once, and is used again when it answers.
    void hanging() {
        using namespace std::chrono_literals;
        QCOMPARE(keychain::write(m_item, secret.toStdString()).state, KeychainState::ready);
        m_keyring->freeze();
        CancelToken cancel;
        cancel.cancel();
        QCOMPARE(keychain::read(m_item, cancel, 1h).state, KeychainState::silent);
        QCOMPARE(keychain::read(m_item, {}, 300ms).state, KeychainState::silent);
        // Else it would be the test's end.
        QCOMPARE(keychain::read(m_item, {}, 1h).state, KeychainState::silent);
        QCOMPARE(keychain::write(m_item, "late", {}, 1h).state, KeychainState::silent);
        m_keyring->go_on();
        QTRY_COMPARE(keychain::read(m_item).secret, secret.toStdString());
    }

    void a_login_is_offered_it_once() {
        QCOMPARE(keychain::write(m_item, "wrong").state, KeychainState::ready);
        SecretQuestion question{SecretQuestion::Kind::password, subject.toStdString()};
        KeychainLogin login;
        QCOMPARE(login.look_up(question, {}), std::optional<std::string>("wrong"));
        QVERIFY(!login.was_wrong(question));
        question.attempt = 2;
        QCOMPARE(login.look_up(question, {}), std::nullopt);
        QVERIFY(login.was_wrong(question));
        QCOMPARE(login.state(), KeychainState::ready);

        // Nor what was tried already, nor what is in doubt.
        KeychainLogin after_memory;
        const std::string tried = "wrong";
        QCOMPARE(after_memory.look_up(question, {}, &tried), std::nullopt);
        QVERIFY(after_memory.was_wrong(question));
        question.attempt = 1;
        KeychainLogin doubting({m_item});
        QCOMPARE(doubting.look_up(question, {}), std::nullopt);
        QVERIFY(doubting.is_doubted(question) && !doubting.was_wrong(question));

        // A board's own question has nothing to do with it.
        question.kind = SecretQuestion::Kind::answer;
        KeychainLogin other;
        QCOMPARE(other.look_up(question, {}), std::nullopt);
        QVERIFY(!item_of(question));
    }

    /// Prompts of sshd, PAM modules and appliances: only what lasts may be kept.
    void prompts_data() {
        QTest::addColumn<QString>("prompt");
        QTest::addColumn<bool>("lasts");
        QTest::newRow("PAM") << "Password: " << true;
        QTest::newRow("OpenSSH") << "(board@k1) Password: " << true;
        QTest::newRow("lower case") << "board@k1's password: " << true;
        QTest::newRow("Chinese") << QStringLiteral("密码：") << true;
        QTest::newRow("OATH") << "One-time password (OATH) for `board': " << false;
        QTest::newRow("OTP") << "Password (OTP): " << false;
        QTest::newRow("verification") << "Verification code: " << false;
        QTest::newRow("token") << "Token password: " << false;
        QTest::newRow("Chinese, one-time") << QStringLiteral("动态密码：") << false;
        QTest::newRow("anything") << "Favourite colour? " << false;
    }
    void prompts() {
        QFETCH(QString, prompt);
        QFETCH(bool, lasts);
        QCOMPARE(is_password_prompt(prompt.toStdString()), lasts);
    }

    void a_key_is_one_however_it_is_spelt() {
        const QTemporaryDir folder;
        QVERIFY(QDir(folder.path()).mkpath("keys"));
        const std::string path = folder.path().toStdString();
        const auto item = [](const std::string& file) {
            return item_of({SecretQuestion::Kind::passphrase, file})->subject;
        };
        QCOMPARE(item(path + "/keys/../keys/id"), item(path + "/keys/id"));
        const QString before = QDir::currentPath();
        QVERIFY(QDir::setCurrent(folder.path()));
        QCOMPARE(item("keys/id"), item(path + "/keys/id"));
        QVERIFY(QDir::setCurrent(before));
    }

    /// The last: work outlives the session's bus.
    void the_bus_ends() {
        QCOMPARE(keychain::read(m_item).state, KeychainState::ready);
        m_keyring.reset();
        QTRY_COMPARE(keychain::read(m_item).state, KeychainState::absent);
    }
};

QTEST_GUILESS_MAIN(TestKeychain)
#include "test_keychain.moc"
