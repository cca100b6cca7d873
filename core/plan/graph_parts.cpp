#include "core/plan/graph_parts.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <unordered_set>

namespace quantwright {

namespace {

using Tensors = std::set<TensorId>;

/// What became of a tensor of the original graph that the prepared one doesn't have. Behind the compute node
/// of a layer it is the layer's result, as between Conv and BatchNormalization; else what it was made of, as
/// behind an Identity or a Pad that was taken out.
class Remains {
public:
    explicit Remains(const Prepared& prepared)
        : m_prepared(prepared), m_original(prepared.original->graph()) {
        for (const Layer& layer : prepared.layers)
            m_layer_of_node.emplace(layer.name, &layer);
    }

    Tensors of(const std::string& tensor) {
        m_found.clear();
        m_seen.clear();
        if (const auto id = m_original.find_tensor(tensor))
            follow(*id);
        return m_found;
    }

private:
    void follow(TensorId from) {
        std::vector<TensorId> open = {from};
        while (!open.empty()) {
            const TensorId id = open.back();
            open.pop_back();
            if (!m_seen.insert(id).second)
                continue;
            const GraphTensor& tensor = m_original[id];
            const auto now = m_prepared.model->graph().find_tensor(tensor.name);
            if (now && !m_prepared.model->graph()[*now].is_initializer) {
                m_found.insert(*now);
                continue;
            }
            if (!tensor.producer)
                continue;
            const GraphNode& node = m_original[*tensor.producer];
            if (const auto layer = m_layer_of_node.find(node.name); layer != m_layer_of_node.end()) {
                m_found.insert(layer->second->outputs.begin(), layer->second->outputs.end());
                continue;
            }
            for (const auto& input : node.inputs)
                if (input)
                    open.push_back(*input);
        }
    }

    const Prepared& m_prepared;
    const Graph& m_original;
    std::map<std::string, const Layer*> m_layer_of_node;  ///< by the compute node's name
    std::set<TensorId> m_seen;
    Tensors m_found;
};

enum class Weights { count_for_nothing, are_unknown };

Tensors find_tensors(const Prepared& prepared, const std::vector<std::string>& names, Weights weights,
                     std::vector<std::string>& unknown) {
    const Graph& graph = prepared.model->graph();
    const Graph& original = prepared.original->graph();
    std::optional<Remains> remains;
    Tensors found;
    for (const std::string& name : names) {
        const auto id = graph.find_tensor(name);
        if (id && !graph[*id].is_initializer) {
            found.insert(*id);
            continue;
        }
        if (!remains)
            remains.emplace(prepared);
        const Tensors instead = remains->of(name);
        found.insert(instead.begin(), instead.end());
        const bool constant = id || original.find_tensor(name);
        if (instead.empty() && !(constant && weights == Weights::count_for_nothing))
            unknown.push_back(name);
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

/// Levenshtein's distance: characters to put in, take out or change.
std::size_t edits_between(const std::string& a, const std::string& b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t corner = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t changed = corner + (a[i - 1] == b[j - 1] ? 0 : 1);
            corner = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
        }
    }
    return row.back();
}

}  // namespace

std::vector<int> layers_between(const Prepared& prepared, const std::vector<std::string>& inputs,
                                const std::vector<std::string>& outputs, std::vector<std::string>& unknown) {
    Tensors from = find_tensors(prepared, inputs, Weights::count_for_nothing, unknown);
    widen_to_outputs(prepared, from);
    Tensors to = find_tensors(prepared, outputs, Weights::count_for_nothing, unknown);
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
    Tensors ends = find_tensors(prepared, tensors, Weights::are_unknown, unknown);
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

std::vector<std::string> similar_tensors(const Prepared& prepared, const std::string& name) {
    constexpr std::size_t most = 3, longest = 500;  // a name of megabytes is like none
    if (name.size() > longest)
        return {};
    std::vector<std::pair<std::size_t, std::string>> near;
    for (const GraphTensor& tensor : prepared.model->graph().tensors())
        if (tensor.producer && tensor.name.size() <= longest)
            near.emplace_back(edits_between(name, tensor.name), tensor.name);
    std::stable_sort(near.begin(), near.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    near.resize(std::min(near.size(), most));
    std::vector<std::string> names;
    for (auto& one : near)
        names.push_back(std::move(one.second));
    return names;
}

std::string comma_separated(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names)
        text += (text.empty() ? "" : ", ") + name;
    return text;
}

}  // namespace quantwright
