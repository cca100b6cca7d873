#include "core/board/layer_probe.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "core/evaluate/exact_integers.h"
#include "core/number/half.h"

namespace quantwright {

namespace {

constexpr std::string_view k_board_suffix = "__board";

bool is_code(ElementType type) {
    return type == ElementType::uint8 || type == ElementType::int8 || type == ElementType::uint16 ||
           type == ElementType::int16;
}

/// The scale of a DequantizeLinear, where it is one constant; 0 otherwise.
double step_of(const Model& model, const onnx::NodeProto& dequantize) {
    const Tensor scale = dequantize.input_size() > 1 ? model.weight(dequantize.input(1)) : Tensor();
    return scale.type == ElementType::float32 && element_count(scale.shape) == 1 ? scale.floats()[0] : 0;
}

const GraphNode* producer_of(const Graph& graph, const std::string& tensor) {
    const auto id = graph.find_tensor(tensor);
    return id && graph[*id].producer ? &graph[*graph[*id].producer] : nullptr;
}

/// Where the file has the prepared tensor, after its pair: our files name that value like the tensor, other
/// tools' the one in front of the pair.
bool find_in_file(const Model& model, ProbePoint& point) {
    const Graph& graph = model.graph();
    const GraphNode* producer = producer_of(graph, point.tensor);
    if (!producer)
        return false;
    point.probe = point.tensor;
    point.aliases = {point.tensor};
    if (is_code(point.type))
        point.step = 1;
    if (producer->proto->op_type() == "DequantizeLinear") {
        point.step = step_of(model, *producer->proto);
        return true;
    }
    for (const NodeId quantize : graph[*graph.find_tensor(point.tensor)].consumers) {
        const GraphNode& node = graph[quantize];
        if (node.proto->op_type() != "QuantizeLinear" || node.outputs.empty() || !node.outputs[0])
            continue;
        for (const NodeId next : graph[*node.outputs[0]].consumers) {
            const onnx::NodeProto& dequantize = *graph[next].proto;
            if (dequantize.op_type() != "DequantizeLinear")
                continue;
            if (point.probe == point.tensor) {
                point.probe = dequantize.output(0);
                point.aliases.clear();
                point.step = step_of(model, dequantize);
            }
            point.aliases.push_back(dequantize.output(0));
        }
        if (point.probe != point.tensor)
            break;
    }
    return true;
}

/// Outputs get no shape: the model may have an open batch there.
onnx::ValueInfoProto value_info(const std::string& name, const ProbePoint& point, bool with_shape) {
    onnx::ValueInfoProto info;
    info.set_name(name);
    auto* type = info.mutable_type()->mutable_tensor_type();
    type->set_elem_type(static_cast<int>(point.type));
    if (with_shape) {
        type->mutable_shape();
        for (const std::int64_t size : point.shape)
            type->mutable_shape()->add_dim()->set_dim_value(size);
    }
    return info;
}

/// Values of numbers as float; codes too. Empty for other types.
std::vector<float> floats_of(const Tensor& tensor) {
    std::vector<float> values;
    const auto take = [&](auto elements) { values.assign(elements.begin(), elements.end()); };
    if (tensor.type == ElementType::float32)
        take(tensor.floats());
    else if (tensor.type == ElementType::float16)
        for (const std::uint16_t half : tensor.as<std::uint16_t>())
            values.push_back(float_from_half(half));
    else if (tensor.type == ElementType::uint8)
        take(tensor.as<std::uint8_t>());
    else if (tensor.type == ElementType::int8)
        take(tensor.as<std::int8_t>());
    else if (tensor.type == ElementType::uint16)
        take(tensor.as<std::uint16_t>());
    else if (tensor.type == ElementType::int16)
        take(tensor.as<std::int16_t>());
    return values;
}

double largest_difference(std::span<const float> a, std::span<const float> b) {
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a[i] == b[i] || (std::isnan(a[i]) && std::isnan(b[i])))
            continue;
        const double difference = std::abs(static_cast<double>(a[i]) - b[i]);
        largest =
            std::isnan(difference) ? std::numeric_limits<double>::infinity() : std::max(largest, difference);
    }
    return largest;
}

using Named = std::map<std::string, Tensor>;

/// Runs a session whose inputs are given by name.
Result<Named> run_by_name(const Session& session, const Named& values, const CancelToken& cancel) {
    std::vector<Tensor> inputs;
    for (const std::string& name : session.input_names()) {
        const auto found = values.find(name);
        if (found == values.end())
            return fail(ErrorCode::runtime_failed, name, "nothing to feed it with");
        inputs.push_back(found->second);
    }
    auto outputs = session.run(inputs, cancel);
    if (!outputs)
        return fail(outputs);
    Named result;
    for (std::size_t i = 0; i < outputs->size(); ++i)
        result[session.output_names()[i]] = std::move((*outputs)[i]);
    return result;
}

}  // namespace

void LayerProbe::find_points(const Prepared& prepared) {
    std::set<std::string> taken;
    const Graph& graph = prepared.model->graph();
    for (std::size_t layer = 0; layer < prepared.layers.size(); ++layer)
        for (const TensorId output : prepared.layers[layer].outputs) {
            const TensorType& type = prepared.tensor_types[static_cast<std::size_t>(output)];
            ProbePoint point;
            point.layer = static_cast<int>(layer);
            point.tensor = graph[output].name;
            point.type = type.type;
            point.shape = type.shape;
            const bool comparable =
                is_code(type.type) || type.type == ElementType::float32 || type.type == ElementType::float16;
            if (comparable && find_in_file(*prepared.original, point) && taken.insert(point.probe).second)
                m_points.push_back(std::move(point));
        }
    m_errors.resize(m_points.size());
}

