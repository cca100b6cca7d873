#include "core/prepare/raise_opset.h"

#include <onnx/onnx_pb.h>
#include <onnx/version_converter/convert.h>

namespace quantwright {

namespace {

Result<std::shared_ptr<const Model>> convert(const Model& model) {
    try {
        onnx::ModelProto raised =
            onnx::version_conversion::ConvertVersion(model.proto(), static_cast<int>(k_quantization_opset));
        return Model::derive(std::move(raised), model);
    } catch (const std::exception& e) {
        return fail(ErrorCode::model_unsupported_opset, model.path().string(), e.what());
    }
}

}  // namespace

std::shared_ptr<const Model> raise_opset(std::shared_ptr<const Model> model, std::vector<Problem>& problems) {
    if (model->opset() >= k_quantization_opset)
        return model;
    // The converter works on whole weights in memory; those kept outside would be lost.
    if (model->external_weights().empty()) {
        if (auto raised = convert(*model)) {
            problems.push_back({"prepare.opset_raised",
                                Severity::info,
                                {},
                                {std::to_string(model->opset()), std::to_string(k_quantization_opset)}});
            return *raised;
        }
    }
    problems.push_back({"prepare.opset_too_old", Severity::warning, {}, {std::to_string(model->opset())}});
    return model;
}

}  // namespace quantwright
