#include "core/prepare/layer_groups.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <optional>
#include <set>

#include "core/model/proto_helpers.h"
#include "core/prepare/group_ops.h"
#include "core/prepare/working_graph.h"

namespace quantwright {

namespace {

using Part = std::set<int>;  // indices of layers, so in topological order

constexpr std::size_t k_most_of_activation = 8, k_most_of_gate = 24;

class GroupSearch {
public:
    explicit GroupSearch(Prepared& prepared)
        : m_prepared(prepared), m_graph(prepared.model->graph()), m_taken(prepared.layers.size()) {}

    void run() {
        for (int i = 0; i < count(); ++i)
            take_squeeze_excite(i);
        for (int i = 0; i < count(); ++i)
            take_distribution(i);
        for (int i = 0; i < count(); ++i)
            take_scaled_softmax(i);
        for (int i = 0; i < count(); ++i)
            take_compute(i);
        for (int i = 0; i < count(); ++i)
            take_gated(i);
        for (int i = count(); i-- > 0;)
            take_decode(i);
        for (int i = count(); i-- > 0;)
            take_movers(i);
        number();
    }

private:
    [[nodiscard]] int count() const { return static_cast<int>(m_prepared.layers.size()); }
    [[nodiscard]] const Layer& layer(int i) const { return m_prepared.layers[static_cast<std::size_t>(i)]; }
    [[nodiscard]] const std::string& op(int i) const { return layer(i).op; }
    [[nodiscard]] const onnx::NodeProto& node(int i) const { return *m_graph[layer(i).nodes.front()].proto; }
    [[nodiscard]] const Shape& shape(TensorId id) const {
        return m_prepared.tensor_types[static_cast<std::size_t>(id)].shape;
    }

    /// Not in a group yet, and of an operator that is what its name says.
    [[nodiscard]] bool is_free(int i) const {
        return !m_taken[static_cast<std::size_t>(i)] && layer(i).runs && is_standard(node(i)) &&
               !m_graph[layer(i).nodes.front()].has_subgraph;
    }
    [[nodiscard]] bool is_free(int i, bool (*kind)(const std::string&)) const {
        return is_free(i) && kind(op(i));
    }

    [[nodiscard]] Part readers(int i) const {
        Part found;
        for (const TensorId output : layer(i).outputs)
            for (const NodeId reader : m_graph[output].consumers)
                found.insert(m_prepared.layer_of_node[static_cast<std::size_t>(reader)]);
        return found;
    }
    [[nodiscard]] Part makers(int i) const {
        Part found;
        for (const TensorId input : layer(i).inputs)
            if (const int made_by = m_prepared.producing_layer(input); made_by >= 0)
                found.insert(made_by);
        return found;
    }
    [[nodiscard]] bool gives_output(int i) const {
        return std::any_of(layer(i).outputs.begin(), layer(i).outputs.end(),
                           [&](TensorId id) { return m_graph[id].is_output; });
    }
    /// Nobody outside of the part needs what the layer gives.
    [[nodiscard]] bool stays_in(int i, const Part& part) const {
        const Part all = readers(i);
        return !gives_output(i) && !all.empty() &&
               std::includes(part.begin(), part.end(), all.begin(), all.end());
    }
    /// The one layer that reads all it gives; -1: none or several.
    [[nodiscard]] int sole_reader(int i) const {
        const Part all = readers(i);
        return all.size() == 1 && !gives_output(i) ? *all.begin() : -1;
    }
    /// Constants of the layer's first node have at most one element each.
    [[nodiscard]] bool scalar_constants(int i) const {
        const auto& inputs = m_graph[layer(i).nodes.front()].inputs;
        return std::all_of(inputs.begin(), inputs.end(), [&](const auto& input) {
            return !input || !m_graph[*input].is_initializer || element_count(shape(*input)) <= 1;
        });
    }
    [[nodiscard]] bool scales_by_constant(int i) const {
        return is_free(i) && (op(i) == "Mul" || op(i) == "Div") && layer(i).inputs.size() == 1 &&
               layer(i).activation.empty() && scalar_constants(i);
    }
    /// Each element it gives is made of the same elements of what it reads.
    [[nodiscard]] bool keeps_elements(int i) const {
        return is_free(i) && (group_ops::is_curve(op(i)) || group_ops::is_arithmetic(op(i))) &&
               (op(i) == "PRelu" || layer(i).composite || scalar_constants(i));
    }
    [[nodiscard]] bool curved(int i) const {
        return group_ops::is_curve(op(i)) || !layer(i).activation.empty();
    }

