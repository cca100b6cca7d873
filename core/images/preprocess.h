#pragma once
// From a decoded image to a network's input: ../docs/formats.md describes the JSON file, the order of the
// steps and the presets.
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/model/tensor.h"

namespace quantwright {

enum class ResizeMode { none, short_side, stretch, letterbox };
enum class ResizeFilter { pillow_bilinear, pillow_bicubic, area, linear, nearest };
enum class ColorFormat { rgb, bgr, gray, rgba, bgra };
enum class Layout { nchw, nhwc };

[[nodiscard]] constexpr int channels_of(ColorFormat color) {
    return color == ColorFormat::gray ? 1 : color == ColorFormat::rgba || color == ColorFormat::bgra ? 4 : 3;
}

struct Size {
    int height = 0, width = 0;
    [[nodiscard]] bool operator==(const Size&) const = default;
};

struct Preprocess {
    ResizeMode resize = ResizeMode::none;
    Size size;  ///< short_side: both the same
    ResizeFilter filter = ResizeFilter::pillow_bilinear;
    std::array<int, 4> pad = {0, 0, 0, 0};  ///< left, top, right, bottom
    int pad_value = 0;
    std::optional<Size> crop;
    ColorFormat color = ColorFormat::rgb;
    double scale = 1.0 / 255.0;
    std::vector<double> mean, std;  ///< one per channel
    Layout layout = Layout::nchw;
    [[nodiscard]] bool operator==(const Preprocess&) const = default;
};

/// What the command line and the window can change over a preset or file.
struct PreprocessOverrides {
    std::optional<std::vector<double>> mean, std;
    std::optional<ColorFormat> color;
    std::optional<int> size;
};

[[nodiscard]] const std::vector<std::string>& preprocess_preset_names();

/// "imagenet", "opencv-imagenet", "stretch", "letterbox" for an input of `input_shape` (NCHW or NHWC; 1, 3 or
/// 4 channels). Empty name: the default for that many channels. Inputs of an integer type take the pixels as
/// they are: scale 1, no mean and std (int8: less 128). Errors: preprocess.invalid.
Result<Preprocess> preprocess_preset(const std::string& name, const Shape& input_shape,
                                     ElementType input_type = ElementType::float32);
/// The JSON file's contents. Without resize.mode a resize.size means the short side; without a size it stays
/// 0 (the model's input decides in resolve_preprocess, also of a scale that is left out). Errors:
/// preprocess.invalid (subject: `subject`).
Result<Preprocess> preprocess_from_json(const Json& json, const std::string& subject);
[[nodiscard]] Json to_json(const Preprocess& preprocess);
/// preprocess.invalid if the description contradicts itself.
Status check(const Preprocess& preprocess, const std::string& subject);
/// `name_or_file` is a preset's name or a path to a JSON file; then the overrides (one mean or std stands for
/// all channels; rgb and bgr of an input with four channels mean rgba and bgra, whose alpha has mean 0 and
/// std 1 where three are given). Checks the result against the input.
Result<Preprocess> resolve_preprocess(const std::string& name_or_file, const Shape& input_shape,
                                      const PreprocessOverrides& overrides = {},
                                      ElementType input_type = ElementType::float32);

}  // namespace quantwright
