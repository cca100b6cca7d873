// The agent for this machine, with this machine's ONNX Runtime: what it answers to each request.
#include <sys/resource.h>

#include <cmath>

#include "agent_models.h"
#include "core/base/version.h"
#include "core/runtime/session.h"
#include "sample_bytes.h"

using namespace quantwright;
using namespace quantwright::testing;

namespace {

std::string base64_decoded(const Json& text) {
    return QByteArray::fromBase64(QByteArray::fromStdString(text.get<std::string>())).toStdString();
}

/// P(B <= k), B binomial (n, 1/2), by Pascal's triangle.
double below(int n, int k) {
    std::vector<double> row{1};
    for (int i = 0; i < n; ++i) {
        row.push_back(0);
        for (std::size_t j = row.size() - 1; j > 0; --j)
            row[j] = (row[j] + row[j - 1]) / 2;
        row[0] /= 2;
    }
    double sum = 0;
    for (int i = 0; i <= k; ++i)
        sum += row[std::size_t(i)];
    return sum;
}

bool is_tight(std::vector<double> ms, double interval) {
    const int n = int(ms.size());
    int k = -1;
    while (2 * below(n, k + 1) <= 0.05)
        ++k;
    if (k < 0)
        return false;
    std::sort(ms.begin(), ms.end());
    const double median = (ms[std::size_t(n - 1) / 2] + ms[std::size_t(n) / 2]) / 2;
    return median - ms[std::size_t(k)] <= interval * median &&
           ms[std::size_t(n - 1 - k)] - median <= interval * median;
}

}  // namespace

class TestAgent : public QObject {
    Q_OBJECT

private slots:
    void tells_what_the_machine_is() {
        AgentHome home;
        AgentProcess agent;
        agent.start(home.path(), agent_program);
        QCOMPARE(agent.hello().value("quantwright_agent", 0), 1);
        QCOMPARE(agent.hello().value("version", ""), std::string(version));
        QCOMPARE(qint64(agent.hello().value("pid", 0)), agent.process().processId());

        const Json facts = agent.ask({{"do", "facts"}, {"runtime", runtime_library}}).answer;
        QVERIFY(facts.value("ok", false));
        QCOMPARE(QString::fromStdString(facts.value("arch", "")), QSysInfo::currentCpuArchitecture());
        QVERIFY(facts.value("cores", 0) >= 1);
        QVERIFY(facts["memory_bytes"].get<double>() > facts["memory_free_bytes"].get<double>());
        QVERIFY(facts["disk_free_bytes"].get<double>() > 0);
        QCOMPARE(QString::fromStdString(facts.value("kernel", "")), QSysInfo::kernelVersion());
        QCOMPARE(QString::fromStdString(facts.value("system", "")), QSysInfo::prettyProductName());
        QCOMPARE(facts.value("is_k1", true), false);
        QCOMPARE(facts.value("emulated", true), false);
        QCOMPARE(facts.value("runtime", ""), runtime_version());
        QVERIFY(QFile::exists(QString::fromStdString(facts.value("runtime_path", ""))));
        QVERIFY(facts.value("api", 0) >= 14);
        QVERIFY(facts.value("opset_max", 0) >= 18);
        QCOMPARE(facts.value("provider_path", "?"), std::string());
        QVERIFY(facts["providers"].dump().find("CPUExecutionProvider") != std::string::npos);
        QCOMPARE(facts.value("zstd", false), true);
    }

    /// The newest opset is the runtime's own word: a model of it loads, of the next one does not.
    void knows_the_newest_opset() {
        AgentHome home;
        AgentProcess agent;
        auto model = ModelBuilder();
        model.input("x", {1}).output("y").node("Identity", "n", {"x"}, {"y"});
        start_agent(agent, home, *model.build());
        const int newest = agent.ask({{"do", "facts"}}).answer.value("opset_max", 0);
        for (const int above : {0, 1}) {
            model.proto().mutable_opset_import(0)->set_version(newest + above);
            std::string bytes;
            QVERIFY(model.proto().SerializeToString(&bytes));
            home.put("a.onnx", bytes);
            const Json name = {{"name", above ? "next" : "newest"}};
            QCOMPARE(load(agent, name).error_code(), above ? QString("board.model_refused") : QString());
        }
    }

