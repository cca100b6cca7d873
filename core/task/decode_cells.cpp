// Heads that give each cell of a grid its boxes: distributions, anchors, YOLOX's grid.
#include <algorithm>
#include <numeric>

#include "core/task/decode_parts.h"

namespace quantwright::decoding {
namespace {

/// One level of the pyramid: its cells row by row.
struct Level {
    std::int64_t height = 0, width = 0;
    double stride_x = 1, stride_y = 1;
    [[nodiscard]] std::int64_t cells() const { return height * width; }
};

Level level_of(const Job& job, std::int64_t height, std::int64_t width) {
    return {height, width, static_cast<double>(job.input().width) / static_cast<double>(width),
            static_cast<double>(job.input().height) / static_cast<double>(height)};
}

/// The levels that `count` places stand for, `each` of them per cell, by options.strides.
std::vector<Level> levels_of(const Job& job, std::int64_t count) {
    std::vector<Level> levels;
    for (const int stride : job.options.strides) {
        const auto cells = [stride](int side) { return (std::int64_t{side} + stride - 1) / stride; };
        levels.push_back({cells(job.input().height), cells(job.input().width), static_cast<double>(stride),
                          static_cast<double>(stride)});
    }
    const std::int64_t all =
        std::accumulate(levels.begin(), levels.end(), std::int64_t{0},
                        [](std::int64_t sum, const Level& level) { return sum + level.cells(); });
    return all == count ? levels : std::vector<Level>();
}

/// The mean of the distribution over the bins 0 … reg_max - 1.
double expected(const Places& boxes, std::int64_t place, std::int64_t side, int bins) {
    if (bins == 1)
        return boxes.at(place, side);
    double largest = boxes.at(place, side * bins);
    for (int i = 1; i < bins; ++i)
        largest = std::max(largest, boxes.at(place, side * bins + i));
    double sum = 0, weighted = 0;
    for (int i = 0; i < bins; ++i) {
        const double weight = std::exp(boxes.at(place, side * bins + i) - largest);
        sum += weight;
        weighted += weight * i;
    }
    return weighted / sum;
}

void add_level(const Job& job, const Level& level, const Places& boxes, const Places& scores,
               std::int64_t classes, Detections& candidates) {
    const auto box = [&](std::int64_t place) {
        const double x = static_cast<double>(place % level.width) + 0.5;
        const double y = static_cast<double>(place / level.width) + 0.5;
        const int bins = job.options.reg_max;
        return from_corners((x - expected(boxes, place, 0, bins)) * level.stride_x,
                            (y - expected(boxes, place, 1, bins)) * level.stride_y,
                            (x + expected(boxes, place, 2, bins)) * level.stride_x,
                            (y + expected(boxes, place, 3, bins)) * level.stride_y);
    };
    add_candidates(job, scores, 0, classes, {}, box, candidates);
}

/// `count` places from `first` on, `channels` from `channel` on.
Places part(const Places& of, std::int64_t first, std::int64_t count, std::int64_t channel,
            std::int64_t channels) {
    Places result = of;
    result.values =
        of.values.subspan(static_cast<std::size_t>(first * of.place_step + channel * of.channel_step));
    result.count = count;
    result.channels = channels;
    return result;
}

Result<Prediction> joined_levels(const Job& job, const Places& places) {
    const std::int64_t sides = 4 * std::int64_t{job.options.reg_max};
    Detections candidates;
    std::int64_t first = 0;
    const auto levels = levels_of(job, places.count);
    if (levels.empty())
        return job.wrong(std::to_string(places.count) + " places are not those of the strides");
    for (const Level& level : levels) {
        add_level(job, level, part(places, first, level.cells(), 0, sides),
                  part(places, first, level.cells(), sides, places.channels - sides),
                  class_count_of(job, places.channels - sides), candidates);
        first += level.cells();
    }
    return finished(job, std::move(candidates));
}

/// Feature maps 1xCxHxW, the largest first.
std::vector<const Output*> maps_of(const Job& job) {
    std::vector<const Output*> maps;
    for (const Output& output : job.outputs)
        if (output.is_float && output.shape.size() == 4 && output.shape[0] == 1)
            maps.push_back(&output);
    std::stable_sort(maps.begin(), maps.end(), [](const Output* a, const Output* b) {
        return a->shape[2] * a->shape[3] > b->shape[2] * b->shape[3];
    });
    return maps;
}

}  // namespace

Result<Prediction> distribution(const Job& job) {
    const std::int64_t sides = 4 * std::int64_t{job.options.reg_max};
    const auto named = static_cast<std::int64_t>(job.options.names.size());
    for (const Output& output : job.outputs)
        if (const auto places = places_of(output, job.options.layout, named > 0 ? sides + named : 0);
            output.is_float && places && output.tight(2).size() == 2 && places->channels > sides)
            return joined_levels(job, *places);
    const auto maps = maps_of(job);
    Detections candidates;
    bool any = false;
    for (std::size_t i = 0; i < maps.size(); ++i) {
        const Output& map = *maps[i];
        const Level level = level_of(job, map.shape[2], map.shape[3]);
        const std::int64_t channels = map.shape[1];
        if (channels > sides) {  // boxes and scores side by side
            add_level(job, level, places_of_map(map, 0, sides, level.cells()),
                      places_of_map(map, sides, channels - sides, level.cells()),
                      class_count_of(job, channels - sides), candidates);
            any = true;
        } else if (channels == sides) {  // the scores are the next map of this size
            const auto scores = std::find_if(maps.begin(), maps.end(), [&](const Output* other) {
                return other != &map && other->shape[2] == map.shape[2] && other->shape[3] == map.shape[3] &&
                       other->shape[1] != sides && (named == 0 || other->shape[1] == named);
            });
            if (scores == maps.end())
                return job.wrong("no scores beside " + map.name);
            const std::int64_t classes = (*scores)->shape[1];
            add_level(job, level, places_of_map(map, 0, sides, level.cells()),
                      places_of_map(**scores, 0, classes, level.cells()), class_count_of(job, classes),
                      candidates);
            any = true;
        }
    }
    if (!any)
        return job.wrong("no output has " + std::to_string(sides) + " numbers for the sides of a box");
    return finished(job, std::move(candidates));
}

Result<Prediction> anchors(const Job& job) {
    struct Head {
        Level level;
        std::int64_t numbers = 0;
        std::function<double(std::int64_t anchor, std::int64_t cell, std::int64_t number)> at;
    };
    std::vector<Head> heads;
    const auto each =
        static_cast<std::int64_t>(job.options.anchors.empty() ? 0 : job.options.anchors[0].size());
    for (const Output& output : job.outputs) {
        const Shape shape = output.tight(4);
        const auto values = output.values;
        if (each == 0 || !output.is_float)
            continue;
        if (output.shape.size() == 5 && output.shape[0] == 1 && output.shape[1] == each) {  // A, H, W, 5 + C
            const Level level = level_of(job, output.shape[2], output.shape[3]);
            const std::int64_t numbers = output.shape[4], cells = level.cells();
            heads.push_back({level, numbers, [=](std::int64_t a, std::int64_t cell, std::int64_t n) {
                                 return values[static_cast<std::size_t>((a * cells + cell) * numbers + n)];
                             }});
        } else if (output.shape.size() == 4 && shape.size() == 4 && shape[0] == 1 && shape[1] % each == 0) {
            const Level level = level_of(job, shape[2], shape[3]);  // A * (5 + C), H, W
            const std::int64_t numbers = shape[1] / each, cells = level.cells();
            heads.push_back({level, numbers, [=](std::int64_t a, std::int64_t cell, std::int64_t n) {
                                 return values[static_cast<std::size_t>((a * numbers + n) * cells + cell)];
                             }});
        }
    }
    std::stable_sort(heads.begin(), heads.end(),
                     [](const Head& a, const Head& b) { return a.level.stride_x < b.level.stride_x; });
    if (heads.size() != job.options.anchors.size() || heads.empty())
        return job.wrong(std::to_string(heads.size()) + " outputs are grids of " + std::to_string(each) +
                         " anchors, and there are anchors for " + std::to_string(job.options.anchors.size()));
    const bool newer = job.options.formula == "v5";
    Detections candidates;
    for (std::size_t l = 0; l < heads.size(); ++l) {
        const Head& head = heads[l];
        const auto& sizes = job.options.anchors[l];
        if (head.numbers <= 5 || sizes.size() != static_cast<std::size_t>(each))
            return job.wrong("a box has " + std::to_string(head.numbers) + " numbers");
        // Places of a level: anchor by anchor, cell by cell.
        std::vector<float> scores;
        const std::int64_t cells = head.level.cells(), classes = class_count_of(job, head.numbers - 5);
        std::vector<std::int64_t> sure;  // places that can pass
        for (std::int64_t place = 0; place < each * cells; ++place) {
            if (!(sigmoid(head.at(place / cells, place % cells, 4)) >= job.options.min_score))
                continue;
            sure.push_back(place);
            for (std::int64_t c = 0; c < classes; ++c)
                scores.push_back(static_cast<float>(head.at(place / cells, place % cells, 5 + c)));
        }
        const Places places{scores, static_cast<std::int64_t>(sure.size()), classes, classes, 1};
        const auto number = [&](std::int64_t at, std::int64_t n) {
            const std::int64_t place = sure[static_cast<std::size_t>(at)];
            return static_cast<double>(head.at(place / cells, place % cells, n));
        };
        const auto box = [&](std::int64_t at) {
            const std::int64_t place = sure[static_cast<std::size_t>(at)], cell = place % cells;
            const auto& size = sizes[static_cast<std::size_t>(place / cells)];
            const auto x = static_cast<double>(cell % head.level.width);
            const auto y = static_cast<double>(cell / head.level.width);
            if (!newer)
                return from_centre((sigmoid(number(at, 0)) + x) * head.level.stride_x,
                                   (sigmoid(number(at, 1)) + y) * head.level.stride_y,
                                   std::exp(number(at, 2)) * size[0], std::exp(number(at, 3)) * size[1]);
            const double w = 2 * sigmoid(number(at, 2)), h = 2 * sigmoid(number(at, 3));
            return from_centre((2 * sigmoid(number(at, 0)) - 0.5 + x) * head.level.stride_x,
                               (2 * sigmoid(number(at, 1)) - 0.5 + y) * head.level.stride_y, w * w * size[0],
                               h * h * size[1]);
        };
        add_candidates(
            job, places, 0, classes, [&](std::int64_t at) { return sigmoid(number(at, 4)); }, box,
            candidates);
    }
    return finished(job, std::move(candidates));
}

Result<Prediction> grid(const Job& job) {
    const auto named = static_cast<std::int64_t>(job.options.names.size());
    for (const Output& output : job.outputs) {
        const auto places = places_of(output, job.options.layout, named > 0 ? named + 5 : 0);
        if (!output.is_float || !places || places->channels <= 5)
            continue;
        const auto levels = levels_of(job, places->count);
        if (levels.empty())
            return job.wrong(std::to_string(places->count) + " places are not those of the strides");
        Detections candidates;
        std::int64_t first = 0;
        for (const Level& level : levels) {
            const Places own = part(*places, first, level.cells(), 0, places->channels);
            const auto box = [&](std::int64_t cell) {
                const auto x = static_cast<double>(cell % level.width);
                const auto y = static_cast<double>(cell / level.width);
                return from_centre(
                    (own.at(cell, 0) + x) * level.stride_x, (own.at(cell, 1) + y) * level.stride_y,
                    std::exp(own.at(cell, 2)) * level.stride_x, std::exp(own.at(cell, 3)) * level.stride_y);
            };
            add_candidates(
                job, own, 5, class_count_of(job, own.channels - 5),
                [&](std::int64_t cell) { return own.at(cell, 4); }, box, candidates);
            first += level.cells();
        }
        return finished(job, std::move(candidates));
    }
    return job.wrong("no output has a box, an objectness and scores for each place");
}

}  // namespace quantwright::decoding
