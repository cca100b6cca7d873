#include "core/xslim/config.h"

#include <algorithm>
#include <array>

#include "core/base/atomic_file.h"
#include "core/images/input_reader.h"
#include "core/xslim/config_reader.h"

namespace quantwright {

namespace {

using Keys = std::vector<std::string_view>;

std::string joined(const std::string& where, const std::string& key) {
    return where.empty() ? key : std::string(where).append(".").append(key);
}

std::optional<ElementType> element_type(const std::string& name) {
    return name == "bool" ? ElementType::boolean : raw_type_named(name);
}

void read_model(XslimReader& reader, const Json& json, XslimConfig& config) {
    const std::string where = "model_parameters";
    reader.keys(
        json, where,
        {"onnx_model", "output_prefix", "output_model_file_prefix", "working_dir", "skip_onnxsim", "opset"});
    std::string model, folder;
    reader.text(json, where, "onnx_model", model);
    reader.text(json, where, "working_dir", folder);
    config.model = model;
    config.working_dir = folder;
    const std::string prefix = reader.spelling(json, where, "output_prefix", "output_model_file_prefix");
    reader.text(json, where, prefix, config.output_prefix);
    if (config.output_prefix.find('/') != std::string::npos)
        reader.wrong(joined(where, prefix), "a file name without folders");
    reader.flag(json, where, "skip_onnxsim", config.skip_simplification);
    if (int opset = 0; reader.whole(json, where, "opset", opset, 1, 64))
        config.opset = opset;
}

XslimInput read_input(XslimReader& reader, const Json& json, const std::string& where) {
    XslimInput input;
    input.key = where;
    reader.keys(json, where,
                {"input_name", "input_shape", "file_type", "color_format", "mean_value", "std_value",
                 "preprocess_file", "data_list_path", "dtype"});
    reader.text(json, where, "input_name", input.name);
    if (std::vector<std::int64_t> shape; reader.shape(json, where, "input_shape", shape))
        input.shape = std::move(shape);
    if (std::string type; reader.choice(json, where, "file_type", type, {"img", "npy", "raw"}))
        input.file = type == "npy" ? XslimFile::npy : type == "raw" ? XslimFile::raw : XslimFile::image;
    if (std::string color; reader.choice(json, where, "color_format", color, {"bgr", "rgb", "gray"}))
        input.color = color == "rgb"    ? ColorFormat::rgb
                      : color == "gray" ? ColorFormat::gray
                                        : ColorFormat::bgr;
    reader.numbers(json, where, "mean_value", input.mean);
    reader.numbers(json, where, "std_value", input.std);
    reader.text(json, where, "preprocess_file", input.preprocess);
    std::string list;
    reader.text(json, where, "data_list_path", list);
    input.list = list;
    if (std::string dtype; reader.text(json, where, "dtype", dtype)) {
        input.dtype = element_type(dtype);
        if (!input.dtype)
            reader.wrong(where + ".dtype", "no such element type");
    }
    return input;
}

void read_calibration(XslimReader& reader, const Json& json, XslimConfig& config) {
    const std::string where = "calibration_parameters";
    reader.keys(json, where,
                {"calibration_batch_size", "calibration_step", "calibration_device", "calibration_type",
                 "input_parameters", "input_parametres"});
    int batch = 1;
    reader.whole(json, where, "calibration_batch_size", batch, 1, 1 << 20);
    reader.whole(json, where, "calibration_step", config.calibration_step, 1, 1 << 30);
    std::string device;
    reader.text(json, where, "calibration_device", device);
    reader.choice(json, where, "calibration_type", config.calibration_type,
                  {"default", "minmax", "percentile", "kl", "mse"});
    // Files of before version 2 say it in French.
    const std::string key = reader.spelling(json, where, "input_parameters", "input_parametres");
    reader.objects(json, where, key, [&](const Json& one, const std::string& place) {
        config.inputs.push_back(read_input(reader, one, place));
    });
}

XslimCustom read_custom(XslimReader& reader, const Json& json, const std::string& where) {
    XslimCustom custom;
    custom.key = where;
    reader.keys(json, where,
                {"input_names", "output_names", "max_percentile", "precision_level", "calibration_type"});
    reader.texts(json, where, "input_names", custom.input_names);
    reader.texts(json, where, "output_names", custom.output_names);
    if (custom.input_names.empty() || custom.output_names.empty())
        reader.wrong(where, "input_names and output_names are needed");
    if (int level = 0; reader.whole(json, where, "precision_level", level, 0, 4))
        custom.precision_level = level;
    if (std::string type; reader.choice(json, where, "calibration_type", type,
                                        {"default", "minmax", "percentile", "kl", "mse"}))
        custom.calibration_type = type;
    if (double share = 0; reader.number(json, where, "max_percentile", share, 0.5, 1))
        custom.max_percentile = share;
    return custom;
}

void read_quantization(XslimReader& reader, const Json& json, XslimConfig& config) {
    const std::string where = "quantization_parameters";
    reader.keys(
        json, where,
        {"precision_level", "finetune_level", "auto_finetune_level", "max_percentile", "analysis_enable",
         "custom_setting", "truncate_var_names", "ignore_op_types", "ignore_op_names"});
    if (reader.whole(json, where, "precision_level", config.precision_level, 0, 100) &&
        config.precision_level > 4 && config.precision_level < 100)
        reader.wrong(where + ".precision_level", "0 to 4, or 100");
    config.improve_key = reader.spelling(json, where, "finetune_level", "auto_finetune_level");
    reader.whole(json, where, config.improve_key, config.finetune_level, 0, 3);
    reader.number(json, where, "max_percentile", config.max_percentile, 0.5, 1);
    reader.flag(json, where, "analysis_enable", config.analysis);
    reader.objects(json, where, "custom_setting", [&](const Json& one, const std::string& place) {
        config.custom.push_back(read_custom(reader, one, place));
    });
    reader.texts(json, where, "truncate_var_names", config.truncate_at);
    reader.texts(json, where, "ignore_op_types", config.ignore_types);
    reader.texts(json, where, "ignore_op_names", config.ignore_names);
}

/// Keys that are known but mean nothing here.
class Unused {
public:
    Unused(XslimReader& reader, const XslimConfig& config) : m_reader(reader), m_config(config) {}