    void says_why_there_is_no_runtime() {
        for (const auto& [library, why] :
             {std::pair<std::string, QString>{"/nonexistent/libonnxruntime.so.1", "No such file"},
              {stub_library, "no ONNX Runtime"}}) {
            AgentHome home;
            home.put("a.onnx", model_bytes(*small_cnn()));
            AgentProcess agent;
            agent.start(home.path(), agent_program);
            const AgentReply facts = agent.ask({{"do", "facts"}, {"runtime", library}});
            QVERIFY(facts.ok());
            QCOMPARE(facts.answer.value("runtime_path", "?"), std::string());
            QVERIFY(QString::fromStdString(facts.answer.value("runtime_error", "")).contains(why));
            QCOMPARE(load(agent).error_code(), "board.no_runtime");
        }
    }

    void finds_the_runtime_by_its_names() {
        AgentHome home;
        QVERIFY(
            QFile::link(QString::fromStdString(runtime_library), home.path() + "/libonnxruntime.so.1.77"));
        AgentProcess agent;
        agent.start(home.path(), agent_program, {"serve"}, {"LD_LIBRARY_PATH=" + home.path()});
        const Json found = agent.ask({{"do", "facts"}}).answer;
        QCOMPARE(QString::fromStdString(found.value("runtime_path", "")),
                 QFileInfo(QString::fromStdString(runtime_library)).canonicalFilePath());
        QCOMPARE(found.value("runtime_error", "?"), std::string());

        AgentHome broken;
        QVERIFY(QFile::copy(broken.path() + "/" + QString::fromStdString(broken.put("x", "no library")),
                            broken.path() + "/libonnxruntime.so.1"));
        AgentProcess other;
        other.start(broken.path(), agent_program, {"serve"}, {"LD_LIBRARY_PATH=" + broken.path()});
        const Json facts = other.ask({{"do", "facts"}}).answer;
        QCOMPARE(facts.value("runtime_path", "").empty(), !facts.value("runtime_error", "").empty());
    }

    void outputs_are_those_of_the_host() {
        const auto model = small_cnn();
        SessionOptions options;
        options.threads = 1;
        const auto session = Session::create(*model, options);
        QVERIFY(session.has_value());
        const auto inputs = random_inputs(*model, 3);
        std::vector<std::string> samples;
        samples.reserve(inputs.size());
        for (const auto& input : inputs)
            samples.emplace_back(reinterpret_cast<const char*>(input[0].bytes.data()), input[0].bytes.size());
        const Json description = {{{"name", "input"}, {"type", 1}, {"shape", {1, 3, 16, 16}}}};

        AgentHome home;
        AgentProcess agent;
        start_agent(agent, home, *model);
        const AgentReply loaded = load(agent);
        QCOMPARE(loaded.answer["providers"], Json::array({"CPUExecutionProvider"}));
        QCOMPARE(loaded.answer["inputs"],
                 Json::array({{{"name", "input"}, {"type", 1}, {"shape", {1, 3, 16, 16}}}}));
        QCOMPARE(loaded.answer["outputs"],
                 Json::array({{{"name", "logits"}, {"type", 1}, {"shape", {1, 10}}}}));
        QVERIFY(loaded.answer.value("session_ms", 0.) > 0);
        for (const bool compress : {false, true}) {
            const std::string path = home.put("s.qws", sample_file(description, samples, compress));
            const AgentReply reply =
                agent.ask({{"do", "run"}, {"name", "a"}, {"samples", path}, {"first", 1}, {"count", 2}});
            QVERIFY(reply.ok());
            const auto outputs = reply.events_named("outputs"), bytes = reply.events_named("bytes");
            QCOMPARE(outputs.size(), 2u);
            QCOMPARE(bytes.size(), 2u);
            for (std::size_t i = 0; i < 2; ++i) {
                QCOMPARE(outputs[i].value("sample", 0), int(i) + 1);
                QCOMPARE(outputs[i]["outputs"], loaded.answer["outputs"]);
                const auto own = (*session)->run(inputs[i + 1]);
                QVERIFY(own.has_value());
                const auto& tensor = own->front();
                QCOMPARE(
                    base64_decoded(bytes[i]["base64"]),
                    std::string(reinterpret_cast<const char*>(tensor.bytes.data()), tensor.bytes.size()));
            }
        }
    }