    /// The part with all that feeds it alone and is of the kind, `exit` being its last.
    [[nodiscard]] Part fed_alone(int exit, bool (*kind)(const std::string&)) const {
        Part part = {exit};
        // The latest first: those that read what it gives have been looked at.
        Part open = makers(exit);
        while (!open.empty()) {
            const int i = *open.rbegin();
            open.erase(i);
            if (!is_free(i, kind) || !stays_in(i, part))
                continue;
            part.insert(i);
            open.merge(makers(i));
        }
        return part;
    }

    void take(const Part& part, int lead, std::string name_of_op) {
        for (const int i : part)
            m_taken[static_cast<std::size_t>(i)] = true;
        const auto value =
            std::find_if(part.rbegin(), part.rend(), [&](int i) { return !group_ops::is_mover(op(i)); });
        m_prepared.groups.push_back({layer(lead).name,
                                     std::move(name_of_op),
                                     {part.begin(), part.end()},
                                     lead,
                                     value == part.rend() ? *part.rbegin() : *value,
                                     0,
                                     0});
    }

    /// Operators of the part in their order, each named once.
    [[nodiscard]] std::string ops_of(const Part& part) const {
        std::vector<std::string> names;
        for (const int i : part)
            for (const std::string& name : {op(i), layer(i).activation})
                if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end())
                    names.push_back(name);
        return group_ops::joined(names);
    }

    /// x times a gate made of x by pooling and layers that nobody else reads.
    void take_squeeze_excite(int product) {
        if (!is_free(product) || op(product) != "Mul" || layer(product).inputs.size() != 2)
            return;
        for (const std::size_t side : {0u, 1u}) {
            const TensorId x = layer(product).inputs[side], gate = layer(product).inputs[1 - side];
            if (element_count(shape(gate)) >= element_count(shape(x)))
                continue;
            const auto part = gate_of(product, x, gate);
            const auto lead =
                std::find_if(part.begin(), part.end(), [&](int i) { return group_ops::is_compute(op(i)); });
            if (lead != part.end())
                return take(part, *lead, "SqueezeExcite");
        }
    }

    /// Empty if it is made of anything but x.
    [[nodiscard]] Part gate_of(int product, TensorId x, TensorId gate) const {
        Part part = {product};
        std::vector<TensorId> open = {gate};
        bool pooled = false;
        while (!open.empty()) {
            const TensorId id = open.back();
            open.pop_back();
            if (id == x)
                continue;
            const int made_by = m_prepared.producing_layer(id);
            if (made_by < 0 || !is_free(made_by, group_ops::may_be_in_gate) || part.size() > k_most_of_gate)
                return {};
            pooled = pooled || group_ops::is_pool(op(made_by));
            if (part.insert(made_by).second)
                open.insert(open.end(), layer(made_by).inputs.begin(), layer(made_by).inputs.end());
        }
        const bool closed =
            std::all_of(part.begin(), part.end(), [&](int i) { return i == product || stays_in(i, part); });
        // What is made of x first is pooled: it is no gate of each element by its neighbours.
        const bool all_pooled = std::all_of(part.begin(), part.end(), [&](int i) {
            const auto& inputs = layer(i).inputs;
            const bool reads_x = std::find(inputs.begin(), inputs.end(), x) != inputs.end();
            return i == product || !reads_x || group_ops::is_pool(op(i));
        });
        return closed && pooled && all_pooled ? part : Part();
    }

    /// A detector's box side as the mean of a distribution: Softmax and a product with 0, 1, 2 …
    void take_distribution(int softmax) {
        if (!is_free(softmax) || op(softmax) != "Softmax")
            return;
        Part part = {softmax};
        int last = softmax;
        for (last = sole_reader(last); last >= 0 && is_free(last, group_ops::is_mover);
             last = sole_reader(last))
            part.insert(last);
        constexpr std::int64_t most = 64;  // numbers that a side is split into; usually 16
        if (last < 0 || !is_free(last, group_ops::is_compute) || layer(last).inputs.size() != 1 ||
            layer(last).parameters > most || layer(last).parameters == 0)
            return;
        part.insert(last);
        const int lead = last;
        add_movers_behind(part);
        add_movers_before(part, softmax);
        take(part, lead, "DFL");
    }

    /// What is only given on in other shapes, to several readers too: queries, keys and values.
    void add_movers_behind(Part& part) const {
        std::vector<int> ends = {*part.rbegin()};
        while (!ends.empty()) {
            const int end = ends.back();
            ends.pop_back();
            const Part next = readers(end);
            if (gives_output(end) || !std::all_of(next.begin(), next.end(), [&](int i) {
                    return is_free(i, group_ops::is_mover) && layer(i).inputs.size() == 1;
                }))
                continue;
            part.insert(next.begin(), next.end());
            ends.insert(ends.end(), next.begin(), next.end());
        }
    }

