#include "core/export/sidecar_ncnn.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <charconv>

#include "core/base/atomic_file.h"
#include "core/export/sidecar_ncnn_param.h"
#include "core/model/proto_helpers.h"

namespace quantwright {

namespace {

/// Longest key that ncnn2int8 reads.
constexpr std::size_t k_longest_key = 255;

struct Row {
    std::string layer;
    std::vector<float> weights;  ///< multipliers
    float activation = 1;
    int place = 0;  ///< in the .param file
};

/// A decimal that reads back as the same float; never with an exponent, as ncnn2table writes them.
void append_number(std::string& text, float value) {
    char digits[128];
    const auto end = std::to_chars(digits, digits + sizeof digits, value, std::chars_format::fixed).ptr;
    text += ' ';
    text.append(digits, end);
}

float multiplier(float scale) {
    return static_cast<float>(1.0 / static_cast<double>(scale));
}

bool is_plain_int8(const Parameters& parameters) {
    return parameters.format->name == "int8" && !parameters.blocked() &&
           std::all_of(parameters.zero_point.begin(), parameters.zero_point.end(),
                       [](std::int32_t zero) { return zero == 0; });
}

class Table {
public:
    explicit Table(const Resolved& resolved) : m_resolved(resolved), m_prepared(*resolved.prepared) {}

    /// `layers` null: no .param was given.
    std::string text(const std::vector<NcnnLayer>* layers, Sidecar& sidecar) {
        collect(layers);
        std::string result;
        for (const Row& row : m_rows) {
            result += row.layer;
            result += "_param_0";
            for (const float weight : row.weights)
                append_number(result, weight);
            result += '\n';
        }
        for (const Row& row : m_rows) {
            result += row.layer;
            append_number(result, row.activation);
            result += '\n';
        }
        sidecar.entries = static_cast<int>(m_rows.size());
        sidecar.problems = std::move(m_problems);
        if (m_unsayable > 0)
            sidecar.problems.push_back({"sidecar.not_expressible",
                                        Severity::warning,
                                        m_first_unsayable,
                                        {std::to_string(m_unsayable)}});
        if (!layers && !m_rows.empty())
            sidecar.problems.push_back({"ncnn.names_assumed", Severity::info, {}, {}});
        if (m_winograd > 0)
            sidecar.problems.push_back({"ncnn.winograd", Severity::info, {}, {std::to_string(m_winograd)}});
        return result;
    }

private:
    void collect(const std::vector<NcnnLayer>* layers) {
        NcnnMatch match;
        if (layers)
            match = match_ncnn_layers(m_prepared, *layers);
        if (match.by_order > 0)
            m_problems.push_back(
                {"ncnn.matched_by_order", Severity::info, {}, {std::to_string(match.by_order)}});
        for (std::size_t i = 0; i < m_resolved.layers.size(); ++i) {
            if (!m_resolved.layers[i].integers() || !m_resolved.layers[i].weight)
                continue;
            const Layer& layer = m_prepared.layers[i];
            auto row = row_of(layer, m_resolved.layers[i]);
            if (row && layers && !name_from(*layers, match.layers[i], layer, *row))
                continue;
            if (!row || !is_key(row->layer)) {
                if (m_unsayable++ == 0)
                    m_first_unsayable = layer.name;
                continue;
            }
            m_winograd += is_winograd(layer) ? 1 : 0;
            m_rows.push_back(std::move(*row));
        }
        std::stable_sort(m_rows.begin(), m_rows.end(),
                         [](const Row& a, const Row& b) { return a.place < b.place; });
    }

