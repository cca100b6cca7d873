#pragma once
// What the pairs of a QDQ graph say about its tensors: which float tensors stand for codes, and where a float
// result becomes codes. Private to core/export.
#include <onnx/onnx_pb.h>

#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/model/model.h"

namespace quantwright {

/// A tensor of codes, with the initializers of its scale and zero point and their values.
struct Codes {
    std::string tensor, scale_name, zero_point_name;
    ElementType type = ElementType::undefined;
    std::vector<float> scale;
    std::vector<std::int32_t> zero_point;
    int axis = -1;  ///< -1: per tensor

    [[nodiscard]] bool per_tensor() const { return axis < 0; }
    [[nodiscard]] bool is_byte() const { return type == ElementType::uint8 || type == ElementType::int8; }
    [[nodiscard]] bool one_zero_point() const;
    /// A code of one means the same number as in the other.
    [[nodiscard]] bool same_meaning(const Codes& other) const {
        return type == other.type && axis == other.axis && scale == other.scale &&
               zero_point == other.zero_point;
    }
};

/// Where a float result becomes codes: by way of activations that only clip, in one QuantizeLinear. As
/// quantizing is monotonic, clipping and then quantizing equals quantizing and then clipping the codes.
struct Ending {
    std::vector<int> nodes;  ///< positions of the activations and of the QuantizeLinear
    Codes codes;
    std::int32_t low = 0, high = 0;  ///< codes that the activations leave

    [[nodiscard]] bool clips() const;
};

class QdqIndex {
public:
    /// `weights` has the bytes of initializers kept outside of the graph. Both must stay alive.
    QdqIndex(const onnx::GraphProto& graph, const Model& weights);

    /// The codes that a DequantizeLinear makes this float tensor of, with constant parameters.
    [[nodiscard]] std::optional<Codes> codes_behind(const std::string& tensor) const;
    /// Codes of one byte, per tensor.
    [[nodiscard]] std::optional<Codes> bytes_behind(const std::string& tensor) const;
    /// The way of this float tensor, read by nothing else, into codes of one byte.
    [[nodiscard]] std::optional<Ending> ending_of(const std::string& tensor) const;
    /// The same, beginning with the Relu or Clip at this position.
    [[nodiscard]] std::optional<Ending> ending_at(int activation) const;

    /// Position of the one node that reads the tensor; -1 if there are others, none, or the tensor is an
    /// output.
    [[nodiscard]] int sole_reader(const std::string& tensor) const;
    [[nodiscard]] bool is_read(const std::string& tensor) const { return m_readers.contains(tensor); }
    /// Shape of an initializer; empty optional if it is none.
    [[nodiscard]] std::optional<Shape> constant_shape(const std::string& tensor) const;
    /// Values of an initializer; type `undefined` if it is none.
    [[nodiscard]] Tensor constant(const std::string& tensor) const;
    /// `wanted`, or with a number where the graph has the name already; taken from now on.
    [[nodiscard]] std::string fresh_name(const std::string& wanted);

private:
    void add_reads(const onnx::GraphProto& subgraph);
    [[nodiscard]] std::optional<Codes> codes_of(const onnx::NodeProto& node, const std::string& codes) const;
    [[nodiscard]] std::optional<Ending> follow(int node) const;
    bool narrow(const onnx::NodeProto& activation, std::vector<std::pair<float, float>>& bounds) const;

    struct Readers {
        int node = -1;  ///< the first
        int count = 0;
    };
    const onnx::GraphProto& m_graph;
    const Model& m_weights;
    std::unordered_map<std::string, int> m_producers;
    std::unordered_map<std::string, Readers> m_readers;
    std::unordered_map<std::string, const onnx::TensorProto*> m_initializers;
    std::set<std::string> m_taken;
};

/// Of the standard domain, or com.microsoft's namesake (16-bit codes before opset 21).
[[nodiscard]] bool is_quantize(const onnx::NodeProto& node);
[[nodiscard]] bool is_dequantize(const onnx::NodeProto& node);

}  // namespace quantwright
