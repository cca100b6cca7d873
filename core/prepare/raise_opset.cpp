#include "core/prepare/raise_opset.h"

#include <onnx/defs/schema.h>
#include <onnx/onnx_pb.h>
#include <onnx/shape_inference/implementation.h>
#include <onnx/version_converter/convert.h>

#include <algorithm>

namespace quantwright {

namespace {

Result<onnx::ModelProto> convert(const onnx::ModelProto& model) {
    try {
        return onnx::version_conversion::ConvertVersion(model, static_cast<int>(k_quantization_opset));
    } catch (const std::exception& e) {
        return fail(ErrorCode::model_unsupported_opset, {}, e.what());
    }
}

/// What steps of the converter ask for (Softmax, broadcasting), where the file does not say it.
onnx::ModelProto with_shapes(onnx::ModelProto model) {
    try {
        // Nothing checked, no error fatal; values of shape tensors followed.
        const onnx::ShapeInferenceOptions options(false, 0, true);
        onnx::shape_inference::InferShapes(model, onnx::OpSchemaRegistry::Instance(), options);
    } catch (const std::exception&) {
        return model;  // with the shapes found so far
    }
    return model;
}

Result<std::shared_ptr<const Model>> convert(const Model& model) {
    auto raised = convert(model.proto());
    if (!raised)
        raised = convert(with_shapes(model.proto()));
    if (!raised)
        return fail(raised);
    return Model::derive(std::move(*raised), model);
}

/// Inputs whose declared size is 0 take any: ONNX Runtime would refuse every other than an empty tensor.
std::shared_ptr<const Model> with_open_inputs(std::shared_ptr<const Model> model) {
    const auto is_zero = [](const auto& dimension) {
        return dimension.has_dim_value() && dimension.dim_value() == 0;
    };
    onnx::ModelProto opened;
    bool any = false;
    for (int i = 0; i < model->proto().graph().input_size(); ++i) {
        const auto& input = model->proto().graph().input(i);
        if (std::none_of(model->inputs().begin(), model->inputs().end(),
                         [&](const ValueInfo& fed) { return fed.name == input.name(); }))
            continue;  // an initializer
        const auto& dimensions = input.type().tensor_type().shape().dim();
        for (int d = 0; d < dimensions.size(); ++d) {
            if (!is_zero(dimensions[d]))
                continue;
            if (!any)
                opened = model->proto();
            any = true;
            auto& type = *opened.mutable_graph()->mutable_input(i)->mutable_type()->mutable_tensor_type();
            type.mutable_shape()->mutable_dim(d)->clear_dim_value();
        }
    }
    if (!any)
        return model;
    auto derived = Model::derive(std::move(opened), *model);
    return derived ? *derived : model;
}

}  // namespace

std::shared_ptr<const Model> runnable(std::shared_ptr<const Model> model) {
    model = with_open_inputs(std::move(model));
    // ONNX Runtime's operators begin with those of opset 7; of older ones it has a few.
    constexpr std::int64_t first_opset = 7;
    if (model->opset() >= first_opset || !model->external_weights().empty())
        return model;
    const auto raised = convert(*model);
    return raised ? *raised : model;
}

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
