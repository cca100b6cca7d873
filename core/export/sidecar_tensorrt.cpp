#include "core/export/sidecar_tensorrt.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstdint>
#include <cstdio>

#include "core/base/atomic_file.h"

namespace quantwright {

namespace {

double number(const std::string& text) {
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

class Cache {
public:
    explicit Cache(const Resolved& resolved)
        : m_resolved(resolved), m_graph(resolved.prepared->model->graph()) {}

    std::string text(const std::string& version, Sidecar& sidecar) {
        std::string result = "TRT-" + version + "-EntropyCalibration2\n";
        for (std::size_t i = 0; i < m_graph.tensors().size(); ++i) {
            const std::string& name = m_graph.tensors()[i].name;
            const std::optional<Scale> scale = scale_of(static_cast<TensorId>(i));
            if (!scale)
                continue;
            if (!in_float_model(name)) {
                ++m_prepared_only;
                continue;
            }
            if (!scale->sayable || name.find_first_of("\r\n") != std::string::npos) {
                if (m_unsayable++ == 0)
                    m_first_unsayable = name;
                continue;
            }
            char bits[9];
            std::snprintf(bits, sizeof bits, "%08x", std::bit_cast<std::uint32_t>(scale->value));
            result += name;
            result += ": ";
            result += bits;
            result += '\n';
            ++sidecar.entries;
        }
        if (m_unsayable > 0)
            sidecar.problems.push_back({"sidecar.not_expressible",
                                        Severity::warning,
                                        m_first_unsayable,
                                        {std::to_string(m_unsayable)}});
        if (m_prepared_only > 0)
            sidecar.problems.push_back(
                {"sidecar.tensors_left_out", Severity::info, {}, {std::to_string(m_prepared_only)}});
        return result;
    }

private:
    struct Scale {
        float value = 1;
        bool sayable = true;  ///< int8 with zero point 0
    };

    [[nodiscard]] bool in_float_model(const std::string& name) const {
        const Graph& original = m_resolved.prepared->original->graph();
        const auto id = original.find_tensor(name);
        return id && !original[*id].is_initializer;
    }

    /// The layer whose kernel makes the tensor, inside it or as its output, if it computes in integers.
    [[nodiscard]] const ResolvedLayer* integer_producer(TensorId id) const {
        const auto& producer = m_graph[id].producer;
        if (!producer)
            return nullptr;
        const int layer = m_resolved.prepared->layer_of_node[static_cast<std::size_t>(*producer)];
        const ResolvedLayer& resolved = m_resolved.layers[static_cast<std::size_t>(layer)];
        return resolved.integers() ? &resolved : nullptr;
    }

    [[nodiscard]] std::optional<Scale> scale_of(TensorId id) const {
        const auto index = static_cast<std::size_t>(id);
        if (const auto& pair = m_resolved.tensors[index]) {
            const Parameters& parameters = pair->parameters;
            const bool sayable = parameters.axis < 0 && parameters.format->name == "int8" &&
                                 parameters.zero_point.front() == 0;
            return Scale{parameters.scale.front(), sayable};
        }
        // Without a scale for what it gives, TensorRT would run the layer in float.
        const ResolvedLayer* producer = integer_producer(id);
        if (!producer || m_resolved.prepared->tensor_types[index].type != ElementType::float32)
            return std::nullopt;
        if (const auto after = after_activation(id))
            return scale_of(*after);
        const auto range = range_of(m_graph[id].name, *producer);
        if (!range)
            return std::nullopt;
        return Scale{choose_parameters(*range, scheme_of(*producer)).scale, true};
    }

    /// What a fused Relu or Clip makes of the tensor: only values that get through it need codes, so both
    /// have one scale.
    [[nodiscard]] std::optional<TensorId> after_activation(TensorId id) const {
        const Prepared& prepared = *m_resolved.prepared;
        const int index = prepared.layer_of_node[static_cast<std::size_t>(*m_graph[id].producer)];
        const Layer& layer = prepared.layers[static_cast<std::size_t>(index)];
        const auto& read = m_graph[layer.nodes.back()].inputs;
        if (layer.activation.empty() || read.empty() || read.front() != id || layer.outputs.empty())
            return std::nullopt;
        return layer.outputs.front();
    }

    [[nodiscard]] Scheme scheme_of(const ResolvedLayer& layer) const {
        Scheme scheme;
        scheme.format = find_format("int8");
        scheme.symmetric = true;
        scheme.divisor = *find_divisor(layer[Field::activation_divisor].value);
        scheme.power_of_two = layer[Field::activation_scale].value == "power-of-two";
        scheme.scale_floor = m_resolved.target->scale_floor;
        return scheme;
    }

    /// As for tensors with a pair: the layer's method, or what the plan says of this tensor.
    [[nodiscard]] std::optional<Range> range_of(const std::string& name, const ResolvedLayer& layer) const {
        const TensorStatistics* statistics =
            m_resolved.statistics ? m_resolved.statistics->find(name) : nullptr;
        if (!statistics)
            return std::nullopt;
        std::string method = layer[Field::threshold_method].value;
        std::string percentile = layer[Field::threshold_percentile].value;
        if (const auto found = m_resolved.plan.tensors.find(name); found != m_resolved.plan.tensors.end()) {
            if (const auto& clip = found->second[Field::clip])
                return clip_range(*clip);
            method = found->second[Field::threshold_method].value_or(method);
            percentile = found->second[Field::threshold_percentile].value_or(percentile);
        }
        return find_threshold(*statistics, *find_threshold_method(method), number(percentile),
                              scheme_of(layer));
    }

    const Resolved& m_resolved;
    const Graph& m_graph;
    int m_unsayable = 0, m_prepared_only = 0;
    std::string m_first_unsayable;
};

}  // namespace

std::optional<std::string> tensorrt_version(std::string_view text) {
    const auto digits = [](std::string_view part) {
        return !part.empty() && part.size() <= 9 &&
               std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
    };
    if (digits(text))
        return std::string(text);
    long parts[3] = {};
    int count = 0;
    while (count < 3) {
        const std::string_view part = text.substr(0, text.find('.'));
        if (!digits(part) || part.size() > 2)
            return std::nullopt;
        std::from_chars(part.data(), part.data() + part.size(), parts[count++]);
        if (part.size() == text.size())
            break;
        text.remove_prefix(part.size() + 1);
        if (count == 3)
            return std::nullopt;
    }
    const long thousands = parts[0] >= 10 ? 10000 : 1000;
    return std::to_string(parts[0] * thousands + parts[1] * 100 + parts[2]);
}

Result<Sidecar> export_tensorrt_cache(const Resolved& resolved, const std::filesystem::path& path,
                                      const std::string& version) {
    const Model& original = *resolved.prepared->original;
    if (auto apart = refuse_overwriting(path, original.files()); !apart)
        return fail(apart);
    if (original.already_quantized())
        return fail(ErrorCode::model_already_quantized, original.path().string(),
                    "TensorRT ignores a calibration cache where a network has Q/DQ nodes");
    Sidecar sidecar;
    sidecar.path = path;
    const std::string text = Cache(resolved).text(version, sidecar);
    if (auto written = write_file(path, text); !written)
        return fail(written);
    return sidecar;
}

}  // namespace quantwright
