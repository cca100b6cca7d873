#include "core/task/coco_map.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/base/parallel.h"
#include "core/task/decode.h"

namespace quantwright {
namespace {

constexpr std::size_t threshold_count = 10, recall_count = 101, area_count = 4, limit_count = 3;
constexpr std::array<std::size_t, limit_count> limits = {1, 10, 100};
struct AreaRange {
    double from, to;
};
constexpr std::array<AreaRange, area_count> areas = {
    AreaRange{0, 1e10}, {0, 32.0 * 32}, {32.0 * 32, 96.0 * 96}, {96.0 * 96, 1e10}};

/// NumPy's linspace, to the last bit.
double step(double from, double to, std::size_t count, std::size_t i) {
    if (i + 1 == count)
        return to;
    return static_cast<double>(i) * ((to - from) / static_cast<double>(count - 1)) + from;
}
double iou_threshold(std::size_t i) {
    return step(0.5, 0.95, threshold_count, i);
}
double recall_point(std::size_t i) {
    return step(0, 1, recall_count, i);
}

/// One category in one image.
struct Scene {
    std::vector<const TruthBox*> truth;
    std::vector<const Detection*> found;  ///< best first, at most the largest limit
};

/// What became of a detection at each threshold, a bit each.
struct Fate {
    double score = 0;
    std::size_t rank = 0;  ///< in its image
    std::array<std::uint16_t, area_count> matched{}, ignored{};
};

/// cocoeval.py, evaluateImg, for every area and threshold.
class Matcher {
public:
    void add(const Scene& scene) {
        const std::size_t found = scene.found.size(), truth = scene.truth.size();
        m_overlaps.resize(found * truth);
        for (std::size_t d = 0; d < found; ++d)
            for (std::size_t g = 0; g < truth; ++g)
                m_overlaps[d * truth + g] =
                    overlap(scene.found[d]->box, scene.truth[g]->box, scene.truth[g]->crowd);
        const std::size_t first = fates.size();
        for (std::size_t d = 0; d < found; ++d)
            fates.push_back({scene.found[d]->score, d, {}, {}});
        for (std::size_t a = 0; a < area_count; ++a)
            match(scene, a, first);
    }

    std::vector<Fate> fates;
    std::array<std::int64_t, area_count> to_find{};

private:
    void match(const Scene& scene, std::size_t a, std::size_t first) {
        const auto outside = [a](double area) { return area < areas[a].from || area > areas[a].to; };
        const std::size_t truth = scene.truth.size();
        m_order.resize(truth);
        std::iota(m_order.begin(), m_order.end(), std::size_t{0});
        const auto ignored = [&](std::size_t g) {
            return scene.truth[g]->crowd || outside(scene.truth[g]->area);
        };
        std::stable_sort(m_order.begin(), m_order.end(),
                         [&](std::size_t x, std::size_t y) { return !ignored(x) && ignored(y); });
        const auto counted =
            static_cast<std::size_t>(std::find_if(m_order.begin(), m_order.end(), ignored) - m_order.begin());
        to_find[a] += static_cast<std::int64_t>(counted);
        for (std::size_t t = 0; t < threshold_count; ++t) {
            const auto bit = static_cast<std::uint16_t>(1U << t);
            m_taken.assign(truth, false);
            for (std::size_t d = 0; d < scene.found.size(); ++d) {
                Fate& fate = fates[first + d];
                double best = std::min(iou_threshold(t), 1 - 1e-10);
                std::size_t match = truth;  // none
                for (std::size_t k = 0; k < truth; ++k) {
                    const std::size_t g = m_order[k];
                    if (m_taken[k] && !scene.truth[g]->crowd)
                        continue;
                    // A match that counts is not given up for one that does not.
                    if (match < counted && k >= counted)
                        break;
                    if (m_overlaps[d * truth + g] < best)
                        continue;
                    best = m_overlaps[d * truth + g];
                    match = k;
                }
                if (match < truth) {
                    m_taken[match] = true;
                    fate.matched[a] |= bit;
                    if (match >= counted)
                        fate.ignored[a] |= bit;
                } else if (const Box& box = scene.found[d]->box; outside(box.width * box.height)) {
                    fate.ignored[a] |= bit;
                }
            }
        }
    }

