#pragma once
// What a decoder can be told, and how it is written in resources/tasks/*.json, --task-options and --task-set.
// docs/tasks.md lists the keys.
#include <array>
#include <map>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/base/result.h"

namespace quantwright {

struct TaskOptions {
    /// Of the classes, by index; empty: not known.
    std::vector<std::string> names = {};
    /// Which output plays which part ("boxes", "scores", …), where their shapes don't tell.
    std::map<std::string, std::string> outputs = {};

    // Detection
    double score = 0.25;       ///< from here on a detection is shown, and counts as truth where float judges
    double min_score = 0.001;  ///< below it nothing is ranked
    double iou = 0.65;         ///< a box that overlaps a better one by more is suppressed
    bool suppress = true;      ///< non-maximum suppression
    bool class_aware = true;   ///< boxes of different classes don't suppress each other
    bool multi_label = false;  ///< a place may be of several classes; else of the best alone
    int max_detections = 300;  ///< per image
    std::string box = "cxcywh";              ///< cxcywh | xyxy | xywh | yxyx
    bool normalized = false;                 ///< boxes in fractions of the input, not in its pixels
    bool objectness = false;                 ///< a fifth value that every class's score is multiplied with
    bool background = false;                 ///< class 0 means: nothing here
    std::string activation = "none";         ///< of scores: none | sigmoid | softmax
    std::string layout = "auto";             ///< auto | channels-first | channels-last
    int classes = 0;                         ///< 0: as many as there are names, or channels left
    std::vector<int> strides = {8, 16, 32};  ///< of the levels that an output joins
    int reg_max = 16;                        ///< bins of each side's distribution; 1: distances
    std::string formula = "v5";              ///< of anchors: v5 | v3
    std::vector<std::vector<std::array<double, 2>>> anchors = {};  ///< by level: width, height in pixels
    std::array<double, 2> variances = {0.1, 0.2};                  ///< of centre and size, for priors
    std::string size = "linear";                                   ///< of heat maps: linear | exp
    std::array<double, 2> centre = {0, 0};  ///< of heat maps: x and y added to the cell's index
    std::vector<std::string> columns = {};  ///< of selected boxes, such as x0 y0 x1 y1 score class

    // Segmentation
    double threshold = 0.5;  ///< of a single channel
    int ignore = 255;        ///< class of the truth that counts nowhere

    // Text
    std::vector<std::string> characters = {};  ///< without the blank
    int blank = 0;                             ///< index of the class that means: no character; -1: the last

    [[nodiscard]] bool operator==(const TaskOptions&) const = default;
};

/// Sets what `json`, an object, has. Errors: task.invalid (subject: `subject`): an unknown key, a value of
/// the wrong kind or outside of its range.
Status set_options(TaskOptions& options, const Json& json, const std::string& subject);
[[nodiscard]] Json to_json(const TaskOptions& options);

}  // namespace quantwright
