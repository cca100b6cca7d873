// Which layer of a converted network is which of ours.
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <set>

#include "core/export/sidecar_ncnn_param.h"
#include "core/model/proto_helpers.h"

namespace quantwright {

namespace {

class Matching {
public:
    Matching(const Prepared& prepared, const std::vector<NcnnLayer>& layers)
        : m_prepared(prepared), m_layers(layers) {
        for (std::size_t i = 0; i < prepared.layers.size(); ++i)
            if (may_have_row(prepared.layers[i]))
                m_ours.push_back(static_cast<int>(i));
        for (std::size_t i = 0; i < layers.size(); ++i) {
            if (layers[i].has_table_row())
                m_theirs.push_back(static_cast<int>(i));
            for (const std::string& blob : layers[i].outputs)
                m_producers[blob] = static_cast<int>(i);
        }
    }

    NcnnMatch find() {
        NcnnMatch match;
        const std::vector<int> named = by_names();
        std::vector<int> chosen = named;
        const bool all_named =
            std::none_of(m_ours.begin(), m_ours.end(), [&](int i) { return at(named, i) < 0; });
        const bool sound = consistent(named);
        if (!all_named || !sound) {
            // Networks whose names were all changed keep the order of their layers.
            const std::vector<int> ordered = by_order();
            if (!ordered.empty() && consistent(ordered))
                chosen = ordered;
            else if (!sound)
                chosen.assign(m_prepared.layers.size(), -1);
        }
        for (const int i : m_ours)
            match.by_order += at(chosen, i) >= 0 && at(chosen, i) != at(named, i) ? 1 : 0;
        match.layers = std::move(chosen);
        return match;
    }

private:
    static int at(const std::vector<int>& numbers, int i) { return numbers[static_cast<std::size_t>(i)]; }
    [[nodiscard]] const Layer& ours(int i) const { return m_prepared.layers[static_cast<std::size_t>(i)]; }
    [[nodiscard]] const NcnnLayer& theirs(int i) const { return m_layers[static_cast<std::size_t>(i)]; }

    [[nodiscard]] static bool may_have_row(const Layer& layer) {
        return !layer.weight.empty() && (layer.op == "Conv" || layer.op == "Gemm" || layer.op == "MatMul");
    }

    [[nodiscard]] bool fits(int our, int their) const {
        const Layer& layer = ours(our);
        const NcnnLayer& other = theirs(their);
        const auto id = m_prepared.model->graph().find_tensor(layer.weight);
        const Shape& shape = m_prepared.tensor_types[static_cast<std::size_t>(*id)].shape;
        const bool convolution = layer.op == "Conv";
        const char* type = !convolution                       ? "InnerProduct"
                           : groups_of(m_prepared, layer) > 1 ? "ConvolutionDepthWise"
                                                              : "Convolution";
        std::int64_t elements = 1;
        for (const std::int64_t dimension : shape)
            elements *= dimension;
        return other.type == type &&
               other.value(0, -1) == shape[static_cast<std::size_t>(layer.weight_channel_axis)] &&
               other.value(convolution ? 6 : 2, elements) == elements;
    }

    /// Every name the layer's result has on its way, in the float model and in the prepared one.
    [[nodiscard]] std::set<std::string> blobs_of(const Layer& layer) const {
        std::set<std::string> names;
        const auto add = [&](const Graph& graph, NodeId node) {
            for (const auto& output : graph[node].outputs)
                if (output)
                    names.insert(graph[*output].name);
        };
        for (const NodeId node : layer.nodes)
            add(m_prepared.model->graph(), node);
        const Graph& original = m_prepared.original->graph();
        for (const std::string& name : layer.original_nodes)
            if (const auto node = original.find_node(name))
                add(original, *node);
        return names;
    }

    [[nodiscard]] std::vector<int> by_names() const {
        std::vector<int> result(m_prepared.layers.size(), -1);
        std::set<int> used;
        for (const int our : m_ours) {
            const auto blobs = blobs_of(ours(our));
            for (const int their : m_theirs) {
                const NcnnLayer& other = theirs(their);
                const bool same = other.name == ours(our).name ||
                                  std::any_of(other.outputs.begin(), other.outputs.end(),
                                              [&](const std::string& blob) { return blobs.contains(blob); });
                if (!same || used.contains(their) || !fits(our, their))
                    continue;
                result[static_cast<std::size_t>(our)] = their;
                used.insert(their);
                break;
            }
        }
        return result;
    }

    /// Empty if the two sequences differ.
    [[nodiscard]] std::vector<int> by_order() const {
        if (m_ours.size() != m_theirs.size())
            return {};
        std::vector<int> result(m_prepared.layers.size(), -1);
        for (std::size_t k = 0; k < m_ours.size(); ++k) {
            if (!fits(m_ours[k], m_theirs[k]))
                return {};
            result[static_cast<std::size_t>(m_ours[k])] = m_theirs[k];
        }
        return result;
    }

    [[nodiscard]] std::set<int> our_ancestors(int layer) const {
        std::set<int> seen, found;
        std::vector<int> open = {layer};
        while (!open.empty()) {
            const int current = open.back();
            open.pop_back();
            for (const TensorId input : ours(current).inputs) {
                const int producer = m_prepared.producing_layer(input);
                if (producer < 0 || !seen.insert(producer).second)
                    continue;
                if (may_have_row(ours(producer)))
                    found.insert(producer);
                else
                    open.push_back(producer);
            }
        }
        return found;
    }

    [[nodiscard]] std::set<int> their_ancestors(int layer) const {
        std::set<int> seen, found;
        std::vector<int> open = {layer};
        while (!open.empty()) {
            const int current = open.back();
            open.pop_back();
            for (const std::string& input : theirs(current).inputs) {
                const auto producer = m_producers.find(input);
                if (producer == m_producers.end() || !seen.insert(producer->second).second)
                    continue;
                if (theirs(producer->second).has_table_row())
                    found.insert(producer->second);
                else
                    open.push_back(producer->second);
            }
        }
        return found;
    }

    /// Matched layers read from matched layers, on both sides the same ones. Numbers that two tools give to
    /// blobs may agree by chance; connections then don't.
    [[nodiscard]] bool consistent(const std::vector<int>& match) const {
        const std::set<int> matched(match.begin(), match.end());
        return std::all_of(m_ours.begin(), m_ours.end(), [&](int our) {
            if (at(match, our) < 0)
                return true;
            std::set<int> mapped;
            for (const int ancestor : our_ancestors(our)) {
                if (at(match, ancestor) < 0)
                    return true;
                mapped.insert(at(match, ancestor));
            }
            const auto other = their_ancestors(at(match, our));
            const bool complete = std::all_of(other.begin(), other.end(),
                                              [&](int ancestor) { return matched.contains(ancestor); });
            return !complete || mapped == other;
        });
    }

    const Prepared& m_prepared;
    const std::vector<NcnnLayer>& m_layers;
    std::vector<int> m_ours, m_theirs;
    std::map<std::string, int> m_producers;  ///< by blob
};

}  // namespace

std::int64_t groups_of(const Prepared& prepared, const Layer& layer) {
    if (layer.op != "Conv")
        return 1;
    return int_attribute(*prepared.model->graph()[layer.nodes.front()].proto, "group", 1);
}

NcnnMatch match_ncnn_layers(const Prepared& prepared, const std::vector<NcnnLayer>& layers) {
    return Matching(prepared, layers).find();
}

}  // namespace quantwright
