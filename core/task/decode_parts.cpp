#include "core/task/decode_parts.h"

#include <algorithm>
#include <numeric>

namespace quantwright::decoding {

Shape Output::tight(std::size_t rank) const {
    Shape result = shape;
    while (result.size() > rank && result.front() == 1)
        result.erase(result.begin());
    return result;
}

const Output* Job::given(const std::string& part) const {
    const auto named = options.outputs.find(part);
    if (named == options.outputs.end())
        return nullptr;
    const auto found = std::find_if(outputs.begin(), outputs.end(),
                                    [&](const Output& output) { return output.name == named->second; });
    return found == outputs.end() ? nullptr : &*found;
}

tl::unexpected<Error> Job::wrong(const std::string& detail) const {
    std::string shapes;
    for (const Output& output : outputs) {
        shapes += (shapes.empty() ? "" : ", ") + output.name + " ";
        for (std::size_t i = 0; i < output.shape.size(); ++i)
            shapes += (i ? "x" : "") + std::to_string(output.shape[i]);
    }
    return fail(ErrorCode::task_outputs, task.decoder, detail + " (" + shapes + ")");
}

Box box_of(const Job& job, double a, double b, double c, double d) {
    const std::string& form = job.options.box;
    if (form == "yxyx") {
        std::swap(a, b);
        std::swap(c, d);
    }
    if (job.options.normalized) {
        a *= job.input().width;
        b *= job.input().height;
        c *= job.input().width;
        d *= job.input().height;
    }
    if (form == "cxcywh")
        return from_centre(a, b, c, d);
    return form == "xywh" ? Box{a, b, c, d} : from_corners(a, b, c, d);
}

std::optional<Places> places_of(const Output& output, const std::string& layout, std::int64_t channels) {
    const Shape shape = output.tight(2);
    if (shape.size() != 2)
        return std::nullopt;
    bool first = shape[0] < shape[1];
    if (layout != "auto")
        first = layout == "channels-first";
    else if (channels > 0 && (shape[0] == channels) != (shape[1] == channels))
        first = shape[0] == channels;
    if (first)
        return Places{output.values, shape[1], shape[0], 1, shape[1]};
    return Places{output.values, shape[0], shape[1], shape[1], 1};
}

Places places_of_map(const Output& output, std::int64_t first_channel, std::int64_t channels,
                     std::int64_t cells) {
    return {output.values.subspan(static_cast<std::size_t>(first_channel * cells),
                                  static_cast<std::size_t>(channels * cells)),
            cells, channels, 1, cells};
}

std::int64_t class_count_of(const Job& job, std::int64_t channels) {
    if (job.options.classes > 0)
        return std::min<std::int64_t>(channels, job.options.classes);
    const auto named = static_cast<std::int64_t>(job.options.names.size());
    return named > 0 && named < channels ? named : channels;
}

namespace {

/// The scores of one place, activated.
void read_scores(const Job& job, const Places& scores, std::int64_t place, std::int64_t first,
                 std::vector<double>& into) {
    for (std::size_t c = 0; c < into.size(); ++c)
        into[c] = scores.at(place, first + static_cast<std::int64_t>(c));
    if (job.options.activation == "sigmoid") {
        std::transform(into.begin(), into.end(), into.begin(), sigmoid);
    } else if (job.options.activation == "softmax") {
        const double largest = *std::max_element(into.begin(), into.end());
        double sum = 0;
        for (double& score : into)
            sum += score = std::exp(score - largest);
        for (double& score : into)
            score /= sum;
    }
}

}  // namespace

void add_candidates(const Job& job, const Places& scores, std::int64_t first, std::int64_t classes,
                    const std::function<double(std::int64_t)>& objectness,
                    const std::function<Box(std::int64_t)>& box, Detections& candidates) {
    const int begin = job.options.background ? 1 : 0;
    std::vector<double> of_place(static_cast<std::size_t>(classes));
    for (std::int64_t place = 0; place < scores.count; ++place) {
        const double sure = objectness ? objectness(place) : 1;
        if (!(sure >= job.options.min_score))
            continue;
        read_scores(job, scores, place, first, of_place);
        const auto from = of_place.begin() + begin;
        if (from >= of_place.end())
            return;
        std::optional<Box> here;
        const auto add = [&](std::vector<double>::iterator score) {
            if (!(*score * sure >= job.options.min_score))
                return;
            if (!here)
                here = box(place);
            const bool finite = std::isfinite(here->x) && std::isfinite(here->y) &&
                                std::isfinite(here->width) && std::isfinite(here->height);
            if (finite)
                candidates.push_back({*here, *score * sure, static_cast<int>(score - from)});
        };
        if (!job.options.multi_label)
            add(std::max_element(from, of_place.end()));
        else
            for (auto score = from; score != of_place.end(); ++score)
                add(score);
    }
}

Detections finished(const Job& job, Detections candidates) {
    // More never matter: a detector's own programs keep no more either.
    constexpr std::size_t most = 30'000;
    const auto better = [](const Detection& a, const Detection& b) { return a.score > b.score; };
    std::stable_sort(candidates.begin(), candidates.end(), better);
    candidates.resize(std::min(candidates.size(), most));
    const auto wanted = static_cast<std::size_t>(job.options.max_detections);
    if (job.options.suppress)
        candidates = suppressed(std::move(candidates), job.options.iou, job.options.class_aware, wanted);
    candidates.resize(std::min(candidates.size(), wanted));
    const Geometry& g = job.geometry;
    for (Detection& one : candidates) {
        const auto x = [&](double input) {
            return std::clamp((input - g.shift_x) / g.scale_x, 0.0, static_cast<double>(g.image.width));
        };
        const auto y = [&](double input) {
            return std::clamp((input - g.shift_y) / g.scale_y, 0.0, static_cast<double>(g.image.height));
        };
        const Box& box = one.box;
        one.box = from_corners(x(box.x), y(box.y), x(box.x + box.width), y(box.y + box.height));
    }
    return candidates;
}

}  // namespace quantwright::decoding
