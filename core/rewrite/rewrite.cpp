#include "core/rewrite/rewrite.h"

#include <onnx/defs/schema.h>

#include <algorithm>
#include <unordered_set>

#include "core/model/proto_helpers.h"
#include "core/number/kernels.h"
#include "core/prepare/size_arithmetic.h"

namespace quantwright {

namespace {

class Rewriter {
public:
    Rewriter(const Resolved& resolved, PlaceWriter& writer, const RewriteOptions& options)
        : m_resolved(resolved),
          m_prepared(*resolved.prepared),
          m_graph(m_prepared.model->graph()),
          m_writer(writer),
          m_options(options) {
        if (options.only_layers)
            m_only.insert(options.only_layers->begin(), options.only_layers->end());
    }

    Rewritten run() {
        start();
        find_places();
        if (m_options.span) {
            write_span(*m_options.span);
        } else {
            for (std::size_t i = 0; i < m_graph.tensors().size(); ++i)
                if (m_graph.tensors()[i].is_input)
                    write_pair(static_cast<TensorId>(i));
            for (std::size_t i = 0; i < m_graph.nodes().size(); ++i)
                write_node(static_cast<NodeId>(i));
        }
        keep_initializers();
        for (const auto& [id, name] : m_halves)
            if (!m_graph[id].is_initializer)
                m_result.half_names[m_graph[id].name] = name;
        return std::move(m_result);
    }

private:
    onnx::GraphProto& out() { return *m_result.model.mutable_graph(); }

    /// Everything of the model but nodes and initializers.
    void start() {
        const onnx::ModelProto& from = m_prepared.model->proto();
        onnx::ModelProto& to = m_result.model;
        to.set_ir_version(from.ir_version());
        *to.mutable_opset_import() = from.opset_import();
        *to.mutable_metadata_props() = from.metadata_props();
        *to.mutable_functions() = from.functions();
        to.set_doc_string(from.doc_string());
        to.set_domain(from.domain());
        to.set_model_version(from.model_version());
        to.set_producer_name("quantwright");
        to.GetReflection()->MutableUnknownFields(&to)->MergeFrom(
            from.GetReflection()->GetUnknownFields(from));
        const onnx::GraphProto& graph = from.graph();
        out().set_name(graph.name());
        if (graph.has_doc_string())
            out().set_doc_string(graph.doc_string());
        // metadata_props of the graph among them: newer than the onnx of Debian 12.
        out().GetReflection()->MutableUnknownFields(&out())->MergeFrom(
            graph.GetReflection()->GetUnknownFields(graph));
        if (m_options.span)
            return;
        *out().mutable_input() = from.graph().input();
        *out().mutable_output() = from.graph().output();
        *out().mutable_value_info() = from.graph().value_info();
    }

    /// The name under which a tensor's maker gives it, before its pair.
    [[nodiscard]] const std::string& raw_name(TensorId id) const {
        const auto written = m_written_as.find(id);
        return written == m_written_as.end() ? m_graph[id].name : written->second;
    }

    void write_span(const NodeSpan& span) {
        const auto inside = [&](NodeId node) { return span.first <= node && node < span.end; };
        for (const TensorId id : span.reads) {
            bool before = false, after = false;
            for (const NodeId reader : m_graph[id].consumers)
                if (inside(reader))
                    (m_places.contains(id) && reads_after_pair(m_resolved, id, reader) ? after : before) =
                        true;
            if (before)
                add_span_input(id, m_graph[id].name, false);
            if (after)
                add_span_input(id, m_result.quantized_names.at(id), true);
        }
        for (NodeId node = span.first; node < span.end;
             node = static_cast<NodeId>(static_cast<std::uint32_t>(node) + 1))
            write_node(node);
        for (const auto& output : m_prepared.model->proto().graph().output()) {
            const auto id = m_graph.find_tensor(output.name());
            if (id && m_graph[*id].producer && inside(*m_graph[*id].producer))
                *out().add_output() = output;
        }
        for (const TensorId id : span.gives) {
            const std::string& name = raw_name(id);
            m_result.span_gives.push_back(name);
            const auto& outputs = out().output();
            if (std::none_of(outputs.begin(), outputs.end(),
                             [&](const auto& output) { return output.name() == name; }))
                out().add_output()->set_name(name);
        }
    }

