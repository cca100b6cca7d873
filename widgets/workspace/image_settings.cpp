#include "widgets/workspace/image_settings.h"

namespace quantwright {
namespace {

Result<std::shared_ptr<const InputReader>> reader(const Prepared& prepared, const ImageSettings& settings,
                                                  const std::filesystem::path& folder,
                                                  ImageListOptions options) {
    if (folder.empty())
        return fail(ErrorCode::images_none_left, {});
    const auto input = image_input(*prepared.model);
    if (!input)
        return fail(input);
    const auto shape = imageInputShape(prepared);
    if (!shape)
        return fail(shape);
    const auto preprocess = effectivePreprocess(prepared, settings);
    if (!preprocess)
        return fail(preprocess);
    options.input = input->name;
    options.shape = *shape;
    auto list = list_images(folder, options);
    if (!list)
        return fail(list);
    if (folder == settings.calibration && settings.at_most >= 0 &&
        list->files.size() > static_cast<std::size_t>(settings.at_most))
        list->files.resize(static_cast<std::size_t>(settings.at_most));
    return InputReader::create(
        {InputSource{input->name, input->type, *shape, std::move(*list), *preprocess, ElementType::float32}});
}

}  // namespace

void calibrateOn(const std::filesystem::path& images, ImageSettings& settings, std::int64_t at_most) {
    settings.calibration = images;
    settings.at_most = at_most;
}

Result<Shape> imageInputShape(const Prepared& prepared) {
    const auto input = image_input(*prepared.model);
    if (!input)
        return fail(input);
    const auto tensor = prepared.model->graph().find_tensor(input->name);
    if (!tensor)
        return fail(ErrorCode::model_no_quantizable_input, input->name);
    return prepared.tensor_types[static_cast<std::size_t>(*tensor)].shape;
}

Result<Preprocess> effectivePreprocess(const Prepared& prepared, const ImageSettings& settings) {
    if (settings.preprocess)
        return *settings.preprocess;
    const auto input = image_input(*prepared.model);
    if (!input)
        return fail(input);
    const auto shape = imageInputShape(prepared);
    if (!shape)
        return fail(shape);
    return preprocess_preset({}, *shape, input->type);
}

Result<std::shared_ptr<const InputReader>> calibrationReader(const Prepared& prepared,
                                                             const ImageSettings& settings,
                                                             const std::vector<std::string>& excluded) {
    ImageListOptions options;
    options.excluded = excluded;
    return reader(prepared, settings, settings.calibration, options);
}

Result<std::shared_ptr<const InputReader>> evaluationReader(const Prepared& prepared,
                                                            const ImageSettings& settings,
                                                            const std::vector<std::string>& excluded) {
    ImageListOptions options;
    options.labels = settings.labels;
    if (settings.evaluation.empty())
        options.excluded = excluded;
    return reader(prepared, settings, settings.evaluationOrCalibration(), options);
}

}  // namespace quantwright
