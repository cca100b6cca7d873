// bench_judge [MODEL IMAGES PREPROCESS]: what judging costs. COCO's figures of 5,000 images with 100 boxes
// each, their counting beside their adding; and with a model the share of reading its outputs and judging
// them in a run of the model.
#include <algorithm>
#include <random>

#include "core/runtime/session.h"
#include "core/task/coco_map.h"
#include "core/task/open_judge.h"
#include "tests/bench/bench.h"

using namespace quantwright;
using namespace quantwright::bench;

namespace {

void boxes() {
    constexpr int images = 5000, each = 100, categories = 80;
    std::mt19937 random(1);
    std::uniform_real_distribution<double> place(0, 600), size(10, 120), moved(-8, 8), score(0, 1);
    CocoMap map;
    const double adding = seconds([&] {
        for (int image = 0; image < images; ++image) {
            TruthBoxes truth{image, {}};
            Detections found;
            for (int i = 0; i < each; ++i) {
                const Box box{place(random), place(random), size(random), size(random)};
                const int category = static_cast<int>(random() % categories);
                if (i % 10 == 0)
                    truth.boxes.push_back({box, box.width * box.height, category, false});
                found.push_back({{box.x + moved(random), box.y + moved(random), box.width, box.height},
                                 score(random),
                                 category});
            }
            std::sort(found.begin(), found.end(),
                      [](const Detection& a, const Detection& b) { return a.score > b.score; });
            map.add(std::move(truth), std::move(found));
        }
    });
    double value = 0;
    const double judging = seconds([&] { value = map.result(1).all.map.value_or(0); });
    std::printf("mAP of %d images x %d boxes, %d classes: %.2f s (making them up: %.2f s), mAP %.4f\n",
                images, each, categories, judging, adding, value);
}

void model(const char* file, const char* images, const char* preprocess) {
    const auto loaded = value_or_exit(Model::load(file));
    const auto prepared = value_or_exit(prepare(loaded));
    const auto reader = reader_for(*prepared, images, preprocess);
    const auto session = value_or_exit(Session::create(*loaded, {1, Optimizations::standard, {}}));
    const auto judge =
        value_or_exit(open_judge(*loaded, {reader, {}, {}, {}},
                                 [&](const std::vector<Tensor>& inputs) { return session->run(inputs); }));
    judge->keep_shown();
    double running = 0, judging = 0;
    const std::int64_t count = std::min<std::int64_t>(reader->size(), 50);
    for (std::int64_t i = 0; i < count; ++i) {
        const auto inputs = value_or_exit(reader->load(i));
        std::vector<Tensor> outputs;
        running += seconds([&] { outputs = value_or_exit(session->run(inputs)); });
        judging += seconds([&] {
            if (auto added = judge->add(i, outputs, outputs); !added)
                value_or_exit(Result<int>(fail(added)));
        });
    }
    const double figures = seconds([&] { static_cast<void>(judge->judgement()); });
    std::printf(
        "%s, %s: a run %.2f ms, reading two networks' outputs and judging them %.2f ms (%.3f of a run), "
        "the figures of %lld images %.1f ms\n",
        file, judge->task().decoder.c_str(), 1e3 * running / static_cast<double>(count),
        1e3 * judging / static_cast<double>(count), judging / running, static_cast<long long>(count),
        1e3 * figures);
}

}  // namespace

int main(int count, char** arguments) {
    boxes();
    if (count > 3)
        model(arguments[1], arguments[2], arguments[3]);
    return 0;
}