    void add_span_input(TensorId id, const std::string& name, bool after_pair) {
        const TensorType& type = m_prepared.tensor_types[static_cast<std::size_t>(id)];
        auto& input = *out().add_input();
        input.set_name(name);
        auto& tensor = *input.mutable_type()->mutable_tensor_type();
        tensor.set_elem_type(static_cast<int>(type.type));
        for (const std::int64_t size : type.shape)
            tensor.mutable_shape()->add_dim()->set_dim_value(size);
        tensor.mutable_shape();
        m_result.span_inputs.push_back({id, after_pair});
    }

    [[nodiscard]] bool active(int layer) const {
        return m_resolved.layers[static_cast<std::size_t>(layer)].quantized() &&
               (!m_options.only_layers || m_only.contains(layer));
    }

    [[nodiscard]] LayerMode mode(int layer) const {
        return active(layer) ? m_resolved.layers[static_cast<std::size_t>(layer)].mode
                             : LayerMode::kept_float;
    }

    [[nodiscard]] int layer_of(NodeId node) const {
        return m_prepared.layer_of_node[static_cast<std::size_t>(node)];
    }

    [[nodiscard]] bool is_float(TensorId id) const {
        return m_prepared.tensor_types[static_cast<std::size_t>(id)].type == ElementType::float32;
    }

    /// What a layer writes in integers, and what the model brought a pair for, keeps the tensor's name after
    /// the pair, for every reader.
    [[nodiscard]] bool named_after_pair(TensorId id) const {
        const int producer = m_prepared.producing_layer(id);
        const bool has_given_pair = m_resolved.tensors[static_cast<std::size_t>(id)]->origin == Origin::given;
        if (producer < 0 || m_resolved.target->pairs_at_inputs ||
            (has_given_pair && m_prepared.given.float_readers.contains(m_graph[id].name)))
            return false;
        return has_given_pair || m_resolved.layers[static_cast<std::size_t>(producer)].integers();
    }

    /// A name that nothing else has.
    std::string fresh(const std::string& wanted) {
        std::string name = wanted;
        for (int i = 2; m_graph.find_tensor(name) || !m_taken.insert(name).second; ++i)
            name = wanted + "_" + std::to_string(i);
        return name;
    }

    void find_places() {
        m_places = quantized_places(m_resolved, m_options);
        for (const TensorId id : m_places) {
            const std::string& name = m_graph[id].name;
            if (named_after_pair(id)) {
                m_written_as[id] = fresh(name + "_unquantized");
                m_result.quantized_names[id] = name;
            } else {
                m_result.quantized_names[id] = fresh(name + "_dequantized");
            }
        }
    }

    void write_pair(TensorId id) {
        if (!m_places.contains(id) || (m_options.span && !m_options.seen_after_pair.contains(id) &&
                                       !pair_seen_inside(m_resolved, *m_options.span, id)))
            return;
        const auto written = m_written_as.find(id);
        m_writer.activation(out(), *m_resolved.tensors[static_cast<std::size_t>(id)],
                            written == m_written_as.end() ? m_graph[id].name : written->second,
                            m_result.quantized_names[id]);
    }

    [[nodiscard]] std::string name_for_reader(TensorId id, NodeId reader) const {
        const auto quantized = m_result.quantized_names.find(id);
        if (quantized == m_result.quantized_names.end())
            return m_graph[id].name;
        return reads_after_pair(m_resolved, id, reader) ? quantized->second : m_graph[id].name;
    }

    /// Nodes dropped with their fused activation: the tensor before it takes the place of the one after it.
    [[nodiscard]] bool dropped(int layer) const {
        if (!m_options.drop_implied_activations || !m_options.activations ||
            !activation_is_implied(m_resolved, layer))
            return false;
        // Readers in float see what other layers give without the pair.
        return (mode(layer) == LayerMode::static_ &&
                quantizable(m_prepared, layer, *m_resolved.target) == KeptFloat::no) ||
               came_without_activation(layer);
    }

    /// The file left the activation to the pair, which is still there for every reader.
    [[nodiscard]] bool came_without_activation(int layer_index) const {
        const Layer& layer = m_prepared.layers[static_cast<std::size_t>(layer_index)];
        const auto& tensor = m_resolved.tensors[static_cast<std::size_t>(layer.outputs.front())];
        return m_prepared.given.implied_activations.contains(m_graph[layer.nodes.back()].name) && tensor &&
               tensor->origin == Origin::given && tensor->float_consumers.empty() &&
               mode(layer_index) != LayerMode::fp16;
    }

