// bench_large [LAYERS]: what an edit costs in large graphs: resolving it beside the first time, and its
// answer beside a bare run. Processor time. The networks are chains of small convolutions with residual sums.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "core/analyze/quality_meter.h"
#include "core/plan/edit.h"
#include "core/runtime/session.h"
#include "tests/bench/bench.h"
#include "tests/support/reference_statistics.h"
#include "tests/support/sample_files.h"
#include "tests/support/small_models.h"

using namespace quantwright;
using namespace quantwright::bench;

namespace {

std::shared_ptr<const Model> chain_of(int layers) {
    testing::ModelBuilder b;
    b.input("x", {1, 8, 8, 8}).output("y");
    std::string last = "x", before;
    for (int i = 0; i < layers; ++i) {
        const std::string number = std::to_string(i), out = i + 1 == layers ? "y" : "t" + number;
        if (i % 4 == 3) {
            b.node("Add", "add" + number, {last, before}, {out});
        } else {
            b.conv("conv" + number, last, out + (i % 4 == 2 ? "" : "c"), 8, 8, 1);
            if (i % 4 != 2)
                b.node("Relu", "relu" + number, {out + "c"}, {out});
        }
        if (i % 4 == 0)
            before = out;
        last = out;
    }
    return b.build();
}

}  // namespace

int main(int argc, char** argv) {
    const int layers = argc > 1 ? std::atoi(argv[1]) : 1000;
    const auto model = chain_of(layers);
    std::shared_ptr<const Prepared> prepared;
    const double preparing = seconds([&] { prepared = value_or_exit(prepare(model)); });
    const auto samples = testing::random_inputs(*model, 8);
    const auto statistics = testing::reference_statistics(*prepared, {samples[0], samples[1]});
    std::printf("%zu nodes, %zu layers: prepare %.2f s\n", prepared->model->graph().nodes().size(),
                prepared->layers.size(), preparing);
    for (const char* method : {"minmax", "mse", "kl"}) {
        Plan plan;
        plan.defaults.set(Field::threshold_method, method);
        const double first = seconds([&] { value_or_exit(resolve(prepared, statistics, plan)); });
        plan.layers[prepared->layers[static_cast<std::size_t>(layers / 2)].name].set(Field::mode, "float");
        const double edit = seconds([&] { value_or_exit(resolve(prepared, statistics, plan)); });
        std::printf("  resolve, %s: first %.3f s, after an edit %.4f s: 1/%.0f\n", method, first, edit,
                    first / edit);
    }
    const auto folder = std::filesystem::temp_directory_path() / "quantwright-bench-large";
    std::filesystem::create_directories(folder);
    testing::write_samples(folder, samples);
    const auto reader = testing::reader_of(folder, *model);
    std::unique_ptr<Session> session;
    const double creating = seconds([&] {
        session = value_or_exit(Session::create(*prepared->model, {1, Optimizations::standard, {}}));
    });
    const double bare = seconds([&] {
        for (const auto& sample : samples)
            value_or_exit(session->run(sample));
    });
    const auto meter = value_or_exit(QualityMeter::create(prepared, *reader, {}, {8, 1}));
    Plan plan;
    const auto resolved = value_or_exit(resolve(prepared, statistics, plan));
    const double start = seconds([&] { value_or_exit(meter->measure(resolved, {}, {})); });
    std::printf("  bare run of 8 samples %.3f s, its session %.2f s; first answer %.2f s\n", bare, creating,
                start);
    for (const int place : {layers / 10, layers / 2, layers - 5}) {
        Plan edited = plan;
        edited.layers[prepared->layers[static_cast<std::size_t>(place)].name].set(Field::mode, "float");
        const auto next = value_or_exit(resolve(prepared, statistics, edited));
        const double answer = seconds([&] { value_or_exit(meter->measure(next, {}, {})); });
        std::printf("  edit at layer %d: answer %.3f s, %.2f of a bare run\n", place, answer, answer / bare);
        value_or_exit(meter->measure(resolved, {}, {}));
    }
    std::filesystem::remove_all(folder);
    return 0;
}
