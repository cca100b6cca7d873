#include "core/prepare/fuse_composites.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/model/proto_helpers.h"
#include "core/prepare/layer_norm.h"
#include "core/prepare/scalar_region.h"

namespace quantwright {

namespace {

struct Form {
    const char* op;
    const char* approximate;  ///< Gelu's attribute; null: none
    std::int64_t opset;       ///< that has the operator
    double (*value)(double);
};

// ONNX operator definitions: Gelu (opset 20, both approximations), HardSwish (14).
constexpr Form k_forms[] = {
    {"Gelu", nullptr, 20, [](double x) { return 0.5 * x * (1 + std::erf(x / std::numbers::sqrt2)); }},
    {"Gelu", "tanh", 20,
     [](double x) {
         return 0.5 * x * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x)));
     }},
    {"HardSwish", nullptr, 14, [](double x) { return x * std::clamp(x / 6 + 0.5, 0.0, 1.0); }},
};

constexpr double k_rounding = 1e-6;  // constants rounded to float
constexpr double k_similar = 2e-5;   // constants written with five digits; Gelu's two forms differ by 1e-4
constexpr int k_reach = 6;           // nodes from the curved one to either end

bool is_curved(const onnx::NodeProto& node) {
    for (const char* op : {"Erf", "Tanh", "HardSigmoid", "Clip", "Min", "Relu"})
        if (is_op(node, op))
            return true;
    return false;
}

class Search {
public:
    Search(WorkingGraph& graph, const MeasuredTypes& types) : m_graph(graph), m_types(types) {}

    std::vector<Composite> run() {
        for (std::size_t i = 0; i < m_graph.nodes().size(); ++i)
            if (!m_graph.nodes()[i].removed && is_curved(m_graph.nodes()[i].proto))
                look_around(static_cast<int>(i));
        for (std::size_t i = 0; i < m_graph.nodes().size(); ++i)
            if (!m_graph.nodes()[i].removed && is_op(m_graph.nodes()[i].proto, "ReduceMean"))
                if (const auto norm = layer_norm_from(m_graph, m_types, static_cast<int>(i)))
                    take(*norm);
        return std::move(m_found);
    }

private:
    const onnx::NodeProto& proto(int node) const {
        return m_graph.nodes()[static_cast<std::size_t>(node)].proto;
    }

    /// The largest part around the node that is one of the forms.
    void look_around(int node) {
        const auto ends = elementwise_results(m_graph, output_of(proto(node), 0), k_reach);
        const auto sources = elementwise_sources(m_graph, input_of(proto(node), 0), k_reach);
        for (auto end = ends.rbegin(); end != ends.rend(); ++end)
            for (const std::string& source : sources) {
                const auto region = region_between(m_graph, m_types, source, *end);
                if (!region || region->nodes.size() < 2)
                    continue;
                for (const Form& form : k_forms)
                    if (const double away = distance(m_graph, *region, form.value); away <= k_similar)
                        return take(*region, form, away);
            }
    }

    void take(const Region& region, const Form& form, double away) {
        if (m_graph.opset() < form.opset || away > k_rounding)
            return keep(form.op, region.nodes);
        onnx::NodeProto one = make_node(form.op, {}, {region.from}, {region.to});
        if (form.approximate) {
            auto& attribute = *one.add_attribute();
            attribute.set_name("approximate");
            attribute.set_type(onnx::AttributeProto::STRING);
            attribute.set_s(form.approximate);
        }
        replace(region.nodes, std::move(one));
    }

    void take(const LayerNorm& norm) {
        if (m_graph.opset() < 17)
            return keep("LayerNormalization", norm.nodes);
        replace(norm.nodes, layer_norm_node(m_graph, norm));
    }

    void keep(const char* op, const std::vector<int>& nodes) {
        Composite composite{op, {}};
        for (const int node : nodes)
            composite.nodes.push_back(proto(node).name());
        m_found.push_back(std::move(composite));
    }

    /// The first one, which reads nothing but what all of them read, becomes the one.
    void replace(const std::vector<int>& nodes, onnx::NodeProto one) {
        Origins origins;
        for (const int node : nodes) {
            if (node == nodes.front())
                continue;
            append(origins, m_graph.nodes()[static_cast<std::size_t>(node)].origins);
            m_graph.remove(node);
        }
        m_graph.replace(nodes.front(), std::move(one));
        append(m_graph.nodes()[static_cast<std::size_t>(nodes.front())].origins, origins);
    }

    WorkingGraph& m_graph;
    const MeasuredTypes& m_types;
    std::vector<Composite> m_found;
};

}  // namespace

std::vector<Composite> fuse_composites(WorkingGraph& graph, const MeasuredTypes& types) {
    return Search(graph, types).run();
}

}  // namespace quantwright
