#include "core/prepare/reference.h"

#include <onnx/onnx_pb.h>

#include "core/prepare/raise_opset.h"
#include "core/prepare/size_arithmetic.h"
#include "core/prepare/to_float32.h"

namespace quantwright {

std::shared_ptr<const Model> reference_model(const Prepared& prepared) {
    std::vector<Problem> said;
    const auto original = as_float32(prepared.original, said);
    if (!prepared.sizes || !prepared.sizes->overridden)
        return runnable(original);
    onnx::ModelProto proto = original->proto();
    auto& graph = *proto.mutable_graph();
    for (auto& declared : *graph.mutable_input())
        for (const auto& input : prepared.sizes->inputs)
            if (input.name() == declared.name())
                declared = input;
    // What the file says of shapes further down is about the sizes it declares.
    for (auto* values : {graph.mutable_value_info(), graph.mutable_output()})
        for (auto& value : *values)
            if (value.type().has_tensor_type())
                value.mutable_type()->mutable_tensor_type()->clear_shape();
    auto model = Model::derive(std::move(proto), *original);
    return runnable(model ? *model : original);
}

}  // namespace quantwright
