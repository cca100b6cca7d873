#include "widgets/panels/inspector_text.h"

#include <QCoreApplication>
#include <algorithm>

#include "core/plan/choices.h"
#include "widgets/panels/figures.h"
#include "widgets/panels/layer_text.h"
#include "widgets/panels/sensitivity_text.h"
#include "widgets/words/words.h"
#include "widgets/workspace/shown_layers.h"

namespace quantwright {
namespace {

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(quantwright::InspectorPanel)
};

const Layer& facts_of(const Resolved& resolved, int layer) {
    return resolved.prepared->layers[static_cast<std::size_t>(layer)];
}

const ResolvedLayer& choices_of(const Resolved& resolved, int layer) {
    return resolved.layers[static_cast<std::size_t>(layer)];
}

QString codesText(const Parameters& parameters) {
    return Tr::tr("codes %1 … %2").arg(parameters.qmin).arg(parameters.qmax);
}

}  // namespace

QString modelFacts(const Workspace& workspace) {
    if (!workspace.isOpen())
        return Tr::tr("No model is open.");
    const Prepared& prepared = *workspace.prepared();
    std::int64_t parameters = 0, macs = 0;
    for (const Layer& layer : prepared.layers) {
        parameters += layer.parameters;
        macs += layer.macs;
    }
    QStringList lines;
    lines << Tr::tr("%n layer(s)", nullptr, static_cast<int>(prepared.groups.size())) +
                 QStringLiteral(" · %1 %2 · %3 MACs")
                     .arg(figures::count(parameters), Tr::tr("parameters"), figures::count(macs));
    const int quantized = workspace.resolved() ? workspace.resolved()->quantized_groups() : 0;
    if (workspace.statistics() || quantized > 0)
        lines << Tr::tr("%1 of %2 layers quantized").arg(quantized).arg(prepared.groups.size());
    if (!prepared.given.empty())
        lines << Tr::tr("The model brings its own quantization (QAT): it is kept until you change it.");
    lines << QString()
          << Tr::tr(
                 "Select layers in the graph, the outline or the table to see and change how they are "
                 "quantized.");
    return lines.join(QLatin1Char('\n'));
}

QString layerFacts(const Workspace& workspace, const std::vector<int>& layers) {
    const Prepared& prepared = *workspace.prepared();
    const LayerGroup* group = wholeGroup(prepared, layers);
    std::int64_t parameters = 0;
    for (const int layer : layers)
        parameters += prepared.layers[static_cast<std::size_t>(layer)].parameters;
    if (layers.size() > 1 && !group)
        return Tr::tr("%1 parameters · what you choose goes to all of them").arg(figures::count(parameters));
    const int layer = group ? group->lead : layers.front();
    const Layer& facts = prepared.layers[static_cast<std::size_t>(layer)];
    QString operators = group ? groupOperatorOf(prepared, *group) : operatorOf(prepared, layer);
    if (layers.size() == 1 && !facts.activation.empty())
        operators += QStringLiteral(" + ") + QString::fromStdString(facts.activation);
    QStringList parts{operators, figures::shape(outputShape(prepared, layers.back()))};
    if (parameters > 0)
        parts << Tr::tr("%1 params").arg(figures::count(parameters));
    if (const auto& sensitivity = workspace.sensitivity(); sensitivity && group)
        if (const LayerSensitivity* hurt = sensitivity->find(layer)) {
            parts << Tr::tr("SNR alone %1, rank %2").arg(snrText(*hurt), rankText(*hurt));
            if (hurt->weights_alone.measured && hurt->activations_alone.measured)
                parts << Tr::tr("weights %1, activations %2")
                             .arg(figures::decibels(hurt->weights_alone.snr_db),
                                  figures::decibels(hurt->activations_alone.snr_db));
            if (hurt->accumulated.measured)
                parts
                    << Tr::tr("here with all quantized %1").arg(figures::decibels(hurt->accumulated.snr_db));
            if (hurt->without.measured)
                parts << Tr::tr("all but this one %1").arg(figures::decibels(hurt->without.snr_db));
            parts << words::shortlyMeasuredOn(sensitivity->measured_on, sensitivity->images_wanted);
            if (workspace.state(Step::analyze).kind == StepState::Kind::stale)
                parts << Tr::tr("before the last changes");
        }
    if (group && !group->single()) {
        const QString some = partsOf(*workspace.resolved(), *group);
        parts << (some.isEmpty() ? Tr::tr("%n part(s)", nullptr, static_cast<int>(layers.size())) : some);
    }
    return parts.join(QStringLiteral(" · "));
}

QString formText(const Resolved& resolved, const std::vector<int>& layers) {
    const QString first = formOf(resolved, layers.front());
    const bool same = std::all_of(layers.begin(), layers.end(),
                                  [&](int layer) { return formOf(resolved, layer) == first; });
    return same ? first : QString();
}

QString reasonText(const Resolved& resolved, const std::vector<int>& layers) {
    const KeptFloat first = choices_of(resolved, layers.front()).kept_float;
    const bool same = std::all_of(layers.begin(), layers.end(),
                                  [&](int layer) { return choices_of(resolved, layer).kept_float == first; });
    return same && first != KeptFloat::no ? words::reason(first) : QString();
}

QString rangeText(const Resolved& resolved, int layer) {
    const Layer& facts = facts_of(resolved, layer);
    QStringList lines;
    if (resolved.statistics && !facts.outputs.empty()) {
        const std::string& tensor = resolved.prepared->model->graph()[facts.outputs.front()].name;
        if (const TensorStatistics* statistics = resolved.statistics->find(tensor))
            lines << Tr::tr("Observed %1 … %2")
                         .arg(figures::value(statistics->range.min), figures::value(statistics->range.max));
    }
    if (const ResolvedTensor* output = output_tensor(resolved, layer);
        output && !output->parameters.per_channel())
        lines << Tr::tr("Scale %1 · zero point %2")
                         .arg(figures::value(output->parameters.scale.front()))
                         .arg(output->parameters.zero_point.front()) +
                     QStringLiteral(" · ") + codesText(output->parameters);
    return lines.join(QLatin1Char('\n'));
}

QString weightText(const Resolved& resolved, int layer) {
    const auto& weight = choices_of(resolved, layer).weight;
    if (!weight)
        return {};
    return Tr::tr("%n scale(s)", nullptr, static_cast<int>(weight->parameters.scale.size())) +
           QStringLiteral(" · ") + codesText(weight->parameters);
}

QString problemsText(const Workspace& workspace, const std::vector<int>& layers) {
    QStringList problems;
    for (const Problem& problem : workspace.problems())
        for (const int layer : layers)
            if (!problem.layer.empty() && problem.layer == facts_of(*workspace.resolved(), layer).name)
                problems << words::message(problem) + QLatin1Char(' ') + words::hint(problem);
    constexpr qsizetype readable = 6;
    if (problems.size() > readable) {
        const int more = static_cast<int>(problems.size() - readable);
        problems = problems.mid(0, readable);
        problems << Tr::tr("… and %n more", nullptr, more);
    }
    return problems.join(QLatin1Char('\n'));
}

}  // namespace quantwright