    void write_node(NodeId id) {
        const GraphNode& node = m_graph[id];
        const int layer_index = m_prepared.layer_of_node[static_cast<std::size_t>(id)];
        const Layer& layer = m_prepared.layers[static_cast<std::size_t>(layer_index)];
        const bool drops = dropped(layer_index);
        if (drops && id == layer.nodes.back())
            return;
        onnx::NodeProto written = *node.proto;
        for (int i = 0; i < written.input_size(); ++i)
            if (const auto& input = node.inputs[static_cast<std::size_t>(i)])
                written.set_input(i, name_for_reader(*input, id));
        if (written_in_half(id))
            return write_half_node(id, std::move(written));
        const bool compute_node = id == layer.nodes.front();
        const bool special =
            compute_node && m_options.weights &&
            (mode(layer_index) == LayerMode::dynamic || mode(layer_index) == LayerMode::weight_only);

        const bool takes_place =
            drops && layer.nodes.size() >= 2 && id == layer.nodes[layer.nodes.size() - 2];
        std::vector<TensorId> produced;
        for (int i = 0; i < written.output_size(); ++i)
            if (const auto& output = node.outputs[static_cast<std::size_t>(i)]) {
                const TensorId given = takes_place ? layer.outputs.front() : *output;
                const auto name = m_written_as.find(given);
                written.set_output(i, name == m_written_as.end() ? m_graph[given].name : name->second);
                produced.push_back(given);
            }
        write_improved_bias(written, layer_index);
        if (!special || !m_writer.special_node(out(), layer_index, written)) {
            write_constants(written, layer_index, compute_node);
            *out().add_node() = std::move(written);
        }
        for (const TensorId given : produced)
            write_pair(given);
    }

    /// Its data are half. ONNX Runtime (1.24 to 1.32) dies of a half Transpose that moves the first axis in
    /// front of a product: MatmulTransposeFusion looks through the Cast between them. Such a one moves
    /// floats, which gives the same values.
    [[nodiscard]] bool written_in_half(NodeId id) const {
        if (mode(layer_of(id)) != LayerMode::fp16)
            return false;
        const GraphNode& node = m_graph[id];
        const auto& output = node.outputs.front();
        if (node.proto->op_type() != "Transpose" || !output)
            return true;
        const auto& readers = m_graph[*output].consumers;
        return ints_attribute(*node.proto, "perm").size() < 3 ||
               ints_attribute(*node.proto, "perm").front() == 0 ||
               std::none_of(readers.begin(), readers.end(), [&](NodeId reader) {
                   const std::string& op = m_graph[reader].proto->op_type();
                   return op == "MatMul" || op == "FusedMatMul";
               });
    }

    /// `node` has its final float names; its data are exchanged for half ones, once for all readers.
    void write_half_node(NodeId id, onnx::NodeProto node) {
        const GraphNode& original = m_graph[id];
        const std::int64_t opset = m_prepared.model->opset();
        for (int i = 0; i < node.input_size(); ++i) {
            const auto& input = original.inputs[static_cast<std::size_t>(i)];
            if (input && is_float(*input) && takes_half(node, opset, i))
                node.set_input(i, half_of(*input, node.input(i)));
        }
        std::vector<std::pair<std::string, TensorId>> produced;
        for (int i = 0; i < node.output_size(); ++i)
            if (const auto& output = original.outputs[static_cast<std::size_t>(i)];
                output && is_float(*output)) {
                const std::string half = fresh(m_graph[*output].name + "_fp16");
                m_halves[*output] = half;
                node.set_output(i, half);
                produced.emplace_back(half, *output);
            }
        m_writer.half_node(out(), node);
        for (const auto& [half, output] : produced) {
            const auto& readers = m_graph[output].consumers;
            const bool read_as_float = m_graph[output].is_output || m_places.contains(output) ||
                                       m_options.also_float.contains(m_graph[output].name) ||
                                       std::any_of(readers.begin(), readers.end(),
                                                   [&](NodeId reader) { return !written_in_half(reader); });
            if (!read_as_float)
                continue;
            const auto name = m_written_as.find(output);
            m_writer.from_half(out(), half, name == m_written_as.end() ? m_graph[output].name : name->second);
            write_pair(output);
        }
    }

