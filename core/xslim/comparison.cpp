#include "core/xslim/comparison.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <random>
#include <set>

#include "core/number/half.h"
#include "core/number/kernels.h"
#include "core/plan/target.h"
#include "core/runtime/session.h"

namespace quantwright {

namespace {

std::vector<float> floats_of(const Tensor& tensor) {
    if (tensor.type == ElementType::float32)
        return {tensor.floats().begin(), tensor.floats().end()};
    std::vector<float> values;
    if (tensor.type == ElementType::float16)
        for (const std::uint16_t half : tensor.as<std::uint16_t>())
            values.push_back(float_from_half(half));
    return values;
}

/// Widens; the first call sets.
void cover(Range& range, bool& begun, std::span<const float> values) {
    for (const float x : values) {
        if (!std::isfinite(x))
            continue;
        range = begun ? Range{std::min(range.min, x), std::max(range.max, x)} : Range{x, x};
        begun = true;
    }
}

/// Equal bins from the smallest to the largest value; the largest one belongs to the last bin.
void count(TensorComparison& tensor, std::span<const float> values) {
    const double low = tensor.original.min, width = tensor.original.max - low;
    const double bins = static_cast<double>(tensor.histogram.size());
    for (const float x : values)
        if (std::isfinite(x)) {
            const double place = width > 0 ? bins * (x - low) / width : 0;
            ++tensor.histogram[static_cast<std::size_t>(std::clamp(place, 0.0, bins - 1))];
        }
}

/// What a run gives, by tensor; the session runs without optimizations.
class Probe {
public:
    static Result<Probe> create(const Model& model, const std::vector<std::string>& tensors, int threads,
                                const Model& order) {
        onnx::ModelProto proto = model.proto();
        std::set<std::string> given;
        for (const auto& output : proto.graph().output())
            given.insert(output.name());
        for (const std::string& name : tensors)
            if (given.insert(name).second)
                proto.mutable_graph()->add_output()->set_name(name);
        auto session = Session::create(proto, &model, {threads, Optimizations::off, {}});
        if (!session)
            return fail(session);
        Probe probe;
        probe.m_session = std::move(*session);
        for (const std::string& name : probe.m_session->input_names())
            for (std::size_t i = 0; i < order.inputs().size(); ++i)
                if (order.inputs()[i].name == name)
                    probe.m_order.push_back(i);
        if (probe.m_order.size() != probe.m_session->input_names().size())
            return fail(ErrorCode::runtime_failed, model.path().string(),
                        "other inputs than the float model's");
        return probe;
    }

