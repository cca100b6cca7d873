#include "core/simulate/simulation.h"

#include "core/model/proto_helpers.h"
#include "core/simulate/operators.h"
#include "core/simulate/simulation_writer.h"

namespace quantwright {

struct Simulation::Parts {
    std::shared_ptr<const Resolved> resolved;
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
    RewriteOptions rewriting;
    rewriting.only_layers = options.only_layers;
    rewriting.weights = options.weights;
    rewriting.activations = options.activations;
    rewriting.also_float = {options.extra_outputs.begin(), options.extra_outputs.end()};
    Rewritten rewritten = rewrite(*resolved, writer, rewriting);
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
    SessionOptions session_options{options.threads, options.optimizations, {}};
    session_options.operators.push_back(make_simulation_domain(make_table(writer.slots)));
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

}  // namespace quantwright
