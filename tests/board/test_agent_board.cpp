// The riscv64 agent on the stand-in board, with Debian's ONNX Runtime there.
#include <unistd.h>

#include <cmath>

#include "agent_models.h"
#include "board.h"
#include "core/runtime/session.h"
#include "sample_bytes.h"

using namespace quantwright;
using namespace quantwright::testing;

class TestAgentBoard : public QObject {
    Q_OBJECT

    QHash<QString, QString> m_facts;
    QString m_folder;  ///< .cache/quantwright on the board, as this machine sees it

    void put(const QString& name, const QByteArray& bytes) {
        QFile file(m_folder + '/' + name);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(bytes), bytes.size());
        QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::ExeOwner | QFile::ReadGroup | QFile::ExeGroup |
                                    QFile::ReadOther | QFile::ExeOther));
    }
    void start(AgentProcess& agent) {
        agent.start(QDir::tempPath(), qEnvironmentVariable("QUANTWRIGHT_STANDIN"),
                    {"exec", "--dir", m_facts["dir"], "sh", "-c",
                     "cd && exec ./.cache/quantwright/agent-of-the-test serve"});
    }
    QByteArray programs() { return run_standin({"ps", "--dir", m_facts["dir"]}).output; }

private slots:
    void initTestCase() {
        m_facts = board_facts();
        if (m_facts.contains("reason"))
            QSKIP(qPrintable(m_facts["reason"]));
        QFile program(QStringLiteral(QUANTWRIGHT_AGENT_RISCV64));
        if (!program.open(QIODevice::ReadOnly))
            QSKIP("there is no riscv64 cross compiler (packaging/setup installs it)");
        m_folder = m_facts["root"] + "/home/" + m_facts["user"] + "/.cache/quantwright";
        QVERIFY(QDir().mkpath(m_folder));
        for (const QString& folder : {m_folder, QFileInfo(m_folder).path()})
            QCOMPARE(chown(qPrintable(folder), 1000, 1000), 0);
        put("agent-of-the-test", program.readAll());
        put("a.onnx", QByteArray::fromStdString(model_bytes(*small_cnn())));
    }
    void cleanupTestCase() {
        for (const char* name : {"agent-of-the-test", "a.onnx", "s.qws"})
            QFile::remove(m_folder + '/' + name);
    }

    void tells_what_the_board_is() {
        AgentProcess agent;
        start(agent);
        const Json facts = agent.ask({{"do", "facts"}}).answer;
        QCOMPARE(facts.value("arch", ""), std::string("riscv64"));
        QCOMPARE(facts.value("emulated", false), QSysInfo::currentCpuArchitecture() != "riscv64");
        QVERIFY(QString::fromStdString(facts.value("runtime", "")).startsWith("1."));
        QVERIFY(QString::fromStdString(facts.value("runtime_path", "")).startsWith("/usr/lib/"));
        QCOMPARE(facts.value("opset_max", 0), 22);
        QCOMPARE(facts.value("zstd", false), true);
    }

    /// Optimizations off on both sides: the same arithmetic but for the order of sums.
    void outputs_are_the_hosts() {
        const auto model = small_cnn();
        SessionOptions options;
        options.threads = 1;
        options.optimizations = Optimizations::off;
        const auto session = Session::create(*model, options);
        QVERIFY(session.has_value());
        const auto input = random_inputs(*model, 1).front();
        const Json description = Json::array({{{"name", "input"}, {"type", 1}, {"shape", {1, 3, 16, 16}}}});
        const std::string bytes(reinterpret_cast<const char*>(input[0].bytes.data()), input[0].bytes.size());
        put("s.qws", QByteArray::fromStdString(sample_file(description, {bytes}, true)));
        AgentProcess agent;
        start(agent);
        QVERIFY(load(agent, {{"optimizations", false}, {"profile", true}}).ok());
        const AgentReply reply =
            agent.ask({{"do", "run"}, {"name", "a"}, {"samples", AgentHome::inside("s.qws")}});
        QVERIFY(reply.ok());
        const auto event = reply.events_named("bytes");
        QCOMPARE(event.size(), 1u);
        const QByteArray board =
            QByteArray::fromBase64(QByteArray::fromStdString(event[0]["base64"].get<std::string>()));
        const auto host = (*session)->run(input);
        QVERIFY(host.has_value());
        QCOMPARE(std::size_t(board.size()), host->front().bytes.size());
        const auto* values = reinterpret_cast<const float*>(board.constData());
        for (std::size_t i = 0; i < host->front().floats().size(); ++i)
            QVERIFY(std::abs(values[i] - host->front().floats()[i]) <= 1e-5f * (1 + std::abs(values[i])));
        const AgentReply benchmark = agent.ask(
            {{"do", "benchmark"}, {"names", {"a"}}, {"runs", 2}, {"samples", AgentHome::inside("s.qws")}});
        QVERIFY(benchmark.ok());
        QCOMPARE(agent.ask({{"do", "profile"}, {"name", "a"}}).answer["nodes"].size(),
                 std::size_t(small_cnn()->proto().graph().node_size()));
        QVERIFY(agent.ask({{"do", "quit"}}).ok());
        QCOMPARE(agent.wait_for_end(), 0);
    }

    void leaves_nothing() {
        AgentProcess agent;
        start(agent);
        QVERIFY(load(agent, {{"profile", true}}).ok());
        agent.send({{"do", "benchmark"}, {"names", {"a"}}, {"interval", 0}, {"limit_seconds", 80000}});
        QCOMPARE(agent.next().value("event", ""), std::string("progress"));
        QVERIFY(programs().contains("agent-of-the-t"));
        QCOMPARE(agent.close_input(), 130);
        QVERIFY(!programs().contains("agent-of-the-t"));
        const QStringList left =
            QDir(m_folder).entryList({"tmp-*"}, QDir::AllEntries | QDir::Hidden | QDir::System);
        QCOMPARE(left, QStringList());
    }
};

QTEST_GUILESS_MAIN(TestAgentBoard)
#include "test_agent_board.moc"