    void add_movers_before(Part& part, int first) const {
        while (layer(first).inputs.size() == 1) {
            const int before = m_prepared.producing_layer(layer(first).inputs.front());
            if (before < 0 || !is_free(before, group_ops::is_mover) || !stays_in(before, part) ||
                layer(before).inputs.size() != 1)
                return;
            part.insert(first = before);
        }
    }

    /// Softmax with the scale and the mask before it.
    void take_scaled_softmax(int softmax) {
        if (!is_free(softmax) || op(softmax) != "Softmax")
            return;
        Part part = {softmax};
        int first = softmax;
        const auto before = [&](auto test) {
            for (const TensorId input : layer(first).inputs) {
                const int made_by = m_prepared.producing_layer(input);
                if (made_by >= 0 && test(made_by) && stays_in(made_by, part)) {
                    part.insert(first = made_by);
                    return true;
                }
            }
            return false;
        };
        before([&](int i) { return is_free(i) && (op(i) == "Add" || op(i) == "Where") && is_mask(i); });
        before([&](int i) { return scales_by_constant(i); });
        if (part.size() > 1)
            take(part, softmax, ops_of(part));
    }

    /// It adds one thing to scores: a mask is a constant, or broadcast over them.
    [[nodiscard]] bool is_mask(int i) const {
        if (!layer(i).activation.empty() || layer(i).outputs.empty())
            return false;
        const auto whole = element_count(shape(layer(i).outputs.front()));
        const auto full = std::count_if(layer(i).inputs.begin(), layer(i).inputs.end(),
                                        [&](TensorId id) { return element_count(shape(id)) == whole; });
        const bool product = std::any_of(layer(i).inputs.begin(), layer(i).inputs.end(), [&](TensorId id) {
            const int made_by = m_prepared.producing_layer(id);
            return made_by >= 0 && (op(made_by) == "MatMul" || scales_by_constant(made_by));
        });
        return full == 1 || product;
    }

    /// A product with the activation behind it, the data movers behind that, and what feeds it alone: a
    /// Concat, or a factor that one of two activations has.
    void take_compute(int compute) {
        if (!is_free(compute, group_ops::is_compute) ||
            (layer(compute).weight.empty() && op(compute) != "MatMul"))
            return;
        const Part activation = activation_of(compute);
        std::string name = op(compute);
        if (!layer(compute).activation.empty())
            name += '+' + layer(compute).activation;
        Part part = activation;
        part.insert(compute);
        if (!activation.empty()) {
            name += '+' + name_of_activation(compute, activation);
            if (const Part scales = scales_behind(*part.rbegin()); !scales.empty()) {
                name += '+' + ops_of(scales);
                part.insert(scales.begin(), scales.end());
            }
        }
        const int end = *part.rbegin();
        add_movers_behind(part);
        if (const Part moved(part.upper_bound(end), part.end()); !moved.empty())
            name += '+' + ops_of(moved);
        for (const TensorId input : layer(compute).inputs)
            if (const int before = m_prepared.producing_layer(input);
                before >= 0 && stays_in(before, {compute}) && feeds_alone(before, compute) &&
                part.insert(before).second)
                name = op(before) + '+' + name;
        if (part.size() > 1)
            take(part, compute, name);
    }

    [[nodiscard]] bool feeds_alone(int before, int compute) const {
        return layer(compute).inputs.size() == 1 ? is_free(before) && op(before) == "Concat"
                                                 : scales_by_constant(before);
    }

    /// The layers that make one function of each element of the product, up to where one tensor leaves them.
    [[nodiscard]] Part activation_of(int compute) const {
        Part part;
        if (!layer(compute).activation.empty() || gives_output(compute))
            return part;
        std::set<TensorId> known(layer(compute).outputs.begin(), layer(compute).outputs.end());
        while (part.size() < k_most_of_activation) {
            const int next = next_of(compute, part, known);
            if (next < 0)
                return {};
            part.insert(next);
            known.insert(layer(next).outputs.begin(), layer(next).outputs.end());
            if (leaves_at_end(compute, part) &&
                std::any_of(part.begin(), part.end(), [&](int i) { return curved(i); }))
                return part;
        }
        return {};
    }

    /// The first reader of what is known that reads nothing else.
    [[nodiscard]] int next_of(int compute, const Part& part, const std::set<TensorId>& known) const {
        Part candidates = readers(compute);
        for (const int i : part)
            for (const int reader : readers(i))
                candidates.insert(reader);
        for (const int i : candidates) {
            const auto& inputs = layer(i).inputs;
            if (!part.contains(i) && keeps_elements(i) &&
                std::all_of(inputs.begin(), inputs.end(), [&](TensorId id) { return known.contains(id); }))
                return i;
        }
        return -1;
    }

