#include "core/evaluate/exact_integers.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "core/evaluate/exact_graph.h"
#include "core/model/proto_helpers.h"

namespace quantwright {

namespace {

using Node = onnx::NodeProto;
using Names = std::vector<std::string>;
constexpr int k_float = ExactGraph::k_float, k_double = ExactGraph::k_double;

/// Each puts exact operators in the place of a node, or leaves everything as it is and returns false.
using Form = bool (*)(ExactGraph&, const Node&);

std::string codes_at(ExactGraph& graph, const Node& node, int at, int zero_point_at, int type) {
    return graph.codes(node.input(at), operand_of(node, zero_point_at), type);
}

std::string dequantized_at(ExactGraph& graph, const Node& node, int at) {
    return graph.dequantized(node.input(at), node.input(at + 1), operand_of(node, at + 2));
}

bool qlinear_conv(ExactGraph& graph, const Node& node) {
    if (!graph.is_zero_point(operand_of(node, 7)))
        return false;
    std::string sums = graph.convolved(node, codes_at(graph, node, 0, 2, k_float), 3, 5);
    if (sums.empty())
        return false;
    const std::size_t spatial = graph.model().weight(node.input(3)).shape.size() - 2;
    if (const std::string bias = operand_of(node, 8); !bias.empty())
        sums = graph.emit("Add", {sums, graph.per_channel(graph.cast(bias, k_double), spatial)});
    const std::string weight_scale = graph.per_channel(graph.cast(node.input(4), k_double), spatial);
    const std::string scale = graph.emit("Mul", {graph.cast(node.input(1), k_double), weight_scale});
    graph.requantize(graph.emit("Mul", {sums, scale}), node.input(6), node.input(7), node.output(0));
    return true;
}

bool conv_integer(ExactGraph& graph, const Node& node) {
    const std::string sums = graph.convolved(node, codes_at(graph, node, 0, 2, k_float), 1, 3);
    if (!sums.empty())
        graph.cast(sums, onnx::TensorProto::INT32, node.output(0));
    return !sums.empty();
}

bool qlinear_matmul(ExactGraph& graph, const Node& node) {
    if (!graph.is_zero_point(operand_of(node, 7)))
        return false;
    const std::string a = codes_at(graph, node, 0, 2, k_double), b = codes_at(graph, node, 3, 5, k_double);
    const std::string sums = graph.emit("MatMul", {a, b});
    const std::string value = graph.emit("Mul", {sums, graph.scales(node.input(1), node.input(4))});
    graph.requantize(value, node.input(6), node.input(7), node.output(0));
    return true;
}

bool matmul_integer(ExactGraph& graph, const Node& node) {
    const std::string a = codes_at(graph, node, 0, 2, k_double), b = codes_at(graph, node, 1, 3, k_double);
    graph.cast(graph.emit("MatMul", {a, b}), onnx::TensorProto::INT32, node.output(0));
    return true;
}

bool matmul_integer_to_float(ExactGraph& graph, const Node& node) {
    const std::string a = codes_at(graph, node, 0, 4, k_double), b = codes_at(graph, node, 1, 5, k_double);
    graph.to_float(graph.emit("MatMul", {a, b}), node.input(2), node.input(3), operand_of(node, 6),
                   node.output(0));
    return true;
}

bool dynamic_quantize_matmul(ExactGraph& graph, const Node& node) {
    const std::string values = graph.fresh("exact"), scale = graph.fresh("exact"),
                      zero = graph.fresh("exact");
    *graph.proto().add_node() =
        make_node("DynamicQuantizeLinear", {}, {node.input(0)}, {values, scale, zero});
    const std::string a = graph.codes(values, zero, k_double), b = codes_at(graph, node, 1, 3, k_double);
    graph.to_float(graph.emit("MatMul", {a, b}), scale, node.input(2), operand_of(node, 4), node.output(0));
    return true;
}

bool qgemm(ExactGraph& graph, const Node& node) {
    const bool to_codes = !operand_of(node, 7).empty();
    if (to_codes && !graph.is_zero_point(operand_of(node, 8)))
        return false;
    // A weight's zero points belong to the columns that the product reads.
    const auto matrix = [&](int at, const char* transposed) {
        std::string values = graph.cast(node.input(at), k_double);
        if (int_attribute(node, transposed, 0) != 0)
            values = graph.emit("Transpose", {values});
        return graph.emit("Sub", {values, graph.cast(node.input(at + 2), k_double)});
    };
    const std::string a = matrix(0, "transA"), b = matrix(3, "transB");
    std::string sums = graph.emit("MatMul", {a, b});
    if (const std::string bias = operand_of(node, 6); !bias.empty())
        sums = graph.emit("Add", {sums, graph.cast(bias, k_double)});
    if (const float alpha = float_attribute(node, "alpha", 1); alpha != 1)
        sums = graph.emit("Mul", {sums, graph.number(alpha)});
    if (to_codes) {
        const std::string value = graph.emit("Mul", {sums, graph.scales(node.input(1), node.input(4))});
        graph.requantize(value, node.input(7), node.input(8), node.output(0));
    } else {
        graph.to_float(sums, node.input(1), node.input(4), {}, node.output(0));
    }
    return true;
}

bool elementwise(ExactGraph& graph, const Node& node) {
    if (!graph.is_zero_point(operand_of(node, 7)))
        return false;
    const std::string a = dequantized_at(graph, node, 0), b = dequantized_at(graph, node, 3);
    const std::string value = graph.emit(node.op_type() == "QLinearAdd" ? "Add" : "Mul", {a, b});
    graph.requantize(value, node.input(6), node.input(7), node.output(0));
    return true;
}

bool concatenation(ExactGraph& graph, const Node& node) {
    if (!graph.is_zero_point(operand_of(node, 1)))
        return false;
    Names values;
    for (int i = 2; i + 1 < node.input_size(); i += 3)
        values.push_back(dequantized_at(graph, node, i));
    const std::string joined = graph.fresh("exact");
    set_attribute(graph.add("Concat", std::move(values), joined), "axis", int_attribute(node, "axis", 0));
    graph.requantize(joined, node.input(0), node.input(1), node.output(0));
    return true;
}

bool sigmoid(ExactGraph& graph, const Node& node) {
    if (!graph.is_zero_point(operand_of(node, 4)))
        return false;
    const std::string value = graph.emit("Sigmoid", {dequantized_at(graph, node, 0)});
    graph.requantize(value, node.input(3), node.input(4), node.output(0));
    return true;
}

bool leaky_relu(ExactGraph& graph, const Node& node) {
    if (!graph.is_zero_point(operand_of(node, 4)))
        return false;
    const std::string x = dequantized_at(graph, node, 0), zero = graph.number(0);
    const std::string slope = graph.number(float_attribute(node, "alpha", 0.01f));
    const std::string below = graph.emit("Mul", {graph.emit("Min", {x, zero}), slope});
    const std::string value = graph.emit("Add", {graph.emit("Max", {x, zero}), below});
    graph.requantize(value, node.input(3), node.input(4), node.output(0));
    return true;
}

/// The mean of whole numbers, in float as there is no pooling in double.
bool pooling(ExactGraph& graph, const Node& node) {
    if (!graph.is_zero_point(operand_of(node, 4)) || int_attribute(node, "channels_last", 0) != 0)
        return false;
    const std::string data = codes_at(graph, node, 0, 2, k_float), mean = graph.fresh("exact");
    Node& pool = graph.add(node.op_type().substr(std::strlen("QLinear")), {data}, mean);
    for (const auto& attribute : node.attribute())
        if (attribute.name() != "channels_last")
            *pool.add_attribute() = attribute;
    const std::string steps = graph.cast(mean, k_double);
    const std::string value = graph.emit("Mul", {steps, graph.cast(node.input(1), k_double)});
    graph.requantize(value, node.input(3), node.input(4), node.output(0));
    return true;
}

struct Covered {
    std::string_view op;
    Form form;
};
constexpr std::array k_covered = {Covered{"QLinearConv", qlinear_conv},
                                  Covered{"QLinearMatMul", qlinear_matmul},
                                  Covered{"ConvInteger", conv_integer},
                                  Covered{"MatMulInteger", matmul_integer},
                                  Covered{"QGemm", qgemm},
                                  Covered{"MatMulIntegerToFloat", matmul_integer_to_float},
                                  Covered{"DynamicQuantizeMatMul", dynamic_quantize_matmul},
                                  Covered{"QLinearAdd", elementwise},
                                  Covered{"QLinearMul", elementwise},
                                  Covered{"QLinearSigmoid", sigmoid},
                                  Covered{"QLinearLeakyRelu", leaky_relu},
                                  Covered{"QLinearAveragePool", pooling},
                                  Covered{"QLinearGlobalAveragePool", pooling},
                                  Covered{"QLinearConcat", concatenation}};

Form form_of(const Node& node) {
    const auto found = std::find_if(k_covered.begin(), k_covered.end(),
                                    [&](const Covered& one) { return one.op == node.op_type(); });
    return found == k_covered.end() ? nullptr : found->form;
}

}  // namespace

bool has_integer_operators(const Model& model) {
    const auto& nodes = model.proto().graph().node();
    return std::any_of(nodes.begin(), nodes.end(), [](const Node& node) { return form_of(node) != nullptr; });
}

onnx::ModelProto exact_integers(const Model& model) {
    onnx::ModelProto result = model.proto();
    ExactGraph graph(model, result);
    google::protobuf::RepeatedPtrField<Node> nodes;
    nodes.Swap(graph.proto().mutable_node());
    for (const Node& node : nodes) {
        const Form form = form_of(node);
        if (!form || !form(graph, node))
            *graph.proto().add_node() = node;
    }
    return result;
}

Result<std::unique_ptr<Session>> pure_session(const Model& model, int threads) {
    const SessionOptions options{threads, Optimizations::off, {}};
    if (!has_integer_operators(model))
        return Session::create(model, options);
    try {
        return Session::create(exact_integers(model), &model, options);
    } catch (const std::exception& e) {
        return fail(ErrorCode::runtime_failed, model.path().string(), e.what());
    }
}

}  // namespace quantwright
