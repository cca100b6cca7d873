#include "core/images/resample.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

namespace quantwright {
namespace {

// Pillow's fixed point (src/libImaging/Resample.c): 32 bits hold a coefficient's sign, 8 bits of pixel, one
// bit of overshoot, and this many fractional bits.
constexpr int fraction_bits = 32 - 8 - 2;
constexpr std::int32_t half = 1 << (fraction_bits - 1);

/// Sums of 8-bit pixels fit into 32 bits, as Pillow has them.
template <class T>
using Sum = std::conditional_t<sizeof(T) == 1, std::int32_t, std::int64_t>;

double triangle(double x) {
    return std::max(0.0, 1.0 - std::fabs(x));
}

/// Keys' cubic with a = -0.5, evaluated in the order that Pillow evaluates it.
double cubic(double x) {
    constexpr double a = -0.5;
    x = std::fabs(x);
    if (x < 1)
        return ((a + 2) * x - (a + 3)) * x * x + 1;
    if (x < 2)
        return (((x - 5) * x + 8) * x - 4) * a;
    return 0;
}

/// Which input samples make each output sample, and how much of each.
struct Taps {
    struct Span {
        int first = 0, count = 0;
    };
    int stride = 0;
    std::vector<Span> spans;
    std::vector<std::int32_t> weights;  ///< `stride` per output sample

    [[nodiscard]] const std::int32_t* of(int output) const {
        return weights.data() + static_cast<std::size_t>(output) * static_cast<std::size_t>(stride);
    }
};

Taps make_taps(int in_size, int out_size, ResizeFilter filter) {
    const bool bicubic = filter == ResizeFilter::pillow_bicubic;
    const double scale = static_cast<double>(in_size) / out_size;
    const double filter_scale = std::max(scale, 1.0);  // antialiasing: the filter grows with the reduction
    const double support = (bicubic ? 2.0 : 1.0) * filter_scale;
    Taps taps;
    taps.stride = static_cast<int>(std::ceil(support)) * 2 + 1;
    taps.spans.resize(static_cast<std::size_t>(out_size));
    taps.weights.resize(static_cast<std::size_t>(out_size) * static_cast<std::size_t>(taps.stride));
    std::vector<double> exact(static_cast<std::size_t>(taps.stride));
    const double narrow = 1.0 / filter_scale;
    for (int out = 0; out < out_size; ++out) {
        const double center = (out + 0.5) * scale;
        const int first = std::max(0, static_cast<int>(std::floor(center - support + 0.5)));
        const int end = std::min(in_size, static_cast<int>(std::floor(center + support + 0.5)));
        double sum = 0;
        for (int i = first; i < end; ++i) {
            const double at = (i - center + 0.5) * narrow;
            sum += exact[static_cast<std::size_t>(i - first)] = bicubic ? cubic(at) : triangle(at);
        }
        taps.spans[static_cast<std::size_t>(out)] = {first, end - first};
        std::int32_t* weights =
            taps.weights.data() + static_cast<std::size_t>(out) * static_cast<std::size_t>(taps.stride);
        for (int i = 0; i < end - first; ++i) {
            double weight = exact[static_cast<std::size_t>(i)];
            if (sum != 0)
                weight /= sum;
            weights[i] = static_cast<std::int32_t>((weight < 0 ? -0.5 : 0.5) + weight * (1 << fraction_bits));
        }
    }
    return taps;
}

template <class T>
T to_pixel(Sum<T> sum) {
    return static_cast<T>(std::clamp<Sum<T>>(sum >> fraction_bits, 0, std::numeric_limits<T>::max()));
}

template <int channels, class T>
void shrink_row(const T* in, T* out, const Taps& taps) {
    for (std::size_t x = 0; x < taps.spans.size(); ++x, out += channels) {
        const Taps::Span span = taps.spans[x];
        const std::int32_t* weights = taps.of(static_cast<int>(x));
        const T* pixel = in + span.first * channels;
        Sum<T> sums[channels];
        std::fill(sums, sums + channels, half);
        for (int i = 0; i < span.count; ++i, pixel += channels)
            for (int c = 0; c < channels; ++c)
                sums[c] += Sum<T>{pixel[c]} * weights[i];
        for (int c = 0; c < channels; ++c)
            out[c] = to_pixel<T>(sums[c]);
    }
}

template <class T>
PixelsOf<T> resample_width(const PixelsOf<T>& image, int width, ResizeFilter filter) {
    const Taps taps = make_taps(image.width, width, filter);
    PixelsOf<T> result{image.height, width, image.channels, {}};
    const auto in_stride = static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.channels);
    const auto out_stride = static_cast<std::size_t>(width) * static_cast<std::size_t>(image.channels);
    result.data.resize(out_stride * static_cast<std::size_t>(image.height));
    for (std::size_t y = 0; y < static_cast<std::size_t>(image.height); ++y) {
        const T* in = image.data.data() + y * in_stride;
        T* out = result.data.data() + y * out_stride;
        if (image.channels == 1)
            shrink_row<1>(in, out, taps);
        else if (image.channels == 3)
            shrink_row<3>(in, out, taps);
        else
            shrink_row<4>(in, out, taps);
    }
    return result;
}

template <class T>
PixelsOf<T> resample_height(const PixelsOf<T>& image, int height, ResizeFilter filter) {
    const Taps taps = make_taps(image.height, height, filter);
    PixelsOf<T> result{height, image.width, image.channels, {}};
    const auto stride = static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.channels);
    result.data.resize(stride * static_cast<std::size_t>(height));
    std::vector<Sum<T>> sums(stride);
    for (int y = 0; y < height; ++y) {
        std::fill(sums.begin(), sums.end(), half);
        const Taps::Span span = taps.spans[static_cast<std::size_t>(y)];
        for (int i = 0; i < span.count; ++i) {
            const T* row = image.data.data() + static_cast<std::size_t>(span.first + i) * stride;
            const std::int32_t weight = taps.of(y)[i];
            for (std::size_t x = 0; x < stride; ++x)
                sums[x] += Sum<T>{row[x]} * weight;
        }
        std::transform(
            sums.begin(), sums.end(),
            result.data.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(y) * stride),
            to_pixel<T>);
    }
    return result;
}

template <class T>
PixelsOf<T> resample(const PixelsOf<T>& image, Size size, ResizeFilter filter) {
    if (image.width == size.width)
        return image.height == size.height ? image : resample_height(image, size.height, filter);
    PixelsOf<T> narrowed = resample_width(image, size.width, filter);
    return image.height == size.height ? narrowed : resample_height(narrowed, size.height, filter);
}

}  // namespace

Pixels resample_pillow(const Pixels& image, Size size, ResizeFilter filter) {
    return resample(image, size, filter);
}

Pixels16 resample_pillow(const Pixels16& image, Size size, ResizeFilter filter) {
    return resample(image, size, filter);
}

}  // namespace quantwright
