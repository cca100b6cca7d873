#include "core/prepare/measure.h"

#include <onnx/onnx_pb.h>

#include <Eigen/Core>
#include <cstring>
#include <optional>
#include <random>
#include <unordered_set>

#include "core/number/convert.h"
#include "core/runtime/session.h"

namespace quantwright {

namespace {

template <class T>
std::vector<std::byte> small_values(std::int64_t count) {
    // Neither constant nor all of one sign, so that no branch of a model is special; the same in every run.
    std::mt19937 random(1);
    std::vector<std::byte> bytes(static_cast<std::size_t>(count) * sizeof(T));
    for (std::byte* next = bytes.data(); next != bytes.data() + bytes.size(); next += sizeof(T)) {
        const T value(static_cast<float>(random() % 2001) / 1000.0f - 1.0f);
        std::memcpy(next, &value, sizeof value);
    }
    return bytes;
}

}  // namespace

Result<Tensor> made_up_input(const onnx::ValueInfoProto& input) {
    const auto& info = input.type().tensor_type();
    const auto type = static_cast<ElementType>(info.elem_type());
    Shape shape;
    for (const auto& dimension : info.shape().dim())
        shape.push_back(dimension.dim_value());
    const std::int64_t count = element_count(shape);
    switch (type) {
        case ElementType::float32:
            return make_tensor(type, std::move(shape), small_values<float>(count));
        case ElementType::float64:
            return make_tensor(type, std::move(shape), small_values<double>(count));
        case ElementType::float16:
            return make_tensor(type, std::move(shape), small_values<Eigen::half>(count));
        case ElementType::bfloat16:
            return make_tensor(type, std::move(shape), small_values<Eigen::bfloat16>(count));
        default:
            break;
    }
    if (size_of(type) == 0)
        return fail(ErrorCode::runtime_failed, input.name(),
                    "an input of type " + std::string(name_of(type)) + " can't be run");
    // Zero is a valid index, token and length.
    return make_tensor(type, std::move(shape),
                       std::vector<std::byte>(static_cast<std::size_t>(count) * size_of(type)));
}

namespace {

/// The types of a graph in which nothing is new.
std::optional<MeasuredTypes> types_in(const WorkingGraph& working, const MeasuredTypes& known) {
    MeasuredTypes types;
    const std::vector<bool> stuck = working.nodes_that_cannot_run();
    const auto take = [&](const std::string& name) {
        const auto found = known.find(name);
        if (found == known.end())
            return false;
        types.insert(*found);
        return true;
    };
    for (const auto& input : working.frame_model().graph().input())
        if (!take(input.name()))
            return std::nullopt;
    for (std::size_t i = 0; i < working.nodes().size(); ++i) {
        const WorkingNode& node = working.nodes()[i];
        if (node.removed || stuck[i])
            continue;
        for (const std::string& name : node.proto.output())
            if (!name.empty() && !take(name))
                return std::nullopt;
        for (const std::string& name : node.proto.input())
            if (const auto* constant = working.constant_proto(name))
                types[name] = {static_cast<ElementType>(constant->data_type()),
                               {constant->dims().begin(), constant->dims().end()}};
    }
    return types;
}

}  // namespace

Result<MeasuredTypes> measure(const WorkingGraph& working, const PrepareOptions& options,
                              const JobContext& job, const MeasuredTypes& known) {
    if (!known.empty())
        if (auto types = types_in(working, known))
            return *std::move(types);
    onnx::ModelProto proto = working.runnable_proto();
    auto& graph = *proto.mutable_graph();
    std::unordered_set<std::string> wanted;
    for (const auto& output : graph.output())
        wanted.insert(output.name());
    for (const auto& node : graph.node())
        for (const std::string& name : node.output())
            if (!name.empty() && wanted.insert(name).second)
                graph.add_output()->set_name(name);

    MeasuredTypes types;
    for (const auto& initializer : graph.initializer())
        types[initializer.name()] = {static_cast<ElementType>(initializer.data_type()),
                                     {initializer.dims().begin(), initializer.dims().end()}};
    std::unordered_map<std::string, Tensor> values;
    for (const auto& input : graph.input()) {
        auto value = made_up_input(input);
        if (!value)
            return fail(value);
        types[input.name()] = {value->type, value->shape};
        const auto sample = options.samples.find(input.name());
        if (sample != options.samples.end() && is_numeric(sample->second.type) &&
            element_count(sample->second.shape) == element_count(value->shape)) {
            const Tensor real = convert(sample->second, value->type);
            value->bytes = real.bytes;
            value->owner = real.owner;
        }
        values[input.name()] = std::move(*value);
    }
    if (graph.output().empty())  // an operator nobody knows comes first
        return types;

    SessionOptions settings;
    settings.threads = options.threads;
    settings.optimizations = Optimizations::off;  // else fused tensors could not be fetched as they are
    const auto session = Session::create(
        proto, [&](const std::string& name) { return working.outside_weight(name); },
        working.origin().path().string(), settings);
    if (!session)
        return fail(session);
    if (job.cancelled())
        return JobContext::cancelled_error();

    std::vector<Tensor> inputs;
    for (const std::string& name : (*session)->input_names())
        inputs.push_back(values[name]);
    const auto outputs = (*session)->run(inputs, job.token());
    if (!outputs)
        return fail(outputs);
    for (std::size_t i = 0; i < outputs->size(); ++i)
        types[(*session)->output_names()[i]] = {(*outputs)[i].type, (*outputs)[i].shape};
    return types;
}

}  // namespace quantwright
