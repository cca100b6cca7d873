#include "core/xslim/inputs.h"

#include <algorithm>

namespace quantwright {

namespace {

const ValueInfo* find_input(const Model& model, const std::string& name) {
    for (const ValueInfo& input : model.inputs())
        if (input.name == name)
            return &input;
    return nullptr;
}

/// The model's input that an entry is about: by name, else by position.
Result<const ValueInfo*> input_of(const XslimConfig& config, std::size_t index, const Model& model) {
    const XslimInput& entry = config.inputs[index];
    if (!entry.name.empty()) {
        if (const ValueInfo* named = find_input(model, entry.name))
            return named;
        return fail(ErrorCode::config_invalid, config.file.string(),
                    entry.key + ".input_name: the model has no input \"" + entry.name + "\"");
    }
    if (index < model.inputs().size())
        return &model.inputs()[index];
    return fail(ErrorCode::config_invalid, config.file.string(),
                entry.key + ": the model has only " + std::to_string(model.inputs().size()) + " inputs");
}

std::optional<Shape> closed_shape(const ValueInfo& input) {
    Shape shape;
    for (std::size_t i = 0; i < input.shape.size(); ++i) {
        if (input.shape[i].value < 0 && i > 0)
            return std::nullopt;
        shape.push_back(std::max<std::int64_t>(1, input.shape[i].value));
    }
    return input.has_shape ? std::optional(shape) : std::nullopt;
}

/// The built-in preprocessing in our words. Means and deviations are of pixels from 0 to 255.
Result<Preprocess> preprocess_of(const XslimInput& entry, const Shape& shape, ElementType type,
                                 std::vector<Problem>& problems) {
    const char* preset = entry.preprocess == "PT_IMAGENET" ? "imagenet"
                         : entry.preprocess == "IMAGENET"  ? "opencv-imagenet"
                                                           : "stretch";
    auto preprocess = preprocess_preset(preset, shape, type);
    if (!preprocess)
        return preprocess;
    const bool gray = preprocess->color == ColorFormat::gray;
    if (gray && entry.color != ColorFormat::gray)
        problems.push_back({"config.instead", Severity::info, entry.key + ".color_format", {"gray"}});
    const bool alpha = channels_of(preprocess->color) == 4;
    const auto channels = static_cast<std::size_t>(channels_of(preprocess->color));
    if (alpha)
        preprocess->color = entry.color == ColorFormat::bgr ? ColorFormat::bgra : ColorFormat::rgba;
    else if (!gray)
        preprocess->color = entry.color;
    preprocess->scale = 1;
    const auto spread = [channels](const std::vector<double>& values, double otherwise) {
        return values.empty()       ? std::vector<double>(channels, otherwise)
               : values.size() == 1 ? std::vector<double>(channels, values[0])
                                    : values;
    };
    preprocess->mean = spread(entry.mean, type == ElementType::int8 ? 128 : 0);
    preprocess->std = spread(entry.std, 1);
    if (auto good = check(*preprocess, entry.key); !good)
        return fail(good);
    return preprocess;
}

/// One file goes with every sample of the others; longer lists than the shortest are cut.
void align(std::vector<InputSource>& sources, const XslimConfig& config, std::vector<Problem>& problems) {
    std::size_t shortest = 0, longest = 0;
    for (const InputSource& source : sources)
        if (const std::size_t count = source.list.files.size(); count > 1 || sources.size() == 1) {
            shortest = shortest == 0 ? count : std::min(shortest, count);
            longest = std::max(longest, count);
        }
    shortest = std::max<std::size_t>(1, shortest);
    if (longest > shortest)
        problems.push_back({"config.lists_cut",
                            Severity::warning,
                            "calibration_parameters.input_parameters",
                            {std::to_string(longest), std::to_string(shortest)}});
    const auto count = std::min(shortest, static_cast<std::size_t>(config.calibration_step));
    for (InputSource& source : sources) {
        auto& files = source.list.files;
        if (files.size() == 1)
            files.resize(count, ImageFile(files.front()));
        else if (files.size() > count)
            files.resize(count);
    }
}

}  // namespace

ReadAs read_as(XslimFile file) {
    switch (file) {
        case XslimFile::npy:
            return ReadAs::npy;
        case XslimFile::raw:
            return ReadAs::raw;
        case XslimFile::image:
            break;
    }
    return ReadAs::image;
}

bool is_script(const XslimInput& input) {
    return input.file == XslimFile::image && !input.preprocess.empty() && input.preprocess != "PT_IMAGENET" &&
           input.preprocess != "IMAGENET";
}

bool has_data(const XslimConfig& config) {
    return !config.inputs.empty() &&
           std::none_of(config.inputs.begin(), config.inputs.end(),
                        [](const XslimInput& input) { return input.list.empty() || is_script(input); });
}

Status check_data(const XslimConfig& config) {
    const auto no_data = [&](const std::string& key) {
        return fail(ErrorCode::config_no_data, config.file.string(), key);
    };
    if (config.inputs.empty())
        return no_data("calibration_parameters.input_parameters");
    for (const XslimInput& input : config.inputs) {
        if (is_script(input))
            return fail(ErrorCode::config_script, input.preprocess, input.key + ".preprocess_file");
        if (input.list.empty())
            return no_data(input.key + ".data_list_path");
    }
    return {};
}

Result<std::map<std::string, Shape>> xslim_shapes(const XslimConfig& config, const Model& model) {
    std::map<std::string, Shape> shapes;
    for (std::size_t i = 0; i < config.inputs.size(); ++i) {
        const auto input = input_of(config, i, model);
        if (!input)
            return fail(input);
        if (!config.inputs[i].shape)
            continue;
        Shape shape = *config.inputs[i].shape;
        const auto& open = (*input)->shape;
        if (config.inputs[i].file == XslimFile::image && !open.empty() && !shape.empty() && open[0].value < 0)
            shape[0] = 1;
        for (std::size_t k = 0; k < shape.size(); ++k)
            if (shape[k] < 0 && k < open.size() && open[k].value > 0)
                shape[k] = open[k].value;
        if (!shape.empty() && shape[0] < 0)
            shape[0] = 1;
        if (std::all_of(shape.begin(), shape.end(), [](std::int64_t side) { return side > 0; }))
            shapes[(*input)->name] = std::move(shape);
    }
    return shapes;
}

Result<const XslimInput*> xslim_entry(const XslimConfig& config, const Model& model,
                                      const std::string& input) {
    const XslimInput* found = nullptr;
    for (std::size_t i = 0; i < config.inputs.size(); ++i) {
        const auto about = input_of(config, i, model);
        if (!about)
            return fail(about);
        if ((*about)->name == input)
            found = &config.inputs[i];
    }
    return found;
}

Result<std::optional<Preprocess>> xslim_preprocess(const XslimConfig& config, const Model& model,
                                                   std::vector<Problem>& problems) {
    const auto images = image_input(model);
    if (!images)
        return std::nullopt;
    for (std::size_t i = 0; i < config.inputs.size(); ++i) {
        const XslimInput& entry = config.inputs[i];
        const auto input = input_of(config, i, model);
        if (!input)
            return fail(input);
        const auto shape = closed_shape(**input);
        if ((*input)->name != images->name || entry.file != XslimFile::image || is_script(entry) || !shape)
            continue;
        auto preprocess = preprocess_of(entry, *shape, (*input)->type, problems);
        if (!preprocess)
            return fail(preprocess);
        return std::optional(std::move(*preprocess));
    }
    return std::nullopt;
}

Result<std::vector<InputSource>> xslim_sources(const XslimConfig& config, const Model& model,
                                               std::vector<Problem>& problems) {
    if (auto there = check_data(config); !there)
        return fail(there);
    std::map<std::string, InputSource> by_name;
    for (std::size_t i = 0; i < config.inputs.size(); ++i) {
        const XslimInput& entry = config.inputs[i];
        const auto input = input_of(config, i, model);
        if (!input)
            return fail(input);
        const auto shape = closed_shape(**input);
        if (!shape)
            return fail(ErrorCode::model_shape_unknown, (*input)->name);
        InputSource source{(*input)->name, (*input)->type, *shape, {}, {}, ElementType::float32};
        source.read_as = read_as(entry.file);
        source.raw_type = entry.dtype.value_or(ElementType::float32);
        ImageListOptions listing;
        listing.input = source.input;
        listing.shape = *shape;
        auto list = list_images(entry.list, listing);
        if (!list)
            return fail(list);
        source.list = std::move(*list);
        if (entry.file == XslimFile::image) {
            auto preprocess = preprocess_of(entry, *shape, (*input)->type, problems);
            if (!preprocess)
                return fail(preprocess);
            source.preprocess = std::move(*preprocess);
        }
        by_name[source.input] = std::move(source);
    }
    std::vector<InputSource> sources;
    for (const ValueInfo& input : model.inputs()) {
        const auto found = by_name.find(input.name);
        if (found == by_name.end())
            return fail(ErrorCode::config_no_data, config.file.string(), "input " + input.name);
        sources.push_back(std::move(found->second));
    }
    align(sources, config, problems);
    return sources;
}

}  // namespace quantwright