    Result<std::map<std::string, Tensor>> run(const std::vector<Tensor>& inputs,
                                              const CancelToken& cancel) const {
        std::vector<Tensor> ordered;
        for (const std::size_t i : m_order)
            ordered.push_back(inputs[i]);
        auto outputs = m_session->run(ordered, cancel);
        if (!outputs)
            return fail(outputs);
        std::map<std::string, Tensor> by_name;
        for (std::size_t i = 0; i < outputs->size(); ++i)
            by_name[m_session->output_names()[i]] = std::move((*outputs)[i]);
        return by_name;
    }

private:
    std::unique_ptr<Session> m_session;
    std::vector<std::size_t> m_order;
};

bool is_float(const Resolved& resolved, TensorId id) {
    return resolved.prepared->tensor_types[static_cast<std::size_t>(id)].type == ElementType::float32;
}

/// Quantized layers that compute something, and their tensors that both models have.
Comparison places(const Resolved& resolved, const Model& quantized) {
    const Prepared& prepared = *resolved.prepared;
    const Graph& graph = prepared.model->graph();
    Comparison result;
    std::set<TensorId> seen;
    for (std::size_t i = 0; i < prepared.layers.size(); ++i) {
        const Layer& layer = prepared.layers[i];
        const auto op = resolved.target->operators.find(layer.op);
        const bool passive = op != resolved.target->operators.end() && op->second.role == Role::passive;
        if (!resolved.layers[i].quantized() || passive)
            continue;
        LayerComparison one{layer.name, layer.op, {}, 0};
        const auto add = [&](TensorId id) {
            if (!is_float(resolved, id) || !quantized.graph().find_tensor(graph[id].name) ||
                !seen.insert(id).second)
                return;
            TensorComparison tensor;
            tensor.tensor = graph[id].name;
            one.tensors.push_back(std::move(tensor));
        };
        std::for_each(layer.inputs.begin(), layer.inputs.end(), add);
        if (resolved.layers[i].weight) {
            TensorComparison weight;
            weight.tensor = layer.weight;
            weight.constant = true;
            one.tensors.push_back(std::move(weight));
        }
        std::for_each(layer.outputs.begin(), layer.outputs.end(), add);
        result.layers.push_back(std::move(one));
    }
    return result;
}

void compare_weight(const Resolved& resolved, int layer, TensorComparison& tensor) {
    const Tensor original = resolved.prepared->model->weight(tensor.tensor);
    const auto values = original.floats();
    const std::vector<float> rounded =
        dequantize(weight_codes(resolved, layer), original.shape,
                   resolved.layers[static_cast<std::size_t>(layer)].weight->parameters);
    bool begun = false, begun_quantized = false;
    cover(tensor.original, begun, values);
    cover(tensor.quantized, begun_quantized, rounded);
    count(tensor, values);
    tensor.error.add(values, rounded);
}

/// All tensors but the weights.
std::vector<TensorComparison*> activations(Comparison& comparison) {
    std::vector<TensorComparison*> list;
    for (LayerComparison& layer : comparison.layers)
        for (TensorComparison& tensor : layer.tensors)
            if (!tensor.constant)
                list.push_back(&tensor);
    return list;
}

void rank(const Resolved& resolved, Comparison& comparison) {
    const Graph& graph = resolved.prepared->model->graph();
    for (LayerComparison& one : comparison.layers) {
        const Layer& layer = *resolved.prepared->find_layer(one.name);
        for (const TensorComparison& tensor : one.tensors)
            for (const TensorId output : layer.outputs)
                if (!tensor.constant && graph[output].name == tensor.tensor)
                    one.worst = std::max(one.worst, tensor.noise_to_signal());
    }
    std::stable_sort(comparison.layers.begin(), comparison.layers.end(),
                     [](const LayerComparison& a, const LayerComparison& b) { return a.worst > b.worst; });
}

/// Text inside a table's cell.
std::string cell(std::string_view text) {
    std::string result;
    for (const char c : text)
        if (c == '|')
            result += "\\|";
        else if (c == '<')
            result += "&lt;";
        else
            result += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    return result;
}

std::string number(double value, int decimals) {
    char text[400];
    std::snprintf(text, sizeof text, "%.*f", decimals, value);
    return text;
}

/// Red where it is bad.
std::string judged(double value, bool bad) {
    const std::string text = number(value, 4);
    return bad ? "<font color=\"red\">" + text + "</font>" : text;
}

std::string range_text(Range range) {
    return number(range.min, 3) + ", " + number(range.max, 3);
}

}  // namespace

double TensorComparison::noise_to_signal() const {
    const auto snr = error.snr_db();
    return snr ? std::pow(10.0, -*snr / 10) : 0;
}

Sampler random_sampler(const Model& model) {
    return [&model](std::int64_t sample) -> Result<std::vector<Tensor>> {
        std::mt19937_64 random(static_cast<std::uint64_t>(sample) + 1);
        // By hand: the standard library's distributions differ between implementations.
        const auto uniform = [&random] { return (static_cast<double>(random() >> 11) + 0.5) * 0x1p-53; };
        std::vector<Tensor> inputs;
        for (const ValueInfo& input : model.inputs()) {
            Shape shape;
            for (const auto& dimension : input.shape)
                shape.push_back(std::max<std::int64_t>(1, dimension.value));
            const auto elements = static_cast<std::size_t>(element_count(shape));
            std::vector<float> values(elements);
            for (float& x : values)  // Box and Muller
                x = static_cast<float>(std::sqrt(-2 * std::log(uniform())) *
                                       std::cos(2 * 3.14159265358979323846 * uniform()));
            if (input.type == ElementType::float32) {
                inputs.push_back(make_tensor(shape, std::move(values)));
                continue;
            }
            std::vector<std::byte> bytes(elements * size_of(input.type));
            if (input.type == ElementType::float16)
                for (std::size_t i = 0; i < elements; ++i) {
                    const std::uint16_t half = half_from_float(values[i]);
                    std::copy_n(reinterpret_cast<const std::byte*>(&half), sizeof half,
                                bytes.begin() + static_cast<std::ptrdiff_t>(i * sizeof half));
                }
            inputs.push_back(make_tensor(input.type, shape, std::move(bytes)));
        }
        return inputs;
    };
}

Result<Comparison> compare_tensors(const Resolved& resolved, const Model& quantized, const Sampler& sampler,
                                   std::int64_t samples, int threads, const JobContext& job) {
    const Prepared& prepared = *resolved.prepared;
    Comparison comparison = places(resolved, quantized);
    const auto tensors = activations(comparison);
    std::vector<std::string> names;
    names.reserve(tensors.size());
    for (const TensorComparison* tensor : tensors)
        names.push_back(tensor->tensor);
    const auto original = Probe::create(*prepared.model, names, threads, *prepared.model);
    if (!original)
        return fail(original);
    const auto probe = Probe::create(quantized, names, threads, *prepared.model);
    if (!probe)
        return fail(probe);

    // The bins of a histogram lie between the extremes of all samples: those come first.
    std::map<std::string, bool> begun, begun_quantized;
    std::vector<std::int64_t> readable;
    for (const bool ranges : {true, false})
        for (std::int64_t i = 0; i < samples; ++i) {
            if (job.cancelled())
                return JobContext::cancelled_error();
            job.report(Stage::analyze, ranges ? i : samples + i, 2 * samples);
            if (!ranges && std::find(readable.begin(), readable.end(), i) == readable.end())
                continue;
            const auto inputs = sampler(i);
            if (!inputs)
                continue;
            const auto floats = original->run(*inputs, job.token());
            if (!floats)
                return fail(floats);
            if (ranges) {
                readable.push_back(i);
                for (TensorComparison* tensor : tensors)
                    cover(tensor->original, begun[tensor->tensor], floats_of(floats->at(tensor->tensor)));
                continue;
            }
            const auto rounded = probe->run(*inputs, job.token());
            if (!rounded)
                return fail(rounded);
            for (TensorComparison* tensor : tensors) {
                const auto reference = floats_of(floats->at(tensor->tensor));
                const auto value = floats_of(rounded->at(tensor->tensor));
                if (reference.size() != value.size())
                    continue;  // codes, where the exported graph has integers under this name
                tensor->error.add(reference, value);
                cover(tensor->quantized, begun_quantized[tensor->tensor], value);
                count(*tensor, reference);
            }
        }
    if (readable.empty())
        return fail(ErrorCode::images_none_left, prepared.original->path().string());
    comparison.samples = static_cast<std::int64_t>(readable.size());

    for (LayerComparison& layer : comparison.layers) {
        const auto index = static_cast<int>(prepared.find_layer(layer.name) - prepared.layers.data());
        for (TensorComparison& tensor : layer.tensors)
            if (tensor.constant)
                compare_weight(resolved, index, tensor);
        std::erase_if(layer.tensors,
                      [](const TensorComparison& tensor) { return tensor.error.count() == 0; });
    }
    rank(resolved, comparison);
    return comparison;
}

std::string comparison_markdown(const Comparison& comparison, const std::vector<std::string>& notes) {
    std::string text =
        "| Op | Var | SNR | MSE | Cosine | Q.MinMax | F.MinMax | F.Hist |\n"
        "|:---|:---|:---|:---|:---|:---|:---|:---|\n";
    for (const LayerComparison& layer : comparison.layers)
        for (const TensorComparison& tensor : layer.tensors) {
            const double noise = tensor.noise_to_signal(), cosine = tensor.error.cosine();
            std::string histogram;
            for (const std::uint64_t bin : tensor.histogram)
                histogram += (histogram.empty() ? "" : ",") + std::to_string(bin);
            for (const std::string& column :
                 {cell(layer.name) + "[" + layer.op + "]",
                  cell(tensor.tensor) + (tensor.constant ? "[Constant]" : ""), judged(noise, noise > 0.1),
                  number(tensor.error.mean_squared_error(), 4), judged(cosine, cosine < 0.99),
                  range_text(tensor.quantized), range_text(tensor.original), histogram})
                text += "| " + column + " ";
            text += "|\n";
        }
    for (const std::string& note : notes)
        text += "\n" + note + "\n";
    return text;
}

}  // namespace quantwright
