// How the agent ends, what it leaves behind (nothing), who may use the board, and what it does not believe.
#include <QtCore/QElapsedTimer>

#include "agent_models.h"
#include "sample_bytes.h"

using namespace quantwright;
using namespace quantwright::testing;

namespace {

const Json k_endless = {{"do", "benchmark"}, {"names", {"a"}}, {"interval", 0}, {"limit_seconds", 80000}};

QByteArray with_key(const char* key, const Json& value) {
    Json request = {
        {"id", 7}, {"do", "load"}, {"name", "a"}, {"model", AgentHome::inside("a.onnx")}, {"threads", 1}};
    request[key] = value;
    return QByteArray::fromStdString(request.dump());
}

}  // namespace

class TestAgentEnds : public QObject {
    Q_OBJECT

private slots:
    void says_that_it_is_alive() {
        AgentHome home;
        AgentProcess agent;
        agent.start(home.path(), agent_program);
        QVERIFY(agent.wait_for_signs_of_life(2));
    }

    void usage() {
        for (const auto& [arguments, status] :
             {std::pair<QStringList, int>{{}, 2}, {{"--version"}, 0}, {{"serve", "x"}, 2}}) {
            QProcess process;
            process.start(agent_program, arguments);
            QVERIFY(process.waitForFinished());
            QCOMPARE(process.exitCode(), status);
        }
    }

    void quits() {
        AgentHome home;
        AgentProcess agent;
        agent.start(home.path(), agent_program);
        QVERIFY(agent.ask({{"do", "quit"}}).ok());
        QCOMPARE(agent.wait_for_end(), 0);
    }

    void ends_with_its_input_data() {
        QTest::addColumn<int>("signal");
        QTest::newRow("end of input") << 0;
        QTest::newRow("SIGTERM") << SIGTERM;
        QTest::newRow("SIGHUP") << SIGHUP;
        QTest::newRow("SIGINT") << SIGINT;
    }
    /// In the middle of a benchmark whose single runs take long, with a profile open.
    void ends_with_its_input() {
        QFETCH(int, signal);
        AgentHome home;
        AgentProcess agent;
        start_agent(agent, home, *slow_model());
        QVERIFY(agent.ask({{"do", "turn"}}).ok());
        QVERIFY(load(agent, {{"profile", true}}).ok());
        agent.send(k_endless);
        QCOMPARE(agent.next().value("event", ""), std::string("progress"));
        QElapsedTimer timer;
        timer.start();
        if (signal)
            ::kill(pid_t(agent.process().processId()), signal);
        else
            agent.process().closeWriteChannel();
        QCOMPARE(agent.wait_for_end(), 130);
        qInfo("ended after %lld ms", timer.elapsed());
        QCOMPARE(home.names(), QStringList({"a.onnx", "lock"}));
    }

    void ends_when_nobody_reads() {
        AgentHome home;
        QProcess agent, reader;
        agent.setWorkingDirectory(home.path());
        agent.setStandardOutputProcess(&reader);
        agent.start(agent_program, {"serve"});
        reader.start("true", QStringList());
        QVERIFY(reader.waitForFinished());
        QVERIFY(agent.waitForFinished());  // at its next sign of life
        QCOMPARE(agent.exitStatus(), QProcess::NormalExit);
        QCOMPARE(agent.exitCode(), 130);
    }

    void ends_while_it_loads() {
        for (int attempt = 0; attempt < 20; ++attempt) {
            AgentHome home;
            AgentProcess agent;
            start_agent(agent, home, *small_cnn());
            agent.send(
                {{"do", "load"}, {"name", "a"}, {"model", AgentHome::inside("a.onnx")}, {"profile", true}});
            agent.process().waitForBytesWritten();
            QTest::qSleep(attempt);
            QCOMPARE(agent.close_input(), 130);
            QCOMPARE(home.names(), QStringList({"a.onnx"}));
        }
    }

    void agents_queue_up() {
        AgentHome home;
        AgentProcess first, second, third;
        for (AgentProcess* agent : {&first, &second, &third})
            agent->start(home.path(), agent_program);
        QVERIFY(first.ask({{"do", "turn"}}).events.empty());
        QVERIFY(first.ask({{"do", "turn"}}).ok());  // again: it has it
        const auto id = second.send({{"do", "turn"}});
        QCOMPARE(second.next().value("event", ""), std::string("waiting"));
        third.send({{"do", "turn"}});
        QCOMPARE(third.next().value("event", ""), std::string("waiting"));
        QCOMPARE(third.close_input(), 130);  // gives up
        QCOMPARE(second.next().value("event", ""), std::string("waiting"));
        first.process().kill();  // a lock does not outlive its holder, however it ended
        QVERIFY(second.reply_to(id).ok());
    }

    void removes_what_killed_ones_left() {
        AgentHome home;
        QProcess gone;
        gone.start("true", QStringList());
        const qint64 dead = gone.processId();
        QVERIFY(gone.waitForFinished());
        QDir folder(home.path() + "/.cache/quantwright");
        const QString left = QString("tmp-%1").arg(dead),
                      other = QString("tmp-%1").arg(QCoreApplication::applicationPid());
        for (const QString& name : {left, other, QString("tmp-x"), QString("agents")})
            QVERIFY(folder.mkpath(name + "/inner"));
        AgentProcess agent;
        agent.start(home.path(), agent_program);
        QCOMPARE(home.names(), QStringList({"agents", other, "tmp-x"}));
    }

