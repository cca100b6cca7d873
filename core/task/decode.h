#pragma once
// From a run's outputs to a prediction. The algorithms and where their formulas come from:
//
//   scores        the first float output, a vector of scores
//   rows          boxes and scores that the graph has decoded: YOLOv8/11 and YOLOv5 as exported, DETR,
//   UltraFace distribution  YOLOv8/11 without DFL in the graph (Li et al., Generalized Focal Loss): the
//   distance from a
//                 cell's centre to each side is the mean of a softmax over reg_max bins; boxes = centre ±
//                 distance
//                 * stride
//   anchors       YOLOv5/v7: xy = (2 sigmoid - 0.5 + cell) * stride, wh = (2 sigmoid)^2 * anchor; v3: xy =
//                 (sigmoid + cell) * stride, wh = exp * anchor
//   grid          YOLOX: xy = (t + cell) * stride, wh = exp(t) * stride
//   priors        SSD, RetinaFace, RetinaNet: centre = prior + t * variance[0] * prior's size, size = prior's
//   *
//                 exp(t * variance[1]); the boxes of each location stand one behind the other
//   heatmap       CenterNet: cells that are the largest of their 3x3 neighbours; CenterFace: every warm cell,
//                 then suppression
//   selected      what NonMaxSuppression, EfficientNMS or the network itself has selected
//   ctc           text: the best class of each step, repeats and blanks taken out (Graves et al.)
//   mask          the best class of each pixel; one channel: above the threshold
//   values        the first float output as it is
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/model/tensor.h"
#include "core/task/prediction.h"
#include "core/task/task.h"

namespace quantwright {

struct NamedOutput {
    std::string name;
    Tensor tensor;
};

/// One sample's outputs, in the model's order. Boxes are those of the image: geometry is undone and what is
/// outside of the image cut off. Errors: task.outputs (subject: the decoder).
Result<Prediction> decode(const Task& task, const std::vector<NamedOutput>& outputs,
                          const Geometry& geometry);

/// Class by class (or all together), best first: boxes in whatever coordinates, those that overlap a better
/// one with an intersection over union above `iou` taken out. Equal scores keep their order. `most` are kept.
[[nodiscard]] Detections suppressed(Detections candidates, double iou, bool class_aware, std::size_t most);

/// By box of `now`, best first: which of `before` it overlaps most, of the same class and by half at least;
/// each of them once. -1: none.
[[nodiscard]] std::vector<int> matches(const Detections& now, const Detections& before);

/// Intersection over union; of a crowd (second) over the first box's area.
[[nodiscard]] double overlap(const Box& a, const Box& b, bool crowd = false);

}  // namespace quantwright
