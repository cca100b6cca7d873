#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "core/images/preprocess.h"

namespace quantwright {
namespace {

constexpr int max_side = 32768;

template <class T>
using Names = std::vector<std::pair<std::string_view, T>>;

const Names<ResizeMode>& mode_names() {
    static const Names<ResizeMode> names = {{"short-side", ResizeMode::short_side},
                                            {"stretch", ResizeMode::stretch},
                                            {"letterbox", ResizeMode::letterbox},
                                            {"none", ResizeMode::none}};
    return names;
}

const Names<ResizeFilter>& filter_names() {
    static const Names<ResizeFilter> names = {{"pillow-bilinear", ResizeFilter::pillow_bilinear},
                                              {"pillow-bicubic", ResizeFilter::pillow_bicubic},
                                              {"area", ResizeFilter::area},
                                              {"linear", ResizeFilter::linear},
                                              {"nearest", ResizeFilter::nearest}};
    return names;
}

const Names<ColorFormat>& color_names() {
    static const Names<ColorFormat> names = {{"rgb", ColorFormat::rgb},
                                             {"bgr", ColorFormat::bgr},
                                             {"gray", ColorFormat::gray},
                                             {"rgba", ColorFormat::rgba},
                                             {"bgra", ColorFormat::bgra}};
    return names;
}

const Names<Layout>& layout_names() {
    static const Names<Layout> names = {{"nchw", Layout::nchw}, {"nhwc", Layout::nhwc}};
    return names;
}

template <class T>
std::string name_in(const Names<T>& names, T value) {
    for (const auto& [name, known] : names)
        if (known == value)
            return std::string(name);
    return {};
}

/// Reads the fields of one object and keeps the first error.
class Fields {
public:
    Fields(const Json& object, std::string subject, std::string where)
        : m_object(object), m_subject(std::move(subject)), m_where(std::move(where)) {}

    template <class T>
    void read(const char* key, const Names<T>& names, T& value) {
        const Json* json = find(key);
        if (!json)
            return;
        for (const auto& [name, known] : names)
            if (json->is_string() && json->get_ref<const std::string&>() == name) {
                value = known;
                return;
            }
        complain(key, "no such value");
    }

    void read(const char* key, Size& size) {
        const Json* json = find(key);
        if (!json)
            return;
        if (json->is_number_integer())
            size.height = size.width = integer(key, *json, 1, max_side);
        else if (json->is_array() && json->size() == 2)
            size = {integer(key, (*json)[0], 1, max_side), integer(key, (*json)[1], 1, max_side)};
        else
            complain(key, "an integer or [height, width]");
    }

    void read(const char* key, std::array<int, 4>& pad) {
        const Json* json = find(key);
        if (!json)
            return;
        if (!json->is_array() || json->size() != pad.size())
            return complain(key, "[left, top, right, bottom]");
        for (std::size_t i = 0; i < pad.size(); ++i)
            pad[i] = integer(key, (*json)[i], 0, max_side);
    }

    void read(const char* key, int& value, int min, int max) {
        if (const Json* json = find(key))
            value = integer(key, *json, min, max);
    }

    void read(const char* key, double& value) {
        if (const Json* json = find(key))
            value = number(key, *json);
    }

    void read(const char* key, std::vector<double>& values) {
        const Json* json = find(key);
        if (!json || !json->is_array())
            return complain(key, "a list of numbers");
        values.clear();
        for (const Json& element : *json)
            values.push_back(number(key, element));
    }

    [[nodiscard]] const Json* find(const char* key) const {
        const auto at = m_object.find(key);
        return at == m_object.end() ? nullptr : &*at;
    }

    void complain(const char* key, const char* what) {
        if (m_status)
            m_status = fail(ErrorCode::preprocess_invalid, m_subject, m_where + key + ": " + what);
    }
    [[nodiscard]] const Status& status() const { return m_status; }

private:
    int integer(const char* key, const Json& json, int min, int max) {
        if (json.is_number_integer()) {
            // An unsigned number beyond int64 reads as negative, so it is out of range too.
            const auto value = json.get<std::int64_t>();
            if (value >= min && value <= max)
                return static_cast<int>(value);
        }
        complain(key, "not an integer in range");
        return min;
    }

    double number(const char* key, const Json& json) {
        if (json.is_number() && std::isfinite(json.get<double>()))
            return json.get<double>();
        complain(key, "not a number");
        return 0;
    }

