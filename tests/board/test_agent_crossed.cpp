// The agents for other processors, each under user-mode emulation on its compiler's own C library: they
// start, say what the board is and end with their input. What needs a runtime is tested on the stand-in.
#include "agent_models.h"

using namespace quantwright;
using namespace quantwright::testing;

class TestAgentCrossed : public QObject {
    Q_OBJECT

private slots:
    void starts_answers_and_ends_data() {
        QTest::addColumn<QString>("arch");
        QTest::newRow("riscv64") << "riscv64";
        QTest::newRow("aarch64") << "aarch64";
    }
    void starts_answers_and_ends() {
        QFETCH(QString, arch);
        if (arch == QSysInfo::currentCpuArchitecture())
            QSKIP("this machine's own processor");
        const QString program = QStringLiteral(QUANTWRIGHT_AGENTS_FOLDER "/%1/quantwright-agent").arg(arch);
        const QString library = QStringLiteral("/usr/%1-linux-gnu").arg(arch);
        if (QStandardPaths::findExecutable(arch + "-linux-gnu-g++").isEmpty())
            QSKIP("no cross compiler for it");
        QVERIFY2(QFile::exists(program), qPrintable(program));
        const QString emulator = QStandardPaths::findExecutable("qemu-" + arch);
        if (emulator.isEmpty())
            QSKIP("no emulator for it");

        AgentHome home;
        home.put("a.onnx", model_bytes(*small_cnn()));
        AgentProcess agent;
        agent.start(home.path(), emulator, {"-L", library, program, "serve"});
        QCOMPARE(agent.hello().value("quantwright_agent", 0), 1);
        const Json facts = agent.ask({{"do", "facts"}, {"runtime", "/nonexistent"}}).answer;
        QVERIFY(facts.value("ok", false));
        QCOMPARE(QString::fromStdString(facts.value("arch", "")), arch);
        QCOMPARE(facts.value("emulated", false), true);
        QCOMPARE(facts.value("is_k1", true), false);
        QVERIFY(facts["memory_bytes"].get<double>() > 0);
        QCOMPARE(load(agent).error_code(), QString("board.no_runtime"));
        agent.process().closeWriteChannel();
        QVERIFY(agent.process().waitForFinished());
        QCOMPARE(agent.process().exitCode(), 130);
    }
};

QTEST_GUILESS_MAIN(TestAgentCrossed)
#include "test_agent_crossed.moc"
