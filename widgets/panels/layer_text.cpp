#include "widgets/panels/layer_text.h"

#include "core/model/proto_helpers.h"
#include "widgets/panels/figures.h"

namespace quantwright {

QString precisionOf(const Resolved& resolved, int layer) {
    const ResolvedLayer& choice = resolved.layers[static_cast<std::size_t>(layer)];
    std::string_view label = format_float().label;
    if (choice.quantized()) {
        if (const ResolvedTensor* output = outputTensor(resolved, layer))
            label = output->parameters.format->label;
        else if (choice.weight)  // its output stays float, its arithmetic doesn't
            label = choice.weight->parameters.format->label;
        else
            label = format_int8().label;
    }
    return QString::fromUtf8(label.data(), static_cast<qsizetype>(label.size()));
}

Shape outputShape(const Prepared& prepared, int layer) {
    const Layer& facts = prepared.layers[static_cast<std::size_t>(layer)];
    if (facts.outputs.empty())
        return {};
    return prepared.tensor_types[static_cast<std::size_t>(facts.outputs.front())].shape;
}

QString operatorOf(const Prepared& prepared, int layer) {
    const Layer& facts = prepared.layers[static_cast<std::size_t>(layer)];
    QString text = QString::fromStdString(facts.op);
    const auto& node = *prepared.model->graph()[facts.nodes.front()].proto;
    const auto kernel = ints_attribute(node, "kernel_shape");
    const std::int64_t group = int_attribute(node, "group", 1);
    if (!kernel.empty()) {
        // As many groups as channels: depthwise.
        const auto& inputs = facts.inputs;
        const Shape in =
            inputs.empty() ? Shape{} : prepared.tensor_types[static_cast<std::size_t>(inputs.front())].shape;
        if (group > 1)
            text +=
                in.size() > 1 && in[1] == group ? QStringLiteral(" dw") : QStringLiteral(" g%1").arg(group);
        text += QLatin1Char(' ') + figures::shape(kernel);
        const auto strides = ints_attribute(node, "strides");
        if (!strides.empty() && strides.front() > 1)
            text += QStringLiteral(" /%1").arg(strides.front());
    }
    return text;
}

const ResolvedTensor* outputTensor(const Resolved& resolved, int layer) {
    const Layer& facts = resolved.prepared->layers[static_cast<std::size_t>(layer)];
    if (facts.outputs.empty())
        return nullptr;
    const auto& tensor = resolved.tensors[static_cast<std::size_t>(facts.outputs.front())];
    return tensor ? &*tensor : nullptr;
}

}  // namespace quantwright
