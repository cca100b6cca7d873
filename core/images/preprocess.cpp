#include "core/images/preprocess.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "core/base/atomic_file.h"

namespace quantwright {
namespace {

/// The share of a resized image that the centre crop keeps.
constexpr double crop_share = 0.875;

struct InputPlan {
    Layout layout = Layout::nchw;
    int channels = 3;
    Size size;
};

std::string text_of(const Shape& shape) {
    std::string text;
    for (const std::int64_t dimension : shape)
        text += (text.empty() ? "" : "x") + std::to_string(dimension);
    return text;
}

Result<InputPlan> plan_of(const Shape& shape) {
    const auto side = [&](std::size_t axis) { return shape[axis] >= 1 && shape[axis] <= 32768; };
    const auto plan = [&](Layout layout) {
        const bool planar = layout == Layout::nchw;
        const std::size_t height = planar ? 2 : 1;
        return InputPlan{layout,
                         static_cast<int>(shape[planar ? 1 : 3]),
                         {static_cast<int>(shape[height]), static_cast<int>(shape[height + 1])}};
    };
    // Sides of 1, 3 or 4 pixels are rare: one or three channels on either axis come before four.
    for (const bool four : {false, true}) {
        const auto color = [&](std::size_t axis) {
            return shape.size() == 4 && (four ? shape[axis] == 4 : shape[axis] == 1 || shape[axis] == 3);
        };
        if (color(1) && side(2) && side(3))
            return plan(Layout::nchw);
        if (color(3) && side(1) && side(2))
            return plan(Layout::nhwc);
    }
    return fail(ErrorCode::preprocess_invalid, text_of(shape),
                "not the shape of an image of 1, 3 or 4 channels");
}

int enlarged(int side) {
    return static_cast<int>(side / crop_share);
}

void set_identity(Preprocess& preprocess, std::size_t channels) {
    preprocess.mean.assign(channels, 0.0);
    preprocess.std.assign(channels, 1.0);
}

/// torchvision's statistics of ImageNet; for gray their means over the colours.
void set_imagenet(Preprocess& preprocess, std::size_t channels) {
    preprocess.mean = channels == 1 ? std::vector{0.449} : std::vector{0.485, 0.456, 0.406};
    preprocess.std = channels == 1 ? std::vector{0.226} : std::vector{0.229, 0.224, 0.225};
    if (channels == 4) {  // alpha from 0 to 1
        preprocess.mean.push_back(0);
        preprocess.std.push_back(1);
    }
}

bool is_integer(ElementType type) {
    return type == ElementType::uint8 || type == ElementType::int8 || type == ElementType::uint16 ||
           type == ElementType::int16 || type == ElementType::uint32 || type == ElementType::int32 ||
           type == ElementType::uint64 || type == ElementType::int64;
}

ColorFormat with_alpha(ColorFormat color) {
    return color == ColorFormat::rgb   ? ColorFormat::rgba
           : color == ColorFormat::bgr ? ColorFormat::bgra
                                       : color;
}

Status apply_overrides(Preprocess& preprocess, const PreprocessOverrides& overrides, int input_channels) {
    if (overrides.color)
        preprocess.color = input_channels == 4 ? with_alpha(*overrides.color) : *overrides.color;
    const auto channels = static_cast<std::size_t>(channels_of(preprocess.color));
    const auto spread = [channels](std::vector<double> values, double alpha) {
        if (values.size() == 1)
            return std::vector<double>(channels, values[0]);
        if (values.size() == 3 && channels == 4)
            values.push_back(alpha);
        return values;
    };
    if (overrides.mean)
        preprocess.mean = spread(*overrides.mean, 0);
    if (overrides.std)
        preprocess.std = spread(*overrides.std, 1);
    if (overrides.size) {
        if (preprocess.resize == ResizeMode::none)
            return fail(ErrorCode::preprocess_invalid, "size", "nothing is resized");
        preprocess.size = {*overrides.size, *overrides.size};
    }
    return {};
}

/// The output size where it is the same for every image.
std::optional<Size> fixed_output(const Preprocess& preprocess) {
    if (preprocess.crop)
        return preprocess.crop;
    if (preprocess.resize != ResizeMode::stretch && preprocess.resize != ResizeMode::letterbox)
        return std::nullopt;
    const auto [left, top, right, bottom] = preprocess.pad;
    return Size{preprocess.size.height + top + bottom, preprocess.size.width + left + right};
}

Status check_against(const Preprocess& preprocess, const InputPlan& input, const std::string& subject) {
    const int channels = channels_of(preprocess.color);
    if (channels != input.channels)
        return fail(ErrorCode::preprocess_invalid, subject,
                    "color gives " + std::to_string(channels) + " channels, the input has " +
                        std::to_string(input.channels));
    if (preprocess.layout != input.layout)
        return fail(ErrorCode::preprocess_invalid, subject, "layout is not the input's");
    const std::optional<Size> output = fixed_output(preprocess);
    if (output && *output != input.size)
        return fail(ErrorCode::preprocess_invalid, subject,
                    "gives " + text_of({output->height, output->width}) + ", the input has " +
                        text_of({input.size.height, input.size.width}));
    return {};
}

/// A file may leave out what only the model knows.
void fill_in(Preprocess& preprocess, const Json& json, const InputPlan& input, ElementType type) {
    if (!json.contains("scale") && is_integer(type))
        preprocess.scale = 1;
    if (!json.contains("layout"))
        preprocess.layout = input.layout;
    if (preprocess.resize == ResizeMode::none || preprocess.size.height > 0)
        return;
    if (preprocess.resize == ResizeMode::short_side)
        preprocess.size = {enlarged(input.size.height), enlarged(input.size.height)};
    else
        preprocess.size = input.size;
}

}  // namespace

const std::vector<std::string>& preprocess_preset_names() {
    static const std::vector<std::string> names = {"imagenet", "opencv-imagenet", "stretch", "letterbox"};
    return names;
}

Result<Preprocess> preprocess_preset(const std::string& name, const Shape& input_shape,
                                     ElementType input_type) {
    const Result<InputPlan> input = plan_of(input_shape);
    if (!input)
        return fail(input);
    const std::string chosen = !name.empty() ? name : input->channels == 3 ? "imagenet" : "stretch";
    const auto channels = static_cast<std::size_t>(input->channels);
    Preprocess preprocess;
    preprocess.layout = input->layout;
    preprocess.color = channels == 1   ? ColorFormat::gray
                       : channels == 4 ? ColorFormat::rgba
                                       : ColorFormat::rgb;
    preprocess.size = input->size;
    set_identity(preprocess, channels);
    if (chosen == "imagenet") {
        preprocess.resize = ResizeMode::short_side;
        preprocess.size = {enlarged(input->size.height), enlarged(input->size.height)};
        preprocess.crop = input->size;
        set_imagenet(preprocess, channels);
    } else if (chosen == "opencv-imagenet") {
        preprocess.resize = ResizeMode::stretch;
        preprocess.size = {enlarged(input->size.height), enlarged(input->size.width)};
        preprocess.filter = ResizeFilter::area;
        preprocess.crop = input->size;
        set_imagenet(preprocess, channels);
    } else if (chosen == "stretch") {
        preprocess.resize = ResizeMode::stretch;
        preprocess.filter = ResizeFilter::area;
    } else if (chosen == "letterbox") {
        preprocess.resize = ResizeMode::letterbox;
        preprocess.filter = ResizeFilter::linear;
        preprocess.pad_value = 114;
    } else {
        return fail(ErrorCode::preprocess_invalid, chosen, "no such preset");
    }
    if (is_integer(input_type)) {
        preprocess.scale = 1;
        set_identity(preprocess, channels);
        // Signed bytes hold pixels from -128 to 127, as TFLite's models take them.
        if (input_type == ElementType::int8)
            preprocess.mean.assign(channels, 128.0);
    }
    return preprocess;
}

Result<Preprocess> resolve_preprocess(const std::string& name_or_file, const Shape& input_shape,
                                      const PreprocessOverrides& overrides, ElementType input_type) {
    const Result<InputPlan> input = plan_of(input_shape);
    if (!input)
        return fail(input);
    const std::vector<std::string>& names = preprocess_preset_names();
    Preprocess preprocess;
    if (name_or_file.empty() || std::find(names.begin(), names.end(), name_or_file) != names.end()) {
        Result<Preprocess> preset = preprocess_preset(name_or_file, input_shape, input_type);
        if (!preset)
            return preset;
        preprocess = std::move(*preset);
    } else {
        const Result<std::string> text = read_file(name_or_file, ErrorCode::preprocess_invalid);
        if (!text)
            return fail(text);
        const Result<Json> json = parse_json(*text, ErrorCode::preprocess_invalid, name_or_file);
        if (!json)
            return fail(json);
        Result<Preprocess> read = preprocess_from_json(*json, name_or_file);
        if (!read)
            return read;
        preprocess = std::move(*read);
        fill_in(preprocess, *json, *input, input_type);
    }
    if (const Status status = apply_overrides(preprocess, overrides, input->channels); !status)
        return fail(status);
    const std::string subject = name_or_file.empty() ? "preprocess" : name_or_file;
    if (const Status status = check(preprocess, subject); !status)
        return fail(status);
    if (const Status status = check_against(preprocess, *input, subject); !status)
        return fail(status);
    return preprocess;
}

}  // namespace quantwright
