#include "core/calibrate/statistics.h"

#include <algorithm>
#include <cmath>

#include "core/calibrate/worst_images.h"

namespace quantwright {

namespace {

Range join(Range a, Range b) {
    return {std::min(a.min, b.min), std::max(a.max, b.max)};
}

std::int64_t finite_elements(const TensorStatistics& tensor) {
    return tensor.count - tensor.not_finite;
}

/// Unknown as soon as it is unknown of one part that has finite elements.
void append_or_forget(MovingRanges& a, const MovingRanges& b, bool known) {
    if (known)
        a.append(b);
    else
        a = {};
}

/// Before counts are added up, after the channels.
void merge_moving(TensorStatistics& a, const TensorStatistics& b) {
    const auto is_known = [](const TensorStatistics& tensor) {
        return tensor.moving.images > 0 || finite_elements(tensor) == 0;
    };
    const bool known = is_known(a) && is_known(b);
    append_or_forget(a.moving, b.moving, known);
    append_or_forget(a.moving_channels, b.moving_channels,
                     known && a.channel_axis >= 0 && b.moving_channels.images > 0 &&
                         (a.count == 0 || a.moving_channels.images > 0));
}

/// Adds `b`'s elements to `a`'s.
void merge_into(TensorStatistics& a, const TensorStatistics& b) {
    if (b.count == 0)
        return;
    const std::int64_t finite_a = finite_elements(a), finite_b = finite_elements(b);
    if (finite_b > 0) {
        a.range = finite_a == 0 ? b.range : join(a.range, b.range);
        // Chan, Golub and LeVeque (1979): squared deviations of two samples together.
        const auto na = static_cast<double>(finite_a), nb = static_cast<double>(finite_b);
        const double difference = b.mean - a.mean;
        const double squares =
            a.std * a.std * na + b.std * b.std * nb + difference * difference * na * nb / (na + nb);
        a.mean += difference * nb / (na + nb);
        a.std = std::sqrt(squares / (na + nb));
    }
    if (a.count == 0) {
        a.channel_axis = b.channel_axis;
        a.channels = b.channels;
    } else if (a.channel_axis != b.channel_axis || a.channels.size() != b.channels.size()) {
        a.channel_axis = -1;
        a.channels.clear();
    } else {
        for (std::size_t c = 0; c < a.channels.size(); ++c)
            a.channels[c] = join(a.channels[c], b.channels[c]);
    }
    merge_moving(a, b);
    a.count += b.count;
    a.not_finite += b.not_finite;
    a.histogram.merge(b.histogram);
    WorstImages worst;
    for (const auto& image : a.worst_images)
        worst.add(image.image, image.max_abs);
    for (const auto& image : b.worst_images)
        worst.add(image.image, image.max_abs);
    a.worst_images = worst.take();
}

}  // namespace

Result<std::shared_ptr<const Statistics>> merge(const std::vector<std::shared_ptr<const Statistics>>& parts) {
    if (parts.empty())
        return fail(ErrorCode::stats_invalid, {}, "no statistics to merge");
    auto result = std::make_shared<Statistics>(*parts.front());
    for (auto part = parts.begin() + 1; part != parts.end(); ++part) {
        const Statistics& other = **part;
        if (other.model_sha256 != result->model_sha256 || other.tensors.size() != result->tensors.size())
            return fail(ErrorCode::stats_other_model, other.source);
        for (std::size_t i = 0; i < other.tensors.size(); ++i) {
            if (other.tensors[i].name != result->tensors[i].name)
                return fail(ErrorCode::stats_other_model, other.source, other.tensors[i].name);
            merge_into(result->tensors[i], other.tensors[i]);
        }
        result->images += other.images;
        result->skipped.insert(result->skipped.end(), other.skipped.begin(), other.skipped.end());
    }
    return result;
}

}  // namespace quantwright
