#include "core/simulate/simulation.h"

#include <map>

#include "core/model/proto_helpers.h"
#include "core/number/kernels.h"
#include "core/rewrite/half_forms.h"
#include "core/rewrite/quantized_constants.h"
#include "core/rewrite/rewrite.h"
#include "core/simulate/operators.h"

namespace quantwright {

namespace {

/// Fake-quantize operators on activations; weights and biases replaced by the values their codes stand for.
/// With optimizations on these are constants, which the runtime lays out for its fast kernels; with them off
/// they stay behind a DequantizeLinear as in the exported file, so that the same kernels run on them.
class SimulationWriter : public PlaceWriter {
public:
    SimulationWriter(const Resolved& resolved, Optimizations optimizations)
        : m_resolved(resolved), m_as_codes(optimizations == Optimizations::off) {}

    void activation(onnx::GraphProto& graph, const ResolvedTensor& tensor, const std::string& from,
                    const std::string& to) override {
        slots_of[tensor.tensor] = add_fake_quantize(graph, from, to, tensor.parameters);
    }

    void weight(onnx::GraphProto& graph, int layer, const std::string& to) override {
        const auto& weight = *m_resolved.layers[static_cast<std::size_t>(layer)].weight;
        // Older opsets have no DequantizeLinear for 4 bits and blocks; the values are the same.
        if (m_as_codes && weight.parameters.format->bits == 8 && !weight.parameters.blocked())
            return write_quantized_weight(graph, m_resolved, layer, to);
        add(graph, to, m_resolved.prepared->model->weight(weight.initializer).shape,
            weight_codes(m_resolved, layer), weight.parameters);
    }

    void bias(onnx::GraphProto& graph, int layer, const std::string& to) override {
        if (m_as_codes)
            return write_quantized_bias(graph, m_resolved, layer, to);
        const auto codes = bias_codes(m_resolved, layer);
        add(graph, to, {static_cast<std::int64_t>(codes.size())}, codes,
            *m_resolved.layers[static_cast<std::size_t>(layer)].bias);
    }

    bool special_node(onnx::GraphProto& graph, int layer, const onnx::NodeProto& node) override {
        const ResolvedLayer& resolved = m_resolved.layers[static_cast<std::size_t>(layer)];
        if (resolved.mode != LayerMode::dynamic)
            return false;
        const std::string& initializer = resolved.weight->initializer;
        const std::string values = initializer + "_dynamic_" + std::to_string(layer);
        weight(graph, layer, values);
        onnx::NodeProto written = node;
        for (auto& input : *written.mutable_input())
            if (input == initializer)
                input = values;
        // MatMul with the constant on the left is the one case where the data are not the first input.
        const int data = node.input(0) == initializer ? 1 : 0;
        written.set_input(data, dynamic_of(graph, node.input(data)));
        *graph.add_node() = std::move(written);
        return true;
    }

    void to_half(onnx::GraphProto& graph, const std::string& from, const std::string& to) override {
        write_to_half(graph, from, to);
    }

    void from_half(onnx::GraphProto& graph, const std::string& from, const std::string& to) override {
        write_from_half(graph, from, to);
    }

    void half_constant(onnx::GraphProto& graph, const Tensor& values, const std::string& to) override {
        write_half_constant(graph, values, to);
    }

    void half_node(onnx::GraphProto& graph, const onnx::NodeProto& node) override {
        *graph.add_node() = node;
    }

    std::vector<Parameters> slots;
    std::map<TensorId, std::size_t> slots_of;

private:
    std::size_t add_fake_quantize(onnx::GraphProto& graph, const std::string& from, const std::string& to,
                                  const Parameters& parameters) {
        const std::size_t slot = slots.size();
        slots.push_back(parameters);
        auto& node = *graph.add_node();
        node = make_node(k_fake_quantize, to + "_fake_quantize", {from}, {to});
        node.set_domain(k_simulation_domain);
        set_attribute(node, "slot", static_cast<std::int64_t>(slot));
        return slot;
    }

