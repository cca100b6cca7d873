#include "widgets/panels/cost_text.h"

#include <QCoreApplication>
#include <algorithm>

#include "widgets/panels/figures.h"
#include "widgets/words/words.h"

namespace quantwright {
namespace {

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(quantwright::CostText)
};

struct Sum {
    double us = 0;
    int estimated = 0, unknown = 0;
};

/// `format` empty: each layer as it is now.
Sum sumOf(const Workspace& workspace, const std::vector<int>& layers, const std::string& format) {
    const Resolved& resolved = *workspace.resolved();
    Sum sum;
    for (const int layer : layers) {
        const LayerCost cost = workspace.boardMemory()->costs().predict(
            layer_shape(*resolved.prepared, layer), format.empty() ? cost_format(resolved, layer) : format);
        sum.us += cost.us;
        sum.estimated += cost.basis == LayerCost::Basis::estimated ? 1 : 0;
        sum.unknown += cost.basis == LayerCost::Basis::unknown ? 1 : 0;
    }
    return sum;
}

/// Empty where nothing or not all is known.
QString choiceText(const Sum& sum, const QString& name) {
    if (sum.unknown > 0)
        return {};
    if (sum.us <= 0)
        return Tr::tr("%1 within another layer's kernel").arg(name);
    const QString time = figures::microseconds(sum.us);
    return sum.estimated > 0 ? Tr::tr("≈ %1 %2 (estimated)").arg(time, name)
                             : Tr::tr("%1 %2 (measured)").arg(time, name);
}

QString boardText(const BoardMemory& memory) {
    const QString name = QString::fromStdString(memory.board());
    return memory.emulated() ? Tr::tr("%1 (emulated)").arg(name) : name;
}

bool known(const Workspace& workspace) {
    return workspace.resolved() && !workspace.boardMemory()->costs().empty();
}

}  // namespace

QString formatText(const std::string& cost_format) {
    if (cost_format == k_float_format)
        return words::name(LayerMode::kept_float).toLower();
    for (const LayerMode mode : {LayerMode::dynamic, LayerMode::weight_only}) {
        const std::string name(name_of(mode));
        if (cost_format.starts_with(name + ' '))
            return words::name(mode).toLower() + QString::fromStdString(cost_format.substr(name.size()));
    }
    return QString::fromStdString(cost_format);
}

QString formatsText(const std::map<std::string, int>& formats) {
    std::vector<std::pair<int, std::string>> sorted;
    sorted.reserve(formats.size());
    for (const auto& [format, layers] : formats)
        sorted.emplace_back(-layers, format);
    std::sort(sorted.begin(), sorted.end());
    QStringList parts;
    for (const auto& [layers, format] : sorted)
        parts << QStringLiteral("%1 %2").arg(-layers).arg(formatText(format));
    return parts.join(QStringLiteral(", "));
}

QString costText(const Workspace& workspace, const std::vector<int>& layers) {
    if (!known(workspace) || layers.empty())
        return {};
    const Resolved& resolved = *workspace.resolved();
    const std::string now = cost_format(resolved, layers.front());
    const bool uniform = std::all_of(layers.begin(), layers.end(),
                                     [&](int layer) { return cost_format(resolved, layer) == now; });
    std::vector<std::string> others;
    if (layers.size() == 1)
        others = workspace.boardMemory()->costs().formats_of(layer_shape(*resolved.prepared, layers.front()));
    if (std::find(others.begin(), others.end(), k_float_format) == others.end())
        others.emplace_back(k_float_format);
    QStringList parts{choiceText(sumOf(workspace, layers, {}),
                                 uniform ? Tr::tr("as %1").arg(formatText(now)) : Tr::tr("as they are"))};
    for (const std::string& format : others)
        if (!uniform || format != now)
            parts << choiceText(sumOf(workspace, layers, format), Tr::tr("as %1").arg(formatText(format)));
    parts.removeAll(QString());
    return parts.isEmpty()
               ? QString()
               : Tr::tr("On %1: %2").arg(boardText(*workspace.boardMemory()), parts.join(Tr::tr(", ")));
}

CostPrediction predicted(const Workspace& workspace) {
    if (!known(workspace))
        return {};
    const PlanCost cost = workspace.boardMemory()->costs().predict(*workspace.resolved());
    QStringList parts;
    if (cost.measured > 0)
        parts << Tr::tr("%n layer(s) measured", nullptr, cost.measured);
    if (cost.estimated > 0)
        parts << Tr::tr("%n estimated", nullptr, cost.estimated);
    if (parts.isEmpty())
        return {};
    if (cost.unknown > 0)
        parts << Tr::tr("%n unknown", nullptr, cost.unknown);
    const QString time =
        (cost.unknown > 0 ? QStringLiteral("> ") : QStringLiteral("≈ ")) + figures::milliseconds(cost.ms);
    return {time,
            Tr::tr("The plan as it is now would take %1 there (%2).").arg(time, parts.join(Tr::tr(", ")))};
}

}  // namespace quantwright
