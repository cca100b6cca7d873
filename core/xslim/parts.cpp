#include "core/xslim/parts.h"

#include <algorithm>
#include <set>

namespace quantwright {

namespace {

using Tensors = std::set<TensorId>;

/// The layer that a tensor of the original graph went into, such as the one between Conv and
/// BatchNormalization.
const Layer* folded_into(const Prepared& prepared, const std::string& tensor) {
    const Graph& original = prepared.original->graph();
    const auto id = original.find_tensor(tensor);
    if (!id || !original[*id].producer)
        return nullptr;
    const std::string& node = original[*original[*id].producer].name;
    for (const Layer& layer : prepared.layers)
        if (std::find(layer.original_nodes.begin(), layer.original_nodes.end(), node) !=
            layer.original_nodes.end())
            return &layer;
    return nullptr;
}

Tensors find_tensors(const Prepared& prepared, const std::vector<std::string>& names,
                     std::vector<std::string>& unknown) {
    const Graph& graph = prepared.model->graph();
    Tensors found;
    for (const std::string& name : names) {
        const auto id = graph.find_tensor(name);
        if (!id) {
            const Layer* layer = folded_into(prepared, name);
            if (layer)
                found.insert(layer->outputs.begin(), layer->outputs.end());
            else
                unknown.push_back(name);
        } else if (!graph[*id].is_initializer) {  // weights may be named, or left out
            found.insert(*id);
        }
    }
    return found;
}

bool any_in(const std::vector<TensorId>& ids, const Tensors& set) {
    return std::any_of(ids.begin(), ids.end(), [&](TensorId id) { return set.contains(id); });
}

/// Layers that `tensors` are made with, back to `from`. Layers are in topological order.
std::vector<bool> needed_for(const Prepared& prepared, Tensors tensors, const Tensors& from) {
    std::vector<bool> needed(prepared.layers.size());
    for (const TensorId id : from)
        tensors.erase(id);
    for (std::size_t i = prepared.layers.size(); i-- > 0;) {
        const Layer& layer = prepared.layers[i];
        needed[i] = any_in(layer.outputs, tensors);
        for (const TensorId id : layer.inputs)
            if (needed[i] && !from.contains(id))
                tensors.insert(id);
    }
    return needed;
}

/// A tensor inside of a fused layer stands for the layer's output.
void widen_to_outputs(const Prepared& prepared, Tensors& tensors) {
    Tensors inner = tensors;
    for (const TensorId id : inner)
        if (const int layer = prepared.producing_layer(id); layer >= 0)
            for (const TensorId output : prepared.layers[static_cast<std::size_t>(layer)].outputs)
                tensors.insert(output);
}

}  // namespace

std::vector<int> layers_between(const Prepared& prepared, const std::vector<std::string>& inputs,
                                const std::vector<std::string>& outputs, std::vector<std::string>& unknown) {
    Tensors from = find_tensors(prepared, inputs, unknown);
    widen_to_outputs(prepared, from);
    Tensors to = find_tensors(prepared, outputs, unknown);
    widen_to_outputs(prepared, to);
    const auto needed = needed_for(prepared, to, from);
    Tensors reached = from;
    std::vector<int> layers;
    for (std::size_t i = 0; i < prepared.layers.size(); ++i) {
        const Layer& layer = prepared.layers[i];
        if (!any_in(layer.inputs, reached))
            continue;
        reached.insert(layer.outputs.begin(), layer.outputs.end());
        if (needed[i])
            layers.push_back(static_cast<int>(i));
    }
    return layers;
}

std::vector<int> layers_behind(const Prepared& prepared, const std::vector<std::string>& tensors,
                               std::vector<std::string>& unknown) {
    Tensors ends = find_tensors(prepared, tensors, unknown);
    if (ends.empty())
        return {};
    widen_to_outputs(prepared, ends);
    const auto needed = needed_for(prepared, ends, {});
    std::vector<int> layers;
    for (std::size_t i = 0; i < needed.size(); ++i)
        if (!needed[i])
            layers.push_back(static_cast<int>(i));
    return layers;
}

}  // namespace quantwright
