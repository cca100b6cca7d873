#pragma once
// Models and looks at files that the tests of the integer operators share.
#include <onnx/onnx_pb.h>

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/export/export_qoperator.h"
#include "core/number/metrics.h"
#include "core/runtime/session.h"
#include "tests/support/reference_statistics.h"
#include "tests/support/small_models.h"

namespace quantwright::testing {

inline std::shared_ptr<const Resolved> resolve_on_random(std::shared_ptr<const Model> model,
                                                         const Plan& plan) {
    const auto prepared = *prepare(std::move(model));
    const auto statistics =
        testing::reference_statistics(*prepared, testing::random_inputs(*prepared->model, 4));
    return *resolve(prepared, statistics, plan);
}

inline Plan plan_with(const std::vector<std::pair<Field, std::string>>& choices,
                      const std::string& target = "onnxruntime-x86") {
    Plan plan;
    plan.target = target;
    for (const auto& [field, value] : choices)
        plan.defaults.set(field, value);
    return plan;
}

inline std::map<std::string, int> ops_of(const onnx::ModelProto& model) {
    std::map<std::string, int> ops;
    for (const auto& node : model.graph().node())
        ++ops[node.op_type()];
    return ops;
}

inline int pairs_of(const onnx::ModelProto& model) {
    auto ops = ops_of(model);
    return ops["QuantizeLinear"] + ops["DequantizeLinear"];
}

inline const onnx::NodeProto* find_node(const onnx::ModelProto& model, const std::string& name) {
    for (const auto& node : model.graph().node())
        if (node.name() == name)
            return &node;
    return nullptr;
}

/// Every operator with an integer form, three branches with their own parameters, and a product in rows.
inline std::shared_ptr<const Model> many_operators() {
    ModelBuilder b(17, 3);
    b.input("x", {1, 4, 8, 8}).output("y").output("pooled").output("split0").output("split1");
    b.conv("a", "x", "a0", 4, 4);
    b.node("Relu", "a.relu", {"a0"}, {"a1"});
    auto& pool = b.node("MaxPool", "pool", {"a1"}, {"p"});
    set_attribute(pool, "kernel_shape", std::vector<std::int64_t>{2, 2});
    set_attribute(pool, "strides", std::vector<std::int64_t>{2, 2});
    b.conv("b", "x", "b0", 4, 4, 3, 4, 2);
    set_attribute(b.node("LeakyRelu", "leaky", {"b0"}, {"b1"}), "alpha", 0.1f);
    set_attribute(b.node("Concat", "cat", {"p", "b1"}, {"c"}), "axis", std::int64_t{1});
    b.node("Sigmoid", "sig", {"c"}, {"s"});
    b.node("Mul", "gate", {"c", "s"}, {"g"});
    auto& average = b.node("AveragePool", "average", {"g"}, {"v"});
    set_attribute(average, "kernel_shape", std::vector<std::int64_t>{3, 3});
    set_attribute(average, "pads", std::vector<std::int64_t>{1, 1, 1, 1});
    b.node("Add", "sum", {"g", "v"}, {"u"});
    b.weight("flat", {3}, std::vector<std::int64_t>{1, 8, 16});
    b.node("Reshape", "reshape", {"u", "flat"}, {"r"});
    set_attribute(b.node("Transpose", "turn", {"r"}, {"t"}), "perm", std::vector<std::int64_t>{0, 2, 1});
    b.weight("v1", {8, 12}).weight("v1b", {12});
    b.node("MatMul", "rows", {"t", "v1"}, {"rows0"});
    b.node("Add", "rows.bias", {"rows0", "v1b"}, {"rows1"});
    b.node("Relu", "rows.relu", {"rows1"}, {"rows2"});
    b.weight("v2", {12, 8});
    b.node("MatMul", "rows.back", {"rows2", "v2"}, {"t2"});
    b.node("MatMul", "attend", {"t2", "r"}, {"q"});
    b.weight("w", {16, 5}).weight("wb", {5});
    b.node("MatMul", "project", {"q", "w"}, {"m"});
    b.node("Add", "project.bias", {"m", "wb"}, {"l"});
    b.node("Relu", "tail", {"l"}, {"y"});
    set_attribute(b.node("Split", "split", {"u"}, {"split0", "split1"}), "axis", std::int64_t{1});
    b.node("GlobalAveragePool", "gap", {"g"}, {"pooled"});
    return b.build();
}

/// Three convolutions with Relu, and nothing else.
inline std::shared_ptr<const Model> chain(bool named = true) {
    ModelBuilder b(17, 5);
    b.input("x", {1, 3, 12, 12}).output("y");
    b.conv("one", "x", "h1", 3, 8).node("Relu", "one.relu", {"h1"}, {"h2"});
    b.conv("two", "h2", "h3", 8, 8, 3, 8).node("Relu", "two.relu", {"h3"}, {"h4"});
    b.conv("three", "h4", "y", 8, 6, 1);
    if (!named)
        for (auto& node : *b.proto().mutable_graph()->mutable_node())
            node.clear_name();
    return b.build();
}

/// The nodes that lead to `output` from tensors in `from` and from graph inputs, as a model of its own.
inline onnx::ModelProto slice(const onnx::ModelProto& model, const std::string& output, ElementType type,
                              const std::map<std::string, ElementType>& from) {
    std::map<std::string, const onnx::NodeProto*> producers;
    for (const auto& node : model.graph().node())
        for (const auto& name : node.output())
            producers[name] = &node;
    onnx::ModelProto result = model;
    result.clear_graph();
    onnx::GraphProto& graph = *result.mutable_graph();
    graph.set_name("slice");
    const auto declare = [](onnx::ValueInfoProto& value, const std::string& name, ElementType element) {
        value.set_name(name);
        value.mutable_type()->mutable_tensor_type()->set_elem_type(static_cast<int>(element));
    };
    std::set<std::string> visited;
    const std::function<void(const std::string&)> visit = [&](const std::string& name) {
        if (name.empty() || !visited.insert(name).second)
            return;
        if (name != output && from.contains(name)) {
            declare(*graph.add_input(), name, from.at(name));
            return;
        }
        if (!producers.contains(name))
            return;
        for (const auto& input : producers.at(name)->input())
            visit(input);
        *graph.add_node() = *producers.at(name);
    };
    visit(output);
    declare(*graph.add_output(), output, type);
    for (const auto& initializer : model.graph().initializer())
        if (visited.contains(initializer.name()))
            *graph.add_initializer() = initializer;
    return result;
}

inline std::vector<int> widened(const Tensor& codes) {
    std::vector<int> result;
    if (codes.type == ElementType::uint8)
        result.assign(codes.as<std::uint8_t>().begin(), codes.as<std::uint8_t>().end());
    else
        result.assign(codes.as<std::int8_t>().begin(), codes.as<std::int8_t>().end());
    return result;
}

}  // namespace quantwright::testing