    std::vector<double> m_overlaps;
    std::vector<std::size_t> m_order;
    std::vector<bool> m_taken;
};

/// Sums over categories and thresholds of what is known.
struct Mean {
    double sum = 0;
    std::int64_t count = 0;
    void add(double value) {
        sum += value;
        ++count;
    }
    void add(const Mean& other) {
        sum += other.sum;
        count += other.count;
    }
    [[nodiscard]] std::optional<double> value() const {
        return count > 0 ? std::optional(sum / static_cast<double>(count)) : std::nullopt;
    }
};

struct Curves {
    std::array<std::array<Mean, threshold_count>, area_count> precision;  ///< of 100 detections
    std::array<std::array<Mean, limit_count>, area_count> recall;
};

/// cocoeval.py, accumulate, of one category.
void accumulate(Matcher& matched, Curves& curves) {
    std::stable_sort(matched.fates.begin(), matched.fates.end(),
                     [](const Fate& x, const Fate& y) { return x.score > y.score; });
    std::vector<double> recalls, precisions;
    for (std::size_t a = 0; a < area_count; ++a) {
        if (matched.to_find[a] == 0)
            continue;
        const auto all = static_cast<double>(matched.to_find[a]);
        for (std::size_t m = 0; m < limit_count; ++m)
            for (std::size_t t = 0; t < threshold_count; ++t) {
                const bool last = m + 1 == limit_count;
                recalls.clear();
                precisions.clear();
                double right = 0, wrong = 0;
                for (const Fate& fate : matched.fates) {
                    if (fate.rank >= limits[m])
                        continue;
                    const bool counts = (fate.ignored[a] >> t & 1) == 0,
                               hit = (fate.matched[a] >> t & 1) != 0;
                    right += counts && hit ? 1 : 0;
                    wrong += counts && !hit ? 1 : 0;
                    if (!last)
                        continue;
                    recalls.push_back(right / all);
                    precisions.push_back(right / (wrong + right + std::numeric_limits<double>::epsilon()));
                }
                curves.recall[a][m].add(right / all);
                if (!last)
                    continue;
                std::partial_sum(precisions.rbegin(), precisions.rend(), precisions.rbegin(),
                                 [](double a, double b) { return std::max(a, b); });
                for (std::size_t r = 0; r < recall_count; ++r) {
                    const auto at =
                        std::lower_bound(recalls.begin(), recalls.end(), recall_point(r)) - recalls.begin();
                    const bool reached = at < static_cast<std::ptrdiff_t>(recalls.size());
                    curves.precision[a][t].add(reached ? precisions[static_cast<std::size_t>(at)] : 0);
                }
            }
    }
}

std::optional<double> over_thresholds(const std::array<Mean, threshold_count>& precision) {
    Mean mean;
    for (const Mean& one : precision)
        mean.add(one);
    return mean.value();
}

}  // namespace

void CocoMap::add(TruthBoxes truth, Detections found) {
    m_images.push_back({std::move(truth), std::move(found)});
}

std::int64_t CocoMap::boxes() const {
    std::int64_t count = 0;
    for (const Image& image : m_images)
        count += std::count_if(image.truth.boxes.begin(), image.truth.boxes.end(),
                               [](const TruthBox& box) { return !box.crowd; });
    return count;
}

CocoResult CocoMap::result(int threads) const {
    std::vector<const Image*> images;
    for (const Image& image : m_images)
        images.push_back(&image);
    std::stable_sort(images.begin(), images.end(),
                     [](const Image* a, const Image* b) { return a->truth.order < b->truth.order; });
    // Categories without truth have no precision at all.
    std::map<int, std::vector<Scene>> scenes;
    for (const Image* image : images)
        for (const TruthBox& box : image->truth.boxes)
            scenes.try_emplace(box.category);
    for (const Image* image : images) {
        std::map<int, Scene> own;
        for (const TruthBox& box : image->truth.boxes)
            own[box.category].truth.push_back(&box);
        for (const Detection& one : image->found)
            if (scenes.contains(one.category))
                own[one.category].found.push_back(&one);
        for (auto& [category, scene] : own) {
            std::stable_sort(scene.found.begin(), scene.found.end(),
                             [](const Detection* a, const Detection* b) { return a->score > b->score; });
            scene.found.resize(std::min(scene.found.size(), limits.back()));
            scenes[category].push_back(std::move(scene));
        }
    }
    std::vector<std::pair<int, const std::vector<Scene>*>> categories;
    for (const auto& [category, of] : scenes)
        categories.emplace_back(category, &of);
    std::vector<Curves> curves(categories.size());
    static_cast<void>(
        for_each_parallel(static_cast<int>(categories.size()), worker_count(threads), [&](int i) -> Status {
            Matcher matcher;
            for (const Scene& scene : *categories[static_cast<std::size_t>(i)].second)
                matcher.add(scene);
            accumulate(matcher, curves[static_cast<std::size_t>(i)]);
            return {};
        }));
    CocoResult result;
    Curves all;
    for (std::size_t i = 0; i < curves.size(); ++i) {
        for (std::size_t a = 0; a < area_count; ++a) {
            for (std::size_t t = 0; t < threshold_count; ++t)
                all.precision[a][t].add(curves[i].precision[a][t]);
            for (std::size_t m = 0; m < limit_count; ++m)
                all.recall[a][m].add(curves[i].recall[a][m]);
        }
        const auto& precision = curves[i].precision[0];
        if (precision[0].count > 0)
            result.categories[categories[i].first] = {over_thresholds(precision), precision[0].value()};
    }
    constexpr std::size_t at50 = 0, at75 = 5, whole = 0, small = 1, medium = 2, large = 3;
    result.all = {over_thresholds(all.precision[whole]),  all.precision[whole][at50].value(),
                  all.precision[whole][at75].value(),     over_thresholds(all.precision[small]),
                  over_thresholds(all.precision[medium]), over_thresholds(all.precision[large]),
                  all.recall[whole][0].value(),           all.recall[whole][1].value(),
                  all.recall[whole][2].value(),           all.recall[small][2].value(),
                  all.recall[medium][2].value(),          all.recall[large][2].value()};
    return result;
}

}  // namespace quantwright
