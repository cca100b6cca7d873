#include "core/calibrate/moving_ranges.h"

#include <algorithm>
#include <cmath>

namespace quantwright {

namespace {

/// PyTorch 1.13, observer.py: min_val + averaging_constant * (min_val_cur - min_val), all in float32.
float moved(float average, float image) {
    const float difference = image - average;
    if (!std::isfinite(difference))  // both near the ends of float32
        return static_cast<float>(average + static_cast<double>(MovingRanges::constant) *
                                                (static_cast<double>(image) - average));
    const float step = MovingRanges::constant * difference;
    return average + step;
}

/// Rounding may turn two ends around that are neighbouring floats.
Range ordered(float min, float max) {
    return {min, std::max(min, max)};
}

}  // namespace

void MovingRanges::add(std::span<const Range> image) {
    if (images++ == 0) {
        average.assign(image.begin(), image.end());
        first = average;
        return;
    }
    for (std::size_t i = 0; i < average.size(); ++i)
        average[i] = ordered(moved(average[i].min, image[i].min), moved(average[i].max, image[i].max));
}

void MovingRanges::append(const MovingRanges& later) {
    if (later.images == 0)
        return;
    if (images == 0) {
        *this = later;
        return;
    }
    const double kept = std::pow(1 - static_cast<double>(constant), static_cast<double>(later.images));
    const auto end = [kept](float before, float m, float b) {
        return static_cast<float>(m + kept * (static_cast<double>(before) - b));
    };
    for (std::size_t i = 0; i < average.size(); ++i) {
        const Range m = later.average[i], b = later.first[i];
        average[i] = ordered(end(average[i].min, m.min, b.min), end(average[i].max, m.max, b.max));
    }
    images += later.images;
}

}  // namespace quantwright
