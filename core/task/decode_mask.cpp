// Segmentation: the class of each pixel at the output's resolution.
#include <algorithm>

#include "core/task/decode_parts.h"

namespace quantwright::decoding {

Result<Prediction> mask(const Job& job) {
    for (const Output& output : job.outputs) {
        const Shape shape = output.tight(3);
        if (shape.size() != 3)
            continue;
        const std::int64_t channels = shape[0], height = shape[1], width = shape[2], cells = height * width;
        Mask mask{static_cast<int>(height), static_cast<int>(width), {}};
        mask.classes.resize(static_cast<std::size_t>(cells));
        const auto plane = [&](std::int64_t channel) {
            return output.values.subspan(static_cast<std::size_t>(channel * cells),
                                         static_cast<std::size_t>(cells));
        };
        const auto first = plane(0);
        if (channels == 1) {
            const bool logits = job.options.activation == "sigmoid";
            std::transform(first.begin(), first.end(), mask.classes.begin(), [&](float value) {
                if (!output.is_float)
                    return static_cast<std::int32_t>(value);  // a class already
                return (logits ? sigmoid(value) : double{value}) > job.options.threshold ? 1 : 0;
            });
            return mask;
        }
        // Plane by plane, as they lie.
        std::vector<float> best(first.begin(), first.end());
        for (std::int64_t c = 1; c < channels; ++c) {
            const auto scores = plane(c);
            for (std::size_t i = 0; i < best.size(); ++i)
                if (scores[i] > best[i]) {
                    best[i] = scores[i];
                    mask.classes[i] = static_cast<std::int32_t>(c);
                }
        }
        return mask;
    }
    return job.wrong("no output is a map of pixels");
}

}  // namespace quantwright::decoding