    /// The half form of a tensor or constant that is `name` as float.
    const std::string& half_of(TensorId id, const std::string& name) {
        auto found = m_halves.find(id);
        // A tensor with a pair has another value after it.
        if (found != m_halves.end() && !m_places.contains(id))
            return found->second;
        auto& cached = m_places.contains(id) ? m_halves_after_pair[id] : m_halves[id];
        if (cached.empty()) {
            cached = fresh(m_graph[id].name + "_half");
            if (m_graph[id].is_initializer && !m_prepared.sizes->results.contains(m_graph[id].name))
                m_writer.half_constant(out(), half_shaped(id), cached);
            else
                m_writer.to_half(out(), name, cached);
        }
        return cached;
    }

    /// A constant of half layers. A row that only Adds of three and more axes read gets axes of length one in
    /// front: ONNX Runtime joins MatMul and an Add of a plain row to a Gemm that sums in half precision
    /// (1.31; 0.8 dB on a ViT), where each by itself rounds once.
    Tensor half_shaped(TensorId id) {
        Tensor values = m_prepared.model->weight(m_graph[id].name);
        const auto& readers = m_graph[id].consumers;
        const bool only_added = std::all_of(readers.begin(), readers.end(), [&](NodeId reader) {
            const auto& output = m_graph[reader].outputs.front();
            return m_graph[reader].proto->op_type() == "Add" && output &&
                   m_prepared.tensor_types[static_cast<std::size_t>(*output)].shape.size() > 2;
        });
        if (values.shape.size() == 1 && only_added)
            values.shape = {1, 1, values.shape.front()};
        return values;
    }

    void write_constants(onnx::NodeProto& node, int layer_index, bool compute_node) {
        const Layer& layer = m_prepared.layers[static_cast<std::size_t>(layer_index)];
        const ResolvedLayer& resolved = m_resolved.layers[static_cast<std::size_t>(layer_index)];
        if (!m_options.weights || !active(layer_index) || !compute_node)
            return;
        if (resolved.weight)
            replace_constant(node, layer.weight,
                             [&](const std::string& name) { m_writer.weight(out(), layer_index, name); });
        if (resolved.bias)
            replace_constant(node, layer.bias,
                             [&](const std::string& name) { m_writer.bias(out(), layer_index, name); });
    }

    /// A bias that stays float, with the values that improving gave it.
    void write_improved_bias(onnx::NodeProto& node, int layer_index) {
        const ResolvedLayer& resolved = m_resolved.layers[static_cast<std::size_t>(layer_index)];
        if (!m_options.weights || !active(layer_index) || resolved.bias || !resolved.weight ||
            !resolved.weight->improved || resolved.weight->improved->bias.empty())
            return;
        const std::string& bias = m_prepared.layers[static_cast<std::size_t>(layer_index)].bias;
        replace_constant(node, bias, [&](const std::string& name) {
            *out().add_initializer() = proto_from(name, bias_values(m_resolved, layer_index));
        });
    }

    /// `write` writes what the node reads in place of the initializer, under the name it is given.
    template <class Write>
    void replace_constant(onnx::NodeProto& node, const std::string& initializer, const Write& write) {
        const auto input = std::find(node.input().begin(), node.input().end(), initializer);
        if (input == node.input().end())
            return;
        const auto tensor = m_graph.find_tensor(initializer);
        const bool shared = tensor && (m_graph[*tensor].consumers.size() > 1 || m_graph[*tensor].is_output);
        const std::string name = shared ? fresh(initializer + "_dequantized") : initializer;
        m_replaced.insert(name);
        write(name);
        for (auto& one : *node.mutable_input())
            if (one == initializer)
                one = name;
    }

    void keep_initializers() {
        std::unordered_set<std::string> read;
        for (const auto& node : out().node()) {
            read.insert(node.input().begin(), node.input().end());
            if (const auto id = m_graph.find_node(node.name()); id && m_graph[*id].has_subgraph)
                for (const auto& input : m_graph[*id].inputs)
                    if (input)
                        read.insert(m_graph[*input].name);
        }
        for (const auto& output : out().output())
            read.insert(output.name());
        // A dropped Clip leaves its bounds behind, and a span most of the model.
        for (const auto& initializer : m_prepared.model->proto().graph().initializer())
            if (!m_replaced.contains(initializer.name()) && read.contains(initializer.name()))
                *out().add_initializer() = initializer;
        auto& initializers = *out().mutable_initializer();
        initializers.erase(
            std::remove_if(initializers.begin(), initializers.end(),
                           [&](const auto& initializer) { return !read.contains(initializer.name()); }),
            initializers.end());
    }

