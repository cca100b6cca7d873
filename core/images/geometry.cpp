#include "core/images/geometry.h"

#include <algorithm>
#include <cmath>

namespace quantwright {
namespace {

constexpr std::int64_t max_side = 100'000'000;

Size resized(Size image, const Preprocess& preprocess) {
    const std::int64_t height = image.height, width = image.width;
    switch (preprocess.resize) {
        case ResizeMode::none:
            break;
        case ResizeMode::stretch:
            return preprocess.size;
        case ResizeMode::short_side: {
            // The long side is cut to an integer, as torchvision's Resize does.
            const std::int64_t side = preprocess.size.height;
            const std::int64_t longer = side * std::max(height, width) / std::min(height, width);
            const auto limited = static_cast<int>(std::min(longer, max_side));
            return height <= width ? Size{static_cast<int>(side), limited}
                                   : Size{limited, static_cast<int>(side)};
        }
        case ResizeMode::letterbox: {
            const double ratio =
                std::min(static_cast<double>(preprocess.size.height) / static_cast<double>(height),
                         static_cast<double>(preprocess.size.width) / static_cast<double>(width));
            const auto scaled = [ratio](std::int64_t side, int limit) {
                return std::clamp(static_cast<int>(std::nearbyint(static_cast<double>(side) * ratio)), 1,
                                  limit);
            };
            return {scaled(height, preprocess.size.height), scaled(width, preprocess.size.width)};
        }
    }
    return image;
}

}  // namespace

Placement placement_of(Size image, const Preprocess& preprocess) {
    Placement place;
    place.resized = place.plane = resized(image, preprocess);
    if (preprocess.resize == ResizeMode::letterbox) {
        place.plane = preprocess.size;
        place.left = (place.plane.width - place.resized.width) / 2;
        place.top = (place.plane.height - place.resized.height) / 2;
    }
    const auto [left, top, right, bottom] = preprocess.pad;
    place.left += left;
    place.top += top;
    place.plane = {place.plane.height + top + bottom, place.plane.width + left + right};
    if (preprocess.crop) {
        const auto centred = [](int have, int want) {  // floor, also where the image is smaller
            return static_cast<int>(std::floor((have - want) / 2.0));
        };
        place.left -= centred(place.plane.width, preprocess.crop->width);
        place.top -= centred(place.plane.height, preprocess.crop->height);
        place.plane = *preprocess.crop;
    }
    return place;
}

Geometry geometry_of(Size image, const Preprocess& preprocess) {
    const Placement place = placement_of(image, preprocess);
    Geometry geometry{image, place.plane};
    geometry.scale_x = static_cast<double>(place.resized.width) / image.width;
    geometry.scale_y = static_cast<double>(place.resized.height) / image.height;
    geometry.shift_x = place.left;
    geometry.shift_y = place.top;
    return geometry;
}

Geometry geometry_of(Size input) {
    return {input, input};
}

}  // namespace quantwright
