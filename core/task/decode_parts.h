#pragma once
// What decoders are written with. Private to core/task.
#include <cmath>
#include <functional>
#include <optional>
#include <span>

#include "core/task/decode.h"

namespace quantwright::decoding {

/// An output as float32 numbers.
struct Output {
    std::string name;
    Shape shape;
    bool is_float = false;
    std::vector<float> owned;
    std::span<const float> values;

    /// Without leading dimensions of 1, at least `rank` kept.
    [[nodiscard]] Shape tight(std::size_t rank) const;
};

struct Job {
    const Task& task;
    const TaskOptions& options;
    std::vector<Output> outputs;
    const Geometry& geometry;

    [[nodiscard]] Size input() const { return geometry.input; }
    /// The output that `options.outputs` gives this part; null where it gives none or there is none of the
    /// name.
    [[nodiscard]] const Output* given(const std::string& part) const;
    [[nodiscard]] tl::unexpected<Error> wrong(const std::string& detail) const;
};

/// A box of the input's pixels with its scores.
[[nodiscard]] inline Box from_centre(double x, double y, double width, double height) {
    return {x - width / 2, y - height / 2, width, height};
}
[[nodiscard]] inline Box from_corners(double x0, double y0, double x1, double y1) {
    return {x0, y0, x1 - x0, y1 - y0};
}
/// Four numbers as `options.box` says, in the input's pixels.
[[nodiscard]] Box box_of(const Job& job, double a, double b, double c, double d);

[[nodiscard]] inline double sigmoid(double x) {
    return 1 / (1 + std::exp(-x));
}

/// Numbers of `places` places with `channels` each, in whichever order they lie.
struct Places {
    std::span<const float> values;
    std::int64_t count = 0, channels = 0;
    std::int64_t place_step = 0, channel_step = 0;
    [[nodiscard]] double at(std::int64_t place, std::int64_t channel) const {
        return values[static_cast<std::size_t>(place * place_step + channel * channel_step)];
    }
};
/// A rank-2 view of an output, by `layout`; `auto`: the axis of `channels` numbers, else the shorter one is
/// the channels'. Empty where the output has another rank.
[[nodiscard]] std::optional<Places> places_of(const Output& output, const std::string& layout,
                                              std::int64_t channels = 0);
/// The same of a feature map CxHxW.
[[nodiscard]] Places places_of_map(const Output& output, std::int64_t first_channel, std::int64_t channels,
                                   std::int64_t cells);

/// The scores of each place turned into candidates; `box` is asked for those that are good enough.
/// `objectness` may be empty. Class 0 is left out where it is the background.
void add_candidates(const Job& job, const Places& scores, std::int64_t first, std::int64_t classes,
                    const std::function<double(std::int64_t)>& objectness,
                    const std::function<Box(std::int64_t)>& box, Detections& candidates);

/// How many classes there are among `channels`.
[[nodiscard]] std::int64_t class_count_of(const Job& job, std::int64_t channels);

/// Suppresses what overlaps, undoes the geometry, keeps the best.
[[nodiscard]] Detections finished(const Job& job, Detections candidates);

Result<Prediction> rows(const Job& job);
Result<Prediction> distribution(const Job& job);
Result<Prediction> anchors(const Job& job);
Result<Prediction> grid(const Job& job);
Result<Prediction> priors(const Job& job);
Result<Prediction> heatmap(const Job& job);
Result<Prediction> selected(const Job& job);
Result<Prediction> ctc(const Job& job);
Result<Prediction> mask(const Job& job);

}  // namespace quantwright::decoding
