// SSD, RetinaFace, RetinaNet: offsets from fixed boxes.
#include <algorithm>

#include "core/task/decode_parts.h"

namespace quantwright::decoding {
namespace {

/// Every prior of the input, in its pixels: level by level, location by location.
std::vector<Box> all_priors(const Job& job) {
    std::vector<Box> priors;
    const TaskOptions& o = job.options;
    for (std::size_t level = 0; level < std::min(o.anchors.size(), o.strides.size()); ++level) {
        const int stride = o.strides[level];
        const auto cells = [stride](int side) { return (side + stride - 1) / stride; };
        for (int y = 0; y < cells(job.input().height); ++y)
            for (int x = 0; x < cells(job.input().width); ++x)
                for (const auto& size : o.anchors[level])
                    priors.push_back(from_centre((x + 0.5) * stride, (y + 0.5) * stride, size[0], size[1]));
    }
    return priors;
}

}  // namespace

Result<Prediction> priors(const Job& job) {
    const Output* offsets = job.given("boxes");
    const Output* scores = job.given("scores");
    const std::vector<Box> fixed = all_priors(job);
    const auto count = static_cast<std::int64_t>(fixed.size());
    for (const Output& output : job.outputs) {
        const Shape shape = output.tight(2);
        if (!output.is_float || shape.size() != 2 || shape[0] != count)
            continue;
        if (shape[1] == 4 && !offsets && &output != scores)
            offsets = &output;
        // Landmarks (ten numbers a face) stand behind the scores wherever there are some.
        else if (!scores && &output != offsets)
            scores = &output;
    }
    if (!offsets || !scores)
        return job.wrong("no boxes and scores for " + std::to_string(count) + " priors");
    const auto moves = places_of(*offsets, "channels-last");
    const auto sure = places_of(*scores, "channels-last");
    if (!moves || !sure || moves->count != count || sure->count != count || moves->channels != 4)
        return job.wrong("not of " + std::to_string(count) + " priors");
    const auto [centre, size] = job.options.variances;
    const auto box = [&, centre = centre, size = size](std::int64_t i) {
        const Box& prior = fixed[static_cast<std::size_t>(i)];
        return from_centre(prior.x + prior.width / 2 + moves->at(i, 0) * centre * prior.width,
                           prior.y + prior.height / 2 + moves->at(i, 1) * centre * prior.height,
                           prior.width * std::exp(moves->at(i, 2) * size),
                           prior.height * std::exp(moves->at(i, 3) * size));
    };
    Detections candidates;
    add_candidates(job, *sure, 0, sure->channels, {}, box, candidates);
    return finished(job, std::move(candidates));
}

}  // namespace quantwright::decoding
