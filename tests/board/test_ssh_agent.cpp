// Logging in with the keys of an ssh-agent, and what can be wrong with that.
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <QtTest/QtTest>

#include <thread>

#include "tests/board/board_connection.h"
#include "widgets/words/language.h"
#include "widgets/words/words.h"

using namespace quantwright;
using namespace quantwright::testing;

namespace {

QByteArray run_tool(const QString& program, const QStringList& arguments) {
    QProcess process;
    process.start(program, arguments);
    process.waitForFinished(-1);
    return process.readAllStandardOutput();
}

int status_of(const QString& program, const QStringList& arguments) {
    QProcess process;
    process.start(program, arguments);
    process.waitForFinished(-1);
    return process.exitCode();
}

/// A real ssh-agent, named by SSH_AUTH_SOCK for as long as it lives.
class RunningAgent {
public:
    explicit RunningAgent(const QString& socket, const QStringList& variables = {}) {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        for (const QString& variable : variables)
            environment.insert(variable.section('=', 0, 0), variable.section('=', 1));
        m_process.setProcessEnvironment(environment);
        m_process.start("ssh-agent", {"-D", "-a", socket});
        m_process.waitForStarted(-1);
        qputenv("SSH_AUTH_SOCK", socket.toLocal8Bit());
        // The socket is there a moment before it is listened to.
        constexpr int no_agent = 2;
        while (status_of("ssh-add", {"-l"}) == no_agent && m_process.state() == QProcess::Running)
            m_process.waitForFinished(20);
    }
    ~RunningAgent() {
        qunsetenv("SSH_AUTH_SOCK");
        m_process.kill();
        m_process.waitForFinished();
    }
    RunningAgent(const RunningAgent&) = delete;
    RunningAgent& operator=(const RunningAgent&) = delete;

private:
    QProcess m_process;
};

/// Listens where an agent would, and never says anything; with a full queue it does not even take the call.
class DeafAgent {
public:
    DeafAgent(const QString& path, bool full) : m_fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        qstrncpy(address.sun_path, path.toLocal8Bit().constData(), sizeof address.sun_path);
        const auto* name = reinterpret_cast<const sockaddr*>(&address);
        ::bind(m_fd, name, sizeof address);
        ::listen(m_fd, 0);
        for (int i = 0; full && i < 4; ++i) {
            m_callers.push_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
            ::connect(m_callers.back(), name, sizeof address);
        }
        qputenv("SSH_AUTH_SOCK", path.toLocal8Bit());
    }
    ~DeafAgent() {
        qunsetenv("SSH_AUTH_SOCK");
        for (const int fd : m_callers)
            ::close(fd);
        ::close(m_fd);
    }
    DeafAgent(const DeafAgent&) = delete;
    DeafAgent& operator=(const DeafAgent&) = delete;

private:
    int m_fd;
    std::vector<int> m_callers;
};

}  // namespace

class TestSshAgent : public QObject {
    Q_OBJECT

    BoardFacts m_facts;

    /// Without a key of its own.
    [[nodiscard]] Door door() const {
        Door door(m_facts);
        door.options.identity = "";
        return door;
    }
    [[nodiscard]] QString make_keys(const Door& door, int count) const {
        for (int i = 0; i < count; ++i)
            run_tool("ssh-keygen",
                     {"-q", "-t", "ed25519", "-N", "", "-f", door.path(QString("other%1").arg(i))});
        return door.path("other");
    }
    static void check_words(const Error& error) {
        QString sentences;
        for (const char* language : {"en", "zh"}) {
            words::setLanguage(language);
            const QString sentence = words::message(error);
            QVERIFY2(sentence.size() > 8 && !sentence.contains("%1") && sentence != sentences,
                     qPrintable(sentence));
            sentences = sentence;
            QVERIFY(!words::hint(error).isEmpty());
        }
        words::setLanguage("en");
    }

private slots:
    void initTestCase() {
        m_facts = board_facts();
        if (m_facts.contains("reason"))
            QSKIP(qPrintable(m_facts["reason"]));
        qunsetenv("SSH_AUTH_SOCK");
    }

