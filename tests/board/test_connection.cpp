// Logging in to a real sshd, and what can be wrong with it.
#include <QtTest/QtTest>

#include <thread>

#include "tests/board/board_connection.h"
#include "tests/support/patience.h"

using namespace quantwright;
using namespace quantwright::testing;

namespace {

QByteArray run_tool(const QString& program, const QStringList& arguments) {
    QProcess process;
    process.start(program, arguments);
    process.waitForFinished();
    return process.readAllStandardOutput();
}

QString make_key(const Door& door, const QString& type) {
    const QString path = door.path(type + "_other");
    run_tool("ssh-keygen", {"-q", "-t", type, "-N", "", "-f", path});
    return path;
}

}  // namespace

class TestConnection : public QObject {
    Q_OBJECT

    BoardFacts m_facts;

    [[nodiscard]] Door door() const { return Door(m_facts); }

    /// Without a key; every secret is the same, and counted.
    static void use_password(Door& door, const std::string& password, std::vector<SecretQuestion>& asked) {
        door.options.identity = "";
        door.questions.secret = [password, &asked](const SecretQuestion& question) {
            asked.push_back(question);
            return password;
        };
    }

private slots:
    void initTestCase() {
        m_facts = board_facts();
        if (m_facts.contains("reason"))
            QSKIP(qPrintable(m_facts["reason"]));
        // Neither this user's agent nor keys take part.
        qunsetenv("SSH_AUTH_SOCK");
    }

    void key() {
        const Door door = this->door();
        const auto connection = door.open();
        QVERIFY2(connection, connection ? "" : code_of(connection.error()).c_str());
        QCOMPARE((*connection)->address(), door.options.address);
        QCOMPARE((*connection)->run("uname -m").value_or("?"), "riscv64\n");
    }

    void several_at_once() {
        const Door door = this->door();
        const auto first = door.open(), second = door.open();
        QVERIFY(first && second);
        std::string from_thread;
        std::thread other([&] { from_thread = (*second)->run("echo two").value_or("?"); });
        QCOMPARE((*first)->run("echo one").value_or("?"), "one\n");
        other.join();
        QCOMPARE(from_thread, "two\n");
    }

    void encrypted_key() {
        Door door = this->door();
        door.options.identity = m_facts["locked_key"].toStdString();
        std::vector<SecretQuestion> asked;
        door.questions.secret = [&](const SecretQuestion& question) {
            asked.push_back(question);
            return question.attempt == 1 ? "wrong" : m_facts["passphrase"].toStdString();
        };
        QCOMPARE(outcome(door.open()), "ok");
        QCOMPARE(asked.size(), 2U);
        QCOMPARE(asked[0].kind, SecretQuestion::Kind::passphrase);
        QCOMPARE(asked[0].subject, m_facts["locked_key"].toStdString());
        QCOMPARE(asked[1].attempt, 2);

        door.questions.secret = {};
        QCOMPARE(outcome(door.open()), "board.key_unreadable");
        door.options.identity = door.path("no such key").toStdString();
        QCOMPARE(outcome(door.open()), "board.key_unreadable");
    }

    void agent() {
        Door door = this->door();
        const QString socket = door.path("agent");
        QProcess agent;
        agent.start("ssh-agent", {"-D", "-a", socket});
        QVERIFY(agent.waitForStarted());
        qputenv("SSH_AUTH_SOCK", socket.toLocal8Bit());
        // The socket is there a moment before it is listened to.
        QTRY_VERIFY(QProcess::execute("ssh-add", {"-q", m_facts["key"]}) == 0);
        door.options.identity = "";
        QCOMPARE(outcome(door.open()), "ok");
        run_tool("ssh-add", {"-q", "-D"});
        QCOMPARE(outcome(door.open()), "board.denied");
        qunsetenv("SSH_AUTH_SOCK");
        agent.kill();
        agent.waitForFinished();
    }

