// bench_search MODEL CALIBRATION IMAGES MORE [PREPROCESS] [bytes|macs]: exceptions and processor time of a
// search for so many dB more than the plan has (or, with a leading '=', so many dB), beside greedy by brute
// force on the sensitivity ranking: layer by layer to float, each plan simulated as a whole, until the
// promise is kept. Both on the same images, one thread; both have the ranking to make first, which is told
// apart.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "core/analyze/probes.h"
#include "core/calibrate/calibrate.h"
#include "core/search/search.h"
#include "core/simulate/simulation.h"
#include "tests/bench/bench.h"

using namespace quantwright;
using namespace quantwright::bench;

namespace {

void tell(const char* what, std::size_t exceptions, double snr_db, const Resolved& base, const Resolved& plan,
          double seconds) {
    std::printf("  %s: %zu exceptions, %.2f dB, parameters +%.0f kB, weighted macs x %.3f, %.1f s\n", what,
                exceptions, snr_db, (parameter_bytes(plan) - parameter_bytes(base)) / 1000,
                weighted_macs(plan) / weighted_macs(base), seconds);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 5) {
        std::fprintf(stderr,
                     "usage: bench_search MODEL CALIBRATION IMAGES MORE|=DB [PREPROCESS] [bytes|macs]\n");
        return 2;
    }
    const auto prepared = value_or_exit(prepare(value_or_exit(Model::load(argv[1]))));
    const char* preprocess = argc > 5 ? argv[5] : "";
    const auto calibration = reader_for(*prepared, argv[2], preprocess);
    const auto reader = reader_for(*prepared, argv[3], preprocess);
    const auto statistics = value_or_exit(calibrate(*prepared, *calibration)).statistics;
    const auto resolved = value_or_exit(resolve(prepared, statistics, Plan()));
    const auto with = [&](const std::vector<Raise>& raised) {
        Plan plan;
        value_or_exit(apply(plan, edit_of(*resolved, raised)));
        return value_or_exit(resolve(prepared, statistics, plan));
    };
    const auto runs = probe_runs(probe_count(*prepared, *reader), reader->size());
    const auto probes = value_or_exit(load_probes(*prepared, *reader, runs, 1, {}));
    const auto simulated = [&](const std::shared_ptr<const Resolved>& plan) {
        const auto simulation =
            value_or_exit(Simulation::create(plan, {1, Optimizations::standard, {}, true, true, {}}));
        ProbeErrors errors;
        for (const Probe& probe : probes)
            errors.add(probe_error({}, probe, value_or_exit(simulation->run(probe.batch.inputs))));
        return errors.sums().snr_db().value_or(1000);
    };
    const double plain = simulated(resolved);
    const double promise = argv[4][0] == '=' ? std::atof(argv[4] + 1) : plain + std::atof(argv[4]);
    std::printf("%s: %zu groups, %zu images, %.2f dB, promised %.2f dB\n", argv[1], prepared->groups.size(),
                probes.size(), plain, promise);

    AnalyzeOptions alone;
    alone.threads = 1;
    alone.apart = alone.without = alone.accumulated = false;
    std::shared_ptr<const Sensitivity> ranking;
    const double ranked =
        seconds([&] { ranking = value_or_exit(analyze_sensitivity(resolved, *reader, alone)); });
    std::printf("  ranking: %.1f s\n", ranked);

    std::vector<Raise> brute;
    double reached = plain;
    const double walked = seconds([&] {
        for (std::size_t i = 0; i < ranking->layers.size() && reached < promise; ++i) {
            const int layer = ranking->layers[i].layer;
            brute.push_back(
                {prepared->group_of_layer[static_cast<std::size_t>(layer)], Field::mode, "float"});
            reached = simulated(with(brute));
        }
    });
    tell("brute force", brute.size(), reached, *resolved, *with(brute), walked);

    SearchOptions options;
    options.threads = 1;
    options.promise.min_snr_db = promise;
    if (argc > 6 && std::strcmp(argv[6], "macs") == 0)
        options.cost = weighted_macs;
    std::shared_ptr<const SearchResult> found;
    const double searched = seconds([&] { found = value_or_exit(search(resolved, *reader, options)); });
    const SearchPoint& chosen = found->points[found->chosen];
    tell(found->reached ? "search" : "search, not reached", chosen.raised.size(),
         chosen.snr_db.value_or(1000), *resolved, *with(chosen.raised), searched - ranked);
    std::size_t screened = 0;
    for (const SearchPoint& point : found->points)
        screened += point.screened ? 1 : 0;
    std::printf("  %zu plans, %zu of them on a few images; as a whole simulated: %.2f dB\n",
                found->points.size(), screened, simulated(with(chosen.raised)));
    for (const Needed& one : found->exceptions)
        std::printf("    %s (%s, rank %d) %s=%s: %.2f dB without\n",
                    prepared->groups[static_cast<std::size_t>(one.raise.group)].name.c_str(),
                    prepared->groups[static_cast<std::size_t>(one.raise.group)].op.c_str(), one.rank,
                    std::string(info(one.raise.field).path).c_str(), one.raise.value.c_str(),
                    one.snr_db_without.value_or(1000));
    return 0;
}