    const Resolved& m_resolved;
    const Prepared& m_prepared;
    const Graph& m_graph;
    PlaceWriter& m_writer;
    const RewriteOptions& m_options;
    Rewritten m_result;
    std::unordered_set<int> m_only;
    std::set<TensorId> m_places;
    std::map<TensorId, std::string>
        m_written_as;  ///< what the producer writes, where that is not the tensor's own name
    std::map<TensorId, std::string> m_halves, m_halves_after_pair;
    std::set<std::string> m_taken, m_replaced;
};

}  // namespace

std::set<TensorId> quantized_places(const Resolved& resolved, const RewriteOptions& options) {
    std::set<TensorId> places;
    if (!options.activations)
        return places;
    const auto add = [&](int layer) {
        const Layer& facts = resolved.prepared->layers[static_cast<std::size_t>(layer)];
        if (resolved.layers[static_cast<std::size_t>(layer)].mode != LayerMode::static_)
            return;
        for (const auto* ids : {&facts.inputs, &facts.outputs})
            for (const TensorId id : *ids)
                if (resolved.tensors[static_cast<std::size_t>(id)])
                    places.insert(id);
    };
    if (options.only_layers) {
        for (const int layer : *options.only_layers)
            add(layer);
        return places;
    }
    for (const auto& tensor : resolved.tensors)
        if (tensor)
            places.insert(tensor->tensor);
    for (int i = 0; i < static_cast<int>(resolved.layers.size()); ++i)
        add(i);
    return places;
}

bool pair_seen_inside(const Resolved& resolved, const NodeSpan& span, TensorId tensor) {
    const GraphTensor& facts = resolved.prepared->model->graph()[tensor];
    return facts.is_output || std::any_of(facts.consumers.begin(), facts.consumers.end(), [&](NodeId reader) {
               return span.first <= reader && reader < span.end && reads_after_pair(resolved, tensor, reader);
           });
}

bool reads_after_pair(const Resolved& resolved, TensorId tensor, NodeId reader) {
    const auto& keep = resolved.tensors[static_cast<std::size_t>(tensor)]->float_consumers;
    return std::find(keep.begin(), keep.end(), reader) == keep.end();
}

bool takes_half(const onnx::NodeProto& node, std::int64_t opset, int input) {
    const onnx::OpSchema* schema =
        onnx::OpSchemaRegistry::Schema(node.op_type(), static_cast<int>(opset), node.domain());
    if (!schema || schema->inputs().empty())
        return false;
    static const auto* half = onnx::Utils::DataTypeUtils::ToType("tensor(float16)");
    const auto& inputs = schema->inputs();
    return inputs[std::min(static_cast<std::size_t>(input), inputs.size() - 1)].GetTypes().contains(half);
}

bool activation_is_implied(const Resolved& resolved, int layer_index) {
    const Prepared& prepared = *resolved.prepared;
    const Layer& layer = prepared.layers[static_cast<std::size_t>(layer_index)];
    if (layer.activation.empty() || layer.nodes.size() < 2 || layer.outputs.size() != 1 ||
        resolved.target->pairs_at_inputs)
        return false;
    const auto& tensor = resolved.tensors[static_cast<std::size_t>(layer.outputs.front())];
    if (!tensor || tensor->parameters.per_channel())
        return false;
    const Parameters& parameters = tensor->parameters;
    const ScaleZeroPoint one{parameters.scale.front(), parameters.zero_point.front()};
    const auto code = [&](float x) { return quantize_one(x, one, parameters.qmin, parameters.qmax); };
    if (layer.activation == "Relu")
        return code(0) == parameters.qmin;
    if (layer.activation != "Clip")
        return false;
    const GraphNode& clip = prepared.model->graph()[layer.nodes.back()];
    const auto bound = [&](std::size_t input, const char* attribute) -> std::optional<float> {
        if (const auto* old = find_attribute(*clip.proto, attribute))  // before opset 11
            return old->f();
        if (input >= clip.inputs.size() || !clip.inputs[input])
            return std::nullopt;
        const Tensor value = prepared.model->weight(prepared.model->graph()[*clip.inputs[input]].name);
        return value.type == ElementType::float32 && value.floats().size() == 1
                   ? std::optional(value.floats()[0])
                   : std::nullopt;
    };
    const auto low = bound(1, "min"), high = bound(2, "max");
    return (!low || code(*low) == parameters.qmin) && (!high || code(*high) == parameters.qmax);
}

Rewritten rewrite(const Resolved& resolved, PlaceWriter& writer, const RewriteOptions& options) {
    return Rewriter(resolved, writer, options).run();
}

}  // namespace quantwright