    void wrong_key() {
        Door door = this->door();
        door.options.identity = make_key(door, "ed25519").toStdString();
        const auto result = door.open();
        QCOMPARE(outcome(result), "board.denied");
        QVERIFY(QString::fromStdString(result.error().detail).contains("publickey"));
    }

    /// The stand-in asks for its password by keyboard-interactive.
    void keyboard_interactive() {
        Door door = this->door();
        std::vector<SecretQuestion> asked;
        use_password(door, m_facts["password"].toStdString(), asked);
        QCOMPARE(outcome(door.open()), "ok");
        QCOMPARE(asked.size(), 1U);
        QCOMPARE(asked[0].kind, SecretQuestion::Kind::password);
        QCOMPARE(asked[0].subject, "board@127.0.0.1:" + m_facts["port"].toStdString());
        QVERIFY(!asked[0].echo);
    }

    /// Where nothing else is offered, a wrong answer may be given again.
    void only_keyboard_interactive() {
        const OwnBoard board({"--sshd", "PasswordAuthentication no"});
        QVERIFY(!board.facts.isEmpty());
        Door door(board.facts);
        door.options.identity = "";
        int asked = 0;
        door.questions.secret = [&](const SecretQuestion& question) {
            return ++asked == question.attempt && asked == 3 ? board.facts["password"].toStdString() : "no";
        };
        QCOMPARE(outcome(door.open()), "ok");
        QCOMPARE(asked, 3);
    }

    void wrong_password() {
        Door door = this->door();
        std::vector<SecretQuestion> asked;
        use_password(door, "not it", asked);
        QCOMPARE(outcome(door.open()), "board.denied");
        QCOMPARE(asked.size(), 3U);
        QCOMPARE(asked[2].attempt, 3);
    }

    /// And afterwards: sshd shuts out who has failed too often.
    void password_and_penalty() {
        const OwnBoard board({"--sshd", "KbdInteractiveAuthentication no", "--sshd",
                              "PerSourcePenalties authfail:30s min:1s"});
        QVERIFY(!board.facts.isEmpty());
        Door door(board.facts);
        std::vector<SecretQuestion> asked;
        use_password(door, board.facts["password"].toStdString(), asked);
        QCOMPARE(outcome(door.open()), "ok");
        QCOMPARE(asked.size(), 1U);
        QCOMPARE(asked[0].kind, SecretQuestion::Kind::password);

        use_password(door, "not it", asked);
        QCOMPARE(outcome(door.open()), "board.denied");
        QCOMPARE(asked.size(), 4U);
        const Door good(board.facts);
        QTRY_COMPARE(outcome(good.open()), "board.denied");
        const auto shut_out = good.open();
        QVERIFY(!shut_out && !shut_out.error().detail.empty());
    }

    void unknown_host_key() {
        Door door = this->door();
        write_file(door.known_hosts(), "");
        QCOMPARE(outcome(door.open()), "board.host_key_unknown");
        std::vector<HostKeyQuestion> asked;
        door.questions.trust = [&](const HostKeyQuestion& question) {
            asked.push_back(question);
            return asked.size() > 1;
        };
        QCOMPARE(outcome(door.open()), "board.host_key_unknown");
        QCOMPARE(outcome(door.open()), "ok");
        QCOMPARE(outcome(door.open()), "ok");
        QCOMPARE(asked.size(), 2U);
        QCOMPARE(asked[0].host, "[127.0.0.1]:" + m_facts["port"].toStdString());
        QCOMPARE(asked[0].type, "ssh-ed25519");
        const QByteArray known = run_tool("ssh-keygen", {"-lf", m_facts["dir"] + "/host_key.pub"});
        QCOMPARE(QByteArray::fromStdString(asked[0].fingerprint), known.split(' ').value(1));
    }

