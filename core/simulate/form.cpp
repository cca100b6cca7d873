#include "core/simulate/form.h"

#include <algorithm>

#include "core/rewrite/rewrite.h"

namespace quantwright {

namespace {

bool same_weight(const std::optional<ResolvedWeight>& a, const std::optional<ResolvedWeight>& b) {
    return a.has_value() == b.has_value() &&
           (!a || (a->initializer == b->initializer && a->parameters == b->parameters &&
                   a->storage == b->storage && a->improved == b->improved));
}

bool same_layer(const FormView& a, const FormView& b, int layer) {
    if (a.active(layer) != b.active(layer))
        return false;
    if (!a.active(layer))
        return true;
    const auto index = static_cast<std::size_t>(layer);
    const ResolvedLayer &x = a.resolved().layers[index], &y = b.resolved().layers[index];
    if (x.mode != y.mode)
        return false;
    return &x == &y || (same_weight(x.weight, y.weight) && x.bias == y.bias);
}

/// The values before and after the tensor's pair.
bool same_parameters(const FormView& a, const FormView& b, TensorId tensor) {
    return a.form().resolved == b.form().resolved || a.parameters(tensor) == b.parameters(tensor);
}

}  // namespace

FormView::FormView(Form form)
    : m_form(std::move(form)),
      m_active(m_form.resolved->layers.size()),
      m_pair(m_form.resolved->tensors.size()) {
    RewriteOptions options;
    options.only_layers = m_form.only_layers;
    options.activations = m_form.activations;
    for (const TensorId tensor : quantized_places(*m_form.resolved, options))
        m_pair[static_cast<std::size_t>(tensor)] = true;
    if (m_form.only_layers)
        for (const int layer : *m_form.only_layers)
            m_active[static_cast<std::size_t>(layer)] = true;
    else
        m_active.assign(m_active.size(), true);
    for (std::size_t i = 0; i < m_active.size(); ++i)
        m_active[i] = m_active[i] && m_form.resolved->layers[i].quantized();
}

FormView::Reads FormView::reads(TensorId tensor, const Segment& segment) const {
    Reads result;
    for (const NodeId reader : resolved().prepared->model->graph()[tensor].consumers)
        if (segment.nodes.first <= reader && reader < segment.nodes.end)
            (has_pair(tensor) && reads_after_pair(resolved(), tensor, reader) ? result.after
                                                                              : result.before) = true;
    return result;
}

Likeness compare_inside(const FormView& a, const FormView& b, const Segment& segment) {
    for (const int layer : segment.layers) {
        if (!same_layer(a, b, layer))
            return Likeness::different;
        const auto& facts = a.resolved().layers[static_cast<std::size_t>(layer)];
        if (a.active(layer) && facts.weight && a.form().weights != b.form().weights)
            return Likeness::different;
    }
    // Both values at once, or only one of them: the session has two inputs or one.
    for (const TensorId tensor : segment.nodes.reads) {
        const auto x = a.reads(tensor, segment), y = b.reads(tensor, segment);
        if ((x.before && x.after) != (y.before && y.after))
            return Likeness::different;
        if (x.before && x.after && a.form().resolved != b.form().resolved &&
            a.resolved().tensors[static_cast<std::size_t>(tensor)]->float_consumers !=
                b.resolved().tensors[static_cast<std::size_t>(tensor)]->float_consumers)
            return Likeness::different;
    }
    Likeness result = Likeness::same;
    const Graph& graph = a.resolved().prepared->model->graph();
    for (NodeId node = segment.nodes.first; node < segment.nodes.end;
         node = static_cast<NodeId>(static_cast<std::uint32_t>(node) + 1))
        for (const auto& output : graph[node].outputs) {
            if (!output)
                continue;
            const bool x = a.has_pair(*output) && pair_seen_inside(a.resolved(), segment.nodes, *output);
            const bool y = b.has_pair(*output) && pair_seen_inside(b.resolved(), segment.nodes, *output);
            if (x != y)
                return Likeness::different;
            if (!x || a.form().resolved == b.form().resolved)
                continue;
            const auto index = static_cast<std::size_t>(*output);
            if (a.resolved().tensors[index]->float_consumers != b.resolved().tensors[index]->float_consumers)
                return Likeness::different;
            if (!same_parameters(a, b, *output))
                result = Likeness::ranges;
        }
    return result;
}

bool same_pairs_read(const FormView& a, const FormView& b, const Segment& segment) {
    return std::all_of(segment.nodes.reads.begin(), segment.nodes.reads.end(), [&](TensorId tensor) {
        const auto x = a.reads(tensor, segment), y = b.reads(tensor, segment);
        return x.before == y.before && x.after == y.after && (!x.after || same_parameters(a, b, tensor));
    });
}

}  // namespace quantwright
