#include "core/board/layer_shape.h"

#include <onnx/onnx_pb.h>

#include <map>

#include "core/model/proto_helpers.h"
#include "core/number/format.h"
#include "core/plan/choices.h"

namespace quantwright {

namespace {

std::string type_text(const TensorType& type) {
    std::string text;
    for (const std::int64_t size : type.shape) {
        if (!text.empty())
            text += 'x';
        text += std::to_string(size);
    }
    if (type.type != ElementType::float32) {
        text += ':';
        text += name_of(type.type);
    }
    return text;
}

template <class List>
std::string joined(const List& values) {
    std::string text;
    for (const auto value : values) {
        if (!text.empty())
            text += ',';
        text += std::to_string(value);
    }
    return text;
}

/// Empty for what says nothing about the cost: tensors and graphs.
std::string attribute_text(const onnx::AttributeProto& attribute) {
    switch (attribute.type()) {
        case onnx::AttributeProto::INT:
            return std::to_string(attribute.i());
        case onnx::AttributeProto::FLOAT:
            return std::to_string(attribute.f());
        case onnx::AttributeProto::STRING:
            return attribute.s();
        case onnx::AttributeProto::INTS:
            return joined(attribute.ints());
        case onnx::AttributeProto::FLOATS:
            return joined(attribute.floats());
        default:
            return {};
    }
}

void add_list(std::string& text, const std::string& more) {
    text += text.empty() || text.back() == ' ' ? "" : ",";
    text += more;
}

/// What the model says of the layer's one operator, in an order of its own.
void add_attributes(std::string& key, const onnx::NodeProto& node) {
    std::map<std::string, std::string> attributes;
    for (const onnx::AttributeProto& attribute : node.attribute())
        if (std::string text = attribute_text(attribute); !text.empty())
            attributes[attribute.name()] = std::move(text);
    for (const auto& [name, text] : attributes)
        key.append(" ").append(name).append("=").append(text);
}

}  // namespace

LayerShape layer_shape(const Prepared& prepared, int layer) {
    const Layer& facts = prepared.layers[static_cast<std::size_t>(layer)];
    const Graph& graph = prepared.model->graph();
    const GraphNode& node = graph[facts.nodes.front()];
    const auto type = [&](TensorId tensor) -> const TensorType& {
        return prepared.tensor_types[static_cast<std::size_t>(tensor)];
    };
    LayerShape shape;
    shape.kind = facts.op;
    if (int_attribute(*node.proto, "group", 1) > 1)
        shape.kind += " grouped";
    shape.key = facts.op + ' ';
    if (facts.composite) {
        for (const TensorId input : facts.inputs)
            add_list(shape.key, type_text(type(input)));
    } else {
        for (const auto& input : node.inputs)
            add_list(shape.key, input ? type_text(type(*input)) : "-");
    }
    shape.key += " > ";
    for (const TensorId output : facts.outputs)
        add_list(shape.key, type_text(type(output)));
    if (!facts.composite)
        add_attributes(shape.key, *node.proto);
    if (!facts.activation.empty())
        shape.key.append(" +").append(facts.activation);
    shape.work = static_cast<double>(facts.macs);
    if (facts.macs == 0)
        for (const auto* tensors : {&facts.inputs, &facts.outputs})
            for (const TensorId tensor : *tensors)
                shape.work += static_cast<double>(element_count(type(tensor).shape));
    return shape;
}

std::string cost_format(const Resolved& resolved, int layer) {
    const ResolvedLayer& choice = resolved.layers[static_cast<std::size_t>(layer)];
    const std::string weight = choice.weight ? std::string(choice.weight->parameters.format->name) : "";
    switch (choice.mode) {
        case LayerMode::kept_float:
            break;
        case LayerMode::fp16:
            return "fp16";
        case LayerMode::dynamic:
            return "dynamic " + weight;
        case LayerMode::weight_only:
            return "weight-only " + weight;
        case LayerMode::static_: {
            std::string format = said(resolved, layer, Field::activation_format).value;
            if (!weight.empty() && weight != format)
                format.append("/").append(weight);
            return format;
        }
    }
    return k_float_format;
}

}  // namespace quantwright
