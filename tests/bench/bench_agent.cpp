// bench_agent MODEL [THREADS]: the agent's latency on this machine beside that of the sessions `evaluate`
// runs, measured in turns; and the least and largest ratio of the rounds, which is the noise.
#include <QtCore/QCoreApplication>
#include <QtCore/QDir>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "core/runtime/session.h"
#include "tests/board/agent_process.h"

using namespace quantwright;
using quantwright::testing::AgentHome;
using quantwright::testing::AgentProcess;

namespace {

constexpr int k_rounds = 8, k_runs = 40;

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

std::vector<Tensor> zeros(const Model& model) {
    std::vector<Tensor> inputs;
    for (const ValueInfo& input : model.inputs()) {
        Shape shape;
        for (const auto& dimension : input.shape)
            shape.push_back(std::max<std::int64_t>(dimension.value, 1));
        std::vector<std::byte> bytes(static_cast<std::size_t>(element_count(shape)) * size_of(input.type));
        inputs.push_back(make_tensor(input.type, shape, std::move(bytes)));
    }
    return inputs;
}

[[noreturn]] void give_up(const char* what) {
    std::fprintf(stderr, "bench_agent: %s\n", what);
    std::exit(1);
}

}  // namespace

int main(int argc, char** argv) {
    const QCoreApplication application(argc, argv);
    if (argc < 2)
        give_up("MODEL [THREADS]");
    const int threads = argc > 2 ? std::atoi(argv[2]) : 1;
    const auto model = Model::load(argv[1]);
    if (!model)
        give_up("the model can't be read");
    SessionOptions options;
    options.threads = threads;
    const auto session = Session::create(**model, options);
    if (!session)
        give_up("the model can't be loaded");
    const std::vector<Tensor> inputs = zeros(**model);

    const AgentHome home;
    const QString copy = home.path() + "/.cache/quantwright/a.onnx";
    QFile::copy(QString::fromLocal8Bit(argv[1]), copy);
    AgentProcess agent;
    agent.start(home.path(), QStringLiteral(QUANTWRIGHT_AGENT));
    agent.ask({{"do", "facts"}, {"runtime", QUANTWRIGHT_ONNXRUNTIME}});
    if (!agent
             .ask({{"do", "load"},
                   {"name", "a"},
                   {"model", AgentHome::inside("a.onnx")},
                   {"threads", threads}})
             .ok())
        give_up("the agent can't load the model");

    std::vector<double> ratios, agents, hosts;
    for (int round = 0; round < k_rounds; ++round) {
        const auto answer =
            agent.ask({{"do", "benchmark"}, {"names", {"a"}}, {"warm_up", 5}, {"runs", k_runs}}).answer;
        agents.push_back(median(answer["sessions"]["a"]["ms"].get<std::vector<double>>()));
        std::vector<double> times;
        for (int run = -5; run < k_runs; ++run) {
            const auto start = std::chrono::steady_clock::now();
            if (!(*session)->run(inputs))
                give_up("a run failed");
            const std::chrono::duration<double, std::milli> ms = std::chrono::steady_clock::now() - start;
            if (run >= 0)
                times.push_back(ms.count());
        }
        hosts.push_back(median(times));
        ratios.push_back(agents.back() / hosts.back());
    }
    const auto [least, largest] = std::minmax_element(ratios.begin(), ratios.end());
    std::printf("agent %.3f ms, host %.3f ms, ratio %.3f (%.3f to %.3f in %d rounds)\n", median(agents),
                median(hosts), median(ratios), *least, *largest, k_rounds);
}