    /// Codes with a table per channel, beside an input that is stored as it is; large outputs come in pieces.
    void tables_and_pieces() {
        ModelBuilder builder;
        builder.input("image", {2, 2, 300, 200})
            .input("k", {1}, ElementType::int64)
            .output("same")
            .output("k2", ElementType::int64);
        builder.node("Identity", "i", {"image"}, {"same"});
        builder.node("Add", "add", {"k", "k"}, {"k2"});
        AgentHome home;
        AgentProcess agent;
        start_agent(agent, home, *builder.build());
        QVERIFY(load(agent).ok());

        const std::vector<std::vector<float>> tables{{-1.5f, 0.1f, std::nextafter(0.1f, 1.f)},
                                                     {3e-39f, -0.f}};
        Json description = {
            {{"name", "k"}, {"type", 7}, {"shape", {1}}},
            {{"name", "image"}, {"type", 1}, {"shape", {2, 2, 300, 200}}, {"tables", tables}}};
        std::string codes;
        std::vector<float> wanted;
        for (std::size_t i = 0; i < std::size_t{2} * 2 * 300 * 200; ++i) {
            const auto& table = tables[i / 60000 % 2];
            codes += char(i % table.size());
            wanted.push_back(table[i % table.size()]);
        }
        const std::string stored = bytes_of(std::vector<std::int64_t>{21}) + codes;
        const std::string path = home.put("s.qws", sample_file(description, {stored}, true));
        const AgentReply reply = agent.ask({{"do", "run"}, {"name", "a"}, {"samples", path}});
        QVERIFY(reply.ok());
        std::string same, k2;
        std::size_t pieces = 0;
        for (const Json& event : reply.events_named("bytes")) {
            std::string& output = event.value("output", 9) == 0 ? same : k2;
            QCOMPARE(std::size_t(event.value("offset", -1)), output.size());
            output += base64_decoded(event["base64"]);
            ++pieces;
        }
        QCOMPARE(pieces, 3u);  // 960,000 bytes are two
        QVERIFY(same == bytes_of(wanted));
        QCOMPARE(k2, bytes_of(std::vector<std::int64_t>{42}));
    }

    void benchmark_runs_as_often_as_told() {
        AgentHome home;
        AgentProcess agent;
        start_agent(agent, home, *small_cnn());
        QVERIFY(load(agent).ok());
        QVERIFY(load(agent, {{"name", "b"}, {"optimizations", false}}).ok());
        for (const int runs : {5, 6, 20, 101}) {
            const double interval = 0.05;
            const Json answer = agent
                                    .ask({{"do", "benchmark"},
                                          {"names", {"a", "b"}},
                                          {"runs", runs},
                                          {"warm_up", 2},
                                          {"interval", interval}})
                                    .answer;
            QVERIFY(answer.value("ok", false));
            bool tight = true;
            for (const char* name : {"a", "b"}) {
                QVERIFY(answer["sessions"][name]["first_ms"].get<double>() > 0);
                const auto ms = answer["sessions"][name]["ms"].get<std::vector<double>>();
                QCOMPARE(int(ms.size()), runs);
                QVERIFY(std::all_of(ms.begin(), ms.end(), [](double one) { return one > 0; }));
                tight = tight && is_tight(ms, interval);
            }
            QCOMPARE(answer.value("interval_reached", !tight), tight);
            QVERIFY(answer["peak_memory_bytes"].get<double>() > 1e6);
            QVERIFY(answer["before"].contains("governor") && answer["after"].contains("busy_others"));
        }
    }

    void benchmark_stops_by_itself() {
        AgentHome home;
        AgentProcess agent;
        start_agent(agent, home, *slow_model());
        QVERIFY(load(agent).ok());
        // So wide an interval is reached at once; none is as narrow as nothing.
        const AgentReply wide =
            agent.ask({{"do", "benchmark"}, {"names", {"a"}}, {"interval", 1}, {"limit_seconds", 60}});
        QCOMPARE(wide.answer.value("interval_reached", false), true);
        const AgentReply narrow =
            agent.ask({{"do", "benchmark"}, {"names", {"a"}}, {"interval", 0}, {"limit_seconds", 1}});
        QCOMPARE(narrow.answer.value("interval_reached", true), false);
        const auto progress = narrow.events_named("progress");
        QVERIFY(!progress.empty());
        QCOMPARE(progress.back().value("total", 0), 1000);
        QVERIFY(progress.back()["done"].is_number_integer());
    }

