#include "core/prepare/input_shapes.h"

namespace quantwright {

namespace {

std::string text_of(const Shape& shape) {
    std::string text;
    for (const auto size : shape)
        text += (text.empty() ? "" : "x") + std::to_string(size);
    return text;
}

/// The shape the input gets, from what the model says of it and what the user says.
Result<Shape> fixed_shape(const ValueInfo& input, const onnx::TensorShapeProto& declared,
                          const Shape* given) {
    const auto unknown = [&](const std::string& why) {
        return fail(ErrorCode::model_shape_unknown, input.name, why);
    };
    if (!input.has_shape) {
        if (!given)
            return unknown("the model gives no shape for it");
        for (const auto size : *given)
            if (size <= 0)
                return unknown("a size of " + text_of(*given) + " is not positive");
        return *given;
    }
    if (given && given->size() != input.shape.size())
        return unknown(text_of(*given) + " was given, the model has " + std::to_string(input.shape.size()) +
                       " dimensions");
    Shape shape;
    for (std::size_t i = 0; i < input.shape.size(); ++i) {
        const auto& dimension = input.shape[i];
        const std::int64_t wanted = given ? (*given)[i] : -1;
        if (given && wanted <= 0)
            return unknown("a size of " + text_of(*given) + " is not positive");
        if (dimension.value > 0 || wanted > 0)
            shape.push_back(wanted > 0 ? wanted : dimension.value);
        else if (declared.dim(static_cast<int>(i)).has_dim_value() &&
                 declared.dim(static_cast<int>(i)).dim_value() == 0)
            // In ONNX a tensor without elements. Some exporters mean "open", but nobody knows which size.
            return unknown("dimension " + std::to_string(i) + " is declared as 0");
        else if (i == 0)
            shape.push_back(1);
        else
            return unknown("dimension " + std::to_string(i) +
                           (dimension.name.empty() ? std::string() : " (" + dimension.name + ")") +
                           " is open");
    }
    return shape;
}

/// The input as a file for every size has it: open where the model is, the size that was given where the
/// model declares another.
void keep_open(SizeArithmetic& sizes, const onnx::ValueInfoProto& declared, const ValueInfo& input,
               const Shape& measured) {
    onnx::ValueInfoProto& kept = sizes.inputs.emplace_back(declared);
    sizes.has_open_input |= !input.has_shape;
    for (std::size_t i = 0; i < input.shape.size(); ++i) {
        const std::int64_t size = input.shape[i].value;
        auto& dimension =
            *kept.mutable_type()->mutable_tensor_type()->mutable_shape()->mutable_dim(static_cast<int>(i));
        if (size < 0) {
            sizes.has_open_input = true;
            if (dimension.has_dim_value())  // 0 or -1, where exporters mean "open"
                dimension.clear_dim_value();
        } else if (size != measured[i]) {
            sizes.overridden = true;
            dimension.set_dim_value(measured[i]);
        }
    }
}

}  // namespace

Status fix_input_shapes(WorkingGraph& graph, const std::map<std::string, Shape>& given) {
    auto& protos = *graph.frame().mutable_input();
    for (int i = protos.size() - 1; i >= 0; --i)
        if (graph.is_constant(protos.Get(i).name()))
            protos.DeleteSubrange(i, 1);

    const auto& inputs = graph.origin().inputs();
    for (const auto& [name, shape] : given) {
        bool known = false;
        for (const ValueInfo& input : inputs)
            known |= input.name == name;
        if (!known)
            return fail(ErrorCode::usage, name, "the model has no input of this name");
    }
    SizeArithmetic& sizes = graph.sizes();
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        auto& type = *protos.Mutable(static_cast<int>(i))->mutable_type();
        if (!type.has_tensor_type())
            return fail(ErrorCode::runtime_failed, inputs[i].name, "the input is not a tensor");
        const auto found = given.find(inputs[i].name);
        const auto& declared = type.tensor_type().shape();
        const auto shape = fixed_shape(inputs[i], declared, found == given.end() ? nullptr : &found->second);
        if (!shape)
            return fail(shape);
        keep_open(sizes, protos[static_cast<int>(i)], inputs[i], *shape);
        auto& proto = *type.mutable_tensor_type()->mutable_shape();
        proto.Clear();
        for (const auto size : *shape)
            proto.add_dim()->set_dim_value(size);
    }
    sizes.outputs.assign(graph.frame().output().begin(), graph.frame().output().end());
    // What the file says of shapes further down may contradict the ones just given.
    for (auto* values : {graph.frame().mutable_value_info(), graph.frame().mutable_output()})
        for (auto& value : *values)
            if (value.type().has_tensor_type())
                value.mutable_type()->mutable_tensor_type()->clear_shape();
    return {};
}

}  // namespace quantwright
