#include "core/project/image_settings.h"

#include <algorithm>

namespace quantwright {

bool ImageSettings::own_evaluation() const {
    return !evaluation.empty() || std::any_of(inputs.begin(), inputs.end(), [](const auto& input) {
        return !input.second.evaluation.empty();
    });
}

SampleRequest calibration_request(const ImageSettings& settings, const std::vector<std::string>& excluded) {
    SampleRequest request;
    request.images.path = settings.calibration;
    for (const auto& [name, input] : settings.inputs)
        request.inputs[name] = input.calibration;
    request.at_most = settings.at_most;
    request.excluded = excluded;
    if (settings.preprocess)
        request.preprocess.recorded = to_json(*settings.preprocess);
    return request;
}

SampleRequest evaluation_request(const ImageSettings& settings, const std::vector<std::string>& excluded) {
    SampleRequest request = calibration_request(settings, excluded);
    request.with_labels = true;
    request.labels = settings.labels;
    if (!settings.own_evaluation())
        return request;
    request.at_most = -1;
    request.excluded.clear();
    if (!settings.evaluation.empty())
        request.images.path = settings.evaluation;
    for (const auto& [name, input] : settings.inputs)
        if (!input.evaluation.empty())
            request.inputs[name].path = input.evaluation;
    return request;
}

Result<SampleRequest> judged_samples(const ImageSettings& settings,
                                     const std::vector<std::string>& excluded) {
    SampleRequest request = evaluation_request(settings, excluded);
    const auto of_classes = are_class_labels(settings.labels, settings.task);
    if (!of_classes)
        return fail(of_classes);
    if (!*of_classes)
        request.labels.clear();
    return request;
}

Result<JudgeRequest> judge_request(const ImageSettings& settings, std::shared_ptr<const InputReader> reader) {
    JudgeRequest request{std::move(reader), {}, {}, settings.task};
    const auto of_classes = are_class_labels(settings.labels, settings.task);
    if (!of_classes)
        return fail(of_classes);
    if (!*of_classes)
        request.labels = settings.labels;
    return request;
}

}  // namespace quantwright
