#include "core/simulate/segment_session.h"

#include <onnx/onnx_pb.h>

#include <algorithm>

#include "core/model/proto_helpers.h"
#include "core/number/kernels.h"
#include "core/simulate/operators.h"
#include "core/simulate/simulation_writer.h"

namespace quantwright {

namespace {

Tensor quantized(const Tensor& tensor, const Parameters& parameters) {
    std::vector<float> values(tensor.floats().size());
    fake_quantize(tensor.floats(), values, tensor.shape, parameters);
    return make_tensor(tensor.shape, std::move(values));
}

std::size_t index_of(const std::vector<std::string>& names, const std::string& name) {
    return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
}

}  // namespace

SegmentState first_state(const Prepared& prepared, const std::vector<Tensor>& inputs) {
    SegmentState state;
    const Model& model = *prepared.model;
    for (std::size_t i = 0; i < inputs.size(); ++i)
        if (const auto id = model.graph().find_tensor(model.inputs()[i].name))
            state.alive[*id] = inputs[i];
    for (const ValueInfo& output : model.outputs()) {
        const auto id = model.graph().find_tensor(output.name);
        const auto input = id ? state.alive.find(*id) : state.alive.end();
        if (input != state.alive.end())
            state.outputs.push_back(input->second);
        else if (id && model.graph()[*id].is_initializer)
            state.outputs.push_back(model.weight(output.name));
        else
            state.outputs.emplace_back();
    }
    return state;
}

Result<std::shared_ptr<SegmentSession>> SegmentSession::create(const FormView& form, const Segment& segment,
                                                               const SegmentOptions& options) {
    const Resolved& resolved = form.resolved();
    const Graph& graph = resolved.prepared->model->graph();
    RewriteOptions rewriting;
    rewriting.only_layers = form.form().only_layers;
    rewriting.weights = form.form().weights;
    rewriting.activations = form.form().activations;
    rewriting.span = segment.nodes;
    for (const auto* tensors : {&segment.nodes.gives, &options.seen})
        for (const TensorId tensor : *tensors)
            rewriting.also_float.insert(graph[tensor].name);
    rewriting.seen_after_pair = {options.seen.begin(), options.seen.end()};
    SimulationWriter writer(resolved, options.optimizations);
    Rewritten rewritten = rewrite(resolved, writer, rewriting);
    set_opset(rewritten.model, k_simulation_domain, 1);
    std::vector<std::string> seen;
    for (const TensorId tensor : options.seen) {
        const auto name = rewritten.quantized_names.find(tensor);
        seen.push_back(name == rewritten.quantized_names.end() ? graph[tensor].name : name->second);
        auto& outputs = *rewritten.model.mutable_graph()->mutable_output();
        if (std::none_of(outputs.begin(), outputs.end(),
                         [&](const auto& output) { return output.name() == seen.back(); }))
            outputs.Add()->set_name(seen.back());
    }

    std::shared_ptr<SegmentSession> result(new SegmentSession);
    result->m_table = make_table(writer.slots);
    result->m_slots = std::move(writer.slots_of);
    result->m_inputs = std::move(rewritten.span_inputs);
    SessionOptions session_options{options.threads, options.optimizations, {}};
    session_options.operators.push_back(make_simulation_domain(result->m_table));
    auto session = Session::create(rewritten.model, resolved.prepared->model.get(), session_options);
    if (!session)
        return fail(session);
    result->m_session = std::move(*session);
    const auto& names = result->m_session->output_names();
    for (const int output : segment.outputs)
        result->m_outputs.push_back(
            index_of(names, resolved.prepared->model->outputs()[static_cast<std::size_t>(output)].name));
    for (const std::string& name : rewritten.span_gives)
        result->m_gives.push_back(index_of(names, name));
    for (const std::string& name : seen)
        result->m_seen.push_back(index_of(names, name));
    return result;
}

Result<SegmentState> SegmentSession::run(const SegmentState& before, const FormView& form,
                                         const Segment& segment, const CancelToken& cancel,
                                         std::vector<Tensor>* seen) const {
    std::vector<Tensor> inputs;
    for (std::size_t i = 0; i < m_inputs.size(); ++i) {
        const TensorId id = m_inputs[i].tensor;
        const bool alone = (i == 0 || m_inputs[i - 1].tensor != id) &&
                           (i + 1 == m_inputs.size() || m_inputs[i + 1].tensor != id);
        const bool after = alone ? form.reads(id, segment).after : m_inputs[i].after_pair;
        const Tensor& tensor = before.alive.at(id);
        inputs.push_back(after ? quantized(tensor, form.parameters(id)) : tensor);
    }
    auto outputs = m_session->run(inputs, cancel);
    if (!outputs)
        return fail(outputs);
    SegmentState state;
    state.outputs = before.outputs;
    for (std::size_t i = 0; i < m_outputs.size(); ++i)
        state.outputs[static_cast<std::size_t>(segment.outputs[i])] = (*outputs)[m_outputs[i]];
    for (std::size_t i = 0; i < m_gives.size(); ++i)
        state.alive[segment.nodes.gives[i]] = (*outputs)[m_gives[i]];
    for (const TensorId tensor : segment.alive)
        if (!state.alive.contains(tensor))
            state.alive[tensor] = before.alive.at(tensor);
    if (seen) {
        seen->clear();
        for (const std::size_t index : m_seen)
            seen->push_back((*outputs)[index]);
    }
    return state;
}

void SegmentSession::take_ranges(const FormView& form) {
    for (const auto& [tensor, slot] : m_slots)
        m_table->set(slot, form.parameters(tensor));
}

}  // namespace quantwright
