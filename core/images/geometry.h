#pragma once
// Where a point of an image lies in the network's input, and back.
#include <filesystem>

#include "core/base/result.h"
#include "core/images/preprocess.h"

namespace quantwright {

/// Where preprocessing puts an image: resized, its left upper corner at (left, top) of a plane of `plane`
/// pixels; what is outside of the plane is cut off, what of the plane is empty has the padding's value.
struct Placement {
    Size resized, plane;
    int left = 0, top = 0;
};
[[nodiscard]] Placement placement_of(Size image, const Preprocess& preprocess);

/// Coordinates are pixels, (0, 0) is the corner of the first: input = image * scale + shift.
struct Geometry {
    Size image;  ///< upright
    Size input;
    double scale_x = 1, scale_y = 1, shift_x = 0, shift_y = 0;
};
[[nodiscard]] Geometry geometry_of(Size image, const Preprocess& preprocess);
/// Of samples that are no images: the input is all there is.
[[nodiscard]] Geometry geometry_of(Size input);

/// Height and width of an image file as it is decoded, turned upright. Errors: images.unreadable,
/// images.too_large (subject: the path).
Result<Size> image_size(const std::filesystem::path& path);

}  // namespace quantwright