    void provider_that_aborts_ends_it() {
        AgentHome home;
        AgentProcess agent;
        start_agent(agent, home, *small_cnn(), {"QUANTWRIGHT_STUB_EP_ABORT=1"}, stub_library);
        QVERIFY(load(agent).answer.empty());
        agent.wait_for_end();
        QCOMPARE(agent.process().exitStatus(), QProcess::CrashExit);
    }

    void bad_requests_data() {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<int>("id");
        QTest::addColumn<QString>("subject");
        const auto row = [](const char* name, const QByteArray& line, int id, const char* subject) {
            QTest::newRow(name) << line << id << QString(subject);
        };
        row("garbage", "\xff\xfe garbage", 0, "");
        row("empty", "", 0, "");
        row("a list", "[1]", 0, "");
        row("half an object", R"({"id":1,"do":)", 0, "");
        row("deep", QByteArray(500000, '['), 0, "");
        row("no verb", R"({"id":3})", 3, "");
        row("unknown verb", R"({"id":3,"do":"rm -rf"})", 3, "rm -rf");
        row("verb of another type", R"({"id":3,"do":["facts"]})", 3, "do");
        row("number of another type", R"({"id":"3","do":"facts"})", 0, "id");
        row("number beyond 2^53", R"({"id":18446744073709551615,"do":"facts"})", 0, "id");
        row("unknown key", R"({"id":3,"do":"facts","shell":"sh"})", 3, "shell");
        row("no such session", R"({"id":3,"do":"unload","name":"zz"})", 3, "zz");
        row("way out", with_key("model", ".cache/quantwright/../../etc/passwd"), 7, "model");
        row("way out at the end", with_key("model", ".cache/quantwright/a/.."), 7, "model");
        row("absolute path", with_key("model", "/etc/passwd"), 7, "model");
        row("path elsewhere", with_key("model", ".bashrc"), 7, "model");
        row("zero byte", with_key("model", std::string(".cache/quantwright/a\0b", 22)), 7, "model");
        row("negative threads", with_key("threads", -1), 7, "threads");
        row("absurd threads", with_key("threads", 1e300), 7, "threads");
        row("half a thread", with_key("threads", 1.5), 7, "threads");
        row("negative core", with_key("cores", {-1}), 7, "cores");
        row("too many cores", with_key("cores", std::vector<int>(2000, 0)), 7, "cores");
        row("options of another type", with_key("provider_options", {{"a", 1}}), 7, "provider_options");
        row("options as a list", with_key("provider_options", {"a"}), 7, "provider_options");
        row("empty name", with_key("name", ""), 7, "name");
        row("nothing to run", R"({"id":3,"do":"benchmark","names":[]})", 3, "names");
        row("too many runs", R"({"id":3,"do":"benchmark","names":["a"],"runs":50001})", 3, "runs");
        row("endless limit", R"({"id":3,"do":"benchmark","names":["a"],"limit_seconds":1e9})", 3,
            "limit_seconds");
    }
    void bad_requests() {
        QFETCH(QByteArray, line);
        QFETCH(int, id);
        QFETCH(QString, subject);
        AgentHome home;
        AgentProcess agent;
        start_agent(agent, home, *small_cnn());
        agent.send_line(line);
        const AgentReply reply = agent.reply_to(id);
        QCOMPARE(reply.error_code(), "board.bad_answer");
        QCOMPARE(reply.error("subject"), subject);
        QVERIFY(load(agent).ok());  // it goes on
    }

    void too_long_a_line_ends_it() {
        AgentHome home;
        AgentProcess agent;
        agent.start(home.path(), agent_program);
        QByteArray longest = "{'id':1,'do':'x','a':'" + QByteArray((1 << 20) - 1 - 24, 'a') + "'}";
        longest.replace('\'', '"');
        QCOMPARE(longest.size(), (1 << 20) - 1);
        agent.send_line(longest);
        QCOMPARE(agent.reply_to(1).error("subject"), "x");
        agent.send_line(longest + ' ');
        QCOMPARE(agent.reply_to(0).error_code(), "board.bad_answer");
        QCOMPARE(agent.wait_for_end(), 2);
    }

    void too_many_lines_end_it() {
        AgentHome home;
        AgentProcess agent;
        start_agent(agent, home, *slow_model());
        QVERIFY(load(agent).ok());
        agent.send(k_endless);
        for (int i = 0; i < 70; ++i)
            agent.send_line(R"({"id":99,"do":"facts"})");
        QCOMPARE(agent.reply_to(0).error_code(), "board.bad_answer");
        QCOMPARE(agent.wait_for_end(), 2);
    }

    void missing_and_refused_models() {
        AgentHome home;
        AgentProcess agent;
        start_agent(agent, home, *small_cnn());
        QCOMPARE(load(agent, {{"model", ".cache/quantwright/none"}}).error_code(), "board.file_missing");
        home.put("half.onnx", model_bytes(*small_cnn()).substr(0, 3000));
        const AgentReply reply = load(agent, {{"model", ".cache/quantwright/half.onnx"}, {"profile", true}});
        QCOMPARE(reply.error_code(), "board.model_refused");
        QCOMPARE(reply.error("subject"), ".cache/quantwright/half.onnx");
        QVERIFY(!reply.error("detail").isEmpty());
        QVERIFY(load(agent).ok());
        QCOMPARE(load(agent).error_code(), "board.bad_answer");  // the name is taken
        QCOMPARE(home.names(), QStringList({"a.onnx", "half.onnx"}));
    }
};

QTEST_GUILESS_MAIN(TestAgentEnds)
#include "test_agent_ends.moc"
