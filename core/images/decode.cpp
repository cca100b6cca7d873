#include <algorithm>
#include <fstream>
#include <limits>
#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgcodecs.hpp>

#include "core/images/geometry.h"
#include "core/images/image_header.h"
#include "core/images/input_reader.h"

namespace quantwright {
namespace {

constexpr std::int64_t max_pixels = 100'000'000;
constexpr std::uintmax_t max_file_bytes = std::uintmax_t{1} << 30;

/// Images are decoded by several of our threads at once, so OpenCV needs none of its own; its log is not ours
/// to print.
void set_up_opencv() {
    static const bool once = [] {
        cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
        cv::setNumThreads(1);
        return true;
    }();
    static_cast<void>(once);
}

Result<std::vector<std::uint8_t>> read_bytes(const std::filesystem::path& path) {
    std::error_code error;
    const std::uintmax_t size = std::filesystem::file_size(path, error);
    if (error)
        return fail(ErrorCode::images_unreadable, path.string(), error.message());
    if (size > max_file_bytes)
        return fail(ErrorCode::images_too_large, path.string(), std::to_string(size) + " bytes");
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(size));
    std::ifstream file(path, std::ios::binary);
    file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
    if (!file)
        return fail(ErrorCode::images_unreadable, path.string(), "the file can't be read");
    return bytes;
}

/// As stored: not turned, alpha kept (JPEG has none).
cv::Mat decode(const std::vector<std::uint8_t>& bytes, const ImageHeader& header) {
    switch (header.kind) {
        case ImageKind::jpeg:
            return cv::imdecode(bytes, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
        case ImageKind::png:
            return cv::imdecode(pixels_only_png(bytes), cv::IMREAD_UNCHANGED);
        case ImageKind::tiff:
            return cv::imdecode(as_stored_tiff(bytes), cv::IMREAD_UNCHANGED);
        case ImageKind::bmp:
        case ImageKind::webp:
            return cv::imdecode(bytes, cv::IMREAD_UNCHANGED);
    }
    return {};
}

/// OpenCV does not look at the transparent value of gray PNGs.
void blacken(cv::Mat& image, std::optional<unsigned> transparent_gray) {
    if (transparent_gray && image.channels() == 1)
        image.setTo(0, image == static_cast<double>(*transparent_gray));
}

/// The same value as alpha, for inputs of four channels.
void add_alpha(cv::Mat& image, unsigned transparent_gray) {
    cv::Mat alpha(image.size(), image.type(), cv::Scalar(image.depth() == CV_16U ? 65535 : 255));
    alpha.setTo(0, image == static_cast<double>(transparent_gray));
    cv::merge(std::vector<cv::Mat>{image, image, image, alpha}, image);
}

/// 16 bits: the high byte, as Pillow and libpng reduce them. Others (float TIFFs): rounded and clamped.
cv::Mat to_8_bits(const cv::Mat& image) {
    if (image.depth() == CV_8U)
        return image;
    cv::Mat result(image.size(), CV_MAKETYPE(CV_8U, image.channels()));
    if (image.depth() != CV_16U) {
        image.convertTo(result, CV_8U);
        return result;
    }
    for (int y = 0; y < image.rows; ++y) {
        const auto* in = image.ptr<std::uint16_t>(y);
        std::transform(in, in + image.cols * image.channels(), result.ptr<std::uint8_t>(y),
                       [](std::uint16_t value) { return static_cast<std::uint8_t>(value >> 8); });
    }
    return result;
}

/// Exif 2.32, tag 274: which edge of the scene the first row and the first column are.
cv::Mat upright(const cv::Mat& image, int orientation) {
    if (orientation == 1)
        return image;
    cv::Mat turned;
    if (orientation >= 5)
        cv::transpose(image, turned);
    else
        turned = image;
    constexpr int across = 1, down = 0, both = -1, none = 2;
    constexpr int flips[9] = {none, none, across, both, down, none, across, both, down};
    if (flips[orientation] == none)
        return turned;
    cv::Mat flipped;
    cv::flip(turned, flipped, flips[orientation]);
    return flipped;
}

template <class T>
struct Rgba {
    static constexpr T opaque = std::numeric_limits<T>::max();
    T r, g, b, a;
};

/// One pixel of OpenCV's (gray, BGR, BGRA).
template <class T>
Rgba<T> as_stored(const T* pixel, int channels, bool has_alpha) {
    if (channels == 1)
        return {pixel[0], pixel[0], pixel[0], Rgba<T>::opaque};
    return {pixel[2], pixel[1], pixel[0], channels == 4 && has_alpha ? pixel[3] : Rgba<T>::opaque};
}

template <class T>
Rgba<T> over_black(const Rgba<T>& pixel) {
    constexpr unsigned opaque = Rgba<T>::opaque;
    if (pixel.a == opaque)
        return pixel;
    const auto weighted = [alpha = unsigned{pixel.a}](unsigned value) {
        return static_cast<T>((value * alpha + opaque / 2) / opaque);
    };
    return {weighted(pixel.r), weighted(pixel.g), weighted(pixel.b), Rgba<T>::opaque};
}

template <class T>
PixelsOf<T> to_pixels(const cv::Mat& image, int channels, bool has_alpha) {
    PixelsOf<T> pixels{image.rows, image.cols, channels, {}};
    pixels.data.resize(image.total() * static_cast<std::size_t>(channels));
    T* out = pixels.data.data();
    for (int y = 0; y < image.rows; ++y) {
        const T* in = image.ptr<T>(y);
        for (int x = 0; x < image.cols; ++x, in += image.channels(), out += channels) {
            const Rgba<T> stored = as_stored(in, image.channels(), has_alpha);
            const Rgba<T> pixel = channels == 4 ? stored : over_black(stored);
            if (channels == 1) {
                out[0] = luma(pixel.r, pixel.g, pixel.b);
                continue;
            }
            out[0] = pixel.r;
            out[1] = pixel.g;
            out[2] = pixel.b;
            if (channels == 4)
                out[3] = pixel.a;
        }
    }
    return pixels;
}

/// Errors: images.unreadable, images.too_large.
Result<ImageHeader> checked_header(const std::filesystem::path& path,
                                   const std::vector<std::uint8_t>& bytes) {
    const std::optional<ImageHeader> header = read_image_header(bytes);
    if (!header)
        return fail(ErrorCode::images_unreadable, path.string(), "not an image, or an incomplete one");
    if (header->width > max_pixels || header->height > max_pixels ||
        header->width * header->height > max_pixels)
        return fail(ErrorCode::images_too_large, path.string(),
                    std::to_string(header->width) + "x" + std::to_string(header->height));
    return *header;
}

struct Decoded {
    cv::Mat image;  ///< turned upright
    bool has_alpha = false;
};

Result<Decoded> decode_file(const std::filesystem::path& path, int channels) {
    set_up_opencv();
    try {
        const Result<std::vector<std::uint8_t>> bytes = read_bytes(path);
        if (!bytes)
            return fail(bytes);
        const Result<ImageHeader> header = checked_header(path, *bytes);
        if (!header)
            return fail(header);
        cv::Mat image = decode(*bytes, *header);
        const int found = image.channels();
        if (image.cols != header->width || image.rows != header->height ||
            (found != 1 && found != 3 && found != 4))
            return fail(ErrorCode::images_unreadable, path.string(), "the image can't be decoded");
        if (channels == 4 && found == 1 && header->transparent_gray)
            add_alpha(image, *header->transparent_gray);
        else
            blacken(image, header->transparent_gray);
        return Decoded{upright(image, header->orientation), header->has_alpha};
    } catch (const std::exception& error) {  // cv::Exception, bad_alloc
        return fail(ErrorCode::images_unreadable, path.string(), error.what());
    }
}

}  // namespace

Result<Size> image_size(const std::filesystem::path& path) {
    const auto bytes = read_bytes(path);
    if (!bytes)
        return fail(bytes);
    const auto header = checked_header(path, *bytes);
    if (!header)
        return fail(header);
    const Size stored{static_cast<int>(header->height), static_cast<int>(header->width)};
    return header->orientation >= 5 ? Size{stored.width, stored.height} : stored;
}

Result<Pixels> decode_image(const std::filesystem::path& path, int channels) {
    const auto decoded = decode_file(path, channels);
    if (!decoded)
        return fail(decoded);
    try {
        return to_pixels<std::uint8_t>(to_8_bits(decoded->image), channels, decoded->has_alpha);
    } catch (const std::exception& error) {  // cv::Exception, bad_alloc
        return fail(ErrorCode::images_unreadable, path.string(), error.what());
    }
}

Result<std::variant<Pixels, Pixels16>> decode_as_deep(const std::filesystem::path& path, int channels) {
    const auto decoded = decode_file(path, channels);
    if (!decoded)
        return fail(decoded);
    try {
        if (decoded->image.depth() == CV_16U)
            return to_pixels<std::uint16_t>(decoded->image, channels, decoded->has_alpha);
        return to_pixels<std::uint8_t>(to_8_bits(decoded->image), channels, decoded->has_alpha);
    } catch (const std::exception& error) {  // cv::Exception, bad_alloc
        return fail(ErrorCode::images_unreadable, path.string(), error.what());
    }
}

}  // namespace quantwright