    void profile_has_every_node() {
        AgentHome home;
        AgentProcess agent;
        const auto model = small_cnn();
        start_agent(agent, home, *model);
        QVERIFY(load(agent, {{"profile", true}, {"optimizations", false}}).ok());
        QCOMPARE(home.names(), QStringList({"a.onnx"}));  // the runtime's file has no name already
        QVERIFY(agent.ask({{"do", "benchmark"}, {"names", {"a"}}, {"warm_up", 1}, {"runs", 3}}).ok());
        const AgentReply reply = agent.ask({{"do", "profile"}, {"name", "a"}});
        QVERIFY(reply.ok());
        QStringList ops;
        for (const Json& node : reply.answer["nodes"]) {
            ops += QString::fromStdString(node.value("op", ""));
            QVERIFY(!node.value("node", "").empty());
            QCOMPARE(node.value("provider", ""), std::string("CPUExecutionProvider"));
            QCOMPARE(node.value("runs", 0), 4);  // of five: the first run is left out
            QVERIFY(node.value("us", -1.) >= 0);
        }
        QStringList wanted;
        for (const auto& node : model->proto().graph().node())
            wanted += QString::fromStdString(node.op_type());
        QCOMPARE(ops, wanted);
        QCOMPARE(agent.ask({{"do", "benchmark"}, {"names", {"a"}}}).error_code(),
                 "board.bad_answer");  // gone
        QVERIFY(load(agent).ok());
        QCOMPARE(agent.ask({{"do", "profile"}, {"name", "a"}}).error_code(),
                 "board.bad_answer");  // without one
        QVERIFY(agent.ask({{"do", "unload"}, {"name", "a"}}).ok());
    }

    void provider_gets_its_options() {
        AgentHome home;
        const QString log = home.path() + "/log";
        AgentProcess agent;
        start_agent(agent, home, *small_cnn(), {"QUANTWRIGHT_STUB_EP_LOG=" + log}, stub_library);
        const Json facts = agent.ask({{"do", "facts"}}).answer;
        QCOMPARE(QFileInfo(QString::fromStdString(facts.value("provider_path", ""))).canonicalFilePath(),
                 QFileInfo(QString::fromStdString(stub_library)).canonicalFilePath());
        QCOMPARE(facts["providers"][0], Json("SpaceMITExecutionProvider"));
        QVERIFY(load(agent, {{"name", "cpu"}, {"provider", false}}).ok());
        const QString tasks = QString("/proc/%1/task").arg(agent.process().processId());
        const auto threads = [&] { return QDir(tasks).entryList(QDir::Dirs | QDir::NoDotAndDotDot).size(); };
        const auto before = threads();
        QVERIFY(!QFile::exists(log));
        const Json loaded =
            load(agent,
                 {{"threads", 3}, {"provider_options", {{"SPACEMIT_EP_DISABLE_OP_TYPE_FILTER", "Conv;Add"}}}})
                .answer;
        QCOMPARE(loaded["providers"], Json::array({"SpaceMITExecutionProvider", "CPUExecutionProvider"}));
        QFile file(log);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), QByteArray("OrtSessionOptionsSpaceMITEnvInit options 2\n"
                                            "SPACEMIT_EP_DISABLE_OP_TYPE_FILTER=Conv;Add\n"
                                            "SPACEMIT_EP_INTRA_THREAD_NUM=3\n"));
        // The session has one thread of its own: the three are the provider's.
        QCOMPARE(threads(), before);
        QVERIFY(load(agent, {{"name", "three"}, {"provider", false}, {"threads", 3}}).ok());
        QCOMPARE(threads(), before + 2);
    }

    void provider_that_refuses_is_no_cpu() {
        AgentHome home;
        AgentProcess agent;
        start_agent(agent, home, *small_cnn(), {"QUANTWRIGHT_STUB_EP_REJECT=no tcm device"}, stub_library);
        const AgentReply reply = load(agent);
        QCOMPARE(reply.error_code(), "board.provider");
        QCOMPARE(reply.error("subject"), "SpaceMITExecutionProvider");
        QCOMPARE(reply.error("detail"), "no tcm device");
        QVERIFY(load(agent, {{"provider", false}}).ok());
    }

    void runs_out_of_memory() {
        ModelBuilder builder;
        builder.input("x", {1}).output("y").weight("shape", {1},
                                                   std::vector<std::int64_t>{std::int64_t(1) << 38});
        builder.node("ConstantOfShape", "c", {"shape"}, {"zeros"});
        builder.node("Add", "add", {"x", "zeros"}, {"y"});
        AgentHome home;
        AgentProcess agent;
        agent.process().setChildProcessModifier([] {
            const rlimit limit{rlim_t(8) << 30, rlim_t(8) << 30};  // so that it fails on every machine
            setrlimit(RLIMIT_AS, &limit);
        });
        start_agent(agent, home, *builder.build());
        QVERIFY(load(agent, {{"optimizations", false}}).ok());
        QCOMPARE(agent.ask({{"do", "benchmark"}, {"names", {"a"}}, {"runs", 1}}).error_code(),
                 "board.out_of_memory");
        QVERIFY(agent.ask({{"do", "facts"}}).ok());
    }
};

QTEST_GUILESS_MAIN(TestAgent)
#include "test_agent.moc"
