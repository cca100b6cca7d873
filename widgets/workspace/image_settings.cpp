#include "widgets/workspace/image_settings.h"

namespace quantwright {
namespace {

Result<std::shared_ptr<const InputReader>> reader(const Prepared& prepared, const SampleRequest& request) {
    if (!request.any_source())
        return fail(ErrorCode::images_none_left, {});
    auto samples = open_samples(*prepared.model, request);
    if (!samples)
        return fail(samples);
    return std::move(samples->reader);
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
    return fixed_shape(*input);
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
    return reader(prepared, calibration_request(settings, excluded));
}

Result<std::shared_ptr<const InputReader>> evaluationReader(const Prepared& prepared,
                                                            const ImageSettings& settings,
                                                            const std::vector<std::string>& excluded) {
    const auto request = judged_samples(settings, excluded);
    if (!request)
        return fail(request);
    return reader(prepared, *request);
}

Result<JudgeRequest> evaluationJudge(const Prepared& prepared, const ImageSettings& settings,
                                     const std::vector<std::string>& excluded) {
    auto found = evaluationReader(prepared, settings, excluded);
    if (!found)
        return fail(found);
    return judge_request(settings, std::move(*found));
}

}  // namespace quantwright
