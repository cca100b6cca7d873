#include "tests/support/agreement.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>

#include "core/export/export_qdq.h"
#include "core/runtime/session.h"
#include "core/simulate/simulation.h"

namespace quantwright::testing {

namespace {

/// Every tensor of the prepared graph that a file still has under its own name, as outputs of it.
void give_outputs(onnx::ModelProto& model, const std::vector<std::string>& names) {
    std::set<std::string> given, made;
    for (const auto& output : model.graph().output())
        given.insert(output.name());
    for (const auto& node : model.graph().node())
        made.insert(node.output().begin(), node.output().end());
    for (const std::string& name : names)
        if (made.contains(name) && given.insert(name).second)
            model.mutable_graph()->add_output()->set_name(name);
}

bool equal(const Tensor& a, const Tensor& b) {
    return std::equal(a.bytes.begin(), a.bytes.end(), b.bytes.begin(), b.bytes.end());
}

/// Equal infinities are no difference; one NaN is.
double largest_difference(const Tensor& a, const Tensor& b) {
    double largest = 0;
    for (std::size_t i = 0; i < a.floats().size(); ++i) {
        const double x = a.floats()[i], y = b.floats()[i];
        if (x == y)
            continue;
        if (!std::isfinite(x - y))
            return HUGE_VAL;
        largest = std::max(largest, std::abs(x - y));
    }
    return largest;
}

double largest_value(const Tensor& tensor) {
    double largest = 0;
    for (const float x : tensor.floats())
        if (std::isfinite(x))
            largest = std::max(largest, std::abs(double(x)));
    return largest;
}

/// A tensor under its name, or what its readers in integers see of it.
const Tensor* find(const Values& values, const std::string& name) {
    auto found = values.find(name);
    if (found == values.end())
        found = values.find(name + "_dequantized");
    return found == values.end() ? nullptr : &found->second;
}

/// One step of what the tensor is rounded to, or what float arithmetic in another order may differ by.
double allowed(const Resolved& resolved, std::size_t layer, TensorId output, const Tensor& value) {
    const double noise = 1e-4 * largest_value(value) + 1e-6;
    double step = 0;
    if (const auto& tensor = resolved.tensors[static_cast<std::size_t>(output)])
        step = tensor->parameters.scale.front();
    if (resolved.layers[layer].mode == LayerMode::fp16)
        step = std::max(step, largest_value(value) / 256);  // results of sums, rounded in another order
    return step * 1.0001 + noise;
}

Values by_name(const std::vector<std::string>& names, const std::vector<Tensor>& tensors) {
    Values values;
    for (std::size_t i = 0; i < tensors.size(); ++i)
        values[names[i]] = tensors[i];
    return values;
}

}  // namespace

bool this_processor_saturates(const ResolvedLayer& layer) {
    return !cpu_has_vnni() && layer.weight && layer.weight->storage != ElementType::uint8 &&
           (layer.mode == LayerMode::dynamic || layer.integers());
}

Result<BothValues> run_both(const std::shared_ptr<const Resolved>& resolved,
                            const std::vector<Tensor>& inputs) {
    const Prepared& prepared = *resolved->prepared;
    const Graph& graph = prepared.model->graph();
    SimulationOptions options;
    options.threads = 1;
    options.optimizations = Optimizations::off;
    for (const GraphNode& node : graph.nodes())
        for (const auto& output : node.outputs)
            if (output &&
                prepared.tensor_types[static_cast<std::size_t>(*output)].type == ElementType::float32)
                options.extra_outputs.push_back(graph[*output].name);
    const auto simulation = Simulation::create(resolved, options);
    if (!simulation)
        return fail(simulation);
    onnx::ModelProto file = build_qdq(*resolved);
    give_outputs(file, (*simulation)->output_names());
    const auto session = Session::create(file, prepared.model.get(), {1, Optimizations::off, {}});
    if (!session)
        return fail(session);
    const auto simulated = (*simulation)->run(inputs), run = (*session)->run(inputs);
    if (!simulated)
        return fail(simulated);
    if (!run)
        return fail(run);
    return BothValues{by_name((*simulation)->output_names(), *simulated),
                      by_name((*session)->output_names(), *run)};
}

std::string disagreement(const Resolved& resolved, const BothValues& values, Agreement& agreement) {
    const Prepared& prepared = *resolved.prepared;
    const Graph& graph = prepared.model->graph();
    for (std::size_t i = 0; i < prepared.layers.size(); ++i) {
        const Layer& layer = prepared.layers[i];
        const ResolvedLayer& choices = resolved.layers[i];
        ++agreement.modes[choices.mode];
        agreement.integers += choices.integers() ? 1 : 0;
        const bool same_inputs = std::all_of(layer.inputs.begin(), layer.inputs.end(), [&](TensorId id) {
            // Layers in float read what is before a pair.
            const std::string& name = graph[id].name;
            const bool readable = choices.integers() || values.simulated.contains(name);
            const Tensor *a = find(values.simulated, name), *b = find(values.file, name);
            return graph[id].is_input || (readable && a && b && equal(*a, *b));
        });
        for (const TensorId id : layer.outputs) {
            const Tensor *a = find(values.simulated, graph[id].name), *b = find(values.file, graph[id].name);
            const bool saturates = choices.mode == LayerMode::dynamic && this_processor_saturates(choices);
            if (!same_inputs || !a || !b || saturates || a->type != ElementType::float32) {
                ++agreement.skipped;
                continue;
            }
            ++agreement.compared;
            const double difference = largest_difference(*a, *b);
            const double bound = allowed(resolved, i, id, *a);
            if (difference > bound)
                return layer.name + " (" + layer.op + ", " + std::string(name_of(choices.mode)) +
                       "): " + std::to_string(difference) + " apart, " + std::to_string(bound) + " allowed";
        }
    }
    return {};
}

}  // namespace quantwright::testing