    /// sshd counts every key that is offered, and hangs up after six (MaxAuthTries).
    void many_keys() {
        Door door = this->door();
        const RunningAgent agent(door.path("agent"));
        const QString others = make_keys(door, 10);
        for (int i = 0; i < 10; ++i)
            run_tool("ssh-add", {"-q", others + QString::number(i)});
        QCOMPARE(run_tool("ssh-add", {"-l"}).count('\n'), 10);
        const auto result = door.open();
        QVERIFY2(outcome(result) == "board.too_many_keys", code_of(result.error()).c_str());
        QVERIFY2(result.error().subject.find(m_facts["port"].toStdString()) != std::string::npos,
                 result.error().subject.c_str());
        check_words(result.error());
        QVERIFY(words::hint(result.error()).contains("ssh-add -d"));
        // The way out: the key by its name.
        door.options.identity = m_facts["key"].toStdString();
        QCOMPARE(outcome(door.open()), "ok");
        // And a right key among the first.
        door.options.identity = "";
        run_tool("ssh-add", {"-q", "-D"});
        for (const QString& key : {others + "0", others + "1", m_facts["key"], others + "2"})
            run_tool("ssh-add", {"-q", key});
        QCOMPARE(outcome(door.open()), "ok");
        // Each key is offered once: with five wrong ones there is a try left for a password.
        run_tool("ssh-add", {"-q", "-D"});
        for (int i = 0; i < 4; ++i)
            run_tool("ssh-add", {"-q", others + QString::number(i)});
        door.questions.secret = [&](const SecretQuestion&) { return m_facts["password"].toStdString(); };
        QCOMPARE(outcome(door.open()), "ok");
    }

    void an_agent_that_says_nothing_data() {
        QTest::addColumn<bool>("full");
        QTest::newRow("takes the call") << false;
        QTest::newRow("does not take the call") << true;
    }
    void an_agent_that_says_nothing() {
        QFETCH(bool, full);
        Door door = this->door();
        door.options.agent_patience = std::chrono::seconds(1);
        const DeafAgent agent(door.path("agent"), full);
        const auto result = door.open();
        QCOMPARE(outcome(result), "board.ssh_agent");
        QCOMPARE(result.error().subject, door.path("agent").toStdString());
        check_words(result.error());
        // Other ways in stay open.
        door.questions.secret = [&](const SecretQuestion&) { return m_facts["password"].toStdString(); };
        QCOMPARE(outcome(door.open()), "ok");
        door.questions.secret = [](const SecretQuestion&) { return std::string("wrong"); };
        QCOMPARE(outcome(door.open()), "board.denied");
        door.options.identity = m_facts["key"].toStdString();
        QCOMPARE(outcome(door.open()), "ok");
    }

    /// Only the cancel can end it before ctest does.
    void cancel_while_it_says_nothing() {
        Door door = this->door();
        door.options.agent_patience = door.options.silence = std::chrono::hours(1);
        const DeafAgent agent(door.path("agent"), false);
        CancelToken token;
        std::thread canceller([token]() mutable {
            QThread::msleep(700);
            token.cancel();
        });
        const auto result = door.open(JobContext(token));
        canceller.join();
        QCOMPARE(outcome(result), "cancelled");
    }

    /// Keys that want a confirmation for every use (ssh-add -c).
    void a_confirmation_data() {
        QTest::addColumn<QString>("asker");
        QTest::addColumn<QByteArray>("code");
        QTest::newRow("is given") << "exit 0" << QByteArray("ok");
        QTest::newRow("is given after a while") << "sleep 7" << QByteArray("ok");
        QTest::newRow("is refused") << "exit 1" << QByteArray("board.denied");
        QTest::newRow("is waited for") << "exec sleep 3600" << QByteArray("board.ssh_agent");
        QTest::newRow("can't be asked for") << "" << QByteArray("board.denied");
    }
    void a_confirmation() {
        QFETCH(QString, asker);
        QFETCH(QByteArray, code);
        Door door = this->door();
        door.options.agent_patience = std::chrono::seconds(code == "board.ssh_agent" ? 2 : 3600);
        if (asker.startsWith("sleep"))
            door.options.silence = std::chrono::seconds(5);  // the user's time is not the board's
        const QString script = door.path("asker");
        write_file(script, "#!/bin/sh\n" + asker.toUtf8() + '\n');
        QFile::setPermissions(script, QFile::ReadOwner | QFile::ExeOwner);
        const RunningAgent agent(door.path("agent"),
                                 {"SSH_ASKPASS=" + (asker.isEmpty() ? QString("/nowhere") : script),
                                  "SSH_ASKPASS_REQUIRE=force", "DISPLAY=:0"});
        QCOMPARE(status_of("ssh-add", {"-q", "-c", m_facts["key"]}), 0);
        QCOMPARE(outcome(door.open()), code);
        if (code == "ok")
            return;
        door.questions.secret = [&](const SecretQuestion&) { return m_facts["password"].toStdString(); };
        QCOMPARE(outcome(door.open()), "ok");
    }
};

QTEST_GUILESS_MAIN(TestSshAgent)
#include "test_ssh_agent.moc"
