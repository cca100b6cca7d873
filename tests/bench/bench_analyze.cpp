// bench_analyze MODEL CALIBRATION IMAGES [PREPROCESS]: what a sweep of sensitivities costs beside the naive
// way, (layers + 1) x images bare inferences, and what the answer to an edit costs beside one bare run of the
// probe images. Processor time of this process, one thread each.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "core/analyze/quality_meter.h"
#include "core/analyze/sensitivity.h"
#include "core/calibrate/calibrate.h"
#include "core/number/metrics.h"
#include "core/plan/edit.h"
#include "core/runtime/session.h"
#include "core/simulate/simulation.h"
#include "tests/bench/bench.h"

using namespace quantwright;
using namespace quantwright::bench;

namespace {

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values.empty() ? 0 : values[values.size() / 2];
}

/// Spearman's correlation of two rankings of the same layers.
double spearman(const std::vector<double>& a, const std::vector<double>& b) {
    const auto ranks = [](const std::vector<double>& values) {
        std::vector<std::size_t> order(values.size());
        for (std::size_t i = 0; i < order.size(); ++i)
            order[i] = i;
        std::stable_sort(order.begin(), order.end(), [&](auto x, auto y) { return values[x] < values[y]; });
        std::vector<double> result(values.size());
        for (std::size_t i = 0; i < order.size(); ++i)
            result[order[i]] = static_cast<double>(i);
        return result;
    };
    const auto x = ranks(a), y = ranks(b);
    double squares = 0;
    for (std::size_t i = 0; i < x.size(); ++i)
        squares += (x[i] - y[i]) * (x[i] - y[i]);
    const double n = static_cast<double>(x.size());
    return 1 - 6 * squares / (n * (n * n - 1));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) {
        std::fprintf(stderr, "usage: bench_analyze MODEL CALIBRATION IMAGES [PREPROCESS]\n");
        return 2;
    }
    const auto model = value_or_exit(Model::load(argv[1]));
    const auto prepared = value_or_exit(prepare(model));
    const char* preprocess = argc > 4 ? argv[4] : "";
    const auto calibration = reader_for(*prepared, argv[2], preprocess);
    const auto reader = reader_for(*prepared, argv[3], preprocess);
    const auto statistics = value_or_exit(calibrate(*prepared, *calibration)).statistics;
    Plan plan;
    const auto resolved = value_or_exit(resolve(prepared, statistics, plan));

    const std::int64_t images = probe_count(*prepared, *reader);
    std::vector<std::vector<Tensor>> samples;
    for (const std::int64_t run : probe_runs(images, reader->size()))
        samples.push_back(value_or_exit(reader->load(run)));
    const auto session = value_or_exit(Session::create(*prepared->model, {1, Optimizations::standard, {}}));
    std::vector<std::vector<Tensor>> outputs;
    const auto bare_run = [&] {
        outputs.clear();
        for (const auto& sample : samples)
            outputs.push_back(value_or_exit(session->run(sample)));
    };
    bare_run();
    const double bare = (seconds(bare_run) + seconds(bare_run)) / 2;
    std::printf("%s: %zu layers, %zu groups, %lld images, bare run %.3f s\n", argv[1],
                prepared->layers.size(), prepared->groups.size(), static_cast<long long>(images), bare);
    const double loading =
        seconds([&] { value_or_exit(load_batches(*reader, probe_runs(images, reader->size()), 1, {})); });

    AnalyzeOptions options;
    options.threads = 1;
    options.apart = options.without = options.accumulated = false;
    double first = 0;
    const std::clock_t start = std::clock();
    options.partial = [&](const std::shared_ptr<const Sensitivity>& partial) {
        if (first == 0)
            first = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
        std::printf("  answer of %lld images after %.2f s of one processor\n",
                    static_cast<long long>(partial->images),
                    static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
    };
    std::shared_ptr<const Sensitivity> sensitivity;
    const auto sweep = [&] { sensitivity = value_or_exit(analyze_sensitivity(resolved, *reader, options)); };
    const double alone = seconds(sweep) - loading;
    const double naive = static_cast<double>(sensitivity->layers.size() + 1) * bare;
    std::printf("  alone: %.2f of naive (%zu layers that round)\n", alone / naive,
                sensitivity->layers.size());
    options.partial = {};
    const auto also = [&](const char* name, bool AnalyzeOptions::*kind, double kinds) {
        AnalyzeOptions with = options;
        with.*kind = true;
        const double cost =
            seconds([&] { value_or_exit(analyze_sensitivity(resolved, *reader, with)); }) - loading - alone;
        std::printf("  %s: %.2f of naive%s\n", name, cost / naive / kinds, kinds > 1 ? " each" : "");
        return cost;
    };
    also("weights and activations apart", &AnalyzeOptions::apart, 2);
    also("without", &AnalyzeOptions::without, 1);
    std::printf("  accumulated: %.2f bare runs\n",
                also("accumulated", &AnalyzeOptions::accumulated, 1) / bare);

    if (std::getenv("QUANTWRIGHT_BRUTE_FORCE")) {
        std::vector<double> ours, brute;
        for (const LayerSensitivity& layer : sensitivity->layers) {
            SimulationOptions one;
            one.threads = 1;
            one.only_layers = prepared->group_of(layer.layer).layers;
            const auto simulation = value_or_exit(Simulation::create(resolved, one));
            ErrorSums sums;
            for (std::size_t i = 0; i < samples.size(); ++i) {
                const auto values = value_or_exit(simulation->run(samples[i]));
                for (std::size_t o = 0; o < values.size(); ++o)
                    if (values[o].type == ElementType::float32)
                        sums.add(outputs[i][o].floats(), values[o].floats());
            }
            ours.push_back(layer.snr_db_alone.value_or(999));
            brute.push_back(sums.snr_db().value_or(999));
        }
        double largest = 0;
        for (std::size_t i = 0; i < ours.size(); ++i)
            largest = std::max(largest, std::abs(ours[i] - brute[i]));
        std::printf("  brute force: Spearman %.4f, largest difference %.3f dB, top five",
                    spearman(ours, brute), largest);
        std::vector<std::size_t> order(brute.size());
        for (std::size_t i = 0; i < order.size(); ++i)
            order[i] = i;
        std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return brute[a] < brute[b]; });
        for (std::size_t i = 0; i < std::min<std::size_t>(5, order.size()); ++i)
            std::printf(" %zu", order[i] + 1);
        std::printf("\n");
    }

    const auto meter = value_or_exit(QualityMeter::create(prepared, *reader, {}, {images, 1}));
    value_or_exit(meter->measure(resolved, {}, {}));
    std::vector<double> range_edits, weight_edits;
    std::vector<std::size_t> layers;
    for (std::size_t i = 0; i < prepared->layers.size(); ++i)
        if (resolved->layers[i].integers())
            layers.push_back(i);
    constexpr std::size_t sampled = 12;
    for (std::size_t k = 0; k < sampled; ++k) {
        const std::size_t i = layers[k * layers.size() / sampled];
        const Layer& layer = prepared->layers[i];
        const auto timed = [&](const Plan& edited) {
            const auto next = value_or_exit(resolve(prepared, statistics, edited));
            const double cost = seconds([&] { value_or_exit(meter->measure(next, {}, {})); });
            value_or_exit(meter->measure(resolved, {}, {}));
            return cost / bare;
        };
        Plan edited = plan;
        if (const auto& tensor = resolved->tensors[static_cast<std::size_t>(layer.outputs.front())]) {
            edited.tensors[prepared->model->graph()[tensor->scale_owner].name].set(
                Field::clip, clip_text({tensor->range.min * 0.8f, tensor->range.max * 0.8f}));
            range_edits.push_back(timed(edited));
        }
        if (!layer.weight.empty()) {
            edited = plan;
            edited.layers[layer.name].set(Field::weight_granularity, "tensor");
            weight_edits.push_back(timed(edited));
        }
    }
    std::printf("  range edit: %.2f of a bare run (median of %zu), weight edit: %.2f (of %zu)\n",
                median(range_edits), range_edits.size(), median(weight_edits), weight_edits.size());
    return 0;
}