    /// One DynamicQuantizeLinear for all that read the tensor this way.
    const std::string& dynamic_of(onnx::GraphProto& graph, const std::string& name) {
        auto& quantized = m_dynamic[name];
        if (quantized.empty()) {
            quantized = name + "_dynamic";
            auto& node = *graph.add_node();
            node = make_node(k_dynamic_fake_quantize, name + "_dynamic_fake_quantize", {name}, {quantized});
            node.set_domain(k_simulation_domain);
        }
        return quantized;
    }

    static void add(onnx::GraphProto& graph, const std::string& name, const Shape& shape,
                    const std::vector<std::int32_t>& codes, const Parameters& parameters) {
        *graph.add_initializer() = proto_from(name, make_tensor(shape, dequantize(codes, shape, parameters)));
    }

    const Resolved& m_resolved;
    const bool m_as_codes;
    std::map<std::string, std::string> m_dynamic;
};

}  // namespace

struct Simulation::Parts {
    std::shared_ptr<const Resolved> resolved;
    std::shared_ptr<ParameterTable> table;
    std::map<TensorId, std::size_t> slots;
    std::unique_ptr<Session> session;
};

Simulation::Simulation() : m_parts(std::make_unique<Parts>()) {}
Simulation::~Simulation() = default;

Result<std::unique_ptr<Simulation>> Simulation::create(std::shared_ptr<const Resolved> resolved,
                                                       const SimulationOptions& options) {
    const std::string subject = resolved->prepared->original->path().string();
    return guarded(subject, [&] { return make(std::move(resolved), options); });
}

Result<std::unique_ptr<Simulation>> Simulation::make(std::shared_ptr<const Resolved> resolved,
                                                     const SimulationOptions& options) {
    SimulationWriter writer(*resolved, options.optimizations);
    Rewritten rewritten = rewrite(*resolved, writer,
                                  {options.only_layers,
                                   options.weights,
                                   options.activations,
                                   false,
                                   {options.extra_outputs.begin(), options.extra_outputs.end()}});
    set_opset(rewritten.model, k_simulation_domain, 1);
    const Graph& graph = resolved->prepared->model->graph();
    for (const std::string& name : options.extra_outputs) {
        const auto id = graph.find_tensor(name);
        if (!id)
            return fail(ErrorCode::runtime_failed, name, "no such tensor");
        const auto quantized = rewritten.quantized_names.find(*id);
        const std::string& actual = quantized == rewritten.quantized_names.end() ? name : quantized->second;
        bool given = false;
        for (const auto& output : rewritten.model.graph().output())
            given = given || output.name() == actual;
        if (!given)
            rewritten.model.mutable_graph()->add_output()->set_name(actual);
    }

    std::unique_ptr<Simulation> result(new Simulation);
    Parts& parts = *result->m_parts;
    parts.table = std::make_shared<ParameterTable>(writer.slots.size());
    for (std::size_t slot = 0; slot < writer.slots.size(); ++slot)
        parts.table->set(slot, writer.slots[slot]);
    parts.slots = std::move(writer.slots_of);
    SessionOptions session_options{options.threads, options.optimizations, {}};
    session_options.operators.push_back(make_simulation_domain(parts.table));
    auto session = Session::create(rewritten.model, resolved->prepared->model.get(), session_options);
    if (!session)
        return fail(session);
    parts.session = std::move(*session);
    parts.resolved = std::move(resolved);
    return result;
}

const std::vector<std::string>& Simulation::output_names() const {
    return m_parts->session->output_names();
}

Result<std::vector<Tensor>> Simulation::run(const std::vector<Tensor>& inputs,
                                            const CancelToken& cancel) const {
    return m_parts->session->run(inputs, cancel);
}

bool Simulation::set_parameters(TensorId tensor, const Parameters& parameters) {
    const auto slot = m_parts->slots.find(tensor);
    if (slot == m_parts->slots.end())
        return false;
    m_parts->table->set(slot->second, parameters);
    return true;
}

}  // namespace quantwright