    [[nodiscard]] bool leaves_at_end(int compute, const Part& part) const {
        return stays_in(compute, part) && std::all_of(part.begin(), part.end(), [&](int i) {
                   return i == *part.rbegin() || stays_in(i, part);
               });
    }

    /// Clip(x + 3, 0, 6) / 6, or a scale and a shift that were trained: each one number.
    [[nodiscard]] Part scales_behind(int end) const {
        Part part;
        for (int next = sole_reader(end);
             next >= 0 && is_free(next) && group_ops::is_affine(op(next)) && layer(next).inputs.size() == 1 &&
             layer(next).activation.empty() && scalar_constants(next);
             next = sole_reader(next))
            part.insert(next);
        return part;
    }

    [[nodiscard]] std::string name_of_activation(int compute, const Part& part) const {
        const auto& end = layer(*part.rbegin()).inputs;
        const bool times_itself =
            op(*part.rbegin()) == "Mul" &&
            std::find(end.begin(), end.end(), layer(compute).outputs.front()) != end.end();
        return times_itself ? name_of_gated(part) : ops_of(part);
    }

    /// Of what multiplies x by a function of it.
    [[nodiscard]] std::string name_of_gated(const Part& part) const {
        const std::string ops = ops_of(part);
        if (ops == "Sigmoid+Mul")
            return "SiLU";
        if (ops == "Mul+Sigmoid")
            return "Swish";
        return ops == "Softplus+Tanh+Mul" ? "Mish" : ops;
    }

    /// x times a function of each of its elements, behind something else than a product.
    void take_gated(int product) {
        if (!is_free(product) || op(product) != "Mul" || layer(product).inputs.size() != 2)
            return;
        for (const std::size_t side : {0u, 1u}) {
            const TensorId x = layer(product).inputs[side];
            Part part = {product};
            TensorId id = layer(product).inputs[1 - side];
            bool bends = false;
            for (int made_by = m_prepared.producing_layer(id);
                 id != x && made_by >= 0 && keeps_elements(made_by) && stays_in(made_by, part) &&
                 layer(made_by).inputs.size() == 1 && part.size() < k_most_of_activation;
                 made_by = m_prepared.producing_layer(id)) {
                bends = bends || curved(made_by);
                part.insert(made_by);
                id = layer(made_by).inputs.front();
            }
            if (id == x && bends)
                return take(part, *part.begin(), name_of_gated(part));
        }
    }

    /// What stands between the last products and a graph output that joins unlike things: boxes and scores.
    void take_decode(int exit) {
        if (!is_free(exit, group_ops::may_be_in_decode) || !gives_output(exit))
            return;
        const Part part = fed_alone(exit, group_ops::may_be_in_decode);
        const auto any = [&](auto test) { return std::any_of(part.begin(), part.end(), test); };
        constexpr std::size_t least = 4;
        const bool joins = any([&](int i) { return group_ops::joins_or_selects(op(i)); });
        const bool computes = any([&](int i) { return group_ops::is_arithmetic(op(i)); });
        const bool behind_layers = any([&](int i) {
            return std::any_of(layer(i).inputs.begin(), layer(i).inputs.end(), [&](TensorId id) {
                const int made_by = m_prepared.producing_layer(id);
                return made_by >= 0 && !part.contains(made_by);
            });
        });
        if (part.size() >= least && joins && computes && behind_layers)
            take(part, exit, "Decode");
    }

    void take_movers(int exit) {
        const auto moves = [](const std::string& name) {
            return name == "Concat" || group_ops::is_mover(name);
        };
        if (!is_free(exit, moves))
            return;
        const Part part = fed_alone(exit, moves);
        if (part.size() > 1)
            take(part, exit, ops_of(part));
    }

    /// Layers without company are groups of one; all in the order of their leads.
    void number() {
        auto& groups = m_prepared.groups;
        for (int i = 0; i < count(); ++i)
            if (!m_taken[static_cast<std::size_t>(i)])
                groups.push_back({layer(i).name, op(i), {i}, i, i, 0, 0});
        std::sort(groups.begin(), groups.end(),
                  [](const LayerGroup& a, const LayerGroup& b) { return a.lead < b.lead; });
        m_prepared.group_of_layer.assign(m_prepared.layers.size(), -1);
        for (std::size_t g = 0; g < groups.size(); ++g)
            for (const int i : groups[g].layers) {
                groups[g].parameters += layer(i).parameters;
                groups[g].macs += layer(i).macs;
                m_prepared.group_of_layer[static_cast<std::size_t>(i)] = static_cast<int>(g);
            }
    }

    Prepared& m_prepared;
    const Graph& m_graph;
    std::vector<bool> m_taken;  ///< by layer
};

}  // namespace

void find_groups(Prepared& prepared) {
    prepared.groups.clear();
    GroupSearch(prepared).run();
}

}  // namespace quantwright
