// Boxes that the graph has selected: rows of numbers, or outputs for boxes, scores, classes and their count,
// or NonMaxSuppression's indices beside all boxes and scores.
#include <algorithm>

#include "core/task/decode_parts.h"

namespace quantwright::decoding {
namespace {

using Columns = std::vector<std::string>;

/// By the width of a row, as the usual exporters write them.
Columns usual(std::int64_t width) {
    if (width == 6)
        return {"x0", "y0", "x1", "y1", "score", "class"};
    if (width == 7)
        return {"image", "x0", "y0", "x1", "y1", "class", "score"};
    return {};
}

Result<Prediction> rows_of(const Job& job, const Places& rows) {
    const Columns columns = job.options.columns.empty() ? usual(rows.channels) : job.options.columns;
    const auto column = [&](const char* name) {
        return std::find(columns.begin(), columns.end(), name) - columns.begin();
    };
    for (const char* name : {"x0", "y0", "x1", "y1", "score", "class"})
        if (column(name) >= rows.channels)
            return job.wrong("a row has " + std::to_string(rows.channels) + " numbers, and none is called " +
                             name);
    Detections found;
    for (std::int64_t row = 0; row < rows.count; ++row) {
        const double score = rows.at(row, column("score"));
        const double category = rows.at(row, column("class"));
        if (!(score >= job.options.min_score) || !(category >= 0))
            continue;
        found.push_back({box_of(job, rows.at(row, column("x0")), rows.at(row, column("y0")),
                                rows.at(row, column("x1")), rows.at(row, column("y1"))),
                         score, static_cast<int>(category)});
    }
    return finished(job, std::move(found));
}

/// NonMaxSuppression: rows {batch, class, box}.
Result<Prediction> by_index(const Job& job, const Output& indices) {
    const Output* boxes = job.given("boxes");
    const Output* scores = job.given("scores");
    for (const Output& output : job.outputs) {
        const Shape shape = output.tight(2);
        if (!output.is_float || shape.size() != 2)
            continue;
        if (!boxes && shape[1] == 4)
            boxes = &output;
        else if (!scores && &output != boxes)
            scores = &output;
    }
    if (!boxes || !scores)
        return job.wrong("the selected indices stand without boxes and scores");
    const Shape of_scores = scores->tight(2);
    const std::int64_t count = boxes->tight(2)[0];
    if (of_scores.size() != 2 || of_scores[1] != count)
        return job.wrong("the scores are not of " + std::to_string(count) + " boxes");
    Detections found;
    for (std::size_t row = 0; row + 2 < indices.values.size(); row += 3) {
        const auto category = static_cast<std::int64_t>(indices.values[row + 1]);
        const auto at = static_cast<std::int64_t>(indices.values[row + 2]);
        if (indices.values[row] != 0 || category < 0 || category >= of_scores[0] || at < 0 || at >= count)
            continue;
        const double score = scores->values[static_cast<std::size_t>(category * count + at)];
        const auto box = boxes->values.subspan(static_cast<std::size_t>(4 * at), 4);
        if (score >= job.options.min_score)
            found.push_back({box_of(job, box[0], box[1], box[2], box[3]), score, static_cast<int>(category)});
    }
    return finished(job, std::move(found));
}

/// EfficientNMS, TensorFlow, torchvision: an output each.
Result<Prediction> apart(const Job& job, const Output& boxes) {
    const auto rows = places_of(boxes, "channels-last");
    const Output* scores = job.given("scores");
    const Output* classes = job.given("classes");
    const Output* count = job.given("count");
    // Whole numbers are classes, unless classes are floats, too: then they are named so, or whole throughout.
    const auto whole = [](const Output& output) {
        return std::all_of(output.values.begin(), output.values.end(),
                           [](float value) { return value == std::floor(value); });
    };
    std::vector<const Output*> lists;
    for (const Output& output : job.outputs) {
        const auto elements = static_cast<std::int64_t>(output.values.size());
        if (&output == &boxes || &output == scores || &output == classes || &output == count)
            continue;
        if (elements == rows->count && rows->count != 1)
            lists.push_back(&output);
        else if (elements == 1 && !count)
            count = &output;
        else if (elements == rows->count)
            lists.push_back(&output);
    }
    for (const Output* list : lists)
        if (!classes && (!list->is_float || list->name.find("class") != std::string::npos ||
                         list->name.find("label") != std::string::npos))
            classes = list;
    for (const Output* list : lists)
        if (!scores && list != classes && list->is_float && (classes || !whole(*list)))
            scores = list;
    for (const Output* list : lists)
        if (!classes && list != scores)
            classes = list;
    if (!scores)
        return job.wrong("no scores for " + std::to_string(rows->count) + " boxes");
    std::int64_t valid = rows->count;
    if (count && !count->values.empty())
        valid = std::clamp<std::int64_t>(static_cast<std::int64_t>(count->values[0]), 0, valid);
    Detections found;
    for (std::int64_t i = 0; i < valid; ++i) {
        const double score = scores->values[static_cast<std::size_t>(i)];
        const double category = classes ? classes->values[static_cast<std::size_t>(i)] : 0;
        const int first = job.options.background ? 1 : 0;
        if (score >= job.options.min_score && category >= first)
            found.push_back({box_of(job, rows->at(i, 0), rows->at(i, 1), rows->at(i, 2), rows->at(i, 3)),
                             score, static_cast<int>(category) - first});
    }
    return finished(job, std::move(found));
}

}  // namespace

Result<Prediction> selected(const Job& job) {
    for (const Output& output : job.outputs)
        if (!output.is_float && output.tight(2).size() == 2 && output.tight(2)[1] == 3)
            return by_index(job, output);
    if (const Output* boxes = job.given("boxes"))
        return apart(job, *boxes);
    for (const Output& output : job.outputs)
        if (output.is_float && output.tight(2).size() == 2 && output.tight(2)[1] == 4)
            return apart(job, output);
    for (const Output& output : job.outputs) {
        const auto rows = places_of(output, "channels-last");
        if (output.is_float && rows &&
            (rows->channels == static_cast<std::int64_t>(job.options.columns.size()) ||
             (job.options.columns.empty() && !usual(rows->channels).empty())))
            return rows_of(job, *rows);
    }
    return job.wrong("no output holds selected boxes");
}

}  // namespace quantwright::decoding
