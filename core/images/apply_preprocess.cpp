#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "core/images/geometry.h"
#include "core/images/input_reader.h"

namespace quantwright {
namespace {

constexpr std::int64_t max_pixels = 100'000'000;

template <class T>
PixelsOf<T> to_color(const PixelsOf<T>& pixels, ColorFormat color) {
    const int channels = channels_of(color);
    const bool red_first = color == ColorFormat::rgb || color == ColorFormat::rgba;
    PixelsOf<T> result{pixels.height, pixels.width, channels, {}};
    const std::size_t count = pixels.data.size() / static_cast<std::size_t>(pixels.channels);
    result.data.resize(count * static_cast<std::size_t>(channels));
    const T* in = pixels.data.data();
    T* out = result.data.data();
    for (std::size_t i = 0; i < count; ++i, in += pixels.channels, out += channels) {
        const T r = in[0];
        const T g = pixels.channels == 1 ? r : in[1];
        const T b = pixels.channels == 1 ? r : in[2];
        if (channels == 1) {
            out[0] = luma(r, g, b);
            continue;
        }
        out[0] = red_first ? r : b;
        out[1] = g;
        out[2] = red_first ? b : r;
        if (channels == 4)
            out[3] = pixels.channels == 4 ? in[3] : std::numeric_limits<T>::max();
    }
    return result;
}

template <class T>
bool in_color(const PixelsOf<T>& pixels, ColorFormat color) {
    return pixels.channels == channels_of(color) &&
           (color == ColorFormat::gray || color == ColorFormat::rgb || color == ColorFormat::rgba);
}

template <class T>
PixelsOf<T> resample(const PixelsOf<T>& image, Size size, ResizeFilter filter) {
    if (filter == ResizeFilter::pillow_bilinear || filter == ResizeFilter::pillow_bicubic)
        return resample_pillow(image, size, filter);
    const int interpolation = filter == ResizeFilter::area     ? cv::INTER_AREA
                              : filter == ResizeFilter::linear ? cv::INTER_LINEAR
                                                               : cv::INTER_NEAREST;
    const cv::Mat in(image.height, image.width, CV_MAKETYPE(sizeof(T) == 1 ? CV_8U : CV_16U, image.channels),
                     const_cast<T*>(image.data.data()));
    PixelsOf<T> result{size.height, size.width, image.channels, {}};
    result.data.resize(static_cast<std::size_t>(size.height) *
                       static_cast<std::size_t>(size.width * image.channels));
    cv::Mat out(size.height, size.width, in.type(), result.data.data());
    cv::resize(in, out, out.size(), 0, 0, interpolation);
    return result;
}

/// Part of the plane around the image: `size` pixels from (top, left), `value` where the image is not.
template <class T>
PixelsOf<T> window(const PixelsOf<T>& image, int top, int left, Size size, T value) {
    const auto channels = static_cast<std::size_t>(image.channels);
    PixelsOf<T> result{size.height, size.width, image.channels, {}};
    result.data.assign(
        static_cast<std::size_t>(size.height) * static_cast<std::size_t>(size.width) * channels, value);
    const int first_x = std::max(0, left), end_x = std::min(image.width, left + size.width);
    const int first_y = std::max(0, top), end_y = std::min(image.height, top + size.height);
    if (first_x >= end_x)
        return result;
    for (int y = first_y; y < end_y; ++y) {
        const auto at = [channels](int row, int width, int column) {
            return (static_cast<std::size_t>(row) * static_cast<std::size_t>(width) +
                    static_cast<std::size_t>(column)) *
                   channels;
        };
        std::copy_n(image.data.data() + at(y, image.width, first_x),
                    static_cast<std::size_t>(end_x - first_x) * channels,
                    result.data.data() + at(y - top, size.width, first_x - left));
    }
    return result;
}

template <class T>
PixelsOf<T> geometry(PixelsOf<T> image, const Preprocess& preprocess) {
    const auto value = static_cast<T>(preprocess.pad_value * (std::numeric_limits<T>::max() / 255));
    const Placement place = placement_of({image.height, image.width}, preprocess);
    if (preprocess.resize != ResizeMode::none)
        image = resample(image, place.resized, preprocess.filter);
    if (place.left == 0 && place.top == 0 && place.plane == place.resized)
        return image;
    return window(image, -place.top, -place.left, place.plane, value);
}

/// x = (pixel * scale - mean) / std for each of `count` pixel values, in double.
std::vector<std::vector<float>> levels(const Preprocess& preprocess, std::size_t channels,
                                       std::size_t count) {
    std::vector<std::vector<float>> tables(channels, std::vector<float>(count));
    for (std::size_t c = 0; c < channels; ++c)
        for (std::size_t pixel = 0; pixel < count; ++pixel)
            tables[c][pixel] = static_cast<float>(
                (static_cast<double>(pixel) * preprocess.scale - preprocess.mean[c]) / preprocess.std[c]);
    return tables;
}

template <class T>
Tensor to_tensor(const PixelsOf<T>& image, const Preprocess& preprocess) {
    const auto channels = static_cast<std::size_t>(image.channels);
    const std::size_t plane = image.data.size() / channels;
    const auto tables = levels(preprocess, channels, std::size_t{std::numeric_limits<T>::max()} + 1);
    const bool planar = preprocess.layout == Layout::nchw;
    std::vector<float> values(image.data.size());
    for (std::size_t c = 0; c < channels; ++c)
        for (std::size_t i = 0; i < plane; ++i)
            values[planar ? c * plane + i : i * channels + c] = tables[c][image.data[i * channels + c]];
    return make_tensor(planar ? Shape{1, image.channels, image.height, image.width}
                              : Shape{1, image.height, image.width, image.channels},
                       std::move(values));
}

bool small_enough(Size size) {
    return std::int64_t{size.height} * size.width <= max_pixels;
}

template <class T>
Result<Tensor> apply(const PixelsOf<T>& pixels, const Preprocess& preprocess) {
    const auto channels = static_cast<std::size_t>(channels_of(preprocess.color));
    if (preprocess.mean.size() != channels || preprocess.std.size() != channels)
        return fail(ErrorCode::preprocess_invalid, "mean", "one mean and std per channel");
    if (pixels.height < 1 || pixels.width < 1)
        return fail(ErrorCode::images_unreadable, {}, "the image is empty");
    if (!small_enough(placement_of({pixels.height, pixels.width}, preprocess).resized))
        return fail(ErrorCode::images_too_large, {}, "after resizing");
    try {
        const bool fits = in_color(pixels, preprocess.color);
        return to_tensor(geometry(fits ? pixels : to_color(pixels, preprocess.color), preprocess),
                         preprocess);
    } catch (const std::exception& error) {  // cv::Exception, bad_alloc
        return fail(ErrorCode::images_unreadable, {}, error.what());
    }
}

}  // namespace

Result<Tensor> apply_preprocess(const Pixels& pixels, const Preprocess& preprocess) {
    return apply(pixels, preprocess);
}

Result<Tensor> apply_preprocess(const Pixels16& pixels, const Preprocess& preprocess) {
    return apply(pixels, preprocess);
}

}  // namespace quantwright
