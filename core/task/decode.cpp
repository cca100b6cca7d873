#include "core/task/decode.h"

#include <algorithm>
#include <array>

#include "core/number/convert.h"
#include "core/task/decode_parts.h"
#include "core/task/scores.h"

namespace quantwright {
namespace decoding {
namespace {

Result<Prediction> scores(const Job& job) {
    const auto first = std::find_if(job.outputs.begin(), job.outputs.end(),
                                    [](const Output& output) { return output.is_float; });
    if (first == job.outputs.end() || !is_score_vector(first->shape))
        return job.wrong("no float output is a vector of scores");
    return ranking(first->values);
}

Result<Prediction> values(const Job& job) {
    const auto first = std::find_if(job.outputs.begin(), job.outputs.end(),
                                    [](const Output& output) { return output.is_float; });
    if (first == job.outputs.end())
        return job.wrong("no float output");
    return Values(first->values.begin(), first->values.end());
}

struct Algorithm {
    const char* name;
    Result<Prediction> (*decode)(const Job& job);
};
constexpr std::array algorithms = {
    Algorithm{"scores", scores},   Algorithm{"rows", rows},         Algorithm{"distribution", distribution},
    Algorithm{"anchors", anchors}, Algorithm{"grid", grid},         Algorithm{"priors", priors},
    Algorithm{"heatmap", heatmap}, Algorithm{"selected", selected}, Algorithm{"ctc", ctc},
    Algorithm{"mask", mask},       Algorithm{"values", values}};

}  // namespace
}  // namespace decoding

Result<Prediction> decode(const Task& task, const std::vector<NamedOutput>& outputs,
                          const Geometry& geometry) {
    if (task.kind == TaskKind::none)
        return Prediction();
    const auto algorithm =
        std::find_if(decoding::algorithms.begin(), decoding::algorithms.end(),
                     [&](const decoding::Algorithm& one) { return task.algorithm == one.name; });
    if (algorithm == decoding::algorithms.end())
        return fail(ErrorCode::task_invalid, task.decoder, "there is no algorithm " + task.algorithm);
    return guarded(task.decoder, [&]() -> Result<Prediction> {
        decoding::Job job{task, task.options, {}, geometry};
        for (const NamedOutput& output : outputs) {
            const Tensor& tensor = output.tensor;
            if (!is_numeric(tensor.type))
                continue;
            decoding::Output& numbers = job.outputs.emplace_back();
            numbers.name = output.name;
            numbers.shape = tensor.shape;
            numbers.is_float = is_float_type(tensor.type);
            if (tensor.type == ElementType::float32) {
                numbers.values = tensor.floats();
                continue;
            }
            const Tensor converted = convert(tensor, ElementType::float32);
            numbers.owned.assign(converted.floats().begin(), converted.floats().end());
            numbers.values = numbers.owned;
        }
        return algorithm->decode(job);
    });
}

double overlap(const Box& a, const Box& b, bool crowd) {
    const double width = std::fmin(a.width + a.x, b.width + b.x) - std::fmax(a.x, b.x);
    const double height = std::fmin(a.height + a.y, b.height + b.y) - std::fmax(a.y, b.y);
    if (width <= 0 || height <= 0)
        return 0;
    const double both = width * height, area = a.width * a.height;
    return both / (crowd ? area : area + b.width * b.height - both);
}

std::vector<int> matches(const Detections& now, const Detections& before) {
    std::vector<int> found(now.size(), -1);
    std::vector<bool> taken(before.size());
    for (std::size_t i = 0; i < now.size(); ++i) {
        double best = 0.5;
        for (std::size_t k = 0; k < before.size(); ++k)
            if (const double here = overlap(now[i].box, before[k].box);
                !taken[k] && before[k].category == now[i].category && here >= best) {
                best = here;
                found[i] = static_cast<int>(k);
            }
        if (found[i] >= 0)
            taken[static_cast<std::size_t>(found[i])] = true;
    }
    return found;
}

Detections suppressed(Detections candidates, double iou, bool class_aware, std::size_t most) {
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const Detection& a, const Detection& b) { return a.score > b.score; });
    Detections kept;
    for (const Detection& one : candidates) {
        if (kept.size() == most)
            break;
        const bool covered = std::any_of(kept.begin(), kept.end(), [&](const Detection& better) {
            return (!class_aware || better.category == one.category) && overlap(better.box, one.box) > iou;
        });
        if (!covered)
            kept.push_back(one);
    }
    return kept;
}

}  // namespace quantwright
