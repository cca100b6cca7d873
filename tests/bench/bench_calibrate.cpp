// bench_calibrate MODEL IMAGES [PREPROCESS]: what calibration costs beside bare inference of the same images,
// in processor time of one thread. Decoding and preprocessing is measured by itself. What every image costs
// is what all of them cost more than half of them; the rest, making the session above all, comes once.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "core/calibrate/calibrate.h"
#include "core/runtime/session.h"
#include "tests/bench/bench.h"

using namespace quantwright;
using namespace quantwright::bench;

int main(int argc, char** argv) {
    if (argc < 3) {
        std::fprintf(stderr, "usage: bench_calibrate MODEL IMAGES [PREPROCESS]\n");
        return 2;
    }
    const auto model = value_or_exit(Model::load(argv[1]));
    const auto prepared = value_or_exit(prepare(model));
    const auto reader = reader_for(*prepared, argv[2], argc > 3 ? argv[3] : "");
    const auto session = value_or_exit(Session::create(*prepared->model, {1, Optimizations::standard, {}}));

    std::vector<std::vector<Tensor>> samples;
    const double loading = seconds([&] {
        for (std::int64_t i = 0; i < reader->size(); ++i)
            samples.push_back(value_or_exit(reader->load(i)));
    });
    const auto calibrated = [&](int shards) {
        return seconds([&] { value_or_exit(calibrate(*prepared, *reader, {1, 1, shards})); });
    };
    double bare = 1e300, all = 1e300, half = 1e300;
    for (int repeat = 0; repeat < 5; ++repeat) {
        bare = std::min(bare, seconds([&] {
                            for (const auto& sample : samples)
                                value_or_exit(session->run(sample));
                        }));
        half = std::min(half, calibrated(2));
        all = std::min(all, calibrated(1));
    }
    const double images = static_cast<double>(samples.size());
    const double bare_ms = 1000 * bare / images, loading_ms = 1000 * loading / images;
    const double each = (all - half) / std::floor(images / 2);
    const double observed_ms = 1000 * each - loading_ms;
    std::printf("images %zu\n", samples.size());
    std::printf("bare inference        %8.2f ms per image\n", bare_ms);
    std::printf("loading               %8.2f ms per image\n", loading_ms);
    std::printf("observed inference    %8.2f ms per image\n", observed_ms);
    std::printf("once                  %8.2f ms\n", 1000 * (all - images * each));
    std::printf("observed / bare       %8.2f\n", observed_ms / bare_ms);
    std::printf("calibration / (loading + bare) %.2f\n", all / (loading + bare));
    return 0;
}
