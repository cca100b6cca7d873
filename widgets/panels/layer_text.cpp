#include "widgets/panels/layer_text.h"

#include <QCoreApplication>

#include "core/model/proto_helpers.h"
#include "widgets/panels/figures.h"
#include "widgets/words/words.h"

namespace quantwright {
namespace {

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(quantwright::LayerText)
};

QString labelOf(const Format& format) {
    return QString::fromUtf8(format.label.data(), static_cast<qsizetype>(format.label.size()));
}

}  // namespace

QString precisionOf(const Resolved& resolved, int layer) {
    const ResolvedLayer& choice = resolved.layers[static_cast<std::size_t>(layer)];
    switch (choice.mode) {
        case LayerMode::kept_float:
            break;
        case LayerMode::fp16:
            return QStringLiteral("FP16");
        case LayerMode::dynamic:
            return QStringLiteral("DYN");
        case LayerMode::weight_only:
            return QStringLiteral("W%1").arg(choice.weight ? choice.weight->parameters.format->bits : 8);
        case LayerMode::static_:
            if (const ResolvedTensor* output = outputTensor(resolved, layer))
                return labelOf(*output->parameters.format);
            // Its output stays float, its arithmetic doesn't.
            return labelOf(choice.weight ? *choice.weight->parameters.format : format_int8());
    }
    return labelOf(format_float());
}

QString formOf(const Resolved& resolved, int layer) {
    const ResolvedLayer& choice = resolved.layers[static_cast<std::size_t>(layer)];
    if (choice.mode == LayerMode::kept_float)
        return {};
    QString text = words::sentence(choice.mode);
    if (choice.mode == LayerMode::weight_only && choice[Field::mode].value == "dynamic")
        text = Tr::tr("This operator has no dynamic form here.") + QLatin1Char(' ') + text;
    return text;
}

QString granularityOf(const Resolved& resolved, int layer) {
    const ResolvedLayer& choice = resolved.layers[static_cast<std::size_t>(layer)];
    if (!choice.weight)
        return {};
    const Parameters& parameters = choice.weight->parameters;
    if (parameters.blocked())
        return Tr::tr("Blocks of %1").arg(parameters.block_size);
    if (!parameters.per_channel())
        return words::value(Field::weight_granularity, "tensor");
    // Groups of a convolution: channels with equal scales.
    return words::value(Field::weight_granularity,
                        choice[Field::weight_granularity].value == "group" ? "group" : "channel");
}

QString thresholdOf(const Resolved& resolved, int layer) {
    const ResolvedLayer& choice = resolved.layers[static_cast<std::size_t>(layer)];
    if (choice.mode == LayerMode::dynamic)
        return Tr::tr("At run time");
    if (!choice.integers())
        return {};
    if (const ResolvedTensor* tensor = outputTensor(resolved, layer)) {
        if (tensor->scale_owner != tensor->tensor)
            return {};  // it has its input's scale
        if (tensor->origin == Origin::given)
            return Tr::tr("As given");
        if (tensor->origin == Origin::improved)
            return Tr::tr("Improved");
        if (tensor->origin == Origin::tensor)
            return words::name(Field::clip);
    }
    return words::value(Field::threshold_method, choice[Field::threshold_method].value);
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

QString groupOperatorOf(const Prepared& prepared, const LayerGroup& group) {
    if (group.single())
        return operatorOf(prepared, group.lead);
    QStringList ops = QString::fromStdString(group.op).split(QLatin1Char('+'));
    const QString lead = QString::fromStdString(prepared.layers[static_cast<std::size_t>(group.lead)].op);
    if (const auto at = ops.indexOf(lead); at >= 0)
        ops[at] = operatorOf(prepared, group.lead);
    return ops.join(QStringLiteral(" + "));
}

QString partsOf(const Resolved& resolved, const LayerGroup& group) {
    int quantized = 0;
    for (const int part : group.layers)
        quantized += resolved.layers[static_cast<std::size_t>(part)].quantized() ? 1 : 0;
    const int all = static_cast<int>(group.layers.size());
    return quantized == 0 || quantized == all
               ? QString()
               : Tr::tr("%1 of %n part(s) quantized", nullptr, all).arg(quantized);
}

const ResolvedTensor* outputTensor(const Resolved& resolved, int layer) {
    const Layer& facts = resolved.prepared->layers[static_cast<std::size_t>(layer)];
    if (facts.outputs.empty())
        return nullptr;
    const auto& tensor = resolved.tensors[static_cast<std::size_t>(facts.outputs.front())];
    return tensor ? &*tensor : nullptr;
}

}  // namespace quantwright
