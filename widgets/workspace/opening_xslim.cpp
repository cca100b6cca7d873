#include "widgets/workspace/opening_xslim.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/xslim/to_plan.h"

namespace quantwright {
namespace {

namespace fs = std::filesystem;

void unused(Opened& opened, const std::string& key) {
    opened.problems.push_back({"config.unused_key", Severity::info, key, {}});
}

/// The lists of all inputs; opening them says later what is wrong with them.
Status takeImages(const XslimConfig& config, Opened& opened) {
    const Model& model = *opened.prepared->model;
    const auto images = image_input(model);
    ImageSettings& settings = opened.images;
    const bool asked_for = !settings.calibration.empty();
    for (const ValueInfo& input : model.inputs()) {
        const auto found = xslim_entry(config, model, input.name);
        if (!found)
            return fail(found);
        const XslimInput* entry = *found;
        if (!entry || entry->list.empty())
            continue;
        if (is_script(*entry))
            opened.problems.push_back({"config.script", Severity::warning, entry->preprocess, {}});
        else if (!images || images->name != input.name || entry->file == XslimFile::raw)
            settings.inputs[input.name].calibration = {entry->list, read_as(entry->file),
                                                       entry->dtype.value_or(ElementType::float32)};
        else if (!asked_for)
            calibrateOn(entry->list, settings, config.calibration_step);
    }
    auto preprocess = xslim_preprocess(config, model, opened.problems);
    if (!preprocess)
        return fail(preprocess);
    settings.preprocess = std::move(*preprocess);
    if (settings.inputs.empty() || asked_for)
        return {};
    // Lists of several lengths are cut to the shortest.
    settings.at_most = config.calibration_step;
    std::vector<Problem> told;
    if (const auto sources = xslim_sources(config, model, told); sources && !sources->empty())
        settings.at_most = static_cast<std::int64_t>(sources->front().list.files.size());
    std::copy_if(told.begin(), told.end(), std::back_inserter(opened.problems),
                 [](const Problem& one) { return one.code == "config.lists_cut"; });
    return {};
}

void takeOutput(const XslimConfig& config, Opened& opened) {
    opened.output = config.output().lexically_normal();
    std::error_code error;
    if (fs::is_directory(opened.output.parent_path(), error))
        return;
    unused(opened, "model_parameters.working_dir");  // the window makes no folders
    opened.output = config.model.parent_path() / opened.output.filename();
}

}  // namespace

Result<XslimConfig> readXslim(const fs::path& path) {
    auto config = read_xslim(path);
    if (!config)
        return config;
    if (config->model.empty())
        return fail(ErrorCode::config_invalid, path.string(), "model_parameters.onnx_model is missing");
    const fs::path folder = fs::absolute(path).parent_path();
    place_files(*config, {folder, fs::current_path()});
    // What is in neither is missed where the file is.
    const auto whole = [&](fs::path& path) { path = (folder / path).lexically_normal(); };
    whole(config->model);
    if (!config->working_dir.empty())
        whole(config->working_dir);
    for (XslimInput& input : config->inputs)
        if (!input.list.empty())
            whole(input.list);
    return config;
}

Status takeXslim(const XslimConfig& config, Opened& opened) {
    opened.problems = config.problems;
    opened.plan = plan_from_xslim(config, opened.prepared.get(), opened.problems);
    if (auto known = check_truncation(opened.plan, *opened.prepared); !known)
        return known;
    if (auto taken = takeImages(config, opened); !taken)
        return taken;
    takeOutput(config, opened);
    opened.improve = find_improve_level(name_of(config.improve())).value_or(ImproveLevel::none);
    for (const char* key : {"model_parameters.opset", "quantization_parameters.analysis_enable"})
        if (config.said.contains(key))
            unused(opened, key);
    return {};
}

}  // namespace quantwright
