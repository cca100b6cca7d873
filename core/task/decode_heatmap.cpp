// CenterNet, CenterFace: a box stands where the heat is largest.
#include <algorithm>

#include "core/task/decode_parts.h"

namespace quantwright::decoding {

Result<Prediction> heatmap(const Job& job) {
    // In the order of the outputs: heat, size, offset; a second map of two channels is the offset.
    const Output* heat = job.given("heat");
    const Output* size = job.given("sizes");
    const Output* offset = job.given("offsets");
    for (const Output& output : job.outputs) {
        if (!output.is_float || output.shape.size() != 4 || output.shape[0] != 1)
            continue;
        if (!heat && &output != size && &output != offset)
            heat = &output;
        else if (!size && output.shape[1] == 2 && &output != offset && &output != heat)
            size = &output;
        else if (!offset && output.shape[1] == 2 && &output != size && &output != heat)
            offset = &output;
    }
    if (!heat || !size)
        return job.wrong("a map of heat and one of sizes are wanted");
    const std::int64_t height = heat->shape[2], width = heat->shape[3], cells = height * width;
    for (const Output* map : {size, offset})
        if (map && (map->shape.size() != 4 || map->shape[1] != 2 || map->shape[2] != height ||
                    map->shape[3] != width))
            return job.wrong(map->name + " is not two maps of the size of " + heat->name);
    const double stride_x = static_cast<double>(job.input().width) / static_cast<double>(width);
    const double stride_y = static_cast<double>(job.input().height) / static_cast<double>(height);
    const TaskOptions& o = job.options;
    // Maps of CenterFace hold y before x; which channel is which is by the option.
    const int first_x = o.box == "yxyx" ? 1 : 0;
    const auto of = [&](const Output* map, int channel, std::int64_t cell) {
        return static_cast<double>(map->values[static_cast<std::size_t>(channel * cells + cell)]);
    };
    // exp: in cells, as CenterFace has them; linear: in cells, too.
    const auto extent = [&](int channel, std::int64_t cell) {
        const double value = of(size, channel, cell);
        return o.size == "exp" ? std::exp(value) : value;
    };
    Detections candidates;
    for (std::int64_t c = 0; c < heat->shape[1]; ++c)
        for (std::int64_t cell = 0; cell < cells; ++cell) {
            const std::int64_t x = cell % width, y = cell / width;
            const auto heat_at = [&](std::int64_t row, std::int64_t column) {
                return heat->values[static_cast<std::size_t>(c * cells + row * width + column)];
            };
            const float here = heat_at(y, x);
            const double score = o.activation == "sigmoid" ? sigmoid(here) : static_cast<double>(here);
            if (!(score >= o.min_score))
                continue;
            // Where boxes are suppressed afterwards, every warm cell may have one (CenterFace).
            bool largest = true;
            for (std::int64_t row = std::max<std::int64_t>(0, y - 1);
                 !o.suppress && row <= std::min(height - 1, y + 1); ++row)
                for (std::int64_t column = std::max<std::int64_t>(0, x - 1);
                     column <= std::min(width - 1, x + 1); ++column)
                    largest = largest && !(heat_at(row, column) > here);
            if (!largest)
                continue;
            const double dx = (offset ? of(offset, first_x, cell) : 0) + o.centre[0];
            const double dy = (offset ? of(offset, 1 - first_x, cell) : 0) + o.centre[1];
            candidates.push_back(
                {from_centre((static_cast<double>(x) + dx) * stride_x,
                             (static_cast<double>(y) + dy) * stride_y, extent(first_x, cell) * stride_x,
                             extent(1 - first_x, cell) * stride_y),
                 score, static_cast<int>(c)});
        }
    return finished(job, std::move(candidates));
}

}  // namespace quantwright::decoding