    void name_all() {
        if (m_config.skip_simplification)
            name("model_parameters.skip_onnxsim");
        for (const char* key : {"calibration_device", "calibration_batch_size"})
            name("calibration_parameters." + std::string(key));
        for (const XslimInput& input : m_config.inputs)
            name_for(input);
        for (const XslimCustom& custom : m_config.custom)
            if (custom.max_percentile &&
                custom.calibration_type.value_or(m_config.calibration_type) != "percentile")
                name(custom.key + ".max_percentile");
        const auto quantization = [&](std::initializer_list<const char*> keys) {
            for (const char* key : keys)
                name(joined("quantization_parameters", key));
        };
        if (!m_config.is_static()) {
            name("calibration_parameters.calibration_type");
            name(joined("quantization_parameters", m_config.improve_key));
            quantization({"max_percentile", "custom_setting", "truncate_var_names"});
        } else if (m_config.calibration_type != "percentile") {
            quantization({"max_percentile"});
        }
        if (m_config.precision_level == 100) {
            name("calibration_parameters.calibration_step");
            quantization({"analysis_enable", "ignore_op_types", "ignore_op_names"});
            for (const XslimInput& input : m_config.inputs)
                name(input.key + ".data_list_path");
        }
    }

private:
    void name_for(const XslimInput& input) {
        if (input.file != XslimFile::raw)
            name(input.key + ".dtype");
        if (input.file != XslimFile::image)
            for (const char* key : {"color_format", "mean_value", "std_value", "preprocess_file"})
                name(joined(input.key, key));
    }

    void name(const std::string& key) {
        if (m_config.said.contains(key))
            m_reader.unused(key);
    }

    XslimReader& m_reader;
    const XslimConfig& m_config;
};

}  // namespace

std::string_view name_of(XslimImprove improve) {
    constexpr std::string_view names[] = {"none", "fast", "best"};
    return names[static_cast<std::size_t>(improve)];
}

XslimImprove XslimConfig::improve() const {
    if (!is_static() || finetune_level == 0)
        return XslimImprove::none;
    return finetune_level == 1 ? XslimImprove::fast : XslimImprove::best;
}

std::filesystem::path XslimConfig::output() const {
    const auto folder = working_dir.empty() ? model.parent_path() : working_dir;
    return folder / ((output_prefix.empty() ? model.stem().string() + ".q" : output_prefix) + ".onnx");
}

std::filesystem::path XslimConfig::report(const char* extension) const {
    auto path = output();
    path.replace_filename(path.stem().string() + "_report" + extension);
    return path;
}

void place_files(XslimConfig& config, const std::vector<std::filesystem::path>& folders) {
    namespace fs = std::filesystem;
    const auto find = [&](fs::path& path, const std::string& key) -> const fs::path* {
        if (path.empty() || path.is_absolute())
            return nullptr;
        for (const fs::path& folder : folders) {
            std::error_code error;
            if (!fs::exists(folder / path, error))
                continue;
            path = folder / path;
            if (&folder != &folders.front())
                config.problems.push_back({"config.found_elsewhere", Severity::info, key, {path.string()}});
            return &folder;
        }
        return nullptr;
    };
    const fs::path* home = find(config.model, "model_parameters.onnx_model");
    if (home && config.working_dir.is_relative() && !config.working_dir.empty())
        config.working_dir = *home / config.working_dir;
    for (XslimInput& input : config.inputs)
        find(input.list, input.key + ".data_list_path");
}

Result<XslimConfig> xslim_from_json(const Json& json, const std::string& subject) {
    XslimConfig config;
    config.file = subject;
    XslimReader reader(subject, config.said, config.problems);
    reader.keys(json, {}, {"model_parameters", "calibration_parameters", "quantization_parameters"});
    if (const Json* part = reader.object(json, "model_parameters"))
        read_model(reader, *part, config);
    if (const Json* part = reader.object(json, "calibration_parameters"))
        read_calibration(reader, *part, config);
    if (const Json* part = reader.object(json, "quantization_parameters"))
        read_quantization(reader, *part, config);
    if (!reader.status())
        return fail(reader.status());
    Unused(reader, config).name_all();
    return config;
}

Result<XslimConfig> read_xslim(const std::filesystem::path& path) {
    const auto text = read_file(path, ErrorCode::config_invalid);
    if (!text)
        return fail(text);
    const auto json = parse_json(*text, ErrorCode::config_invalid, path.string(), JsonComments::skipped);
    if (!json)
        return fail(json);
    return xslim_from_json(*json, path.string());
}

}  // namespace quantwright
