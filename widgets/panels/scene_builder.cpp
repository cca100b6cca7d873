#include "widgets/panels/scene_builder.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "widgets/panels/figures.h"
#include "widgets/panels/layer_text.h"
#include "widgets/panels/outline_tree.h"
#include "widgets/words/words.h"
#include "widgets/workspace/shown_layers.h"

namespace quantwright {
namespace {

// A frame round more than this would be most of the picture.
constexpr int frame_limit = 24;

int layers_in(const OutlineNode& node) {
    int count = node.layer >= 0 ? 1 : 0;
    for (const OutlineNode& child : node.children)
        count += layers_in(child);
    return count;
}

void set_scope(const OutlineNode& node, const QString& scope, std::vector<QString>& scopes) {
    if (node.layer >= 0)
        scopes[static_cast<std::size_t>(node.layer)] = scope;
    for (const OutlineNode& child : node.children)
        set_scope(child, scope, scopes);
}

/// The widest scope of each layer that is small enough to be framed.
void find_scopes(const std::vector<OutlineNode>& nodes, const QString& path, std::vector<QString>& scopes) {
    for (const OutlineNode& node : nodes) {
        if (node.layer >= 0)
            continue;
        const QString inner = path.isEmpty() ? node.text : path + QLatin1Char('/') + node.text;
        if (layers_in(node) <= frame_limit)
            set_scope(node, inner, scopes);
        else
            find_scopes(node.children, inner, scopes);
    }
}

/// The operator's own words, without its name in front: kernel and stride.
QString detailOf(const Prepared& prepared, int layer) {
    const QString op = QString::fromStdString(prepared.layers[static_cast<std::size_t>(layer)].op);
    const QString attributes = operatorOf(prepared, layer).mid(op.size()).trimmed();
    return attributes.isEmpty() ? figures::shape(outputShape(prepared, layer)) : attributes;
}

}  // namespace

GraphScene buildScene(const Resolved& resolved, const Sensitivity* sensitivity, ColourBy colour_by,
                      const OpenGroups& open) {
    const Prepared& prepared = *resolved.prepared;
    const Graph& graph = prepared.model->graph();
    const HeatScale scale = sensitivity ? HeatScale(*sensitivity) : HeatScale();
    const int layers = static_cast<int>(prepared.layers.size());
    const bool any_quantized = resolved.quantized_layers() > 0;

    std::vector<QString> names, scopes(prepared.groups.size());
    for (const LayerGroup& group : prepared.groups)
        names.push_back(QString::fromStdString(group.name));
    find_scopes(outlineTree(names), {}, scopes);

    GraphScene scene;
    std::map<TensorId, int> input_ids;
    int next = layers;
    for (std::size_t i = 0; i < graph.tensors().size(); ++i) {
        if (!graph.tensors()[i].is_input)
            continue;
        const auto tensor = static_cast<TensorId>(i);
        input_ids[tensor] = next;
        SceneNode node;
        node.id = next++;
        node.kind = SceneNode::Kind::Input;
        node.title = QString::fromStdString(graph[tensor].name);
        node.detail = figures::shape(prepared.tensor_types[i].shape);
        scene.nodes.push_back(node);
    }
    for (int i = 0; i < layers; ++i) {
        if (shownFor(prepared, open, i) != i)
            continue;
        const auto at = static_cast<std::size_t>(i);
        const Layer& layer = prepared.layers[at];
        const LayerGroup& group = prepared.group_of(i);
        const bool as_group = standsFor(prepared, open, i).size() > 1;
        const LayerSensitivity* hurt =
            sensitivity && (as_group || group.single()) ? sensitivity->find(i) : nullptr;
        SceneNode node;
        node.id = i;
        node.title = as_group
                         ? QString::fromStdString(group.op).replace(QLatin1Char('+'), QLatin1String(" + "))
                         : QString::fromStdString(layer.op);
        node.detail = detailOf(prepared, i);
        node.subtitle = QString::fromStdString(layer.name);
        if (!layer.activation.empty() && !as_group)
            node.subtitle += QStringLiteral(" + ") + QString::fromStdString(layer.activation);
        node.scope = scopes[static_cast<std::size_t>(prepared.group_of_layer[at])];
        node.parts = static_cast<int>(group.layers.size());
        node.mark = group.single() ? SceneNode::Mark::None
                    : as_group     ? SceneNode::Mark::Opens
                                   : SceneNode::Mark::Closes;
        if (any_quantized) {
            node.badge = precisionOf(resolved, i);
            node.dashed = as_group ? !resolved.quantized(group) : !resolved.layers[at].quantized();
        }
        node.colour_by_badge = colour_by == ColourBy::precision;
        if (hurt) {
            node.heat = scale.heat(hurt);
            node.heat_text = QStringLiteral("SNR ") + figures::decibels(hurt->snr_db_alone);
            node.warning = colour_by == ColourBy::sensitivity && HeatScale::worst(hurt);
        }
        scene.nodes.push_back(node);
    }
    // Between layers of different kinds values are converted: quantized, dequantized or cast.
    const auto reads_and_writes = [&](int id) {
        const LayerMode mode = resolved.layers[static_cast<std::size_t>(id)].mode;
        return mode == LayerMode::static_ || mode == LayerMode::fp16 ? mode : LayerMode::kept_float;
    };
    std::set<std::pair<TensorId, int>> drawn;  // a group reads a tensor once, however many parts do
    for (int i = 0; i < layers; ++i)
        for (const TensorId tensor : prepared.layers[static_cast<std::size_t>(i)].inputs) {
            const int producer = prepared.producing_layer(tensor);
            const auto input = input_ids.find(tensor);
            if (producer < 0 && input == input_ids.end())
                continue;
            SceneEdge edge;
            edge.from = producer >= 0 ? shownFor(prepared, open, producer) : input->second;
            edge.to = shownFor(prepared, open, i);
            if (edge.from == edge.to || !drawn.insert({tensor, edge.to}).second)
                continue;
            edge.label = figures::shape(prepared.tensor_types[static_cast<std::size_t>(tensor)].shape);
            edge.crosses =
                any_quantized && producer >= 0 && reads_and_writes(producer) != reads_and_writes(i);
            scene.edges.push_back(edge);
        }
    for (std::size_t i = 0; i < graph.tensors().size(); ++i) {
        if (!graph.tensors()[i].is_output)
            continue;
        const auto tensor = static_cast<TensorId>(i);
        SceneNode node;
        node.id = next++;
        node.kind = SceneNode::Kind::Output;
        node.title = QString::fromStdString(graph[tensor].name);
        node.detail = figures::shape(prepared.tensor_types[i].shape);
        const int producer = prepared.producing_layer(tensor);
        if (producer >= 0)
            scene.edges.push_back({shownFor(prepared, open, producer), node.id, {}, false});
        scene.nodes.push_back(node);
    }
    return scene;
}

double timeScale(const std::vector<std::optional<double>>& times) {
    double slowest = 0;
    for (const auto& time : times)
        slowest = std::max(slowest, time.value_or(0));
    if (slowest <= 0)
        return 0;
    double scale = std::pow(10, std::floor(std::log10(slowest)));
    for (const double step : {1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0})
        if (slowest <= scale * step)
            return scale * step;
    return scale * 10;
}

void colourByTime(GraphScene& scene, const std::vector<std::optional<double>>& times) {
    const double scale = timeScale(times);
    for (SceneNode& node : scene.nodes) {
        node.heat = std::numeric_limits<double>::quiet_NaN();
        node.heat_text.clear();
        node.warning = false;
        const auto at = static_cast<std::size_t>(node.id);
        if (node.id < 0 || at >= times.size() || !times[at])
            continue;
        node.heat = scale > 0 ? *times[at] / scale : 0;
        node.heat_text = figures::microseconds(*times[at]);
    }
}

HeatScale errorScale(const std::vector<std::optional<double>>& snr_db) {
    Sensitivity errors;
    for (const auto& db : snr_db)
        if (db && std::isfinite(*db))
            errors.layers.emplace_back().snr_db_alone = *db;
    return HeatScale(errors);
}

void colourByError(GraphScene& scene, const HeatScale& scale,
                   const std::vector<std::optional<double>>& snr_db, const std::vector<int>& marked) {
    for (SceneNode& node : scene.nodes) {
        node.heat = std::numeric_limits<double>::quiet_NaN();
        node.heat_text.clear();
        node.warning = std::find(marked.begin(), marked.end(), node.id) != marked.end();
        const auto at = static_cast<std::size_t>(node.id);
        if (node.id < 0 || at >= snr_db.size() || !snr_db[at])
            continue;
        LayerSensitivity error;
        if (std::isfinite(*snr_db[at]))
            error.snr_db_alone = *snr_db[at];
        node.heat = scale.known() ? scale.heat(&error) : 0;
        node.heat_text = QStringLiteral("SNR ") + figures::decibels(error.snr_db_alone);
    }
}

std::vector<GraphLegend::Entry> precisionLegend(const GraphScene& scene) {
    std::map<BadgeKind, std::set<QString>> badges;
    for (const SceneNode& node : scene.nodes)
        if (!node.badge.isEmpty())
            badges[badgeKind(node.badge)].insert(node.badge);
    std::vector<GraphLegend::Entry> entries;
    for (const auto& [kind, texts] : badges) {
        QStringList names;
        for (const QString& badge : texts) {
            // Formats are known by their names; the short ones need a word.
            const bool weights = badge.startsWith(QLatin1Char('W'));
            const QString mode = kind == BadgeKind::Dynamic ? words::name(LayerMode::dynamic)
                                 : weights                  ? words::name(LayerMode::weight_only)
                                                            : QString();
            names << (mode.isEmpty() ? badge : badge + QLatin1Char(' ') + mode);
        }
        entries.push_back({kind, names.join(QStringLiteral(", "))});
    }
    return entries;
}

}  // namespace quantwright
