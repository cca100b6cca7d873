#pragma once
// Pieces that exact arithmetic on codes is written with: nodes appended to a graph, values as double. Private
// to core/evaluate.
#include <onnx/onnx_pb.h>

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/model/model.h"

namespace quantwright {

/// The input's name; empty where it is left out.
[[nodiscard]] std::string operand_of(const onnx::NodeProto& node, int index);

class ExactGraph {
public:
    using Node = onnx::NodeProto;
    using Names = std::vector<std::string>;
    static constexpr int k_float = onnx::TensorProto::FLOAT, k_double = onnx::TensorProto::DOUBLE;

    /// Nodes are appended to the graph of `result`, a copy of the model's proto.
    ExactGraph(const Model& model, onnx::ModelProto& result);

    [[nodiscard]] onnx::GraphProto& proto() { return m_graph; }
    [[nodiscard]] const Model& model() const { return m_model; }

    Node& add(std::string_view op, Names inputs, const std::string& output);
    /// The same, giving the name of the output: a fresh one if none is given.
    std::string emit(std::string_view op, Names inputs, const std::string& output = {});
    std::string cast(const std::string& value, int type, const std::string& output = {});
    std::string number(double value);
    std::string constant(const std::string& wanted, const Tensor& value);
    std::string fresh(const std::string& wanted);

    /// Codes minus their zero point (empty: none), in whole numbers of a floating-point type.
    std::string codes(const std::string& values, const std::string& zero_point, int type);
    std::string dequantized(const std::string& values, const std::string& scale, const std::string& zero);
    /// Product of two scales.
    std::string scales(const std::string& a, const std::string& b);
    /// One value per channel, in front of this many further dimensions.
    std::string per_channel(const std::string& values, std::size_t spatial);
    /// sums * a * b + bias as float.
    void to_float(const std::string& sums, const std::string& a, const std::string& b,
                  const std::string& bias, const std::string& output);

    /// A constant of 8 bits says which codes requantize() gives.
    [[nodiscard]] bool is_zero_point(const std::string& name) const;
    /// value / scale rounded half to even, plus the zero point, cut off to its type's codes.
    void requantize(const std::string& value, const std::string& scale, const std::string& zero_point,
                    const std::string& output);

    /// Sums of products of a convolution (double): `data` are codes minus zero point as float, the weight and
    /// its zero point are inputs of the node. Empty if they are no constants of 8 bits.
    std::string convolved(const Node& node, const std::string& data, int weight_at, int zero_point_at);

private:
    const Model& m_model;
    onnx::GraphProto& m_graph;
    std::set<std::string> m_taken;
    std::size_t m_count = 0;
};

}  // namespace quantwright