    /// Empty if a table can't say it.
    std::optional<Row> row_of(const Layer& layer, const ResolvedLayer& resolved) const {
        const bool convolution = layer.op == "Conv";
        if (!convolution && layer.op != "Gemm" && layer.op != "MatMul")
            return std::nullopt;
        const Graph& graph = m_prepared.model->graph();
        const Shape& shape =
            m_prepared.tensor_types[static_cast<std::size_t>(*graph.find_tensor(layer.weight))].shape;
        if (convolution ? shape.size() != 4 : shape.size() != 2)  // Convolution1D and 3D have no int8 form
            return std::nullopt;
        const auto& input = graph[layer.nodes.front()].inputs.front();
        const auto& read = m_resolved.tensors[static_cast<std::size_t>(*input)];
        if (!read || read->parameters.axis >= 0 || !is_plain_int8(read->parameters) ||
            !is_plain_int8(resolved.weight->parameters))
            return std::nullopt;
        Row row;
        row.layer = layer.name;
        row.activation = multiplier(read->parameters.scale.front());
        const auto channels =
            static_cast<std::size_t>(shape[static_cast<std::size_t>(layer.weight_channel_axis)]);
        const auto groups = static_cast<std::size_t>(groups_of(m_prepared, layer));
        const auto& scales = resolved.weight->parameters.scale;
        if (scales.size() != 1 && scales.size() != channels)
            return std::nullopt;
        const std::size_t rows = groups > 1 ? groups : channels, size = channels / rows;
        for (std::size_t i = 0; i < rows; ++i) {
            // One for a whole group: the scale that holds the widest of its channels.
            const auto first = scales.begin() + static_cast<std::ptrdiff_t>(i * size);
            const float scale = scales.size() == 1
                                    ? scales.front()
                                    : *std::max_element(first, first + static_cast<std::ptrdiff_t>(size));
            row.weights.push_back(multiplier(scale));
        }
        return row;
    }

    bool name_from(const std::vector<NcnnLayer>& layers, int index, const Layer& layer, Row& row) {
        if (index < 0) {
            m_problems.push_back({"ncnn.not_in_param", Severity::warning, layer.name, {}});
            return false;
        }
        const NcnnLayer& other = layers[static_cast<std::size_t>(index)];
        const auto normalizes = [&](const NcnnLayer& reader) {
            return (reader.type == "BatchNorm" || reader.type == "Scale") && !reader.inputs.empty() &&
                   !other.outputs.empty() && reader.inputs.front() == other.outputs.front();
        };
        if (std::any_of(layers.begin(), layers.end(), normalizes)) {
            m_problems.push_back({"ncnn.batch_norm", Severity::warning, layer.name, {other.name}});
            return false;
        }
        row.layer = other.name;
        row.place = index;
        return true;
    }

    /// Rows are told apart by "_param_" in their key, and keys end at white space.
    static bool is_key(const std::string& name) {
        return !name.empty() && name.size() + std::string_view("_param_0").size() <= k_longest_key &&
               name.find_first_of(" \t\r\n\v\f") == std::string::npos &&
               name.find("_param_") == std::string::npos;
    }

    bool is_winograd(const Layer& layer) const {
        if (layer.op != "Conv" || groups_of(m_prepared, layer) != 1)
            return false;
        const auto& node = *m_prepared.model->graph()[layer.nodes.front()].proto;
        const auto all = [&](const char* name, std::int64_t wanted) {
            const auto* attribute = find_attribute(node, name);
            return !attribute || std::all_of(attribute->ints().begin(), attribute->ints().end(),
                                             [&](std::int64_t value) { return value == wanted; });
        };
        const auto weight = *m_prepared.model->graph().find_tensor(layer.weight);
        const Shape& shape = m_prepared.tensor_types[static_cast<std::size_t>(weight)].shape;
        return shape[2] == 3 && shape[3] == 3 && all("strides", 1) && all("dilations", 1);
    }

    const Resolved& m_resolved;
    const Prepared& m_prepared;
    std::vector<Row> m_rows;
    std::vector<Problem> m_problems;
    int m_unsayable = 0, m_winograd = 0;
    std::string m_first_unsayable;
};

}  // namespace

Result<Sidecar> export_ncnn_table(const Resolved& resolved, const std::filesystem::path& path,
                                  const std::filesystem::path& param) {
    auto inputs = resolved.prepared->original->files();
    if (!param.empty())
        inputs.push_back(param);
    if (auto apart = refuse_overwriting(path, inputs); !apart)
        return fail(apart);
    std::vector<NcnnLayer> layers;
    if (!param.empty()) {
        auto read = read_ncnn_param(param);
        if (!read)
            return fail(read);
        layers = std::move(*read);
    }
    Sidecar sidecar;
    sidecar.path = path;
    const std::string text = Table(resolved).text(param.empty() ? nullptr : &layers, sidecar);
    if (auto written = write_file(path, text); !written)
        return fail(written);
    return sidecar;
}

}  // namespace quantwright