    void changed_host_key_data() {
        QTest::addColumn<QString>("type");
        QTest::newRow("same type") << "ed25519";
        QTest::newRow("other type") << "ecdsa";
    }
    void changed_host_key() {
        QFETCH(QString, type);
        Door door = this->door();
        QFile other(make_key(door, type) + ".pub");
        QVERIFY(other.open(QIODevice::ReadOnly));
        const QByteArray line = "[127.0.0.1]:" + m_facts["port"].toUtf8() + ' ' + other.readAll();
        write_file(door.known_hosts(), line);
        bool asked = false;
        door.questions.trust = [&](const HostKeyQuestion&) { return asked = true; };
        const auto result = door.open();
        QCOMPARE(outcome(result), "board.host_key_changed");
        QVERIFY(result.error().detail.find("SHA256:") != std::string::npos);
        QVERIFY(!asked);
        QFile after(door.known_hosts());
        QVERIFY(after.open(QIODevice::ReadOnly));
        QCOMPARE(after.readAll(), line);
    }

    void alias_in_the_configuration() {
        Door door = this->door();
        const QString config = door.path("config");
        write_file(config,
                   QStringLiteral("Host k1\n HostName 127.0.0.1\n Port %1\n User board\n IdentityFile %2\n")
                       .arg(m_facts["port"], m_facts["key"])
                       .toUtf8());
        door.options.address = {"", "k1", 0};
        door.options.identity = "";
        door.options.read_config = true;
        door.options.config = config.toStdString();
        const auto connection = door.open();
        QVERIFY2(connection, connection ? "" : code_of(connection.error()).c_str());
        QCOMPARE((*connection)->address().text(), "board@127.0.0.1:" + m_facts["port"].toStdString());
    }

    void proxy_command() {
        Door door = this->door();
        const QString config = door.path("config");
        write_file(config,
                   "Host *\n ProxyCommand bash -c 'exec 3<>/dev/tcp/%h/%p; cat <&3 & exec cat >&3'\n");
        door.options.read_config = true;
        door.options.config = config.toStdString();
        auto connection = door.open();
        QVERIFY2(connection, connection ? "" : code_of(connection.error()).c_str());
        QCOMPARE((*connection)->run("echo through").value_or("?"), "through\n");
        // What would become part of the command is refused.
        for (const char* user : {"a;touch x", "a$HOME", "a%b*"}) {
            door.options.address.user = user;
            QCOMPARE(outcome(door.open()), "board.address");
        }
    }

    void users_that_a_shell_would_read_data() {
        QTest::addColumn<QString>("user");
        for (const char* user : {"a b", "a'b", "a;b", "a\nb", "用户", "$(x)", "-l"})
            QTest::newRow(user) << QString::fromUtf8(user);
    }
    void users_that_a_shell_would_read() {
        QFETCH(QString, user);
        Door door = this->door();
        door.options.address.user = user.toStdString();
        // Some are refused before anything is sent, the others are unknown to the board.
        const QByteArray code = outcome(door.open());
        QVERIFY2(code == "board.denied" || code == "board.address", code.constData());
    }

    void half_broken_lines_data() {
        QTest::addColumn<QStringList>("fault");
        QTest::newRow("cut in the key exchange") << QStringList{"--cut", "down", "600"};
        QTest::newRow("silent in the key exchange") << QStringList{"--stall", "down", "600"};
        QTest::newRow("a flipped bit") << QStringList{"--corrupt", "down", "1600"};
    }
    void half_broken_lines() {
        QFETCH(QStringList, fault);
        Door door = this->door();
        Relay relay(QStringList{"forward", m_facts["port"]} + fault);
        door.go_through(relay.port());
        const ConnectOptions patient = door.options;
        door.options.timeout = door.options.silence = std::chrono::seconds(6);
        const auto result = door.open();
        QVERIFY(!result);
        // What a flipped bit does depends on where it falls: a packet that is too long is waited for.
        const QByteArray code = outcome(result);
        QVERIFY2(code == "board.silent" || (code == "board.connection_lost" && fault[0] != "--stall"),
                 code_of(result.error()).c_str());
        door.options = patient;
        QCOMPARE(outcome(door.open()), "ok");
    }
};

QTEST_GUILESS_MAIN(TestConnection)
#include "test_connection.moc"
