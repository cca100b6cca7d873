// Boxes that the graph has decoded: beside their scores in one output, or in two outputs.
#include <algorithm>

#include "core/task/decode_parts.h"

namespace quantwright::decoding {
namespace {

Result<Prediction> joined(const Job& job, const Places& places) {
    const std::int64_t first = job.options.objectness ? 5 : 4;
    if (places.channels <= first)
        return job.wrong("a place has " + std::to_string(places.channels) + " numbers");
    const auto box = [&](std::int64_t place) {
        return box_of(job, places.at(place, 0), places.at(place, 1), places.at(place, 2),
                      places.at(place, 3));
    };
    std::function<double(std::int64_t)> objectness;
    if (job.options.objectness)
        objectness = [&](std::int64_t place) { return places.at(place, 4); };
    Detections candidates;
    add_candidates(job, places, first, class_count_of(job, places.channels - first), objectness, box,
                   candidates);
    return finished(job, std::move(candidates));
}

Result<Prediction> apart(const Job& job, const Places& boxes, const Places& scores) {
    const auto box = [&](std::int64_t place) {
        return box_of(job, boxes.at(place, 0), boxes.at(place, 1), boxes.at(place, 2), boxes.at(place, 3));
    };
    Detections candidates;
    add_candidates(job, scores, 0, scores.channels, {}, box, candidates);
    return finished(job, std::move(candidates));
}

}  // namespace

Result<Prediction> rows(const Job& job) {
    const Output* boxes = job.given("boxes");
    const Output* scores = job.given("scores");
    const auto named = static_cast<std::int64_t>(job.options.names.size());
    std::int64_t width = named > 0 ? named + (job.options.objectness ? 5 : 4) : 0;
    if (!boxes && !scores)
        for (const Output& output : job.outputs)
            if (const auto places = places_of(output, job.options.layout, width);
                output.is_float && places && places->channels > 4)
                return joined(job, *places);
    for (const Output& output : job.outputs) {
        const auto places = places_of(output, job.options.layout, 4);
        if (!boxes && output.is_float && places && places->channels == 4 && &output != scores)
            boxes = &output;
    }
    const auto box_places = boxes ? places_of(*boxes, job.options.layout, 4) : std::nullopt;
    if (!box_places || box_places->channels != 4)
        return job.wrong("no output holds four numbers for each box");
    for (const Output& output : job.outputs) {
        const Shape shape = output.tight(2);
        if (!scores && &output != boxes && output.is_float && shape.size() == 2 &&
            (shape[0] == box_places->count || shape[1] == box_places->count))
            scores = &output;
    }
    if (!scores)
        return job.wrong("no output holds scores for " + std::to_string(box_places->count) + " boxes");
    const Shape shape = scores->tight(2);
    const bool first = shape.size() == 2 && shape[1] == box_places->count && shape[0] != box_places->count;
    const auto score_places = places_of(*scores, first ? "channels-first" : "channels-last");
    if (!score_places || score_places->count != box_places->count)
        return job.wrong("the scores are not of " + std::to_string(box_places->count) + " boxes");
    return apart(job, *box_places, *score_places);
}

}  // namespace quantwright::decoding
