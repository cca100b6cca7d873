#pragma once
// COCO's average precision and recall of boxes, figure by figure as pycocotools gives them (cocoeval.py):
// IoU .50:.05:.95, 101 recall points, areas all / below 32² / to 96² / above, 1 / 10 / 100 detections per
// image and category, crowds that count neither as found nor as missed.
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "core/task/labels.h"

namespace quantwright {

/// Empty: there is nothing of the kind to find.
struct CocoFigures {
    std::optional<double> map, map50, map75, map_small, map_medium, map_large;
    std::optional<double> recall_1, recall_10, recall_100, recall_small, recall_medium, recall_large;
};

struct CocoResult {
    CocoFigures all;
    struct Category {
        std::optional<double> map, map50;
    };
    std::map<int, Category> categories;  ///< those with something to find
};

class CocoMap {
public:
    /// Equal scores of different images stand in the order of `truth.order`.
    void add(TruthBoxes truth, Detections found);
    [[nodiscard]] std::int64_t images() const { return static_cast<std::int64_t>(m_images.size()); }
    [[nodiscard]] std::int64_t boxes() const;  ///< to find
    [[nodiscard]] CocoResult result(int threads = 0) const;

private:
    struct Image {
        TruthBoxes truth;
        Detections found;
    };
    std::vector<Image> m_images;
};

}  // namespace quantwright