void LayerProbe::open(const Prepared& prepared) {
    m_opened = prepared.original->proto();
    std::set<std::string> given;
    for (const auto& output : m_opened.graph().output())
        given.insert(output.name());
    for (const ProbePoint& point : m_points)
        if (!given.contains(point.probe))
            *m_opened.mutable_graph()->add_output() = value_info(point.probe, point, false);
}

Status LayerProbe::cut(const Prepared& prepared, int threads) {
    onnx::ModelProto proto = m_opened;
    std::map<std::string, std::string> from_board;
    for (const ProbePoint& point : m_points) {
        std::string name = point.probe;
        name += k_board_suffix;
        *proto.mutable_graph()->add_input() = value_info(name, point, true);
        for (const std::string& alias : point.aliases)
            from_board[alias] = name;
    }
    for (onnx::NodeProto& node : *proto.mutable_graph()->mutable_node())
        for (std::string& input : *node.mutable_input())
            if (const auto found = from_board.find(input); found != from_board.end())
                input = found->second;
    const auto model = Model::derive(std::move(proto), *prepared.original);
    if (!model)
        return fail(model);
    auto session = pure_session(**model, threads);
    if (!session)
        return fail(session);
    m_host = std::move(*session);
    return {};
}

Status LayerProbe::open_reference(const Model& reference, int threads) {
    onnx::ModelProto proto = reference.proto();
    std::set<std::string> given;
    for (const auto& output : proto.graph().output())
        given.insert(output.name());
    for (const ProbePoint& point : m_points)
        if (!is_code(point.type) && producer_of(reference.graph(), point.tensor) &&
            given.insert(point.tensor).second)
            *proto.mutable_graph()->add_output() = value_info(point.tensor, point, false);
    auto session = Session::create(proto, &reference, {threads, Optimizations::standard, {}});
    if (!session)
        return fail(session);
    m_reference = std::move(*session);
    return {};
}

Status LayerProbe::open_whole(const Prepared& prepared, int threads) {
    const auto model = Model::derive(onnx::ModelProto(m_opened), *prepared.original);
    if (!model)
        return fail(model);
    auto session = pure_session(**model, threads);
    if (!session)
        return fail(session);
    m_whole = std::move(*session);
    return {};
}

Result<LayerProbe> LayerProbe::create(const Prepared& prepared, const Model* reference, int threads) {
    LayerProbe probe;
    probe.find_points(prepared);
    probe.open(prepared);
    if (auto made = probe.cut(prepared, threads); !made)
        return fail(made);
    if (!reference)
        return probe;
    if (auto made = probe.open_reference(*reference, threads); !made)
        return fail(made);
    if (auto made = probe.open_whole(prepared, threads); !made)
        return fail(made);
    return probe;
}

Status LayerProbe::compare(const std::vector<Tensor>& inputs, const std::vector<std::string>& input_names,
                           const std::vector<Tensor>& board, const CancelToken& cancel) {
    const auto& outputs = m_opened.graph().output();
    if (board.size() != static_cast<std::size_t>(outputs.size()))
        return fail(ErrorCode::board_bad_answer, "outputs", std::to_string(board.size()));
    Named from_board, values;
    for (std::size_t i = 0; i < board.size(); ++i)
        from_board[outputs[static_cast<int>(i)].name()] = board[i];
    for (std::size_t i = 0; i < std::min(inputs.size(), input_names.size()); ++i)
        values[input_names[i]] = inputs[i];
    Named reference, whole;
    for (const auto& [session, into] : {std::pair(m_reference.get(), &reference), {m_whole.get(), &whole}})
        if (session) {
            auto run = run_by_name(*session, values, cancel);
            if (!run)
                return fail(run);
            *into = std::move(*run);
        }
    for (const ProbePoint& point : m_points) {
        const Tensor& tensor = from_board[point.probe];
        if (tensor.type != point.type || tensor.shape != point.shape)
            return fail(ErrorCode::board_bad_answer, point.probe, "another shape");
        std::string name = point.probe;
        name += k_board_suffix;
        values[name] = tensor;
    }
    const auto host = run_by_name(*m_host, values, cancel);
    if (!host)
        return fail(host);
    for (std::size_t i = 0; i < m_points.size(); ++i) {
        const ProbePoint& point = m_points[i];
        ProbeErrors& errors = m_errors[i];
        const auto measured = floats_of(from_board[point.probe]);
        const auto exact = floats_of(host->at(point.probe));
        if (exact.size() != measured.size())
            return fail(ErrorCode::board_bad_answer, point.probe, "another shape");
        errors.host.add(exact, measured);
        errors.max_difference = std::max(errors.max_difference, largest_difference(exact, measured));
        if (const auto found = reference.find(point.tensor); found != reference.end()) {
            const auto expected = floats_of(found->second);
            if (expected.size() == measured.size()) {
                errors.reference.add(expected, measured);
                if (const auto simulated = floats_of(whole.at(point.probe));
                    simulated.size() == expected.size())
                    errors.host_reference.add(expected, simulated);
            }
        }
    }
    return {};
}

}  // namespace quantwright