    const Json& m_object;
    std::string m_subject, m_where;
    Status m_status;
};

Json size_json(Size size) {
    return size.height == size.width ? Json(size.height) : Json::array({size.height, size.width});
}

Status read_resize(const Json& json, const std::string& subject, Preprocess& preprocess) {
    if (Status status =
            only_keys(json, {"mode", "size", "filter"}, ErrorCode::preprocess_invalid, subject, "resize");
        !status)
        return status;
    Fields fields(json, subject, "resize.");
    preprocess.resize = fields.find("size") ? ResizeMode::short_side : ResizeMode::none;
    fields.read("mode", mode_names(), preprocess.resize);
    fields.read("size", preprocess.size);
    fields.read("filter", filter_names(), preprocess.filter);
    return fields.status();
}

}  // namespace

Status check(const Preprocess& preprocess, const std::string& subject) {
    const auto wrong = [&](const char* what) { return fail(ErrorCode::preprocess_invalid, subject, what); };
    const auto finite = [](double value) { return std::isfinite(value); };
    const auto good = [](Size size) {
        return size.height >= 1 && size.width >= 1 && size.height <= max_side && size.width <= max_side;
    };
    const auto channels = static_cast<std::size_t>(channels_of(preprocess.color));
    if (preprocess.mean.size() != channels ||
        !std::all_of(preprocess.mean.begin(), preprocess.mean.end(), finite))
        return wrong("mean: one number per channel");
    if (preprocess.std.size() != channels ||
        !std::all_of(preprocess.std.begin(), preprocess.std.end(), finite) ||
        std::find(preprocess.std.begin(), preprocess.std.end(), 0.0) != preprocess.std.end())
        return wrong("std: one number per channel, none of them 0");
    if (!finite(preprocess.scale))
        return wrong("scale: not a number");
    if (preprocess.resize != ResizeMode::none && !good(preprocess.size))
        return wrong("resize.size: missing or out of range");
    if (preprocess.resize == ResizeMode::short_side && preprocess.size.height != preprocess.size.width)
        return wrong("resize.size: the short side is one number");
    if (preprocess.crop && !good(*preprocess.crop))
        return wrong("crop: out of range");
    if (std::any_of(preprocess.pad.begin(), preprocess.pad.end(),
                    [](int pad) { return pad < 0 || pad > max_side; }))
        return wrong("pad: out of range");
    if (preprocess.pad_value < 0 || preprocess.pad_value > 255)
        return wrong("pad_value: out of range");
    return {};
}

Result<Preprocess> preprocess_from_json(const Json& json, const std::string& subject) {
    if (Status status =
            only_keys(json, {"resize", "pad", "pad_value", "crop", "color", "scale", "mean", "std", "layout"},
                      ErrorCode::preprocess_invalid, subject, "");
        !status)
        return fail(status);
    Preprocess preprocess;
    Fields fields(json, subject, "");
    if (const Json* resize = fields.find("resize"))
        if (const Status status = read_resize(*resize, subject, preprocess); !status)
            return fail(status);
    fields.read("pad", preprocess.pad);
    fields.read("pad_value", preprocess.pad_value, 0, 255);
    if (fields.find("crop"))
        fields.read("crop", preprocess.crop.emplace());
    fields.read("color", color_names(), preprocess.color);
    fields.read("scale", preprocess.scale);
    fields.read("mean", preprocess.mean);
    fields.read("std", preprocess.std);
    fields.read("layout", layout_names(), preprocess.layout);
    if (!fields.status())
        return fail(fields.status());
    // The size may be left to the model's input, so it is checked later if it isn't there.
    Preprocess sized = preprocess;
    if (sized.size == Size{})
        sized.size = {1, 1};
    if (const Status status = check(sized, subject); !status)
        return fail(status);
    return preprocess;
}

Json to_json(const Preprocess& preprocess) {
    Json json = Json::object();
    Json& resize = json["resize"];
    resize["mode"] = name_in(mode_names(), preprocess.resize);
    if (preprocess.size != Size{})
        resize["size"] = size_json(preprocess.size);
    resize["filter"] = name_in(filter_names(), preprocess.filter);
    json["pad"] = preprocess.pad;
    json["pad_value"] = preprocess.pad_value;
    if (preprocess.crop)
        json["crop"] = size_json(*preprocess.crop);
    json["color"] = name_in(color_names(), preprocess.color);
    json["scale"] = preprocess.scale;
    json["mean"] = preprocess.mean;
    json["std"] = preprocess.std;
    json["layout"] = name_in(layout_names(), preprocess.layout);
    return json;
}

}  // namespace quantwright
